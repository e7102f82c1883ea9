"""Converts text and data to typed answers, and finds out what is wrong with one. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.data.parsing import DataError, parse_json
from mintage.template.questions import Question, QuestionType, parse_yaml_answer, parse_yes_no

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mintage.template.questions import Choice

_TEXTS = frozenset({QuestionType.STR, QuestionType.PATH, QuestionType.SECRET})


def parse(question: Question, text: str, choices: Sequence[Choice]) -> Any:
    """Return the answer that the user typed, or gave with `-d`.

    Several values (multi-choice, list) are separated by commas, or written as a JSON list; an object is JSON.

    Args:
        question: The question that the text answers.
        text: What the user typed.
        choices: The rendered choices of the question.

    Raises:
        ValueError: The text is not a valid answer; the message says what is expected.
    """
    kind = question.type
    if kind is QuestionType.BOOL:
        return parse_yes_no(text)
    if kind is QuestionType.INT:
        return _number(int, text, "a whole number")
    if kind is QuestionType.FLOAT:
        return _number(float, text, "a number")
    if kind in (QuestionType.LIST, QuestionType.MULTI_CHOICE):
        return convert(question, _several(text), choices)
    if kind is QuestionType.DICT:
        return convert(question, text, choices)
    if kind is QuestionType.JSON:
        return _json(text, "JSON")
    if kind is QuestionType.YAML:
        return parse_yaml_answer(text)
    return convert(question, text, choices)


def convert(question: Question, value: Any, choices: Sequence[Choice]) -> Any:
    """Convert a value from data, or a rendered default, to the type of a question.

    Args:
        question: The question that the value answers.
        value: The value; None is no answer.
        choices: The rendered choices of the question.

    Raises:
        ValueError: The value is not a valid answer; the message says what is expected.
    """
    kind = question.type
    if value is None:
        return None
    if kind is QuestionType.CHOICE:
        return _chosen(value, choices)
    if kind is QuestionType.MULTI_CHOICE:
        wanted = value if isinstance(value, list | tuple) else _several(str(value))
        return [_chosen(each, choices) for each in wanted]
    if kind is QuestionType.LIST:
        return list(value) if isinstance(value, list | tuple) else _several(str(value))
    if kind is QuestionType.DICT:
        if isinstance(value, dict):
            return value
        if isinstance(value, str):
            return convert(question, _json(value, "a JSON object"), choices)
        raise ValueError(f"expected an object, got {value!r}")
    if kind in (QuestionType.YAML, QuestionType.JSON):
        return value
    if kind in _TEXTS:
        if isinstance(value, list | dict):
            raise ValueError(f"expected text, got {value!r}")
        return str(value)
    return _scalar(kind, value)


def _scalar(kind: QuestionType, value: Any) -> Any:
    if isinstance(value, str):
        if kind is QuestionType.BOOL:
            return parse_yes_no(value)
        return _number(int, value, "a whole number") if kind is QuestionType.INT else _number(float, value, "a number")
    if kind is QuestionType.BOOL and isinstance(value, bool):
        return value
    if kind is QuestionType.INT and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind is QuestionType.FLOAT and isinstance(value, int | float) and not isinstance(value, bool):
        return _number(float, str(value), "a number")
    raise ValueError(f"expected {kind.value}, got {value!r}")


def objection(
    question: Question, value: Any, holds: Callable[[str], bool], matches: Callable[[str, str], bool]
) -> str | None:
    """Return what is wrong with a typed answer, by the question's pattern and its check; None if it is valid.

    Args:
        question: The question.
        value: The answer.
        holds: Evaluates an expression with this answer.
        matches: Returns whether a pattern matches an entire text. A ValueError is an objection, too.
    """
    if question.pattern is not None and value is not None:
        texts = [str(each) for each in value] if isinstance(value, list) else [str(value)]
        try:
            is_taken = all(matches(question.pattern, text) for text in texts)
        except ValueError as error:
            return str(error)
        if not is_taken:
            shown = "the answer" if question.secret else repr(value)
            return question.message or f"{shown} does not match the pattern {question.pattern}"
    if question.check is not None and not holds(question.check):
        return question.message or f"this must be true: {question.check}"
    return None


def is_same(one: Any, other: Any) -> bool:
    """Return whether two answers are equal and have the same type: True is not 1."""
    return type(one) is type(other) and bool(one == other)


def _number(kind: type[int] | type[float], text: str, expected: str) -> int | float:
    try:
        return kind(text.strip())
    except ValueError:
        raise ValueError(f"expected {expected}, got {text!r}") from None


def _several(text: str) -> list[Any]:
    if text.lstrip().startswith("["):
        found = _json(text, "a JSON list")
        if isinstance(found, list):
            return found
    return [part.strip() for part in text.split(",") if part.strip()]


def _json(text: str, expected: str) -> Any:
    try:
        return parse_json(text)
    except DataError as error:
        raise ValueError(f"expected {expected}: {error}") from None


def _chosen(value: Any, choices: Sequence[Choice]) -> Any:
    """Return the choice with this value, or else the one whose value or label equals it as text."""
    for choice in choices:
        if choice.value == value and type(choice.value) is type(value):
            return choice.value
    for choice in choices:
        if str(value) in (str(choice.value), choice.label):
            return choice.value
    raise ValueError(f"{value!r} is not one of the choices: {', '.join(str(choice.value) for choice in choices)}")
