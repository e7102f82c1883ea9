"""Builds the functions that evaluate expressions from those of their parts. Parses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.rendering.fast.values import (
    CONTAINERS,
    OF_A_LOOP,
    TABLE_ATTRIBUTES,
    TABLES,
    Mapped,
    Turn,
    Unsupported,
    added,
    item_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mintage.rendering.fast.values import Functions

    Scope = Mapping[str, Any]
    Evaluate = Callable[[Scope], Any]


LOOP = "loop"
"""The name of the innermost loop in its body."""


def chosen(condition: Evaluate, value: Evaluate, other: Evaluate) -> Evaluate:
    return lambda scope: value(scope) if condition(scope) else other(scope)


def addition(left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda scope: added(left(scope), right(scope))


def constant(value: Any) -> Evaluate:
    return lambda _: value


def either(left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda scope: left(scope) or right(scope)


def both(left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda scope: left(scope) and right(scope)


def comparison(compare: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda scope: compare(left(scope), right(scope))


def containment(left: Evaluate, right: Evaluate, *, negated: bool) -> Evaluate:
    def evaluate(scope: Scope) -> bool:
        item, container = left(scope), right(scope)
        if type(container) not in CONTAINERS and type(container) is not Mapped:
            raise Unsupported
        found: bool = item in container
        return found is not negated

    return evaluate


def attribute(value: Evaluate, name: str) -> Evaluate:
    if name in TABLE_ATTRIBUTES:
        raise Unsupported  # `table.items` is the method

    def evaluate(scope: Scope) -> Any:
        table = value(scope)
        if type(table) not in TABLES or name not in table:
            raise Unsupported
        return table[name]

    return evaluate


def of_a_loop(name: str) -> Evaluate:
    """Return a function for an attribute of `loop`."""
    say = OF_A_LOOP.get(name)
    if say is None:
        raise Unsupported

    def evaluate(scope: Scope) -> Any:
        turn = scope.get(LOOP)
        if type(turn) is not Turn:
            raise Unsupported
        return say(turn)

    return evaluate


def subscription(value: Evaluate, key: str | int | slice) -> Evaluate:
    return lambda scope: item_of(value(scope), key)


def application(
    known: Functions,
    name: str,
    value: Evaluate,
    arguments: list[Evaluate],
) -> Evaluate:
    function, counts = known.get(name, (None, ()))
    if function is None or len(arguments) not in counts:
        raise Unsupported
    if not arguments:
        return lambda scope: function(value(scope))
    return lambda scope: function(value(scope), *(argument(scope) for argument in arguments))
