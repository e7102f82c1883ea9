"""Values, filters and methods of the interpreter: exactly what they are in Jinja2, or `Unsupported`."""

from __future__ import annotations

import re
from collections import OrderedDict
from pathlib import PosixPath, PurePosixPath
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    # By name, with the numbers of arguments that each can have.
    Functions = Mapping[str, tuple[Callable[..., Any], tuple[int, ...]]]

TABLES = (dict, OrderedDict)
CONTAINERS = (str, list, tuple, *TABLES)
_WORD_START = re.compile(r"([-\s({\[<]+)")
_SCALARS = (str, int, float, bool, type(None))
_SEQUENCES = (str, list, tuple)
TABLE_ATTRIBUTES = frozenset(dir(OrderedDict))


class Safe(str):
    """The result of `tojson`. It can only be printed: in Jinja2, it is markupsafe's `Markup`, with its own rules."""

    __slots__ = ()


class Mapped:
    """The result of `map`, which can only be iterated over: in Jinja2, it is a generator."""

    def __init__(self, items: list[Any]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)


_PRINTABLE = (*_SCALARS, PurePosixPath, PosixPath, Safe)


class Unsupported(Exception):  # noqa: N818 - not an error: Jinja2 renders the file
    """The interpreter doesn't support this."""


def printed(value: Any) -> str:
    """Return a value as Jinja2 prints it. Raises Unsupported for types that may print differently."""
    if type(value) not in _PRINTABLE:
        raise Unsupported
    return str(value)


def joined(values: list[Any]) -> str:
    """Return the result of `~`. Raises Unsupported for types that may print differently."""
    if any(type(value) is Safe for value in values):
        raise Unsupported  # markupsafe escapes the other values
    return "".join([printed(value) for value in values])


def added(left: Any, right: Any) -> Any:
    """Return the sum of two strings, two lists or two integers. Raises Unsupported for other types."""
    if type(left) is not type(right) or type(left) not in (str, list, int):
        raise Unsupported
    return left + right


def kept(value: Any) -> Any:
    """Return a value to keep in a name or a list. Raises Unsupported for a generator, which can be used only once."""
    if type(value) is Mapped:
        raise Unsupported
    return value


def item_of(container: Any, key: str | int | slice) -> Any:
    """Return an item or a slice of a container. Raises Unsupported if there is none."""
    kind = type(container)
    if isinstance(key, slice):
        if kind not in _SEQUENCES:
            raise Unsupported
        return container[key]
    if kind in TABLES and key in container:
        return container[key]
    if kind in _SEQUENCES and type(key) is int and -len(container) <= key < len(container):
        return container[key]
    raise Unsupported


class Turn(Struct, frozen=True):
    """One turn of a loop, for the attributes of `loop`."""

    index0: int
    """The number of the turn, from 0."""
    length: int
    """How many turns the loop has."""


OF_A_LOOP: Mapping[str, Callable[[Turn], int | bool]] = {
    "index": lambda turn: turn.index0 + 1,
    "index0": lambda turn: turn.index0,
    "revindex": lambda turn: turn.length - turn.index0,
    "revindex0": lambda turn: turn.length - turn.index0 - 1,
    "first": lambda turn: turn.index0 == 0,
    "last": lambda turn: turn.index0 == turn.length - 1,
    "length": lambda turn: turn.length,
}
"""The attributes of `loop`."""


def is_plain(value: Any) -> bool:
    """Return whether a value is a string, a number or None, or a list or dictionary of these, and not of a subclass."""
    if type(value) in TABLES:
        return all(is_plain(key) and is_plain(inner) for key, inner in value.items())
    return type(value) in _SCALARS or (type(value) is list and all(map(is_plain, value)))


