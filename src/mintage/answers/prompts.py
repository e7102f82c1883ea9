"""Asks the person at the terminal, with questionary. Writes to standard error, so that output stays clean."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from mintage.answers.values import parse
from mintage.errors import CancelledError
from mintage.template import Choice, Question, QuestionType
from mintage.terminal import is_terminal, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mintage.trust import ConsentRequest


def can_ask() -> bool:
    """Whether there is somebody to ask: input and messages go to a terminal."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


class TerminalAsker:
    """An `Asker` for terminals. Ctrl-C and the end of input raise CancelledError."""

    def ask(
        self, question: Question, default: Any, choices: Sequence[Choice], check: Callable[[Any], str | None]
    ) -> Any:
        """See `template.Asker`."""
        if question.help:
            print(printable(question.help), file=sys.stderr)
        message = printable(question.prompt or question.name)
        if question.type is QuestionType.CHOICE:
            return self._choose(message, default, choices, check)
        if question.type is QuestionType.MULTI_CHOICE:
            return self._choose_several(message, default or [], choices, check)
        if question.type is QuestionType.BOOL:
            return self._yes_or_no(message, bool(default), check)
        return self._text(question, message, default, check)

    def consent(self, request: ConsentRequest) -> bool:
        """Whether the code of a template's author may run; shows it if asked to."""
        import questionary

        lines = [f"{request.origin} wants to run code of its author:"]
        lines += [f"  {capability}" for capability in request.capabilities]
        if request.changes:
            lines.append("It has changed since you agreed to run it:")
            lines += [f"  {line}" for line in request.changes.split("\n")]
        print(printable("\n".join(lines)), file=sys.stderr)
        choices = [
            questionary.Choice("no", value="no", shortcut_key="n"),
            questionary.Choice("yes, until it changes", value="yes", shortcut_key="y"),
            questionary.Choice("show it first", value="show", shortcut_key="s"),
        ]
        while True:
            prompt = questionary.select("Run it?", choices=choices, use_shortcuts=True, **_on_stderr())
            if (answer := _answer(prompt)) != "show":
                return bool(answer == "yes")
            for capability in request.capabilities:
                print(printable(f"\n{capability}\n{capability.text}"), file=sys.stderr)

    def _yes_or_no(self, message: str, default: bool, check: Callable[[Any], str | None]) -> bool:
        import questionary

        while True:
            answer = bool(_answer(questionary.confirm(message, default=default, **_on_stderr())))
            if not _complain(check(answer)):
                return answer

    def _choose(self, message: str, default: Any, choices: Sequence[Choice], check: Callable[[Any], str | None]) -> Any:
        import questionary

        shown = [questionary.Choice(_title(choice), value=choice, disabled=_why_not(choice)) for choice in choices]
        first = next(
            (
                item
                for item, choice in zip(shown, choices, strict=True)
                if choice.value == default and not choice.disabled
            ),
            None,
        )
        while True:
            chosen: Choice = _answer(questionary.select(message, choices=shown, default=first, **_on_stderr()))
            if not _complain(check(chosen.value)):
                return chosen.value

    def _choose_several(
        self, message: str, default: Sequence[Any], choices: Sequence[Choice], check: Callable[[Any], str | None]
    ) -> list[Any]:
        import questionary

        shown = [
            questionary.Choice(_title(choice), value=choice, checked=choice.value in default, disabled=_why_not(choice))
            for choice in choices
        ]

        def validate(chosen: list[Any]) -> bool | str:
            return check([choice.value for choice in chosen]) or True

        prompt = questionary.checkbox(message, choices=shown, validate=validate, **_on_stderr())
        return [choice.value for choice in _answer(prompt)]

    def _text(self, question: Question, message: str, default: Any, check: Callable[[Any], str | None]) -> Any:
        import questionary

        def validate(text: str) -> bool | str:
            try:
                return check(parse(question, text, ())) or True
            except ValueError as error:
                return str(error)

        if question.type is QuestionType.SECRET:
            usual = "" if default is None else str(default)
            prompt = questionary.password(message, validate=lambda text: validate(text or usual), **_on_stderr())
            return _answer(prompt) or usual
        if question.type is QuestionType.DICT:
            return self._object(question, message, default, check)
        shown = _editable(default, question)
        if question.type is QuestionType.PATH:
            prompt = questionary.path(message, default=shown, validate=validate, **_on_stderr())
        else:
            more: dict[str, Any] = {"placeholder": printable(question.placeholder)} if question.placeholder else {}
            prompt = questionary.text(
                message, default=shown, validate=validate, multiline=question.multiline, **more, **_on_stderr()
            )
        return parse(question, _answer(prompt), ())

    def _object(
        self, question: Question, message: str, default: Any, check: Callable[[Any], str | None]
    ) -> dict[str, Any]:
        """As Cookiecutter does: JSON text, or the word `default` for what the template has."""
        import questionary

        def value_of(text: str) -> Any:
            return default if text == "default" else parse(question, text, ())

        def validate(text: str) -> bool | str:
            try:
                return check(value_of(text)) or True
            except ValueError as error:
                return str(error)

        text = _answer(questionary.text(message, default="default", validate=validate, **_on_stderr()))
        found: dict[str, Any] = value_of(text)
        return found


def _title(choice: Choice) -> str:
    return printable(choice.label or str(choice.value))


def _why_not(choice: Choice) -> str | None:
    return printable(choice.disabled) or None


def _editable(default: Any, question: Question) -> str:
    """The default as somebody would type it."""
    if default is None:
        return ""
    if question.type is QuestionType.JSON:
        return json.dumps(default, indent=2 if question.multiline else None)
    if question.type is QuestionType.YAML:
        import yaml

        text: str = yaml.safe_dump(default, default_flow_style=not question.multiline, width=2**31, allow_unicode=True)
        return text.removesuffix("\n...\n").rstrip("\n")
    if isinstance(default, list):
        simple = all(isinstance(each, str) and "," not in each for each in default)
        return ", ".join(default) if simple else json.dumps(default)
    return printable(str(default))


def _complain(objection: str | None) -> bool:
    if objection:
        print(printable(objection), file=sys.stderr)
    return objection is not None


def _on_stderr() -> dict[str, Any]:
    from prompt_toolkit.output import create_output

    return {"output": create_output(stdout=sys.stderr)}


def _answer(prompt: Any) -> Any:
    try:
        return prompt.unsafe_ask()
    except (KeyboardInterrupt, EOFError):
        raise CancelledError(signal_number=2) from None
