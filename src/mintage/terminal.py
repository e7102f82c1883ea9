"""Text that is safe to show in a terminal. A leaf: knows neither templates nor reports."""

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
    """Return the text without anything that would steer the terminal; names and messages come from templates."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text)


def one_line(text: str) -> str:
    """Return the same for what stands in a line with other things, such as the name of a file."""
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
    """Return how wide the terminal is; 80 if that is not known."""
    with suppress(ValueError):
        if wanted := int(os.environ.get("COLUMNS", "")):
            return wanted
    with suppress(AttributeError, ValueError, OSError):
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    return 80


class Style:
    """Colours for a stream that shows them, and nothing for one that does not (NO_COLOR, a file, a pipe)."""

    def __init__(self, stream: TextIO) -> None:
        self._colours = is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def __call__(self, colour: str, text: str) -> str:
        """Return the text in a colour: red, green, yellow, cyan, bold or dim; "" for none."""
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if self._colours and colour else text


def counted(number: int, noun: str) -> str:
    """Return how many there are of something, for people: `1 file`, `2,000 files`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def suggest(name: str, known: Iterable[str], *, most: int = 3, likeness: float = 0.7) -> str:
    """Return `did you mean x or y?` with the known names that are like a wrong one; "" if none is.

    Args:
        name: What was given.
        known: What could have been meant.
        most: How many of them are named at most.
        likeness: How like it they must be, from 0 (anything) to 1 (the same).
    """
    from difflib import get_close_matches

    near = get_close_matches(name, dict.fromkeys(known), n=most, cutoff=likeness)
    return f"did you mean {' or '.join(near)}?" if near else ""


def size(count: float) -> str:
    """Return a number of bytes, for people."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"


def duration(seconds: float) -> str:
    """Return a time, for people."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
