"""What became of the cases: plain values, which come from worker processes and go into the report."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mintage.errors import Location
    from mintage.rendering.branches import Branch, Reached


class Check(Enum):
    """What a case is checked for."""

    MINTS = "the project can be made"
    AGREES = "two renders agree to the byte"
    GOLDEN = "the project is the golden tree"
    RUNS = "a command succeeds in the project"


class CaseFinding(Struct, frozen=True):
    """Something that is wrong with a case; equal for cases that have the same cause.

    what: without anything of this one case. detail: a difference, or what a command printed, which may differ.
    """

    check: Check
    what: str
    kind: str = ""
    where: Location | None = None
    source_line: str = ""
    why: str = ""
    hint: str = ""
    detail: str = ""

    @property
    def cause(self) -> tuple[object, ...]:
        """The same for all cases that fail alike; of differences, the whole text counts."""
        text = self.detail if self.check is Check.GOLDEN else ""
        return (self.check, self.what, self.kind, self.where, self.why, text)


class CaseOutcome(Struct, frozen=True):
    """What became of one case.

    unstable: files that two renders made differently. files, bytes: in the project. made_of: the template's files that
    came out. branches, reached: of the files that were rendered; see `rendering.branches`. has_golden: there is a
    golden tree to compare with. seconds: for all of it.
    """

    findings: tuple[CaseFinding, ...] = ()
    unstable: tuple[str, ...] = ()
    files: int = 0
    bytes: int = 0
    made_of: tuple[str, ...] = ()
    branches: Mapping[str, tuple[Branch, ...]] = {}
    reached: Reached = frozenset()
    has_golden: bool = False
    seconds: float = 0.0
