"""Texts that hold data, in YAML, JSON or TOML: their values, or where they are wrong. A leaf.

The parsers raise a dozen kinds of errors, some of them only for what is nested too deeply or for a number that is too
long; here it is one kind. What is accepted can be walked through by recursion, in a time that fits its text.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    import yaml

_DEEPEST = 100
# A text of a few lines may have aliases of aliases that stand for millions of values.
_MOST_BY_ALIASES = 100_000
_MOST_TIMES_BY_ALIASES = 10
_BEGINS_WITH_TAG = re.compile(r"""\s*(?:-\s+)*(?:[^\s:#{\["'][^:#]*:\s+)?(?P<value>\{[{%#].*)""")
# Editors on Windows write it at the beginning of a file, where nobody sees it.
BYTE_ORDER_MARK = "\ufeff"
_TOML_PLACE = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")


class DataError(ValueError):
    """The text cannot be read.

    Args:
        line: Where, from 1, if that is known.
        column: Where, from 1, if that is known.
        hint: What to do; "" if that is not known.
    """

    def __init__(self, what: str, line: int | None = None, column: int | None = None, hint: str = "") -> None:
        super().__init__(what)
        self.line = line
        self.column = column
        self.hint = hint


def parse_json(text: str, **options: Any) -> Any:
    """Return the value of a JSON text. options: see `json.loads`. Raises DataError."""
    import json

    try:
        return _bounded(json.loads(text.removeprefix(BYTE_ORDER_MARK), **options))
    except json.JSONDecodeError as error:
        raise DataError(error.msg, error.lineno, error.colno) from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(error) from error


def parse_toml(text: str) -> dict[str, Any]:
    """Return the tables of a TOML text. Raises DataError."""
    import tomllib

    try:
        found: dict[str, Any] = _bounded(tomllib.loads(text.removeprefix(BYTE_ORDER_MARK)))
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        last_line = text.count("\n", 0, len(text.rstrip())) + 1  # "at end of document"
        where = (int(place[1]), int(place[2])) if place else (last_line, None)
        raise DataError(_TOML_PLACE.sub("", str(error)), *where) from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(error) from error
    return found


def parse_yaml(text: str | bytes) -> Any:
    """Return the value of a YAML text with one document. Raises DataError."""
    import yaml

    return _yaml(text, lambda: yaml.load(text, Loader=yaml_loader()))  # noqa: S506 - it is a safe one


def yaml_documents(text: str | bytes, loader: type[yaml.SafeLoader]) -> list[Any]:
    """Return all documents of a YAML text.

    Args:
        loader: Made by `yaml_loader`.

    Raises:
        DataError: The text cannot be read. What the loader raises comes through, too.
    """
    import yaml

    found: list[Any] = _yaml(text, lambda: list(yaml.load_all(text, Loader=loader)))
    return found


def yaml_loader() -> type[yaml.SafeLoader]:
    """Return a new safe loader, to which constructors can be added.

    PyYAML looks at every bracket that is open whenever it comes to another token, so that it is stopped early.
    """
    import yaml

    class Loader(yaml.SafeLoader):
        def fetch_flow_collection_start(self, kind: type[yaml.Token]) -> None:
            if self.flow_level >= _DEEPEST:
                raise DataError("it is nested too deeply", self.line + 1, self.column + 1)
            super().fetch_flow_collection_start(kind)

    return Loader


def _yaml(text: str | bytes, load: Callable[[], Any]) -> Any:
    import yaml

    try:
        return _bounded(load())
    except yaml.MarkedYAMLError as error:
        marks = [mark for mark in (error.problem_mark, error.context_mark) if mark]
        line, column = (marks[0].line + 1, marks[0].column + 1) if marks else (None, None)
        raise DataError(str(error.problem), line, column, _quoting(text, [mark.line for mark in marks])) from error
    except yaml.YAMLError as error:
        raise DataError(str(error)) from error
    # Values that are not what their tags say, such as `!!bool x` or the date 2024-13-45.
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError) as error:
        raise _unreadable(error) from error


def _quoting(text: str | bytes, numbers: list[int]) -> str:
    """Return the hint for a YAML value that begins with a tag of a template; "" if no line has one.

    Args:
        text: The YAML text.
        numbers: The lines that the parser complains about, from 0.
    """
    lines = (text.decode("utf-8", "replace") if isinstance(text, bytes) else text).splitlines()
    for number in numbers:
        if number < len(lines) and (found := _BEGINS_WITH_TAG.match(lines[number])):
            value = found["value"].strip().replace('"', '\\"')
            return f'put a value that begins with a tag in quotes: "{value}"'
    return ""


def _unreadable(error: Exception) -> DataError:
    if isinstance(error, DataError):
        return error
    if isinstance(error, RecursionError):
        return DataError("it is nested too deeply")
    return DataError(f"can't read a value: {error}")


def _bounded(value: Any) -> Any:
    """Return the value, if it is neither very deep nor, by aliases, very much larger than its text. Raises
    DataError.
    """
    known: dict[int, _Size] = {}
    values = _measured(value, _DEEPEST, known).values
    written = 1 + sum(size.own for size in known.values())
    if values > max(_MOST_BY_ALIASES, _MOST_TIMES_BY_ALIASES * written):
        raise DataError(f"its aliases expand to {values:,} values")
    return value


class _Size(Struct, frozen=True):
    """How large a value is."""

    values: int = 1
    """All in it, what aliases stand for counted each time."""
    depth: int = 0
    own: int = 0
    """Those it holds itself."""


_SCALAR = _Size()


def _measured(value: Any, deepest: int, known: dict[int, _Size]) -> _Size:
    if not isinstance(value, dict | list | tuple | set):
        return _SCALAR
    found = known.get(id(value))
    if found is None and deepest:
        inner = chain(value, value.values()) if isinstance(value, dict) else value
        sizes = [_measured(each, deepest - 1, known) for each in inner]
        found = known[id(value)] = _Size(
            1 + sum(size.values for size in sizes), 1 + max((size.depth for size in sizes), default=0), len(sizes)
        )
    if found is None or found.depth > deepest:  # or a list that is in itself
        raise DataError("it is nested too deeply")
    return found
