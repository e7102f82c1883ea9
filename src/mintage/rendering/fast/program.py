"""Runs the statements of a template: `if`, `for` and `set`. Knows no files."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mintage.rendering.fast.operations import LOOP
from mintage.rendering.fast.tags import Kind
from mintage.rendering.fast.values import Turn, Unsupported, kept, printed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mintage.rendering.fast.blocks import Branches
    from mintage.rendering.fast.evaluation import Evaluation
    from mintage.rendering.fast.tags import Tag

_FIRST_MEASURED = 64  # pieces of text
# To look a member up in its enum takes 70 ns, which counts where it is done for every tag.
_PRINT, _IF, _ELSE, _FOR, _SET = Kind.PRINT, Kind.IF, Kind.ELSE, Kind.FOR, Kind.SET


class Program:
    """The statements of one template, and the text between them.

    Tags whose output is already known are text. Statements are numbered in the order of `places`.

    Args:
        pieces: Text to print, and the tags of statements at `places`.
        places: The indexes of statements in `pieces`.
        branches: The branches of blocks, by number.
        evaluation: Evaluates expressions.
        most_characters: The maximum number of characters that a loop may print.
    """

    def __init__(
        self,
        pieces: list[Any],
        places: Sequence[int],
        branches: Branches,
        evaluation: Evaluation,
        most_characters: float,
    ) -> None:
        self._pieces = pieces
        self._tags: list[Tag] = [pieces[place] for place in places]
        self._places = [*places, len(pieces)]
        self._branches = branches
        self._evaluation = evaluation
        self._out: list[str] = []
        self._most_characters = most_characters
        self._measured = _FIRST_MEASURED

    def run(self, variables: Mapping[str, Any]) -> str:
        """Run the template, and return its text.

        Args:
            variables: Names that only this template has.

        Raises:
            Unsupported: The template needs Jinja2, or a loop prints too much.
            Exception: An expression failed.
        """
        self._run(0, len(self._tags), dict(variables))
        return "".join(self._out)

    def _run(self, number: int, end: int, variables: dict[str, Any]) -> None:
        """Run the statements from `number` up to `end`, beginning with the text before the first one."""
        out, pieces, places = self._out, self._pieces, self._places
        place = places[number - 1] + 1 if number else 0
        while number < end:
            out += pieces[place : places[number]]
            tag = self._tags[number]
            kind = tag.kind
            if kind is _PRINT:
                out.append(printed(self._evaluation.value(tag.expression, variables)))
            elif kind is _IF:
                number = self._choose(number, variables)
            elif kind is _FOR:
                number = self._repeat(number, variables)
            elif kind is _SET:
                variables[tag.targets[0]] = kept(self._evaluation.value(tag.expression, variables))
            place = places[number] + 1
            number += 1
        out += pieces[place : places[end]]

    def _choose(self, number: int, variables: dict[str, Any]) -> int:
        """Run the branch of an `if` whose condition is true, and return the number of its `endif`."""
        branches = self._branches[number]
        for branch, following in pairwise(branches):
            tag = self._tags[branch]
            if tag.kind is _ELSE or self._evaluation.value(tag.expression, variables):
                self._run(branch + 1, following, variables)
                break
        return branches[-1]

    def _repeat(self, number: int, variables: dict[str, Any]) -> int:
        """Run a loop, and return the number of its `endfor`."""
        start, *others = self._branches[number]
        tag = self._tags[start]
        only_prints = all(inner.kind is _PRINT for inner in self._tags[start + 1 : others[0]])
        body = self._pieces[self._places[start] + 1 : self._places[others[0]]]
        items = self._evaluation.value(tag.expression, variables)
        counts_turns = any(LOOP in inner.expression.names for inner in self._tags[start + 1 : others[0]])
        if counts_turns:
            items = list(items)
        turn = -1
        inner = dict(variables)  # loops set no names, so that turns can share this
        for turn, item in enumerate(items):
            if counts_turns:
                inner[LOOP] = Turn(turn, len(items))
            if len(tag.targets) == 1:
                inner[tag.targets[0]] = item
            else:
                inner.update(zip(tag.targets, item, strict=True))
            if only_prints:
                self._print(body, inner)
            else:
                self._run(start + 1, others[0], inner)
            if len(self._out) > self._measured:
                self._measure()
        if turn < 0 and len(others) > 1:
            self._run(others[0] + 1, others[1], dict(variables))
        return others[-1]

    def _print(self, pieces: list[Any], variables: dict[str, Any]) -> None:
        value = self._evaluation.value
        self._out += [
            piece if isinstance(piece, str) else printed(value(piece.expression, variables)) for piece in pieces
        ]

    def _measure(self) -> None:
        """Raise Unsupported if too much was printed. Called each time the number of pieces has doubled."""
        if sum(map(len, self._out)) > self._most_characters:
            raise Unsupported
        self._measured = 2 * len(self._out)
