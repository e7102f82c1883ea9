"""Asks the user at the terminal, with questionary. Writes to standard error, so that standard output stays clean."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from enum import Enum
from typing import TYPE_CHECKING, Any

from mintage.answers.values import parse
from mintage.errors import CancelledError
from mintage.prompts import wording
from mintage.prompts.prompting_asker import PromptingAsker, capability_texts, consent_text, say
from mintage.prompts.running import appearance, run, run_question
from mintage.template.questions import QuestionType
from mintage.terminal import is_terminal, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mintage.answers.interview import Answered, Asked
    from mintage.prompts.line_asker import LineAsker
    from mintage.prompts.list_prompt import ListState, Row
    from mintage.trust.consent import ConsentRequest

# A check that takes longer doesn't run at every keystroke.
_SLOW_CHECK_SECONDS = 0.2


class _Verdict(Enum):
    """What the user can do with all answers besides changing one."""

    MINT = "mint"
    QUIT = "quit"


def person_at_terminal(*, reviews: bool = True) -> TerminalAsker | LineAsker | None:
    """Return what asks the user; None if standard input or error is not a terminal.

    Args:
        reviews: Show all answers for confirmation before the run continues.
    """
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return None
    if os.environ.get("TERM", "dumb") == "dumb":
        from mintage.prompts.line_asker import LineAsker

        return LineAsker(reviews=reviews)
    return TerminalAsker(reviews=reviews)


class TerminalAsker(PromptingAsker):
    """An `Interviewer` for terminals that can move their cursor. Ctrl-C and the end of input raise CancelledError."""

    def put(self, asked: Asked) -> Any:
        """See `interview.Interviewer`."""
        question = asked.question
        self.introduce(asked)
        if question.type in (QuestionType.CHOICE, QuestionType.MULTI_CHOICE):
            return _choose(asked)
        if question.type is QuestionType.BOOL:
            return _yes_or_no(asked)
        if question.type is QuestionType.SECRET:
            return _secret(asked)
        return _object(asked) if question.type is QuestionType.DICT else _text(asked)

    def review(self, answers: Sequence[Answered]) -> str | None:
        """See `interview.Interviewer`."""
        if not self.reviews:
            return None
        from mintage.prompts.list_prompt import ListPrompt, ListState, Row

        quits = Row("Quit without writing anything", _Verdict.QUIT)
        rows = [Row("Generate the project", _Verdict.MINT), *_table(answers), quits]
        self.group = ""
        say("")
        prompt = ListPrompt("All answers. Generate the project, or change one?", ListState(rows))
        chosen = run(prompt.application(**appearance()), _hint("Enter selects", prompt.state), can_go_back=True)
        if chosen is _Verdict.QUIT:
            raise CancelledError(signal_number=2)
        return None if chosen is _Verdict.MINT else str(chosen)

    def consent(self, request: ConsentRequest) -> bool:
        """Return whether the code of a template's author may run; shows it if asked to."""
        import questionary

        say(consent_text(request))
        choices = [
            questionary.Choice("no", value="no", shortcut_key="n"),
            questionary.Choice("yes, until it changes", value="yes", shortcut_key="y"),
            questionary.Choice("show it first", value="show", shortcut_key="s"),
        ]
        while True:
            prompt = questionary.select("Run it?", choices=choices, use_shortcuts=True, **appearance())
            if (answer := run(prompt.application)) != "show":
                return bool(answer == "yes")
            say(capability_texts(request))


def _choose(asked: Asked) -> Any:
    from mintage.prompts.list_prompt import ListPrompt, ListState, Row

    rows = [Row(wording.title(choice), choice.value, wording.why_not(choice)) for choice in asked.choices]
    state = ListState(rows)
    values = [row.result for row in rows]
    what = "Enter selects"
    if asked.question.type is QuestionType.MULTI_CHOICE:
        state.checked = {index for index, value in enumerate(values) if value in (asked.answer or [])}
        what = "Space toggles, Ctrl-A all, Enter continues"
    elif asked.answer in values and not rows[values.index(asked.answer)].disabled:
        state.pointed = values.index(asked.answer)
    prompt = ListPrompt(wording.message(asked.question), state, asked.check)
    return run_question(prompt.application(**appearance()), asked, _hint(what, state))


