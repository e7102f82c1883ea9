"""Turns the variables of a cookiecutter.json into questions, in the order in which Cookiecutter 2.7.1 asks them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.errors import Location, TemplateError
from mintage.template.questions import Choice, Question, QuestionType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def questions_of(variables: Mapping[str, Any], file: Path) -> tuple[Question, ...]:
    """Return all questions: those for objects last, since they may use any of the others.

    A private rendered object (`__name`) is rendered in both passes, as in Cookiecutter.
    """
    prompts: Mapping[str, Any] = variables.get("__prompts__", {})
    where = Location(str(file))
    first: list[Question] = []
    second: list[Question] = []
    for name, value in variables.items():
        if name == "__prompts__":
            continue
        if name.startswith("_"):
            rendered = name.startswith("__")
            default = _as_text(value) if rendered else value
            any_type = QuestionType.YAML
            question = Question(name, any_type, default, default_is_template=rendered, asked=False, where=where)
            first.append(question)
            if rendered and isinstance(value, dict):
                second.append(question)
            continue
        question = _question(name, value, prompts.get(name), where)
        (second if question.type is QuestionType.DICT else first).append(question)
    return (*first, *second)


def _question(name: str, value: Any, prompt: Any, where: Location) -> Question:
    labels: Mapping[str, str] = {}
    if isinstance(prompt, dict):
        labels = {label: str(shown) for label, shown in prompt.items()}
    text = prompt if isinstance(prompt, str) else labels.get("__prompt__", "")
    text = _without_markup(text)
    if isinstance(value, list):
        if not value:
            raise TemplateError(f"the variable {name} has no choices", where=where)
        choices = tuple(Choice(_as_text(choice), _without_markup(labels.get(str(choice), ""))) for choice in value)
        return Question(name, QuestionType.CHOICE, default=choices[0].value, choices=choices, prompt=text, where=where)
    if isinstance(value, bool):
        return Question(name, QuestionType.BOOL, default=value, default_is_template=False, prompt=text, where=where)
    kind = QuestionType.DICT if isinstance(value, dict) else QuestionType.STR
    return Question(name, kind, default=_as_text(value), prompt=text, where=where)


def _as_text(value: Any) -> Any:
    """Return a default as Cookiecutter renders it: numbers become text, in lists and objects too."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {_as_text(name): _as_text(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner) for inner in value]
    return str(value)


def _without_markup(text: str) -> str:
    """Return a prompt without the markup of rich, such as [bold]...[/]."""
    if "[" not in text:
        return text
    from rich.errors import MarkupError
    from rich.text import Text

    try:
        return Text.from_markup(text).plain
    except MarkupError:
        return text
