"""Converts the questions of a Cookiecutter template to tables of a mintage.toml."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mintage.conversion.model import Note
from mintage.template.questions import QuestionType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mintage.conversion.names import Renaming
    from mintage.template.questions import Choice, Question

WHERE = "cookiecutter.json"
# Variables that configure Cookiecutter, and are converted to settings.
SETTINGS = frozenset({"_extensions", "_copy_without_render", "_jinja2_env_vars", "_new_lines", "_template"})


def question_tables(questions: Iterable[Question], renaming: Renaming) -> dict[str, dict[str, Any]]:
    """Return the table of each question by its new name, in the order of asking.

    Args:
        questions: The questions of the original.
        renaming: Rewrites template text with the new names.
    """
    tables: dict[str, dict[str, Any]] = {}
    for question in questions:
        name = renaming.names.get(question.name)
        if name is not None and name not in tables:  # Cookiecutter renders one question twice
            tables[name] = _table(question, renaming)
    return tables


def _table(question: Question, renaming: Renaming) -> dict[str, Any]:
    where = f"{WHERE}: {question.name}"
    table: dict[str, Any] = {}
    if not question.asked:
        table["ask"] = False
    elif question.type is not QuestionType.STR:
        table["type"] = question.type.value
    if question.prompt:
        table["prompt"] = question.prompt
    if question.choices:
        table["choices"] = [_choice(choice, renaming, where) for choice in question.choices]
    if question.default is None:
        if question.asked:
            renaming.notes.append(Note("it has no default, so it must be answered", where, is_lost=False))
        return table
    if question.type is QuestionType.DICT and _has_null(question.default) and is_plain(question.default, renaming):
        table["default"] = json.dumps(question.default)
    elif question.default_is_template:
        table["default"] = _renamed(question.default, renaming, where)
    else:
        table["default"] = _as_it_is(question.default, renaming, where)
    return table


def _choice(choice: Choice, renaming: Renaming, where: str) -> Any:
    value = _renamed(choice.value, renaming, where)
    return {"value": value, "label": choice.label} if choice.label else value


def _renamed(value: Any, renaming: Renaming, where: str) -> Any:
    """Return a value with the new names in all of its text."""
    if isinstance(value, str):
        return renaming.text(value, where)
    if isinstance(value, dict):
        kept = _without_null(value, renaming, where)
        return {_renamed(key, renaming, where): _renamed(inner, renaming, where) for key, inner in kept.items()}
    if isinstance(value, list):
        return [_renamed(inner, renaming, where) for inner in value if inner is not None]
    return value


def _as_it_is(value: Any, renaming: Renaming, where: str) -> Any:
    """Return a value whose text renders to itself, because Cookiecutter doesn't render it."""
    if isinstance(value, str):
        return unrendered(value, renaming)
    if isinstance(value, dict):
        kept = _without_null(value, renaming, where)
        return {unrendered(key, renaming): _as_it_is(inner, renaming, where) for key, inner in kept.items()}
    if isinstance(value, list):
        return [_as_it_is(inner, renaming, where) for inner in value if inner is not None]
    return value


def _without_null(value: dict[str, Any], renaming: Renaming, where: str) -> dict[str, Any]:
    """Return a table without null values, which TOML doesn't have."""
    kept = {key: inner for key, inner in value.items() if inner is not None}
    if len(kept) < len(value):
        renaming.notes.append(Note("null values in it are left out, because TOML has none", where))
    return kept


def _has_null(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_has_null, value.values() if isinstance(value, dict) else value))
    return value is None


def is_plain(value: Any, renaming: Renaming) -> bool:
    """Return whether a value has no tags in any of its text."""
    if isinstance(value, dict | list):
        return all(is_plain(each, renaming) for each in (*value, *(value.values() if isinstance(value, dict) else ())))
    return not isinstance(value, str) or unrendered(value, renaming) == value


def unrendered(text: str, renaming: Renaming) -> str:
    """Return template text that renders to the given text."""
    environment = renaming.environment
    starts = (environment.variable_start_string, environment.block_start_string, environment.comment_start_string)
    if not any(start in text for start in starts):
        return text
    begin, end = environment.block_start_string, environment.block_end_string
    return f"{begin} raw {end}{text}{begin} endraw {end}"
