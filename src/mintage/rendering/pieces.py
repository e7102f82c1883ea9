"""Cuts a large template into pieces that render to the same text one after the other.

Compiling a template takes Jinja2 about ten kilobytes of memory for each tag, so that five megabytes of text with a
variable on each line would need a gigabyte. Most large templates have no state that lives from one end to the other;
cut between their lines, they need the memory of one piece.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jinja2.exceptions import TemplateSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import Environment

LARGE = 128 * 1024
_PIECE = 48 * 1024

# Statements that leave nothing behind for the text after them. Anything else keeps the template whole.
_OPENING = frozenset({"if", "for", "filter", "with"})
_CLOSING = frozenset({f"end{name}" for name in _OPENING})
_NEUTRAL = frozenset({"elif", "else", "include", "now"})
_ALLOWED = _OPENING | _CLOSING | _NEUTRAL | {"raw", "endraw"}
_NEWLINES = re.compile(r"\r\n|\r|\n")


def may_be_cut(options: Mapping[str, Any], data: bytes) -> bool:
    """A quick look at the statements of a template: whether `cut` can be expected to succeed."""
    if options.get("line_statement_prefix") or options.get("line_comment_prefix"):
        return False
    start = re.escape(str(options.get("block_start_string", "{%")).encode())
    statements = re.finditer(start + rb"[-+]?\s*(\w+)", data)
    return all(statement.group(1).decode() in _ALLOWED for statement in statements)


def cut(environment: Environment, source: str) -> list[tuple[int, str]] | None:
    """The pieces of a template, each with the number of lines before it; None if it must stay whole."""
    if environment.line_statement_prefix or environment.line_comment_prefix:
        return None
    source = _NEWLINES.sub("\n", source)
    lines = source.split("\n")
    lines[:-1] = [line + "\n" for line in lines[:-1]]
    pieces: list[tuple[int, str]] = []
    first, size = 0, 0
    try:
        held = _lines_held_together(environment, source)
        if held is None:
            return None
        for number, line in enumerate(lines):
            if size >= _PIECE and number not in held and _parts(environment, lines[number - 1], line):
                pieces.append((first, "".join(lines[first:number])))
                first, size = number, 0
            size += len(line)
    except TemplateSyntaxError:
        return None  # compiling the whole reports it
    pieces.append((first, "".join(lines[first:])))
    return pieces if len(pieces) > 1 else None


def _lines_held_together(environment: Environment, source: str) -> set[int] | None:
    """Line numbers (from 0) before which there is no cut, because a tag or a block goes over them."""
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
    """Every tag: the lines (from 1) of its begin and end, and its statement's name, if it is one."""
    begin, statement, expects_name = 0, None, False
    for line, token, value in environment.lexer.tokeniter(source, None):
        if token in ("variable_begin", "block_begin", "comment_begin"):
            begin, statement, expects_name = line, None, token == "block_begin"
        elif token == "raw_begin":
            yield line, line + value.count("\n"), "raw"
        elif token == "raw_end":
            yield line, line + value.count("\n"), "endraw"
        elif token in ("variable_end", "block_end", "comment_end"):
            yield begin, line + value.rstrip("\n").count("\n"), statement
        elif expects_name and token == "name":
            statement, expects_name = value, False


def _parts(environment: Environment, before: str, after: str) -> bool:
    """Whether white space control of the one line cannot reach the other: there is text on both sides of the break."""
    before, after = before.rstrip(), after.lstrip()
    ends = (environment.block_end_string, environment.variable_end_string, environment.comment_end_string)
    starts = (environment.block_start_string, environment.variable_start_string, environment.comment_start_string)
    return bool(before and after) and not before.endswith(ends) and not after.startswith(starts)