def text_only(change: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of strings that raises Unsupported for all other types."""

    def changed(value: Any, *arguments: Any) -> Any:
        if type(value) is not str or not all(type(argument) is str for argument in arguments):
            raise Unsupported
        return change(value, *arguments)

    return changed


def plain_only(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function that raises Unsupported for values that aren't plain."""

    def changed(value: Any) -> Any:
        if not is_plain(value):
            raise Unsupported
        return change(value)

    return changed


def _title(text: str) -> str:
    """Return a string as Jinja's `title` does, which unlike Python's keeps `don't` as one word."""
    return "".join([part[0].upper() + part[1:].lower() for part in _WORD_START.split(text) if part])


def _length(value: Any) -> int:
    if type(value) not in CONTAINERS:
        raise Unsupported
    return len(value)


def _join(values: Any, separator: Any = "") -> str:
    if type(values) not in (list, tuple, Mapped) or type(separator) is not str:
        raise Unsupported
    return separator.join([printed(value) for value in values])


def mapped(values: Any, change: Callable[[Any], Any]) -> Mapped:
    """Return what Jinja's `map` returns for the name of a filter."""
    if type(values) not in (list, tuple, Mapped):
        raise Unsupported
    return Mapped([change(value) for value in values])


def _list(values: Any) -> list[Any]:
    if type(values) not in (*_SEQUENCES, Mapped):
        raise Unsupported
    return list(values)


def _first(values: Any) -> Any:
    return item_of(values, 0) if type(values) in _SEQUENCES else item_of(None, 0)


def _last(values: Any) -> Any:
    return item_of(values, -1) if type(values) in _SEQUENCES else item_of(None, -1)


def _int(value: Any) -> int:
    """Return a value as Jinja's `int` does: "42.2" is 42, and anything that isn't a number is 0."""
    if type(value) not in (str, int, float, bool):
        raise Unsupported
    try:
        return int(value)
    except ValueError:
        try:
            return int(float(value))
        except (ValueError, OverflowError):
            return 0


def _tojson(value: Any) -> Safe:
    if not is_plain(value):
        raise Unsupported
    import json

    text = json.dumps(value, sort_keys=True)
    for character in "<>&'":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Safe(text)


def _string(value: Any) -> str:
    if type(value) is Safe:
        raise Unsupported
    return printed(value)


def _get(table: Any, key: Any, default: Any = None) -> Any:
    if type(table) not in TABLES or type(key) is not str:
        raise Unsupported
    return table.get(key, default)


def _splitting(split: Callable[..., list[str]]) -> Callable[..., list[str]]:
    def parts(text: Any, separator: Any = None, most: Any = -1) -> list[str]:
        if type(text) is not str or type(separator) not in (str, type(None)) or type(most) is not int:
            raise Unsupported
        return split(text, separator, most)

    return parts


FILTERS: Functions = {
    "capitalize": (text_only(str.capitalize), (0,)),
    "count": (_length, (0,)),
    "first": (_first, (0,)),
    "int": (_int, (0,)),
    "last": (_last, (0,)),
    "list": (_list, (0,)),
    "tojson": (_tojson, (0,)),
    "string": (_string, (0,)),
    "default": (lambda value, _: value, (1,)),  # a name without a value needs Jinja2
    "join": (_join, (0, 1)),
    "length": (_length, (0,)),
    "lower": (text_only(str.lower), (0,)),
    "title": (text_only(_title), (0,)),
    "upper": (text_only(str.upper), (0,)),
    "trim": (text_only(str.strip), (0, 1)),
    "replace": (text_only(str.replace), (2,)),
}
METHODS: Functions = {
    "get": (_get, (1, 2)),
    **{
        name: (text_only(getattr(str, name)), (0,))
        for name in ("isalnum", "isalpha", "isdigit", "isidentifier", "islower", "isupper")
    },
    "removeprefix": (text_only(str.removeprefix), (1,)),
    "removesuffix": (text_only(str.removesuffix), (1,)),
    "split": (_splitting(str.split), (0, 1, 2)),
    "rsplit": (_splitting(str.rsplit), (0, 1, 2)),
    "count": (text_only(str.count), (1,)),
    "splitlines": (text_only(str.splitlines), (0,)),
    "lower": (text_only(str.lower), (0,)),
    "upper": (text_only(str.upper), (0,)),
    "title": (text_only(str.title), (0,)),
    "capitalize": (text_only(str.capitalize), (0,)),
    "strip": (text_only(str.strip), (0, 1)),
    "lstrip": (text_only(str.lstrip), (0, 1)),
    "rstrip": (text_only(str.rstrip), (0, 1)),
    "replace": (text_only(str.replace), (2,)),
    "startswith": (text_only(str.startswith), (1,)),
    "endswith": (text_only(str.endswith), (1,)),
}
