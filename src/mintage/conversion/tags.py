"""Finds the tokens in the tags of a text, where they stand, and replaces some. All else stays as it is, to the byte.

Jinja2's own lexer finds them. It says no positions, and leaves out spaces that a tag strips; but what it gives is in
order, and between two tokens there is nothing but such spaces.
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
    """One token within a tag, its beginning and end included."""

    kind: str
    text: str
    start: int
    """In the text with `\n` for every line ending."""

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)

    def says(self, *texts: str) -> bool:
        """Return whether it is one of these names or operators."""
        return self.text in texts and self.kind in ("name", "operator")


class Edit(Struct, frozen=True):
    """A part of a text, by its place, that becomes another text without a line ending."""

    start: int
    end: int
    text: str


def tokens_of(text: str, environment: Environment) -> list[Token]:
    """Return the tokens of all tags.

    Raises:
        TemplateSyntaxError: Jinja2 would, for what no lexer takes.
    """
    source = _NEWLINE.sub("\n", text)
    found: list[Token] = []
    place = 0
    for line, kind, value in environment.lexer.tokeniter(source, None):
        if not value:
            continue
        while not source.startswith(value, place):
            if place >= len(source) or not source[place].isspace():
                raise TemplateSyntaxError("the tags are not what they seem", line)
            place += 1
        if kind not in _OUTSIDE and kind not in _OUTSIDE_LINES:
            found.append(Token(kind, value, place))
        place += len(value)
    return found


def line_of(text: str, token: Token) -> int:
    """Return the line that a token is on."""
    return _NEWLINE.sub("\n", text).count("\n", 0, token.start) + 1


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with the edits, and the line endings that it had."""
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
