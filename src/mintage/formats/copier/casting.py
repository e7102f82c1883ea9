"""Copier's types of answers: converts texts and values, and finds the choice that has them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from mintage.data.parsing import parse_json, yaml_loader
from mintage.template.questions import Choice, parse_loose_yes_no, parse_yaml_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float | int | Decimal):
        return str(value)
    if isinstance(value, bytes | bytearray):
        return value.decode()
    raise ValueError(f"expected text, got {value!r}")


TYPES: Mapping[str, Callable[[Any], Any]] = {
    "bool": parse_loose_yes_no,
    "float": float,
    "int": int,
    "json": parse_json,
    "path": str,
    "str": _text,
    "yaml": parse_yaml_answer,
}
_HOLD_NONE = frozenset({"json", "yaml"})


def cast(value: Any, type_name: str) -> Any:
    """Return an answer, converted to its type.

    Raises:
        ValueError: It can't be converted.
    """
    if type_name in _HOLD_NONE and not isinstance(value, str | bytes):
        return value  # not text, so there is nothing to parse
    if value is None:
        raise ValueError(f"expected {type_name}, got nothing")
    try:
        return TYPES[type_name](value)
    except (TypeError, AttributeError, OverflowError) as error:  # the last for infinity as an integer
        raise ValueError(f"expected {type_name}, got {value!r}") from error


def chosen(value: Any, type_name: str, choices: Sequence[Choice]) -> Any:
    """Return an answer, converted to its type, if it is one of the choices or if there are none.

    Raises:
        ValueError: It cannot be converted, or is not a choice.
    """
    answer = cast(value, type_name)
    if not choices:
        return answer
    offered = []
    why_not = ""
    for choice in choices:
        if not choice.disabled:
            offered.append(choice.value)
        if answer == choice.value:
            if not choice.disabled:
                return answer
            why_not = why_not or choice.disabled
    raise ValueError(why_not or f"{answer!r} is not one of the choices: {', '.join(map(str, offered))}")


def several_chosen(value: Any, type_name: str, choices: Sequence[Choice]) -> list[Any]:
    """Return the answers to a question that takes several, in the order of its choices.

    Raises:
        ValueError: One cannot be converted, or is not a choice.
    """
    items = _items(value) if isinstance(value, str) else value
    if not isinstance(items, list | tuple):
        raise ValueError(  # noqa: TRY004 - callers catch one kind of error
            f"expected a list, got {value!r}"
        )
    answers = [chosen(item, type_name, choices) for item in items]
    return [choice.value for choice in choices if choice.value in answers]


def _items(text: str) -> list[str]:
    """Return the items of a YAML list as they are written, without quotes around them."""
    try:
        node = yaml.compose(text, Loader=yaml_loader())
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"expected a YAML list: {error}") from None
    if not isinstance(node, yaml.SequenceNode):
        raise ValueError(  # noqa: TRY004
            f"expected a list such as [a, b], got {text!r}"
        )
    return [_unquoted(text[item.start_mark.index : item.end_mark.index].strip(), item) for item in node.value]


def _unquoted(raw: str, item: yaml.Node) -> str:
    is_text = isinstance(item, yaml.ScalarNode) and item.tag == "tag:yaml.org,2002:str"
    quoted = any(raw.startswith(quote) and raw.endswith(quote) for quote in ('"', "'"))
    return raw[1:-1] if is_text and quoted else raw
