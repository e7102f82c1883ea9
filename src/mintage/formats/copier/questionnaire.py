"""Asks as Copier does: which answer counts, whether a question is asked at all, what its texts render to."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage.errors import AnswerError, MintageError, Problem, RenderError
from mintage.formats.copier.casting import TYPES, cast, chosen, several_chosen
from mintage.formats.copier.choices import written_choices
from mintage.formats.copier.static_questions import KINDS, kind_of
from mintage.template.questions import (
    REQUIRED,
    Choice,
    Question,
    QuestionType,
    how_to_answer,
    parse_loose_yes_no,
    parse_yaml_answer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mintage.formats.copier.answers import ContextMaker, CopierAnswers
    from mintage.formats.copier.choices import WrittenChoice
    from mintage.formats.copier.configuration import Configuration
    from mintage.rendering.settings import Context, TextRenderer
    from mintage.template.questions import Answers, Asker, GivenAnswers


class CopierQuestionnaire(Struct, frozen=True):
    """A `Questionnaire` that asks as Copier does."""

    configuration: Configuration
    state: CopierAnswers
    """The answers, of which some are known before anything is asked."""
    maker: ContextMaker
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """The user's own defaults for questions of any template."""
    skip_answered: bool = False
    """Whether to skip questions that the last run has answered."""
    ask: tuple[str, ...] = ()
    """Patterns of the names of questions that are asked anyway."""

    def answers(self, given: GivenAnswers, asker: Asker | None, render: TextRenderer) -> Answers:
        """Return all answers, as templates see them.

        May be called several times; each call starts without answers.

        Raises:
            AnswerError: Answers are missing or invalid; lists all of them.
        """
        self.state.start_over()
        run = _Asking(self, asker, render)
        for name in self.configuration.questions:
            run.put(name)
        run.require_success()
        return self.maker.context(self.state, render, "render")


class _Asking(Struct):
    """One pass over all questions. Continues after an invalid answer, to find all of them."""

    questionnaire: CopierQuestionnaire
    asker: Asker | None
    render: TextRenderer
    problems: list[Problem] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def put(self, name: str) -> None:
        """Get the answer to one question."""
        questionnaire = self.questionnaire
        question = _Question(
            name,
            questionnaire.configuration.questions[name],
            questionnaire.state,
            questionnaire.maker,
            self.render,
            questionnaire.defaults,
        )
        try:
            self._put(question)
        except ValueError as error:
            # A default may be invalid only because an answer that it uses is missing.
            if not self.missing or name in questionnaire.state.given:
                self.problems.append(Problem(f"{name}: {error}", questionnaire.configuration.where(name)))
        except RenderError as error:
            error.where = error.where or questionnaire.configuration.where(name)
            if not (self.problems or self.missing):  # else a missing answer may be the reason
                raise

    def require_success(self) -> None:
        """Raise an error if an answer is missing or invalid."""
        where = self.questionnaire.configuration.where
        if self.missing:
            names = ", ".join(self.missing)
            raise AnswerError(
                f"these questions have no default and were not answered: {names}",
                problems=[*(Problem(name, where(name)) for name in self.missing), *self.problems],
                hint=how_to_answer(dict.fromkeys(self.missing, "...")),
            )
        if self.problems:
            raise AnswerError("some answers are not valid", problems=self.problems)

    def _put(self, question: _Question) -> None:
        state, name = self.questionnaire.state, question.name
        if state.has(name):
            question.make_context()
        if name in state.last and not question.takes(state.last[name]):
            del state.last[name]
        may_ask = question.yes_or_no("ask", default=True)
        if not question.applies:
            state.hidden.add(name)
            state.last.pop(name, None)
            if question.default() is REQUIRED:
                return
        if not any(fnmatchcase(name, pattern) for pattern in self.questionnaire.ask) or not question.applies:
            if name in state.given:
                state.final[name] = question.checked(state.given[name])
                return
            if name in state.last and (self.questionnaire.skip_answered or not may_ask):
                return
            if not may_ask or not self.asker or not question.applies:
                self._take_default(question, required=may_ask and question.applies)
                return
        if self.asker:
            state.final[name] = question.asked_of(self.asker)
        else:
            self._take_default(question, required=True)

    def _take_default(self, question: _Question, *, required: bool) -> None:
        default = question.default()
        if default is not REQUIRED:
            self.questionnaire.state.final[question.name] = default
        elif required:
            self.missing.append(question.name)


