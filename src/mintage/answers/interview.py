"""Guides the user through questions: forward, back to earlier ones, and to a summary. Knows no terminal.

Code that collects answers asks one question after the other, and cannot go back. So to go back, the answers are
collected again from the beginning: earlier answers are given again without asking, and everything that depends on them
is rendered again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from msgspec import Struct

from mintage.answers.values import convert, is_same
from mintage.errors import MintageError
from mintage.template.questions import Choice, Question, QuestionType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mintage.template.questions import Answers, Asker

_CHOOSING = (QuestionType.CHOICE, QuestionType.MULTI_CHOICE)


class GoBackError(Exception):
    """The user wants to go back to the previous question."""


class Asked(Struct, frozen=True):
    """A question as it is asked now."""

    question: Question
    """The question in the template."""
    default: Any
    """The template's default, rendered; None if there is none."""
    answer: Any
    """The answer to offer: an earlier answer or the default."""
    choices: Sequence[Choice]
    """The rendered choices."""
    check: Callable[[Any], str | None]
    """Returns what is wrong with an answer; None if it is valid."""
    objection: str = ""
    """Why the earlier answer cannot be kept; "" if it can."""
    number: int = 0
    """The number of the question, from 1; 0 if unknown."""
    total: int = 0
    """The number of questions, as far as it is known; 0 if unknown."""
    can_go_back: bool = False
    """Whether there is a previous question."""


class Answered(Struct, frozen=True):
    """A question with its answer."""

    question: Question
    """The question in the template."""
    value: Any
    """The answer."""
    choices: Sequence[Choice] = ()
    """The rendered choices."""
    given: bool = False
    """Whether it was answered without asking, so that it can't be changed."""
    secret: bool = False
    """Whether the answer must never be shown."""


@runtime_checkable
class Interviewer(Protocol):
    """Asks questions, and lets the user go back and review the answers."""

    def put(self, asked: Asked) -> Any:
        """Ask until there is a valid answer, and return it.

        Raises:
            GoBackError: The user wants to go back to the previous question.
        """
        ...

    def changed(self, answered: Answered) -> None:
        """Report that a default which the user accepted has changed, because it depends on a changed answer."""
        ...

    def review(self, answers: Sequence[Answered]) -> str | None:
        """Show all answers. Return the name of the question to ask again, or None to go on.

        Raises:
            CancelledError: The user cancelled.
        """
        ...


class _Reply(Struct, frozen=True):
    """An answer of the user."""

    type: QuestionType
    """The type of the question at that time."""
    value: Any
    """The answer."""
    explicit: bool
    """Whether the answer differs from the default."""


class Interview:
    """An `Asker` that remembers the answers while they are collected again and again.

    Args:
        interviewer: Asks the user.
        questions: All questions that may be asked, in order.
        given: Names of the questions that are answered without asking.
        secrets: Names of the questions whose answers are secret, besides those of type SECRET.
    """

    def __init__(
        self,
        interviewer: Interviewer,
        questions: Sequence[Question],
        *,
        given: frozenset[str] = frozenset(),
        secrets: frozenset[str] = frozenset(),
    ) -> None:
        self._interviewer = interviewer
        self._questions = questions
        self._given = given
        self._secrets = secrets
        self._to_ask = [each.name for each in questions if each.asked and each.name not in given]
        self._replies: dict[str, _Reply] = {}
        self._passed: dict[str, Answered] = {}
        self._target: str | None = None

    def conduct(self, collect: Callable[[Asker], Answers]) -> Answers:
        """Collect answers until the user confirms them, and return them.

        Args:
            collect: Collects the answers once, from the beginning, with the asker it is given.
        """
        while True:
            self._passed = {}
            try:
                answers = collect(self)
                if not self._passed:
                    return answers
                self._target = self._interviewer.review(self._rows(answers))
            except GoBackError:
                self._target = list(self._passed)[-1]
            else:
                if self._target is None:
                    return answers

    def ask(
        self, question: Question, default: Any, choices: Sequence[Choice], check: Callable[[Any], str | None]
    ) -> Any:
        """See `questions.Asker`. Does not ask again for an earlier answer that is still valid."""
        asked = Asked(question, default, default, choices, _errors_as_objections(check))
        earlier = self._replies.get(question.name)
        if earlier:
            asked = _offering(earlier, asked)
        if earlier and question.name != self._target and not asked.objection:
            value = asked.answer
            if not is_same(value, earlier.value):
                self._interviewer.changed(self._answered(question, value, choices))
        else:
            value = self._put(asked)
        self._replies[question.name] = _Reply(question.type, value, not _is_default(asked, value))
        self._passed[question.name] = self._answered(question, value, choices)
        return value

    def _answered(
        self, question: Question, value: Any, choices: Sequence[Choice] = (), *, given: bool = False
    ) -> Answered:
        secret = question.secret or question.name in self._secrets
        return Answered(question, value, choices, given, secret)

    def _put(self, asked: Asked) -> Any:
        from msgspec.structs import replace

        name = asked.question.name
        objection = "" if name == self._target else asked.objection
        self._target = None
        before = len(self._passed)
        ahead = self._to_ask[self._to_ask.index(name) :] if name in self._to_ask else [name]
        counted = replace(
            asked, objection=objection, number=before + 1, total=before + len(ahead), can_go_back=before > 0
        )
        return self._interviewer.put(counted)

    def _rows(self, answers: Answers) -> list[Answered]:
        """Return the questions with their answers in order, including those that were given."""
        rows = []
        for question in self._questions:
            if question.name in self._passed:
                rows.append(self._passed[question.name])
            elif question.name in self._given and question.name in answers:
                rows.append(self._answered(question, answers[question.name], given=True))
        return rows


def _offering(earlier: _Reply, asked: Asked) -> Asked:
    """Return the question with the earlier answer as the one to offer, or the current default if that was accepted."""
    from msgspec.structs import replace

    question, value = asked.question, earlier.value
    if not earlier.explicit:
        try:
            value = convert(question, asked.default, asked.choices)
        except ValueError as error:
            return replace(asked, objection=str(error))
    if earlier.type is not question.type or (value is None and earlier.value is not None):
        return replace(asked, objection="the question has changed")
    if objection := _misfit(asked, value):
        return replace(asked, objection=objection)
    return replace(asked, answer=value)


def _misfit(asked: Asked, value: Any) -> str | None:
    if asked.question.type in _CHOOSING:
        offered = [choice.value for choice in asked.choices if not choice.disabled]
        chosen = value if asked.question.type is QuestionType.MULTI_CHOICE else [value]
        if not all(each in offered for each in chosen):
            return "the earlier choice is no longer available"
    return asked.check(value)


def _is_default(asked: Asked, value: Any) -> bool:
    try:
        return is_same(convert(asked.question, asked.default, asked.choices), value)
    except ValueError:
        return False


def _errors_as_objections(check: Callable[[Any], str | None]) -> Callable[[Any], str | None]:
    """Return a check that rejects an answer if checking it fails with an error: another answer may work."""

    def checked(value: Any) -> str | None:
        try:
            return check(value)
        except MintageError as error:
            return error.what

    return checked
