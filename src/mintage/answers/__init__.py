"""Collects the answers of a run: given, saved, asked for, or defaults. Knows no format and no plan."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage.answers.values import convert, objection, parse
from mintage.errors import AnswerError, Problem, RenderError
from mintage.rendering.bounds import within_seconds
from mintage.rendering.jinja_text import JinjaText
from mintage.template.conditions import applies
from mintage.template.questions import (
    REQUIRED,
    Answers,
    Choice,
    Question,
    QuestionType,
    YesNoText,
    how_to_answer,
    unknown_answer,
)
from mintage.terminal import say_nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mintage.template import Template
    from mintage.template.questions import Asker, GivenAnswers


_PATTERN_SECONDS = 5.0


def collect(
    template: Template,
    given: GivenAnswers,
    *,
    asker: Asker | None,
    use_defaults: bool,
    render: JinjaText | None = None,
    warn: Callable[[str], None] = say_nothing,
) -> Answers:
    """Return one answer for each question, in the order of the questions.

    Flags take precedence over data, data over saved answers, those over the user's defaults, and those over the
    template's.

    Args:
        template: The template that asks.
        given: The answers that are known without asking.
        asker: Asks questions that neither flags nor data answer; with an `Interviewer`, the user can go back.
        use_defaults: Whether to ask nothing, and take the defaults.
        render: Renders the template's texts; None makes a renderer from the template's settings.
        warn: Called with a warning for each answer that is not used.

    Raises:
        AnswerError: Some answers are invalid or missing; the error lists all invalid ones, or else all missing ones.
    """
    render = render or JinjaText(template.renderer)
    unused: list[str] = []

    def answers_by(asker: Asker | None) -> Answers:
        if template.questionnaire is not None:
            return template.questionnaire.answers(given, asker, render)
        collection = _Collection(template, given, asker, render)
        answers = collection.answers_to_all()
        unused[:] = collection.unused
        return answers

    answers = _by_interview(template, given, asker, answers_by) if asker and not use_defaults else answers_by(None)
    for warning in unused:
        warn(warning)
    return answers


def _by_interview(
    template: Template, given: GivenAnswers, asker: Asker, answers_by: Callable[[Asker | None], Answers]
) -> Answers:
    """Collect the answers, again from the beginning each time the user goes back, if the asker supports that."""
    from mintage.answers.interview import Interview, Interviewer

    if not isinstance(asker, Interviewer):
        return answers_by(asker)
    answered = frozenset((*given.flags, *given.data)) if template.takes_given_answers else frozenset()
    return Interview(asker, template.questions, given=answered, secrets=template.secrets).conduct(answers_by)


class _Collection(Struct):
    """The state while answers are collected once."""

    template: Template
    given: GivenAnswers
    asker: Asker | None
    render: JinjaText
    answers: Answers = field(default_factory=dict)
    """The answers so far."""
    problems: list[Problem] = field(default_factory=list)
    """What is wrong with invalid answers."""
    missing: list[Question] = field(default_factory=list)
    """Questions that were not answered."""
    unused: list[str] = field(default_factory=list)
    """Warnings for answers that are not used."""

    def answers_to_all(self) -> Answers:
        """Answer all questions. Raises AnswerError."""
        for question in self.template.questions:
            try:
                self._answer(question)
            except RenderError as error:
                error.where = error.where or question.where
                if not (self.problems or self.missing):  # an invalid or missing answer may be the cause
                    raise
        self._refuse_unknown_names()
        if self.problems:
            raise AnswerError("some answers are not valid", problems=self.problems)
        if self.missing:
            raise _missing(self.missing)
        return self.answers

    def _answer(self, question: Question) -> None:
        name = question.name
        if not question.asked or not applies(question.when, self.render, self._context(), what=question.name):
            self._take_default(question)
            if question.asked and self._is_given(name) and not self._is_what_was_given(question):
                self.unused.append(f"the answer to {name} is not used: {_why_not_asked(question)}")
            return
        choices = self._choices(question)
        try:
            if self._is_given(name):
                self._take(question, self._given(question, choices))
            else:
                self._answer_with_default(question, choices)
        except ValueError as error:
            self.problems.append(Problem(f"{name}: {error}", question.where))

    def _is_given(self, name: str) -> bool:
        return self.template.takes_given_answers and (name in self.given.flags or name in self.given.data)

    def _given(self, question: Question, choices: Sequence[Choice]) -> Any:
        """Return the answer that was given to a question. Raises ValueError."""
        if question.name in self.given.flags:
            return parse(question, self.given.flags[question.name], choices)
        return _not_null(question, convert(question, self.given.data[question.name], choices))

    def _is_what_was_given(self, question: Question) -> bool:
        """Return whether the answer is the given one anyway, as when a file of saved answers is given as data."""
        try:
            return bool(self._given(question, self._choices(question)) == self.answers.get(question.name))
        except ValueError:
            return False

    def _take_default(self, question: Question) -> None:
        """Use the default of a question that is not asked, with the same checks as for any other answer."""
        default = self._default(question)
        if default is REQUIRED or default is None:
            self.answers[question.name] = None
            return
        try:
            self._take(question, convert(question, default, self._choices(question)))
        except ValueError as error:
            what = f"{question.name}: its default is not valid: {error}"
            self.problems.append(Problem(what, question.where))

    def _answer_with_default(self, question: Question, choices: Sequence[Choice]) -> None:
        default = self._best_default(question, choices)
        if self.asker:
            self.answers[question.name] = self.asker.ask(
                question, _offered(question, default, choices), choices, lambda value: self._objection(question, value)
            )
        elif default is REQUIRED:
            self.missing.append(question)
        else:
            self._take(question, convert(question, default, choices))

    def _take(self, question: Question, value: Any) -> None:
        """Use a value as the answer. Raises ValueError if it is invalid."""
        if refused := self._objection(question, value):
            raise ValueError(refused)
        self.answers[question.name] = value

    def _best_default(self, question: Question, choices: Sequence[Choice]) -> Any:
        """Return the saved answer or the user's default, if it is still valid, or else the template's default."""
        if self.template.takes_given_answers:
            sources = {"the saved answer to": self.template.saved_answers, "your default for": self.given.user_defaults}
            for what, source in sources.items():
                if question.name in source:
                    try:
                        value = convert(question, source[question.name], choices)
                        refused = self._objection(question, value)
                    except ValueError as error:
                        refused = str(error)
                    if not refused:
                        return value
                    shown = "it is not valid" if question.secret else refused
                    self.unused.append(f"{what} {question.name} is not used: {shown}")
        return self._default(question)

    def _default(self, question: Question) -> Any:
        if question.default is REQUIRED or not question.default_is_template:
            return question.default
        return self._rendered(question.default, f"the default of {question.name}")

    def _choices(self, question: Question) -> tuple[Choice, ...]:
        if not question.default_is_template:
            return question.choices
        what = f"a choice of {question.name}"
        return tuple(Choice(self._rendered(choice.value, what), choice.label) for choice in question.choices)

    def _rendered(self, value: Any, what: str) -> Any:
        """Render all text in a value."""
        if isinstance(value, str):
            return self.render.text(value, self._context(), what=what)
        if isinstance(value, dict):
            return {self._rendered(key, what): self._rendered(inner, what) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._rendered(inner, what) for inner in value]
        return value

    def _objection(self, question: Question, value: Any) -> str | None:
        def holds(expression: str) -> bool:
            context = self._context({question.name: value})
            return bool(self.render.value(expression, context, what=f"`check` of {question.name}"))

        return objection(question, value, holds, _matches)

    def _context(self, more: Mapping[str, Any] | None = None) -> Answers:
        seen = {**self.answers, **more} if more else self.answers
        namespace = self.template.renderer.namespace
        return {namespace: seen} if namespace else seen

    def _refuse_unknown_names(self) -> None:
        if self.template.allows_extra_answers or not self.template.takes_given_answers:
            return
        questions = {question.name: question for question in self.template.questions}
        known = [question.name for question in self.template.questions if question.asked]
        for name in dict.fromkeys((*self.given.flags, *self.given.data)):
            if name not in questions:
                self.problems.append(Problem(unknown_answer(name, known)))
            elif name not in known and not self._is_what_was_given(questions[name]):
                self.problems.append(Problem(f"{name}: the template does not ask for it, but computes it"))


def _why_not_asked(question: Question) -> str:
    when = question.when.text if isinstance(question.when, YesNoText) else question.when
    return f"the question does not apply (its `when` is {when})"


def _not_null(question: Question, value: Any) -> Any:
    """Return a value from a data file. Raises ValueError if it is null, but the question doesn't allow that."""
    if value is None and question.default is not None and question.type not in (QuestionType.YAML, QuestionType.JSON):
        raise ValueError(f"expected {question.type.value}, got null")
    return value


def _offered(question: Question, default: Any, choices: Sequence[Choice]) -> Any:
    """Return the default to offer, converted to the question's type; None if there is none or it is invalid."""
    try:
        return None if default is REQUIRED else convert(question, default, choices)
    except ValueError:
        return None


def _matches(pattern: str, text: str) -> bool:
    """Return whether the pattern matches the entire text. The time is limited: some, such as (a+)+b, take forever."""

    def too_slow(what: str, seconds: float) -> ValueError:
        return ValueError(f"{what} took longer than {seconds:g} seconds to match")

    with within_seconds(_PATTERN_SECONDS, f"the pattern {pattern}", too_slow):
        return re.fullmatch(pattern, text) is not None


def _missing(questions: Sequence[Question]) -> AnswerError:
    names = ", ".join(question.name for question in questions)
    return AnswerError(
        f"these questions have no default and were not answered: {names}",
        hint=how_to_answer({question.name: _example(question) for question in questions}),
        problems=[
            Problem(f"{question.name}: {question.help or question.prompt or question.type.value}", question.where)
            for question in questions
        ],
    )


def _example(question: Question) -> str:
    if question.type is QuestionType.CHOICE and question.choices:
        return "|".join(str(choice.value) for choice in question.choices)
    return "..."
