"""Formats text for terminals, and makes it safe to show. Knows neither templates nor reports."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

_CODES = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "bold": "1", "dim": "2"}


def printable(text: str) -> str:
    """Return the text without control characters, since names and messages can come from templates."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text)


def one_line(text: str) -> str:
    """Return the text without control characters and line breaks, for use within a line."""
    return printable(text).replace("\n", "\N{REPLACEMENT CHARACTER}").replace("\t", "\N{REPLACEMENT CHARACTER}")


def say_nothing(_message: object) -> None:
    """Drop a message: the default for callbacks."""


def is_terminal(stream: TextIO) -> bool:
    """Return whether the stream is a terminal; False if it is closed."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def terminal_columns() -> int:
    """Return the width of the terminal in columns; 80 if it is unknown."""
    with suppress(ValueError):
        if wanted := int(os.environ.get("COLUMNS", "")):
            return wanted
    with suppress(AttributeError, ValueError, OSError):
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    return 80


class Style:
    """Colors text for a stream that supports it; leaves it alone for others (NO_COLOR, files, pipes)."""

    def __init__(self, stream: TextIO) -> None:
        self._colors = is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def __call__(self, color: str, text: str) -> str:
        """Return the text in a color: red, green, yellow, cyan, bold or dim; "" for none."""
        return f"\x1b[{_CODES[color]}m{text}\x1b[0m" if self._colors and color else text


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as `1 file` or `2,000 files`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def suggest(name: str, known: Iterable[str], *, most: int = 3, likeness: float = 0.7) -> str:
    """Return `did you mean x or y?` with the known names that resemble a wrong one; "" if none does.

    Args:
        name: The wrong name.
        known: The names that could have been meant.
        most: The maximum number of suggestions.
        likeness: How similar a suggestion must be, from 0 (any) to 1 (identical).
    """
    from difflib import get_close_matches

    near = get_close_matches(name, dict.fromkeys(known), n=most, cutoff=likeness)
    return f"did you mean {' or '.join(near)}?" if near else ""


def size(count: float) -> str:
    """Return a number of bytes for people, such as `1.5 KiB`."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"


def duration(seconds: float) -> str:
    """Return a time for people, such as `2.5 s`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
