"""Finds the paths that files may get, depending on the answers that can be listed."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.errors import MintageError
from mintage.rendering.jinja_text import JinjaText
from mintage.template.texts import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mintage.analysis.references import Analysis
    from mintage.template.possible_answers import Domain
    from mintage.template.texts import TemplateText

_MOST_COMBINATIONS = 64
_SECONDS = 2.0


class PossiblePath(Struct, frozen=True):
    """A path that a file may get."""

    file: str
    """The path of the file in the template."""
    target: str
    """The path in the project."""
    answers: Mapping[str, Any]
    """The answers that lead to it, by question."""
    is_certain: bool
    """Whether no other answer plays a part in it."""


class PossiblePaths(Struct, frozen=True):
    """The paths that the files of a template may get."""

    all: tuple[PossiblePath, ...] = ()
    """Each path that a file may get."""
    never_made: frozenset[str] = frozenset()
    """Files that are never generated."""


def possible_paths_of(analysis: Analysis, *, is_complete: bool) -> PossiblePaths:
    """Render all paths, as far as the answers that they read can be listed.

    Args:
        analysis: The template, taken apart.
        is_complete: Whether all extensions of the template could be loaded; without them, no path is certain.
    """
    if not is_complete:
        return PossiblePaths()
    made: list[PossiblePath] = []
    never_made: set[str] = set()
    renderer = _PathRenderer(analysis)
    for file in analysis.survey.files:
        found = renderer.of(file.path)
        if found is not None:
            made += found
            if not found:
                never_made.add(file.path)
    return PossiblePaths(tuple(made), frozenset(never_made))


class _PathRenderer:
    """Renders paths part by part, with each combination of the answers that a path reads."""

    def __init__(self, analysis: Analysis) -> None:
        self._survey = analysis.survey
        self._domains = analysis.survey.possible_answers
        self._render = JinjaText(analysis.survey.template.renderer, seconds=_SECONDS)
        self._parts = {text.file: text for text in analysis.survey.texts if text.place is Place.PATH}
        self._suffix = analysis.survey.suffix
        self._reads: dict[str, set[str]] = {}
        for read in analysis.reads:
            if read.text.place is Place.PATH:
                self._reads.setdefault(read.text.file, set()).add(read.name)

    def of(self, path: str) -> list[PossiblePath] | None:
        """Return every path that a file may get, none if it is never generated; None if that is unknown."""
        texts = [text for folder in _folders_of(path) if (text := self._parts.get(folder)) is not None]
        names = {name for text in texts for name in self._reads.get(text.file, ())}
        if not names <= self._survey.questions.keys() or any(text.names for text in texts):
            return None
        listed = {name: self._domains[name] for name in sorted(names) if name in self._domains}
        if prod(len(domain.values) for domain in listed.values()) > _MOST_COMBINATIONS:
            return None
        made: list[PossiblePath] = []
        is_certain = len(listed) == len(names)
        for answers in _combinations(listed):
            target = self._target(texts, self._context({**{name: name for name in names}, **answers}))
            if target is None:
                return None
            if target:
                made.append(PossiblePath(path, target, answers, is_certain))
        if made or is_certain or any(self._is_always_empty(text, listed) for text in texts):
            return made
        return None

    def _is_always_empty(self, text: TemplateText, listed: Mapping[str, Domain]) -> bool:
        """Return whether a part of a path is empty, whatever the answers are that can't be listed."""
        if not self._reads.get(text.file, set()) <= listed.keys():
            return False
        return all(self._target([text], self._context(answers)) == "" for answers in _combinations(listed))

    def _target(self, texts: list[TemplateText], context: Mapping[str, Any]) -> str | None:
        """Return the path; "" if it is left out, None if it cannot be rendered."""
        parts: list[str] = []
        for text in texts:
            name = text.text.removesuffix(self._suffix) if text is texts[-1] else text.text
            try:
                rendered = self._render.text(name, context, what=text.file).strip()
            except MintageError:
                return None
            if not rendered:
                return ""
            parts.append(rendered)
        return "/".join(parts)

    def _context(self, answers: Mapping[str, Any]) -> Mapping[str, Any]:
        namespace = self._survey.namespace
        return {namespace: answers} if namespace else answers


def _folders_of(path: str) -> Iterator[str]:
    """Yield `a`, `a/b` and `a/b/c` for `a/b/c`."""
    place = path.find("/")
    while place >= 0:
        yield path[:place]
        place = path.find("/", place + 1)
    yield path


def _combinations(domains: Mapping[str, Domain]) -> Iterator[Mapping[str, Any]]:
    values = [domain.values if not domain.several else (list(domain.values), []) for domain in domains.values()]
    for combination in product(*values):
        yield dict(zip(domains, combination, strict=True))
