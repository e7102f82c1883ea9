"""Values of the fast road, and what filters and methods make of them: exactly what Jinja2 would, or `OffRoad`."""

from __future__ import annotations

import re
from collections import OrderedDict
from pathlib import PosixPath, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    # By name, with the numbers of arguments that each may have.
    Functions = Mapping[str, tuple[Callable[..., Any], tuple[int, ...]]]

TABLES = (dict, OrderedDict)
CONTAINERS = (str, list, tuple, *TABLES)
_WORD_START = re.compile(r"([-\s({\[<]+)")
_SCALARS = (str, int, float, bool, type(None))
_PRINTABLE = (*_SCALARS, PurePosixPath, PosixPath)
TABLE_ATTRIBUTES = frozenset(dir(OrderedDict))


class OffRoad(Exception):  # noqa: N818 - it is no error: the reference road takes the file
    """This is not for the fast road."""


def printed(value: Any) -> str:
    """A value as Jinja prints it. Raises OffRoad for one that could be more than it seems."""
    if type(value) not in _PRINTABLE:
        raise OffRoad
    return str(value)


def is_plain(value: Any) -> bool:
    """Whether a value is a text, a number or nothing, or a list or table of such values, and no subclass of these."""
    if type(value) in TABLES:
        return all(is_plain(key) and is_plain(inner) for key, inner in value.items())
    return type(value) in _SCALARS or (type(value) is list and all(map(is_plain, value)))


def _text_only(change: Callable[..., Any]) -> Callable[..., Any]:
    def changed(value: Any, *arguments: Any) -> Any:
        if type(value) is not str or not all(type(argument) is str for argument in arguments):
            raise OffRoad
        return change(value, *arguments)

    return changed


def plain_only(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same function, which raises OffRoad for a value that is not plain."""

    def changed(value: Any) -> Any:
        if not is_plain(value):
            raise OffRoad
        return change(value)

    return changed


def _title(text: str) -> str:
    """Jinja's `title`, which is not Python's: `don't` stays one word."""
    return "".join([part[0].upper() + part[1:].lower() for part in _WORD_START.split(text) if part])


def _length(value: Any) -> int:
    if type(value) not in CONTAINERS:
        raise OffRoad
    return len(value)


def _join(values: Any, separator: Any = "") -> str:
    if type(values) not in (list, tuple) or type(separator) is not str:
        raise OffRoad
    return separator.join([printed(value) for value in values])


FILTERS: Functions = {
    "capitalize": (_text_only(str.capitalize), (0,)),
    "count": (_length, (0,)),
    "default": (lambda value, _: value, (1,)),  # a name without a value is not for this road
    "join": (_join, (0, 1)),
    "length": (_length, (0,)),
    "lower": (_text_only(str.lower), (0,)),
    "title": (_text_only(_title), (0,)),
    "upper": (_text_only(str.upper), (0,)),
    "trim": (_text_only(str.strip), (0, 1)),
    "replace": (_text_only(str.replace), (2,)),
}
METHODS: Functions = {
    "lower": (_text_only(str.lower), (0,)),
    "upper": (_text_only(str.upper), (0,)),
    "title": (_text_only(str.title), (0,)),
    "capitalize": (_text_only(str.capitalize), (0,)),
    "strip": (_text_only(str.strip), (0, 1)),
    "lstrip": (_text_only(str.lstrip), (0, 1)),
    "rstrip": (_text_only(str.rstrip), (0, 1)),
    "replace": (_text_only(str.replace), (2,)),
    "startswith": (_text_only(str.startswith), (1,)),
    "endswith": (_text_only(str.endswith), (1,)),
}
