"""Pieces of Markdown, and our docstrings cut into such pieces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A Markdown table."""
    names = list(columns)
    for row in (names, ["---"] * len(names), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def described(text: str, names: Iterable[str]) -> tuple[str, dict[str, str], str]:
    """A docstring in our manner, cut into what comes first, what it says of each name, and what comes last.

    What it says of a name begins with that name and a colon, or with several names (`name, other: ...`).
    """
    word = "|".join(map(re.escape, names))
    if not word:
        return text, {}, ""
    heads = re.compile(rf"(?:^|(?<=\.)\s|\n)((?:{word})(?:, (?:{word}))*):\s")
    body, _, last = re.sub(r"\s(?=(?:Raises|Returns) )", "\0", text, count=1).partition("\0")
    first, *parts = heads.split(body)
    said: dict[str, str] = {}
    for heading, meaning in zip(parts[::2], parts[1::2], strict=True):
        for name in heading.split(", "):
            said[name] = " ".join(meaning.split()).removesuffix(".")
    return first.strip(), said, last.strip()
