"""Words questions, choices and answers for a terminal, safe to print although they come from templates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mintage.template.questions import Choice, Question, QuestionType
from mintage.terminal import one_line, printable

if TYPE_CHECKING:
    from mintage.answers.interview import Answered, Asked

MASK = "********"


def message(question: Question) -> str:
    """Return the question's text."""
    return printable(question.prompt or question.name)


def title(choice: Choice) -> str:
    """Return the text of a choice in a list, in one line."""
    return one_line(choice.label or str(choice.value))


def why_not(choice: Choice) -> str:
    """Return why a choice can't be selected; "" if it can."""
    return one_line(choice.disabled)


def editable(value: Any, question: Question) -> str:
    """Return a default as a user would type it."""
    if value is None:
        return ""
    if question.type is QuestionType.JSON:
        return json.dumps(value, indent=2 if question.multiline else None)
    if question.type is QuestionType.YAML:
        import yaml

        text: str = yaml.safe_dump(value, default_flow_style=not question.multiline, width=2**31, allow_unicode=True)
        return text.removesuffix("\n...\n").rstrip("\n")
    if isinstance(value, list):
        simple = all(isinstance(each, str) and "," not in each for each in value)
        return ", ".join(value) if simple else json.dumps(value)
    return printable(str(value))


def label(answered: Answered) -> str:
    """Return the question in the list of all answers, in one line."""
    return one_line(message(answered.question).split("\n", 1)[0])


def shown(answered: Answered) -> str:
    """Return an answer in one line. A secret is never shown, nor how long it is."""
    question, value = answered.question, answered.value
    if answered.secret:
        return MASK if value else ""
    if question.type is QuestionType.BOOL:
        return "yes" if value else "no"
    if question.type is QuestionType.CHOICE:
        return next((title(choice) for choice in answered.choices if choice.value == value), one_line(str(value)))
    if isinstance(value, dict):
        return one_line(json.dumps(value, default=str))
    return " ".join(one_line(line.strip()) for line in editable(value, question).split("\n"))


def counted(asked: Asked) -> str:
    """Return the number of the question, as in "3 of 12"; "" if it is unknown."""
    return f"{asked.number} of {asked.total}" if asked.number else ""