def _yes_or_no(asked: Asked) -> bool:
    import questionary

    while True:
        prompt = questionary.confirm(wording.message(asked.question), default=bool(asked.answer), **appearance())
        answer = bool(run_question(prompt.application, asked))
        if not (objection := asked.check(answer)):
            return answer
        say(printable(objection))


def _secret(asked: Asked) -> Any:
    import questionary

    usual = "" if asked.answer is None else str(asked.answer)
    live = _LiveCheck(lambda text: asked.check(parse(asked.question, text or usual, ())))
    prompt = questionary.password(wording.message(asked.question), **live.options(), **appearance())
    return run_question(prompt.application, asked, "Enter accepts the default" if usual else "") or usual


def _text(asked: Asked) -> Any:
    import questionary

    question = asked.question
    live = _LiveCheck(lambda text: asked.check(parse(question, text, ())))
    shown = wording.editable(asked.answer, question)
    if question.type is QuestionType.PATH:
        prompt = questionary.path(wording.message(question), default=shown, **live.options(), **appearance())
    else:
        more: dict[str, Any] = {"placeholder": printable(question.placeholder)} if question.placeholder else {}
        prompt = questionary.text(
            wording.message(question),
            default=shown,
            multiline=question.multiline,
            **more,
            **live.options(),
            **appearance(),
        )
    return parse(question, run_question(prompt.application, asked), ())


def _object(asked: Asked) -> Any:
    """Ask for JSON text, or the word `default` for the template's default, as Cookiecutter does."""
    import questionary

    def value_of(text: str) -> Any:
        return asked.default if text == "default" else parse(asked.question, text, ())

    live = _LiveCheck(lambda text: asked.check(value_of(text)))
    shown = "default" if asked.answer == asked.default else json.dumps(asked.answer)
    prompt = questionary.text(wording.message(asked.question), default=shown, **live.options(), **appearance())
    return value_of(run_question(prompt.application, asked))


class _LiveCheck:
    """Checks a text at every keystroke as long as that is quick, and always before accepting it.

    Args:
        objection: Returns what is wrong with a text; may also raise ValueError.
    """

    def __init__(self, objection: Callable[[str], str | None]) -> None:
        self._objection = objection
        self._is_quick = True

    def options(self) -> dict[str, Any]:
        """Return the options that make a prompt use this check."""
        from prompt_toolkit.filters import Condition

        return {"validate": self._verdict, "validate_while_typing": Condition(lambda: self._is_quick)}

    def _verdict(self, text: str) -> bool | str:
        began = time.perf_counter()
        try:
            objection = self._objection(text)
        except ValueError as error:
            objection = str(error)
        self._is_quick = time.perf_counter() - began < _SLOW_CHECK_SECONDS
        return f"  {printable(objection)}" if objection else True


def _table(answers: Sequence[Answered]) -> list[Row]:
    from mintage.prompts.list_prompt import Row

    width = max(10, shutil.get_terminal_size().columns - 6)
    labels = [_cut(wording.label(answered), width // 2) for answered in answers]
    column = max(map(len, labels))
    rows = []
    for answered, label in zip(answers, labels, strict=True):
        title = _cut(f"{label:<{column}}  {wording.shown(answered)}", width)
        name = answered.question.name
        rows.append(Row(title, name, "given" if answered.given else "", answer=f"change {name}"))
    return rows


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _hint(what: str, state: ListState) -> str:
    return f"{what}, type to search all {len(state.rows)}" if state.can_be_searched else what
