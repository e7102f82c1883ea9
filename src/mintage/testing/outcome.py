"""The outcomes of cases: plain values that cross processes and go into the report."""

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

    MINTS = "the project can be generated"
    AGREES = "two renders are identical"
    GOLDEN = "the project is the same as the golden tree"
    RUNS = "a command succeeds in the project"


class CaseFinding(Struct, frozen=True):
    """Something that is wrong with a case."""

    check: Check
    """The check that failed."""
    what: str
    """The message, without anything specific to this case."""
    kind: str = ""
    """The kind of error; "" if it was not an error."""
    where: Location | None = None
    """Where it is in the template."""
    source_line: str = ""
    """The line there."""
    why: str = ""
    """The reason."""
    hint: str = ""
    """What to do about it."""
    detail: str = ""
    """A diff, or what a command printed; it may differ between cases."""

    @property
    def cause(self) -> tuple[object, ...]:
        """A key that is equal for all cases that fail for the same reason. For golden trees, it includes the diff."""
        text = self.detail if self.check is Check.GOLDEN else ""
        return (self.check, self.what, self.kind, self.where, self.why, text)


class CaseOutcome(Struct, frozen=True):
    """The outcome of one case."""

    findings: tuple[CaseFinding, ...] = ()
    """What is wrong; empty if the case passed."""
    unstable: tuple[str, ...] = ()
    """The files that differ between two renders."""
    files: int = 0
    """The number of files in the project."""
    bytes: int = 0
    """The size of the project's files together, in bytes."""
    made_of: tuple[str, ...] = ()
    """The template's files that came out."""
    branches: Mapping[str, tuple[Branch, ...]] = {}
    """The branches of the files that were rendered; see `rendering.branches`."""
    reached: Reached = frozenset()
    """The branches that were taken; see `rendering.branches`."""
    has_golden: bool = False
    """Whether there is a golden tree to compare with."""
    seconds: float = 0.0
    """How long the case took, in seconds."""
