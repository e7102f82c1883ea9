"""What came of a conversion. Holds values, and formats nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Note(Struct, frozen=True):
    """Something that is not as it was."""

    what: str
    """A sentence."""
    where: str = ""
    """A file of the original, and maybe a line."""
    hint: str = ""
    """What to do about it."""
    is_lost: bool = True
    """It could not be carried over, so that somebody has to; False for what works, but otherwise than before."""


class Comparison(Struct, frozen=True):
    """The projects that original and result make with the same answers, hooks left out."""

    answers: Mapping[str, Any]
    """Those that are not the defaults."""
    files: int = 0
    differences: tuple[str, ...] = ()
    """Paths, each with what differs."""
    unsteady: tuple[str, ...] = ()
    """Files that the original itself makes differently each time."""
    failure: str = ""
    """Why the native one makes nothing."""
    unmade: str = ""
    """Why the original makes nothing with these answers, so that there is nothing to be compared with."""

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs but what cannot be the same twice."""
        return not self.differences and not self.failure


class Conversion(Struct, frozen=True):
    """A Cookiecutter template that became a native one."""

    origin: str
    """What the user called it."""
    output: Path
    """The new template."""
    questions: int
    files: int
    """How many came out of the project's directory."""
    tasks: int
    notes: tuple[Note, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Names of questions that had to change."""
    comparisons: tuple[Comparison, ...] = ()
    not_compared: str = ""
    """Why there are no comparisons; "" when there are."""
    has_all_pairs: bool = False
    """Every two choices were together in one of them."""

    @property
    def is_equal(self) -> bool:
        """Whether there was something to compare, and every comparison found the same project."""
        return any(not each.unmade for each in self.comparisons) and all(each.is_equal for each in self.comparisons)
