"""Carries out the tags of a template: what is printed, chosen, repeated. Knows no files."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mintage.rendering.fast.tags import Kind
from mintage.rendering.fast.values import OffRoad, kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mintage.rendering.fast.evaluation import Evaluation
    from mintage.rendering.fast.tags import Cut

_DEEPEST = 100
_FIRST_MEASURED = 64  # pieces of text
# To look a member up in its enum takes 70 ns, which counts where it is done for every tag.
_PRINT, _IF, _ELIF, _ELSE, _ENDIF, _FOR, _ENDFOR, _SET = (
    Kind.PRINT,
    Kind.IF,
    Kind.ELIF,
    Kind.ELSE,
    Kind.ENDIF,
    Kind.FOR,
    Kind.ENDFOR,
    Kind.SET,
)
_CONTINUING = (_ELIF, _ELSE, _ENDIF, _ENDFOR)


def run(template: Cut, evaluation: Evaluation, variables: Mapping[str, Any], most_characters: float = math.inf) -> str:
    """The text that a template renders to. variables: names that only this template has.

    Raises OffRoad, also where a loop makes more than so many characters.
    """
    if not template.tags:
        return template.data[0]
    program = _Program(template, evaluation, most_characters)
    program.run(0, len(template.tags), dict(variables))
    return "".join(program.out)


class _Program:
    """One template. out: what was printed so far."""

    def __init__(self, template: Cut, evaluation: Evaluation, most_characters: float) -> None:
        self._data = template.data
        self._tags = template.tags
        self._evaluation = evaluation
        self._branches: dict[int, list[int]] = {}
        self._find_branches()
        self.out: list[str] = []
        self._most_characters = most_characters
        self._measured = _FIRST_MEASURED

    def _find_branches(self) -> None:
        """For each `if` and `for`, the places of its other branches and its end. Understands every expression once."""
        self._evaluation.require(self._tags)
        open_tags: list[int] = []
        for place, kind in [(place, tag.kind) for place, tag in enumerate(self._tags) if tag.kind is not _PRINT]:
            if kind is _IF or kind is _FOR:
                open_tags.append(place)
                self._branches[place] = [place]
                if len(open_tags) > _DEEPEST:
                    raise OffRoad
            elif kind is _SET:
                if self._tags[place].targets[0] in self._evaluation.names:
                    raise OffRoad  # Jinja2 sees neither value of it in a loop before this place
                if any(self._tags[each].kind is _FOR for each in open_tags):
                    raise OffRoad  # such a name would end with the loop
            elif kind in _CONTINUING:
                self._continue(place, kind, open_tags)
        if open_tags:
            raise OffRoad

    def _continue(self, place: int, kind: Kind, open_tags: list[int]) -> None:
        if not open_tags:
            raise OffRoad
        start = open_tags[-1]
        opened = self._tags[start].kind
        branches = self._branches[start]
        had_else = self._tags[branches[-1]].kind is _ELSE
        wrong_end = kind is (_ENDFOR if opened is _IF else _ENDIF)
        if wrong_end or (kind in (_ELIF, _ELSE) and had_else) or (kind is _ELIF and opened is _FOR):
            raise OffRoad
        branches.append(place)
        if kind in (_ENDIF, _ENDFOR):
            open_tags.pop()

    def run(self, start: int, end: int, variables: dict[str, Any]) -> None:
        """Carry out the tags from `start` up to `end`, with the data before each and before the one at `end`."""
        place = start
        out, data, tags = self.out, self._data, self._tags
        printed = {} if variables else self._evaluation.texts
        while place < end:
            out.append(data[place])
            tag = tags[place]
            kind = tag.kind
            if kind is _PRINT:
                text = printed.get(tag.expression)
                out.append(self._evaluation.text(tag.expression, variables) if text is None else text)
            elif kind is _IF:
                place = self._choose(place, variables)
            elif kind is _FOR:
                place = self._repeat(place, variables)
            elif kind is _SET:
                variables[tag.targets[0]] = kept(self._evaluation.value(tag.expression, variables))
                printed = {}
            place += 1
        out.append(data[end])

    def _choose(self, place: int, variables: dict[str, Any]) -> int:
        """Carry out the branch of an `if` whose condition holds; returns the place of its `endif`."""
        branches = self._branches[place]
        for branch, following in pairwise(branches):
            tag = self._tags[branch]
            if tag.kind is _ELSE or self._evaluation.value(tag.expression, variables):
                self.run(branch + 1, following, variables)
                break
        return branches[-1]

    def _repeat(self, place: int, variables: dict[str, Any]) -> int:
        """Carry out a loop; returns the place of its `endfor`."""
        start, *others = self._branches[place]
        tag = self._tags[start]
        items = self._evaluation.value(tag.expression, variables)
        ran = False
        inner = dict(variables)  # no loop sets a name, so that nothing of one turn is seen by the next
        for item in items:
            ran = True
            inner.update(_named(tag.targets, item))
            self.run(start + 1, others[0], inner)
            if len(self.out) > self._measured:
                self._measure()
        if not ran and len(others) > 1:
            self.run(others[0] + 1, others[1], dict(variables))
        return others[-1]

    def _measure(self) -> None:
        """Look at how much it has become, whenever it is twice as much."""
        if sum(map(len, self.out)) > self._most_characters:
            raise OffRoad
        self._measured = 2 * len(self.out)


def _named(targets: tuple[str, ...], item: Any) -> dict[str, Any]:
    if len(targets) == 1:
        return {targets[0]: item}
    return dict(zip(targets, item, strict=True))
