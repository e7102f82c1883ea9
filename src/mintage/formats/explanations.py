"""Why files of a template come out as they do, or not at all: the rules of each format, asked after the fact.

A format's module has `left_out(request)` and `rules(request, file)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mintage.errors import Location
    from mintage.planning.model import PlannedFile
    from mintage.template import Template
    from mintage.template.layout import LayoutRequest


class Rule(Struct, frozen=True):
    """Something that decides about a file."""

    what: str
    where: Location | None = None
    """The line that says so, if one does."""


class LeftOut(Struct, frozen=True):
    """A file of the template that does not come out."""

    name: str
    """Relative to the template's root."""
    path: str
    """Its path in the project before it is rendered, without a suffix that is taken off."""
    target: str
    """What its path would be, "" if that is not known."""
    why: Rule
    """The rule, or the part of its path that is empty."""


class ExplanationRequest(Struct, frozen=True):
    """A template with its answers."""

    template: Template
    layout: LayoutRequest
    """As planning gives it to the template's layout."""

    def text(self, text: str, what: str) -> str:
        """Return a short text, rendered."""
        return self.layout.render.text(text, self.layout.context, what=what)


class Reasons(Protocol):
    """The interface of a format's `reasons` module."""

    def left_out(self, request: ExplanationRequest) -> Iterator[LeftOut]:
        """Yield every file that does not come out with these answers."""
        ...

    def rules(self, request: ExplanationRequest, file: PlannedFile) -> Iterator[Rule]:
        """Yield the rules that a file which comes out is made by."""
        ...


def deciding_pattern(patterns: Sequence[str], path: str, *, prunes: bool) -> int | None:
    """Return which gitignore pattern takes a file's path: the last that has a say.

    None if none does, or one lets it pass.

    Args:
        prunes: A folder that is taken takes all in it along, whatever else is said of that.
    """
    from pathspec import GitIgnoreSpec, PathSpec

    spec = GitIgnoreSpec.from_lines(patterns) if prunes else PathSpec.from_lines("gitignore", patterns)
    parts = path.split("/")
    folders = ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts))] if prunes else []
    for each in (*folders, path):
        found = spec.check_file(each)
        if found.include:
            return found.index
    return None


def empty_part(request: ExplanationRequest, path: str) -> Rule | None:
    """Return the first part of a path that renders to nothing, in formats where that leaves out what is below it."""
    from mintage.errors import Location

    parts = path.split("/")
    for number, part in enumerate(parts, 1):
        if not request.text(part, f"the path {path}").strip():
            return Rule(f"{part} renders to nothing", Location("/".join(parts[:number])))
    return None
