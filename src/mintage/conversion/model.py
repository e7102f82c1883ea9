"""The result of a conversion: plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Note(Struct, frozen=True):
    """Something that works differently in the new template, or not at all."""

    what: str
    """The message."""
    where: str = ""
    """The file of the original, and possibly the line."""
    hint: str = ""
    """What to do about it."""
    is_lost: bool = True
    """Whether the user must convert it by hand; False if it works, but differently."""


class Comparison(Struct, frozen=True):
    """How the projects of both templates differ with the same answers, without hooks."""

    answers: Mapping[str, Any]
    """The answers that differ from the defaults."""
    files: int = 0
    """The number of files that were compared."""
    differences: tuple[str, ...] = ()
    """What differs, each with its path."""
    unsteady: tuple[str, ...] = ()
    """The files that the original itself generates differently each time."""
    failure: str = ""
    """Why the new template generates nothing; "" if it does."""
    unmade: str = ""
    """Why the original generates nothing with these answers, so that nothing was compared; "" if it does."""

    @property
    def is_equal(self) -> bool:
        """Whether the projects are the same, except for what differs each time."""
        return not self.differences and not self.failure


class Conversion(Struct, frozen=True):
    """A Cookiecutter template that was converted to a native one."""

    origin: str
    """What the user called the original."""
    output: Path
    """The directory of the new template."""
    questions: int
    """The number of questions that are asked."""
    files: int
    """The number of files in the new template's root."""
    tasks: int
    """The number of tasks."""
    notes: tuple[Note, ...] = ()
    """What the user should know."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """The new names of questions that had to be renamed."""
    comparisons: tuple[Comparison, ...] = ()
    """The comparisons with the original."""
    not_compared: str = ""
    """Why there are no comparisons; "" if there are."""
    has_all_pairs: bool = False
    """Whether every two choices occurred together in one of the comparisons."""

    @property
    def is_equal(self) -> bool:
        """Whether something was compared, and all comparisons found the same project."""
        return any(not each.unmade for each in self.comparisons) and all(each.is_equal for each in self.comparisons)
