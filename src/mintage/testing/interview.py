"""Answers a template's questions as wanted, and records what was asked. Mints nothing."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage.answers import collect
from mintage.answers.values import is_same
from mintage.errors import MintageError
from mintage.template.questions import QuestionType
from mintage.testing.combinations import Parameter, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mintage.rendering.jinja_text import JinjaText
    from mintage.template import Template
    from mintage.template.questions import Answers, Choice, GivenAnswers, Question

# Before Cookiecutter had booleans, templates used text such as "y" and "n".
_OPPOSITES = {"y": "n", "yes": "no", "true": "false", "on": "off"}
_OPPOSITES.update({no: yes for yes, no in _OPPOSITES.items()})
IN, OUT = "yes", "no"


class Held(Struct, frozen=True):
    """An interview that was held."""

    steps: tuple[Step, ...]
    """What was asked and chosen, in order."""
    given: Answers
    """The answers that differ from the defaults, as the user would give them."""
    answers: Answers | None
    """All answers; None if the interview failed."""
    lacks_answer: bool
    """Whether a question with neither a default nor choices was not answered."""


class TemplateInterview(Struct, dict=True):
    """An `Interview` with a template.

    Questions without choices keep their default. If rendering fails, the row ends there.
    """

    template: Template
    """The template that has the questions."""
    given: GivenAnswers
    """The user's answers, which are not varied."""
    render: JinjaText
    """Renders defaults and conditions."""

    def __post_init__(self) -> None:
        self._held: dict[tuple[Step, ...], Held] = {}

    def hold(self, wanted: Mapping[Parameter, str]) -> tuple[Step, ...]:
        """See `Interview`."""
        taken = {*self.given.flags, *self.given.data}
        asker = _Asker(wanted, taken, takes_rendered=self.template.takes_given_answers)
        answers: Answers | None = None
        with suppress(MintageError):  # minting the case reports it
            answers = collect(self.template, self.given, asker=asker, use_defaults=False, render=self.render)
        steps = tuple(asker.steps)
        self._held[steps] = Held(steps, asker.given, answers, asker.lacks_answer)
        return steps

    def held(self, row: tuple[Step, ...]) -> Held:
        """Return the interview that resulted in a row."""
        return self._held[row]


class _Asker(Struct):
    """An `Asker` for one interview."""

    wanted: Mapping[Parameter, str]
    """The wanted values."""
    taken: set[str]
    """The names of questions that are already answered, but may be asked anyway."""
    takes_rendered: bool
    """Whether a choice is given by its rendered value."""
    steps: list[Step] = field(default_factory=list)
    """What was asked and chosen so far."""
    given: dict[str, Any] = field(default_factory=dict)
    """The answers so far that differ from the defaults."""
    lacks_answer: bool = False
    """Whether a question with neither a default nor choices was not answered."""

    def ask(
        self, question: Question, default: Any, choices: Sequence[Choice], check: Callable[[Any], str | None]
    ) -> Any:
        """Choose the wanted value or the default, and record it."""
        if question.name in self.taken:
            return default
        if question.type is QuestionType.MULTI_CHOICE:
            return self._choose_several(question, default or [], choices, check)
        values = _values(question, default, choices)
        if not values:
            self.lacks_answer = self.lacks_answer or default is None
            return default
        allowed = [at for at, value in enumerate(values) if check(value) is None] or [0]
        names = [as_flag(values[at]) for at in allowed]
        usual = next((at for at, value in enumerate(allowed) if is_same(values[value], default)), 0)
        order = [usual, *(at for at in range(len(allowed)) if at != usual)]
        chosen = self._step(Parameter(question.name), [names[at] for at in order])
        number = allowed[order[chosen]]
        value = values[number]
        if default is None or not is_same(value, default):
            is_raw = not self.takes_rendered and question.type is QuestionType.CHOICE
            self.given[question.name] = question.choices[number].value if is_raw else value
        return value

    def _choose_several(
        self,
        question: Question,
        default: Sequence[Any],
        choices: Sequence[Choice],
        check: Callable[[Any], str | None],
    ) -> list[Any]:
        """Choose the wanted options, each of which is a parameter, or the default if the template rejects them."""
        options = [choice.value for choice in choices if not choice.disabled]
        usual = [any(is_same(option, each) for each in default) for option in options]
        wanted = []
        for option, is_in in zip(options, usual, strict=True):
            named = self.wanted.get(Parameter(question.name, as_flag(option)))
            wanted.append(is_in if named is None else named == IN)
        answer = [option for option, is_in in zip(options, wanted, strict=True) if is_in]
        is_taken = check(answer) is None
        for option, is_in, was_wanted in zip(options, usual, wanted, strict=True):
            offered = (IN, OUT) if is_in else (OUT, IN)
            index = int(was_wanted != is_in)
            self.steps.append(Step(Parameter(question.name, as_flag(option)), offered, index, index if is_taken else 0))
        if is_taken and wanted != usual:
            self.given[question.name] = answer
            return answer
        return list(default)

    def _step(self, parameter: Parameter, offered: list[str]) -> int:
        wanted = self.wanted.get(parameter)
        chosen = offered.index(wanted) if wanted in offered else 0
        self.steps.append(Step(parameter, tuple(offered), chosen, chosen))
        return chosen


def _values(question: Question, default: Any, choices: Sequence[Choice]) -> list[Any]:
    """Return the values to choose from; none for questions that are not varied."""
    if question.type is QuestionType.BOOL:
        return [False, True]
    if question.type is QuestionType.CHOICE:
        return [choice.value for choice in choices if not choice.disabled]
    if isinstance(default, str) and (other := _opposite(default)):
        return sorted((default, other))
    return []


def _opposite(text: str) -> str:
    """Return no for text that means yes, and the reverse; "" for any other text."""
    opposite = _OPPOSITES.get(text.lower(), "")
    if text.isupper():
        return opposite.upper()
    return opposite.capitalize() if text[:1].isupper() else opposite


def as_flag(value: Any) -> str:
    """Return a value as text for `-d NAME=`."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
