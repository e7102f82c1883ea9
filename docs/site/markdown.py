"""Pieces of Markdown, and our docstrings cut into such pieces."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SECTION = re.compile(r"^(Args|Returns|Raises|Yields|Attributes):\n", re.MULTILINE)
_ENTRY = re.compile(r"^ {4}(\w+): ?", re.MULTILINE)


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A Markdown table."""
    names = list(columns)
    for row in (names, ["---"] * len(names), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


class Docstring(NamedTuple):
    """A docstring, cut into its parts."""

    body: str
    """What comes before all sections."""
    arguments: dict[str, str]
    """What `Args:` says, by name."""
    errors: dict[str, str]
    """What `Raises:` says, by the name of the class."""


def parsed(docstring: str) -> Docstring:
    """Cut a cleaned docstring with Google's sections (`Args:`, `Raises:`) into its parts."""
    body, *sections = _SECTION.split(docstring)
    found = dict(zip(sections[::2], sections[1::2], strict=True))
    return Docstring(body.strip(), _entries(found.get("Args", "")), _entries(found.get("Raises", "")))


def _entries(section: str) -> dict[str, str]:
    parts = _ENTRY.split(section)[1:]
    return {name: " ".join(said.split()) for name, said in zip(parts[::2], parts[1::2], strict=True)}


def field_docstrings(kind: type) -> dict[str, str]:
    """Return what stands under each field of a class, those that it inherits included, by name."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__[:-1]):
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        except (OSError, TypeError):  # a class that is not written in Python
            continue
        (definition,) = tree.body
        assert isinstance(definition, ast.ClassDef)
        for field, below in pairwise(definition.body):
            match field, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                    found[name] = " ".join(said.split())
    return found