class _Question(Struct, dict=True):
    """A question of copier.yml, given the answers to those before it."""

    name: str
    table: Mapping[str, Any]
    state: CopierAnswers
    maker: ContextMaker
    render: TextRenderer
    defaults: Mapping[str, Any]

    @cached_property
    def context(self) -> Context:
        """What its texts see. Slow to make, so made only if one of them has tags, or before the answers change."""
        return self.maker.context(self.state, self.render, "prompt")

    def make_context(self) -> None:
        """Make the context now, before the answers change."""
        _ = self.context

    @cached_property
    def type_name(self) -> str:
        """One of Copier's types; that of the default if the question doesn't say."""
        named = self.table.get("type") or type(self.table.get("default", REQUIRED)).__name__
        rendered = str(self._rendered(named))
        if rendered in TYPES:
            return rendered
        if self.table.get("type"):
            raise ValueError(f"unknown type {rendered!r}; it must be one of {', '.join(TYPES)}")
        return "yaml"

    @cached_property
    def applies(self) -> bool:
        """Whether it applies, so that it may be asked."""
        return self.yes_or_no("when", default=True)

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """The choices; none if any answer is possible."""
        offered = self.table.get("choices") or ()
        if isinstance(offered, str):
            offered = parse_yaml_answer(self._rendered(offered)) or ()
        return tuple(map(self._choice, written_choices(offered)))

    @property
    def takes_several(self) -> bool:
        """Whether the answer is a list of choices."""
        return bool(self.table.get("multiselect"))

    def yes_or_no(self, key: str, *, default: bool) -> bool:
        """Return the value of a key that is a yes or a no, or template text which renders to one."""
        return parse_loose_yes_no(self._rendered(self.table.get(key, default)))

    def default(self) -> Any:
        """Return the answer if no questions are asked; REQUIRED if there is none.

        Raises:
            ValueError: It is not valid.
        """
        if self.name in self.state.given:
            found = self.state.given[self.name]
        elif self.name in self.state.last:
            found = self.state.last[self.name]
        else:
            found = self.defaults.get(self.name, self.table.get("default", REQUIRED))
            if found is REQUIRED:
                return REQUIRED
            if (found := self._rendered_unless_unset(found)) is REQUIRED:
                return REQUIRED
        answer = self._parsed(found)
        if self.applies and not self.table.get("secret"):
            self._validate(answer)
        return answer

    def _rendered_unless_unset(self, default: Any) -> Any:
        """Return a default, rendered; REQUIRED if it renders to `UNSET`, which stands for having none."""
        if "UNSET" not in str(default):
            return self._rendered(default)
        from jinja2 import StrictUndefined
        from jinja2.exceptions import UndefinedError

        class UnsetError(UndefinedError):
            """The template has used the name."""

        try:
            return self._rendered(default, {"UNSET": StrictUndefined("UNSET", exc=UnsetError)})
        except RenderError as error:
            if isinstance(error.__cause__, UnsetError):
                return REQUIRED
            raise

    def checked(self, value: Any) -> Any:
        """Return an answer that was given, converted to its type.

        Raises:
            ValueError: It is invalid.
        """
        answer = self._parsed(value)
        self._validate(answer)
        return answer

    def takes(self, value: Any) -> bool:
        """Return whether an answer of the last run is still valid."""
        try:
            self.checked(value)
        except (ValueError, MintageError):
            return False
        return True

    def asked_of(self, asker: Asker) -> Any:
        """Return the answer of the user."""
        default = self.default()
        question = self._prompt()
        answer = asker.ask(question, None if default is REQUIRED else default, self.choices, self._objection)
        if question.type is QuestionType.MULTI_CHOICE:
            return [choice.value for choice in self.choices if choice.value in answer]
        return cast(answer, self.type_name) if question.type is QuestionType.SECRET else answer

    def _prompt(self) -> Question:
        kind = kind_of(self.table, KINDS[self.type_name], offers=bool(self.choices))
        shown = str(self._rendered(self.table.get("help") or "")).strip()
        return Question(
            self.name,
            kind,
            prompt=shown or self.name,
            choices=self.choices,
            multiline=self.yes_or_no("multiline", default=False),
            placeholder=str(self._rendered(self.table.get("placeholder") or "")),
        )

    def _parsed(self, value: Any) -> Any:
        if self.takes_several:
            return several_chosen(value, self.type_name, self.choices)
        return chosen(value, self.type_name, self.choices)

    def _objection(self, answer: Any) -> str | None:
        try:
            self._validate(answer)
        except ValueError as error:
            return str(error)
        return None

    def _validate(self, answer: Any) -> None:
        """Apply the question's own validator.

        Raises:
            ValueError: The answer is invalid; with the validator's message.
        """
        try:
            said = str(self._rendered(self.table.get("validator") or "", {self.name: answer})).strip()
        except RenderError as error:
            said = error.what
        if said:
            raise ValueError(said)

    def _choice(self, written: WrittenChoice) -> Choice:
        value, disabled = written.value, ""
        if written.is_table:
            if "value" not in value:
                raise ValueError(f"the choice {written.label} has no `value`")
            disabled = str(self._rendered(written.validator))
            value = value["value"]
        label = str(self._rendered(written.label))
        rendered = self._rendered(value)
        return Choice(cast(label if rendered is None else rendered, self.type_name), label, disabled)

    def _rendered(self, value: Any, names: Mapping[str, Any] | None = None) -> Any:
        """Return a text or the texts of a list, rendered; any other value as it is."""
        if isinstance(value, str) and self.render.is_plain(value):
            return value
        if isinstance(value, str):
            context = {**self.context, **names} if names else self.context
            return self.render.text(value, context, what=f"the question {self.name}")
        if isinstance(value, list):
            return [self._rendered(item, names) for item in value]
        return value
