"""Finds out afterwards where an answer came from. Knows no format."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.template.conditions import applies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mintage.rendering.settings import Context, TextRenderer
    from mintage.template import Template
    from mintage.template.questions import GivenAnswers, Question


class AnswerOrigin(Enum):
    """Where an answer came from."""

    FLAG = "given by -d"
    DATA = "of a data file"
    SAVED = "saved in the project"
    USER_DEFAULT = "your own default"
    NOT_ASKED = "not asked, and so the template's default"
    DEFAULT = "the template's default"
    UNKNOWN = "no question of the template"


class Origins(Struct, frozen=True):
    """Where the answers in a context came from, if no questions were asked."""

    template: Template
    """The template that has the questions."""
    given: GivenAnswers
    """The answers that were known without asking."""
    context: Context
    """The context with the answers."""
    render: TextRenderer
    """Evaluates conditions."""

    def of(self, name: str) -> AnswerOrigin:
        """Return where the answer to a question came from."""
        questions: Mapping[str, Question] = {question.name: question for question in self.template.questions}
        question = questions.get(name)
        is_passed_over = question is not None and not applies(
            question.when, self.render, self.context, what=question.name
        )
        if is_passed_over and self.template.questionnaire is None:  # Copier uses a given answer anyway
            return AnswerOrigin.NOT_ASKED
        if name in self.given.flags:
            return AnswerOrigin.FLAG
        if name in self.given.data:
            return AnswerOrigin.DATA
        if is_passed_over:
            return AnswerOrigin.NOT_ASKED
        value = self.value(name)
        if _is_from(self.template.saved_answers, name, value):
            return AnswerOrigin.SAVED
        user_defaults = {**self.given.user_defaults, **self.template.user_defaults}
        if name in user_defaults and (not self.template.takes_given_answers or _is_from(user_defaults, name, value)):
            return AnswerOrigin.USER_DEFAULT
        return AnswerOrigin.UNKNOWN if question is None else AnswerOrigin.DEFAULT

    def value(self, name: str) -> Any:
        """Return the answer; None if there is none."""
        namespace = self.template.renderer.namespace
        seen = self.context[namespace] if namespace else self.context
        return seen.get(name)


def _is_from(answers: Mapping[str, Any], name: str, value: Any) -> bool:
    """Return whether an answer has this value, perhaps converted to another type."""
    return name in answers and (answers[name] == value or str(answers[name]) == str(value))
