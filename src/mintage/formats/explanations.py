"""What a format says about why files are generated as they are, or not at all.

`Reasons` is the interface of a format's `reasons` module.
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
    """Something that determines whether or how a file is generated."""

    what: str
    """The rule, in words."""
    where: Location | None = None
    """Where the template says so; None if it doesn't."""


class LeftOut(Struct, frozen=True):
    """A file of the template that is not generated."""

    name: str
    """Its path, relative to the template's root."""
    path: str
    """Its path in the project before it is rendered, without a template's suffix."""
    target: str
    """The path that it would have in the project; "" if that is unknown."""
    why: Rule
    """The rule that leaves it out, or the part of its path that is empty."""


class ExplanationRequest(Struct, frozen=True):
    """A template with its answers."""

    template: Template
    layout: LayoutRequest
    """What planning passes to the template's layout."""

    def text(self, text: str, what: str) -> str:
        """Return a short text of the template, rendered.

        Args:
            text: The text.
            what: What it is, for error messages.
        """
        return self.layout.render.text(text, self.layout.context, what=what)


class Reasons(Protocol):
    """The interface of a format's `reasons` module."""

    def left_out(self, request: ExplanationRequest) -> Iterator[LeftOut]:
        """Yield every file that is not generated with these answers."""
        ...

    def rules(self, request: ExplanationRequest, file: PlannedFile) -> Iterator[Rule]:
        """Yield the rules that apply to a generated file."""
        ...


def deciding_pattern(patterns: Sequence[str], path: str, *, prunes: bool) -> int | None:
    """Return which gitignore pattern decides that a path matches.

    Args:
        patterns: The patterns; the last one that matches decides.
        path: The path of a file.
        prunes: Whether everything in a matching directory matches too, whatever other patterns say.

    Returns:
        The index of the pattern; None if the path doesn't match.
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
    """Return a rule if a part of a path renders to nothing, for formats in which that leaves the file out."""
    from mintage.errors import Location

    parts = path.split("/")
    for number, part in enumerate(parts, 1):
        if not request.text(part, f"the path {path}").strip():
            return Rule(f"{part} renders to nothing", Location("/".join(parts[:number])))
    return None
