"""What came of a conversion. Holds values, and formats nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Note(Struct, frozen=True):
    """Something that is not as it was.

    what: a sentence. where: a file of the original, and maybe a line. hint: what to do about it. is_lost: it could not
    be carried over, so that somebody has to; False for what works, but otherwise than before.
    """

    what: str
    where: str = ""
    hint: str = ""
    is_lost: bool = True


class Comparison(Struct, frozen=True):
    """The projects that original and result make with the same answers, hooks left out.

    answers: those that are not the defaults. differences: paths, each with what differs. unsteady: files that the
    original itself makes differently each time. failure: why the native one makes nothing. unmade: why the original
    makes nothing with these answers, so that there is nothing to be compared with.
    """

    answers: Mapping[str, Any]
    files: int = 0
    differences: tuple[str, ...] = ()
    unsteady: tuple[str, ...] = ()
    failure: str = ""
    unmade: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs but what cannot be the same twice."""
        return not self.differences and not self.failure


class Conversion(Struct, frozen=True):
    """A Cookiecutter template that became a native one.

    origin: what the user called it. output: the new template. renamed: names of questions that had to change.
    files: how many came out of the project's folder. not_compared: why there are no comparisons; "" when there are.
    has_all_pairs: every two choices were together in one of them.
    """

    origin: str
    output: Path
    questions: int
    files: int
    tasks: int
    notes: tuple[Note, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    comparisons: tuple[Comparison, ...] = ()
    not_compared: str = ""
    has_all_pairs: bool = False

    @property
    def is_equal(self) -> bool:
        """Whether there was something to compare, and every comparison found the same project."""
        return any(not each.unmade for each in self.comparisons) and all(each.is_equal for each in self.comparisons)
