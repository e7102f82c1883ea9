"""Finds the tokens in a text's tags with their positions, and replaces some. Everything else is left byte for byte.

Jinja2's own lexer finds the tokens. It reports no positions, and omits spaces that a tag strips; but its tokens are in
order, and there is nothing but such spaces between two of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2.exceptions import TemplateSyntaxError
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Environment

_NEWLINE = re.compile(r"(\r\n|\r|\n)")
_OUTSIDE = frozenset({"data", "whitespace", "comment", "comment_begin", "comment_end", "raw_begin", "raw_end"})
_OUTSIDE_LINES = frozenset({"linecomment", "linecomment_begin", "linecomment_end"})


class Token(Struct, frozen=True):
    """A token in a tag, including the tag's delimiters."""

    kind: str
    """The type of the token in Jinja2's lexer."""
    text: str
    """The text of the token."""
    start: int
    """The position in the text with `\n` for every line ending."""

    @property
    def end(self) -> int:
        """The position after the token."""
        return self.start + len(self.text)

    def says(self, *texts: str) -> bool:
        """Return whether the token is one of these names or operators."""
        return self.text in texts and self.kind in ("name", "operator")


class Edit(Struct, frozen=True):
    """A replacement of a part of a text."""

    start: int
    """The position of the part."""
    end: int
    """The position after the part."""
    text: str
    """The new text, without line endings."""


def tokens_of(text: str, environment: Environment) -> list[Token]:
    """Return the tokens in all tags of a text.

    Args:
        text: The text.
        environment: Has the lexer.

    Raises:
        TemplateSyntaxError: The text is not a valid template.
    """
    source = _NEWLINE.sub("\n", text)
    found: list[Token] = []
    place = 0
    for line, kind, value in environment.lexer.tokeniter(source, None):
        if not value:
            continue
        while not source.startswith(value, place):
            if place >= len(source) or not source[place].isspace():
                raise TemplateSyntaxError("the tags are ambiguous", line)
            place += 1
        if kind not in _OUTSIDE and kind not in _OUTSIDE_LINES:
            found.append(Token(kind, value, place))
        place += len(value)
    return found


def line_of(text: str, token: Token) -> int:
    """Return the number of the line that has a token, from 1."""
    return _NEWLINE.sub("\n", text).count("\n", 0, token.start) + 1


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits applied, and its line endings preserved."""
    source = _NEWLINE.sub("\n", text)
    pieces: list[str] = []
    place = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += source[place : edit.start], edit.text
        place = edit.end
    changed = "".join((*pieces, source[place:]))
    if "\r" not in text:
        return changed
    endings = [*_NEWLINE.findall(text), ""]
    return "".join(map("".join, zip(changed.split("\n"), endings, strict=True)))
