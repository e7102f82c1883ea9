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
    """Something that is wrong with a case; equal for cases that have the same cause."""

    check: Check
    what: str
    """Without anything of this one case."""
    kind: str = ""
    where: Location | None = None
    source_line: str = ""
    why: str = ""
    hint: str = ""
    detail: str = ""
    """A difference, or what a command printed, which may differ."""

    @property
    def cause(self) -> tuple[object, ...]:
        """The same for all cases that fail alike; of differences, the whole text counts."""
        text = self.detail if self.check is Check.GOLDEN else ""
        return (self.check, self.what, self.kind, self.where, self.why, text)


class CaseOutcome(Struct, frozen=True):
    """What became of one case."""

    findings: tuple[CaseFinding, ...] = ()
    unstable: tuple[str, ...] = ()
    """Files that two renders made differently."""
    files: int = 0
    """In the project."""
    bytes: int = 0
    """In the project."""
    made_of: tuple[str, ...] = ()
    """The template's files that came out."""
    branches: Mapping[str, tuple[Branch, ...]] = {}
    """Of the files that were rendered; see `rendering.branches`."""
    reached: Reached = frozenset()
    """Of the files that were rendered; see `rendering.branches`."""
    has_golden: bool = False
    """There is a golden tree to compare with."""
    seconds: float = 0.0
    """For all of it."""
