"""The interpreter's renderer: from the text of a template to its result, or `Unsupported`. Knows no files."""

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
    """Renders templates with one context. What a tag prints that depends on that alone is worked out once."""

    def __init__(self, tags: Tags, context: Mapping[str, Any]) -> None:
        self._tags = tags
        self._context = context
        self._evaluation = Evaluation(context)
        # For each tag what it prints; the tag itself if it does something else, or was not reached yet.
        self._steps: dict[str, str | Tag] = {}
        self._not_reached: set[str] = set()
        self._branches: dict[tuple[int, ...], Branches] = {}

    def render(self, source: str, variables: Mapping[str, Any], most_characters: float = math.inf) -> str:
        """Return the text that a template renders to.

        Raises Unsupported, also where a loop makes more than so many characters, and whatever an expression raises.

        Args:
            variables: Names that only this template has.
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
        """What tags of this template print, for the next one. (What Jinja2 would not work out is not worked out.)"""
        values = self._evaluation.values
        for text in self._not_reached.intersection(texts):
            expression = self._tags.tag(text).expression.text
            if expression in values:
                self._not_reached.discard(text)
                with suppress(Unsupported):
                    self._steps[text] = printed(values[expression])

    def _branches_of(self, tags: list[Tag]) -> Branches:
        """See `branches_of`. Templates often have the same few statements."""
        key = (*map(id, tags),)  # all of them are kept, so that no other gets the same number
        found = self._branches.get(key)
        if found is None:
            if any(tag.kind is _SET and tag.targets[0] in self._context for tag in tags):
                raise Unsupported  # Jinja2 sees neither value of the name in a loop before this place
            found = branches_of(tags)
            if len(tags) <= _MOST_KEPT:
                self._branches[key] = found
        return found

    def _hides_context(self, places: list[int], pieces: list[Any], variables: Mapping[str, Any]) -> bool:
        """Return whether names of the context mean something else somewhere in a template."""
        context = self._context
        if variables and not context.keys().isdisjoint(variables):
            return True
        loops = [pieces[place].targets for place in places if pieces[place].kind is _FOR]
        return any(not context.keys().isdisjoint((*targets, LOOP)) for targets in loops)


def _statements_in(pieces: list[Any]) -> list[int]:
    return [place for place in range(1, len(pieces), 2) if not isinstance(pieces[place], str)]
