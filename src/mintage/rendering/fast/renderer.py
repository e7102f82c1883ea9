"""Renders the text of a template with the interpreter, or raises `Unsupported`. Knows no files."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mintage.rendering.fast.blocks import branches_of
from mintage.rendering.fast.evaluation import Evaluation
from mintage.rendering.fast.operations import LOOP
from mintage.rendering.fast.program import Program
from mintage.rendering.fast.tags import Kind
from mintage.rendering.fast.values import Unsupported, printed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mintage.rendering.fast.blocks import Branches
    from mintage.rendering.fast.tags import Tag, Tags

# To look a member up in its enum takes 70 ns, which counts where it is done for every tag.
_PRINT, _FOR, _SET = Kind.PRINT, Kind.FOR, Kind.SET
_SILENT = (Kind.COMMENT, Kind.RAW, Kind.ENDRAW)
_MOST_KEPT = 32  # statements


class FastRenderer:
    """Renders templates with one context. A tag that depends on the context alone is evaluated once."""

    def __init__(self, tags: Tags, context: Mapping[str, Any]) -> None:
        self._tags = tags
        self._context = context
        self._evaluation = Evaluation(context)
        # What each tag prints, by its text; the tag itself if it is a statement, or has not been evaluated yet.
        self._steps: dict[str, str | Tag] = {}
        self._not_reached: set[str] = set()
        self._branches: dict[tuple[int, ...], Branches] = {}

    def render(self, source: str, variables: Mapping[str, Any], most_characters: float = math.inf) -> str:
        """Render a template.

        Args:
            source: The text of the template.
            variables: Names that only this template has.
            most_characters: The maximum number of characters that a loop may print.

        Raises:
            Unsupported: The template needs Jinja2, or a loop prints too much.
            Exception: An expression failed.
        """
        pieces = self._tags.pieces(source)
        texts = pieces[1::2]
        pieces[1::2] = self._steps_of(texts)
        places = _statements_in(pieces)
        if not places and not variables:
            return "".join(pieces)
        if self._hides_context(places, pieces, variables):
            pieces[1::2] = ["" if tag.kind in _SILENT else tag for tag in map(self._tags.tag, texts)]
            places = _statements_in(pieces)
        branches = self._branches_of([pieces[place] for place in places])
        rendered = Program(pieces, places, branches, self._evaluation, most_characters).run(variables)
        if self._not_reached:
            self._remember(texts)
        return rendered

    def _steps_of(self, texts: list[str]) -> list[str | Tag]:
        try:
            return [*map(self._steps.__getitem__, texts)]
        except KeyError:
            for text in texts:
                if text not in self._steps:
                    tag = self._tags.tag(text)
                    self._steps[text] = "" if tag.kind in _SILENT else tag
                    if tag.kind is _PRINT and tag.expression.names <= self._context.keys():
                        self._not_reached.add(text)
            return [*map(self._steps.__getitem__, texts)]

    def _remember(self, texts: list[str]) -> None:
        """Keep what tags of this template print, for the next one. Tags that were not reached are not evaluated."""
        values = self._evaluation.values
        for text in self._not_reached.intersection(texts):
            expression = self._tags.tag(text).expression.text
            if expression in values:
                self._not_reached.discard(text)
                with suppress(Unsupported):
                    self._steps[text] = printed(values[expression])

    def _branches_of(self, tags: list[Tag]) -> Branches:
        """Return the branches of tags, from a cache: templates often have the same few statements."""
        key = (*map(id, tags),)  # tags are never dropped, so that their ids stay unique
        found = self._branches.get(key)
        if found is None:
            if any(tag.kind is _SET and tag.targets[0] in self._context for tag in tags):
                raise Unsupported  # before this tag, Jinja2 finds neither value of the name in a loop
            found = branches_of(tags)
            if len(tags) <= _MOST_KEPT:
                self._branches[key] = found
        return found

    def _hides_context(self, places: list[int], pieces: list[Any], variables: Mapping[str, Any]) -> bool:
        """Return whether variables or loops of a template hide names of the context."""
        context = self._context
        if variables and not context.keys().isdisjoint(variables):
            return True
        loops = [pieces[place].targets for place in places if pieces[place].kind is _FOR]
        return any(not context.keys().isdisjoint((*targets, LOOP)) for targets in loops)


def _statements_in(pieces: list[Any]) -> list[int]:
    return [place for place in range(1, len(pieces), 2) if not isinstance(pieces[place], str)]
