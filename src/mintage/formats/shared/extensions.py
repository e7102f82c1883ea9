"""The Jinja2 extensions that every Cookiecutter and native template has. They import what they need when it is used."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any, cast

from jinja2 import nodes
from jinja2.ext import Extension

from mintage.formats.shared.functions import DATE_FORMAT, jsonify, slugify

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment
    from jinja2.parser import Parser


def _random_ascii_string(length: int, punctuation: bool = False) -> str:
    from secrets import choice

    letters = string.ascii_letters + (string.punctuation if punctuation else "")
    return "".join(choice(letters) for _ in range(length))


def _uuid4() -> str:
    from uuid import uuid4

    return str(uuid4())


class JsonifyExtension(Extension):
    """Provides the filter `jsonify(indent=4)`, with sorted keys."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.filters["jsonify"] = jsonify


class SlugifyExtension(Extension):
    """Provides the filter `slugify`, with all options of python-slugify."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.filters["slugify"] = slugify


class RandomStringExtension(Extension):
    """Provides the function `random_ascii_string(length, punctuation=False)`."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals["random_ascii_string"] = _random_ascii_string


class UUIDExtension(Extension):
    """Provides the function `uuid4()`."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals["uuid4"] = _uuid4


class TimeExtension(Extension):
    """Provides the tag `{% now 'utc' %}`, `{% now 'utc', '%Y' %}` and `{% now 'utc' + 'days=1,hours=-2', '%F' %}`.

    The default format is the environment's `datetime_format`, which templates cannot set but other extensions can.
    """

    tags = {"now"}  # noqa: RUF012 - the type that Jinja2 declares

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.extend(datetime_format=DATE_FORMAT)

    def parse(self, parser: Parser) -> nodes.Output:
        """Parse the tag as a call of `_now`."""
        line = next(parser.stream).lineno
        zone = parser.parse_expression()
        text_format: nodes.Expr = parser.parse_expression() if parser.stream.skip_if("comma") else nodes.Const(None)
        sign, offset = "", cast("nodes.Expr", nodes.Const(""))
        if isinstance(zone, nodes.Add | nodes.Sub):
            sign = "+" if isinstance(zone, nodes.Add) else "-"
            offset, zone = zone.right, zone.left
        call = self.call_method("_now", [zone, nodes.Const(sign), offset, text_format], lineno=line)
        return nodes.Output([call], lineno=line)

    def _now(self, zone: str, sign: str, offset: str, text_format: str | None) -> str:
        import arrow

        moment = arrow.now(zone)
        if sign:
            pairs = (part.split("=") for part in offset.split(","))
            shift: dict[str, Any] = {unit.strip(): float(sign + amount.strip()) for unit, amount in pairs}
            moment = moment.shift(**shift)
        if text_format is None:
            text_format = str(self.environment.datetime_format)  # type: ignore[attr-defined]
        return moment.strftime(text_format)


def simple_filter(function: Callable[..., Any]) -> type[Extension]:
    """Return an extension that provides a function as a filter, as `cookiecutter.utils.simple_filter` does."""

    class FilterExtension(Extension):
        def __init__(self, environment: Environment) -> None:
            super().__init__(environment)
            environment.filters[function.__name__] = function

    FilterExtension.__name__ = function.__name__
    return FilterExtension
