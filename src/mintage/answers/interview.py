"""Leads a person through questions: forward, back to earlier ones, and to a summary of all. Knows no terminal.

Whoever collects answers asks for one after the other, and cannot go back. So going back means to collect once more from
the beginning: what was answered before is answered again without asking, and all that depends on it is rendered again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from msgspec import Struct

from mintage.answers.values import convert
from mintage.errors import MintageError
from mintage.template.questions import Choice, Question, QuestionType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mintage.template.questions import Answers, Asker

_CHOOSING = (QuestionType.CHOICE, QuestionType.MULTI_CHOICE)


class GoBackError(Exception):
    """The person wants to see the question before this one."""


class Asked(Struct, frozen=True):
    """A question as it is put now."""

    question: Question
    default: Any
    """The template's, rendered; None if there is none."""
    answer: Any
    """What is offered, an earlier answer or the default."""
    choices: Sequence[Choice]
    check: Callable[[Any], str | None]
    """The objection to an answer."""
    objection: str = ""
    """Why the earlier answer cannot be kept."""
    number: int = 0
    """Which question it is, of how many by what is known now; 0 if nobody counts."""
    total: int = 0
    """Which question it is, of how many by what is known now; 0 if nobody counts."""
    can_go_back: bool = False
    """There is one before it."""


class Answered(Struct, frozen=True):
    """A question with its answer."""

    question: Question
    value: Any
    choices: Sequence[Choice] = ()
    given: bool = False
    """It was answered without asking, and stays so."""
    secret: bool = False
    """It is never shown."""


@runtime_checkable
class Interviewer(Protocol):
    """An `Asker` who can also go back and show what was answered."""

    def put(self, asked: Asked) -> Any:
        """Ask until there is a valid answer.

        Raises:
            GoBackError: That is possible.
        """
        ...

    def changed(self, answered: Answered) -> None:
        """A default that was accepted before is another one now, by a change of what it depends on."""
        ...

    def review(self, answers: Sequence[Answered]) -> str | None:
        """Show all answers. Returns the name of the one to change, None to go on. Raises CancelledError."""
        ...


class _Reply(Struct, frozen=True):
    """What a person said."""

    type: QuestionType
    value: Any
    explicit: bool
    """And not just by accepting the default."""


class Interview:
    """An `Asker` for those who collect answers. Holds what was answered in all rounds of one run.

    Args:
        questions: All that may be asked, in order.
        given: Names of those that are answered without asking.
        secrets: Names of those that are secret, besides those of the type for it.
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
        """Collect answers, as often as it takes until the person is content with them."""
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
        """See `questions.Asker`. Asks nobody for what was answered before, and still fits."""
        asked = Asked(question, default, default, choices, _told(check))
        earlier = self._replies.get(question.name)
        if earlier:
            asked = _offering(earlier, asked)
        if earlier and question.name != self._target and not asked.objection:
            value = asked.answer
            if not _is_same(value, earlier.value):
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
        """In the order of the questions, with those that were given."""
        rows = []
        for question in self._questions:
            if question.name in self._passed:
                rows.append(self._passed[question.name])
            elif question.name in self._given and question.name in answers:
                rows.append(self._answered(question, answers[question.name], given=True))
        return rows


def _offering(earlier: _Reply, asked: Asked) -> Asked:
    """Return the question with what was answered before: the answer itself, or the default as it is now."""
    from msgspec.structs import replace

    question, value = asked.question, earlier.value
    if not earlier.explicit:
        try:
            value = convert(question, asked.default, asked.choices)
        except ValueError as error:
            return replace(asked, objection=str(error))
    if earlier.type is not question.type or (value is None and earlier.value is not None):
        return replace(asked, objection="it needs another answer now")
    if objection := _misfit(asked, value):
        return replace(asked, objection=objection)
    return replace(asked, answer=value)


def _misfit(asked: Asked, value: Any) -> str | None:
    if asked.question.type in _CHOOSING:
        offered = [choice.value for choice in asked.choices if not choice.disabled]
        chosen = value if asked.question.type is QuestionType.MULTI_CHOICE else [value]
        if not all(each in offered for each in chosen):
            return "what was chosen before is not offered any more"
    return asked.check(value)


def _is_default(asked: Asked, value: Any) -> bool:
    try:
        return _is_same(convert(asked.question, asked.default, asked.choices), value)
    except ValueError:
        return False


def _is_same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _told(check: Callable[[Any], str | None]) -> Callable[[Any], str | None]:
    """Return the check, with an error while it is made as the objection: another answer may do."""

    def checked(value: Any) -> str | None:
        try:
            return check(value)
        except MintageError as error:
            return error.what

    return checked
