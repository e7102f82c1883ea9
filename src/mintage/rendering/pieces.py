"""Cuts a large template into pieces that render to the same text, one after another.

To compile a template, Jinja2 needs about ten kilobytes of memory for each tag: a gigabyte for five megabytes of text
with a variable on each line. Most large templates keep no state from one line to another; cut between lines, they need
only the memory for one piece.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import Environment

LARGE = 128 * 1024
_PIECE = 48 * 1024

# Statements that don't affect the text after them. A template with any other one isn't cut.
_OPENING = frozenset({"if", "for", "filter", "with"})
_CLOSING = frozenset({f"end{name}" for name in _OPENING})
_NEUTRAL = frozenset({"elif", "else", "include", "now"})
_ALLOWED = _OPENING | _CLOSING | _NEUTRAL | {"raw", "endraw"}
_NEWLINES = re.compile(r"\r\n|\r|\n")


def may_be_cut(options: Mapping[str, Any], data: bytes) -> bool:
    """Return whether `cut` will probably succeed, by a quick look at the statements of a template."""
    if options.get("line_statement_prefix") or options.get("line_comment_prefix"):
        return False
    start = re.escape(str(options.get("block_start_string", "{%")).encode())
    statements = re.finditer(start + rb"[-+]?\s*(\w+)", data)
    return all(statement.group(1).decode() in _ALLOWED for statement in statements)


def cut(environment: Environment, source: str) -> list[tuple[int, str]] | None:
    """Return the pieces of a template, each with the number of lines before it; None if it can't be cut."""
    if environment.line_statement_prefix or environment.line_comment_prefix:
        return None
    from jinja2.exceptions import TemplateSyntaxError

    try:
        held = _lines_held_together(environment, source)
    except TemplateSyntaxError:
        return None  # compiling the template reports it
    if held is None:
        return None
    lines = _lines(source)
    starts = [0]
    size = 0
    for number, line in enumerate(lines):
        if size >= _PIECE and number not in held:
            starts.append(number)
            size = 0
        size += len(line)
    if len(starts) == 1:
        return None
    # An environment that drops the last newline of a template would drop it from every piece.
    dropped = "" if environment.keep_trailing_newline else "\n"
    pieces = [(start, "".join(lines[start:end]) + dropped) for start, end in pairwise(starts)]
    return [*pieces, (starts[-1], "".join(lines[starts[-1] :]))]


def _lines(source: str) -> list[str]:
    """Return the lines as Jinja2 counts them, line endings unified and kept."""
    *lines, last = _NEWLINES.split(source)
    lines = [line + "\n" for line in lines]
    return [*lines, last] if last else lines


def _lines_held_together(environment: Environment, source: str) -> set[int] | None:
    """Return the numbers of lines, from 0, before which there is no cut, because a tag or block spans it.

    Return None if the template can't be cut at all.
    """
    held: set[int] = set()
    depth = 0
    open_since = 0
    for begin, end, statement in _tags(environment, source):
        if statement in _OPENING or statement == "raw":
            open_since = begin if depth == 0 else open_since
            depth += 1
        elif statement in _CLOSING or statement == "endraw":
            depth -= 1
            if depth == 0:
                held.update(range(open_since, end))
        elif statement is not None and statement not in _NEUTRAL:
            return None
        if end > begin:
            held.update(range(begin, end))
    return held if depth == 0 else None


def _tags(environment: Environment, source: str) -> Iterator[tuple[int, int, str | None]]:
    """Yield every tag: the lines (from 1) on which it begins and ends, and its statement's name, if it is one.

    The white space that a tag removes before or after itself belongs to it.
    """
    begin, statement, expects_name, text_ended = 1, None, False, 1
    for line, kind, value in environment.lexer.tokeniter(source, None):
        if kind in ("variable_begin", "block_begin", "comment_begin"):
            begin = text_ended if value.endswith("-") else line
            statement, expects_name = None, kind == "block_begin"
        elif kind == "raw_begin":
            yield text_ended, line + value.count("\n"), "raw"
        elif kind == "raw_end":
            yield line, _line_after(line, value), "endraw"
        elif kind in ("variable_end", "block_end", "comment_end"):
            yield begin, _line_after(line, value), statement
        elif expects_name and kind == "name":
            statement, expects_name = value, False
        text_ended = line + value.count("\n")


def _line_after(line: int, end_of_tag: str) -> int:
    """Return the last line that a tag spans, not counting a line break at its end: a cut may follow that."""
    return line + end_of_tag.removesuffix("\n").count("\n")
