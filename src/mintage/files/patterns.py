"""Patterns that choose some of a project's or a template's paths. A leaf: knows neither templates nor plans."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from mintage.errors import Location, PlanError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pathspec import GitIgnoreSpec


Spec = TypeVar("Spec")


# Names without directories, as most patterns are: `*.pyc`, `__pycache__`, `~*`, `a[bc]?`.
_PLAIN_NAME = re.compile(r"(?![!#])(?:[\w.~@%+?*-]|\[[A-Za-z0-9]+\])+", re.ASCII)


_NOTHING = re.compile(r"(?!)")


def plain_names(patterns: Sequence[str]) -> re.Pattern[str] | None:
    """Return a regular expression for gitignore patterns that are nothing but names, such as `*.pyc`; None if one is
    more.

    It finds (`search`) a path of which any part has such a name. Saves loading pathspec, which takes longer than most
    runs need for all their patterns.
    """
    wanted = [pattern for pattern in patterns if pattern]
    if not all(_PLAIN_NAME.fullmatch(pattern) and "**" not in pattern for pattern in wanted):
        return None
    if not wanted:
        return _NOTHING
    return re.compile(rf"(?:^|/)(?:{'|'.join(map(_regex_of_name, wanted))})(?:/|$)")


def _regex_of_name(name: str) -> str:
    first, *others = (
        re.escape(part).replace(r"\?", "[^/]").replace(r"\[", "[").replace(r"\]", "]") for part in name.split("*")
    )
    if not others:
        return first
    # As in Python's fnmatch: what is between two stars is taken where it comes first, without trying all other places.
    *middle, last = others
    return f"{first}{''.join(f'(?>[^/]*?{part})' for part in middle if part)}[^/]*{last}"


def compiled(
    patterns: Sequence[str],
    compile_all: Callable[[Sequence[str]], Spec],
    where: Callable[[], Location | None] = lambda: None,
) -> Spec:
    """Return what pathspec makes of patterns.

    Raises:
        PlanError: With the line that `where` finds, if one of them is none.
    """
    try:
        return compile_all(patterns)
    except (ValueError, re.error) as error:
        raise PlanError(f"the patterns {', '.join(patterns)} are not valid: {error}", where=where()) from error


class GitignorePatterns:
    """Patterns with the meaning that they have in a .gitignore file (`docs/`, `**/*.py`, `!keep.py`)."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self.patterns = tuple(patterns)

    @cached_property
    def _spec(self) -> GitIgnoreSpec:
        from pathspec import GitIgnoreSpec

        return compiled(self.patterns, GitIgnoreSpec.from_lines)

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        return plain_names(self.patterns)

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def require_valid(self) -> None:
        """Raise PlanError now, and not only when a path is compared, if one of the patterns is none."""
        if self._names is None:
            assert self._spec is not None

    def matches(self, path: str, *, is_folder: bool = False) -> bool:
        """Return whether the pattern list takes `path`, relative and with forward slashes. Raises PlanError."""
        if not self.patterns:
            return False
        if self._names is not None:
            return self._names.search(path) is not None
        return self._spec.match_file(path + "/" if is_folder else path)


class FnmatchPatterns:
    """Patterns of Python's fnmatch, in which `*` crosses slashes (Cookiecutter's `_copy_without_render`)."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._regex = re.compile("|".join(translate(pattern) for pattern in patterns)) if patterns else None

    def matches(self, path: str) -> bool:
        """Return whether any pattern takes the whole path."""
        return self._regex is not None and self._regex.match(path) is not None
