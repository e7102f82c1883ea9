"""Asks line by line in terminals that can't move the cursor (`TERM=dumb`). Writes to standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from mintage.answers.interview import Asked, GoBackError
from mintage.answers.values import parse
from mintage.errors import CancelledError
from mintage.prompts import wording
from mintage.prompts.prompting_asker import PromptingAsker, capability_texts, consent_text, say
from mintage.template.questions import QuestionType
from mintage.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.answers.interview import Answered
    from mintage.template.questions import Choice
    from mintage.trust.consent import ConsentRequest

_BACK = "\x02"  # Ctrl-B
_CHOOSING = (QuestionType.CHOICE, QuestionType.MULTI_CHOICE)


class LineAsker(PromptingAsker):
    """An `Interviewer` that prints a line and reads one. Ctrl-C and the end of input raise CancelledError."""

    def put(self, asked: Asked) -> Any:
        """See `interview.Interviewer`."""
        question = asked.question
        self.introduce(asked)
        if question.help:
            say(printable(question.help))
        if question.type in _CHOOSING:
            say("\n".join(_choice_lines(asked.choices)))
        prompt = _prompt(asked)
        while True:
            text = _read(prompt, hidden=question.secret)
            if text == _BACK and asked.can_go_back:
                raise GoBackError
            try:
                answer = _value(asked, text)
            except ValueError as error:
                say(f"  {printable(str(error))}")
                continue
            if not (objection := asked.check(answer)):
                return answer
            say(f"  {printable(objection)}")

    def review(self, answers: Sequence[Answered]) -> str | None:
        """See `interview.Interviewer`."""
        if not self.reviews:
            return None
        self.group = ""
        say("")
        for number, answered in enumerate(answers, 1):
            mark = " -" if answered.given else f"{number:2}"
            say(f"{mark} {wording.label(answered)}: {wording.shown(answered)}")
        can_change = {str(number): each.question.name for number, each in enumerate(answers, 1) if not each.given}
        while True:
            text = _read("Generate the project (Enter), change an answer (its number), or quit (q)? ").strip().lower()
            if text in ("", "y", "yes"):
                return None
            if text in ("q", "n", "no", "quit"):
                raise CancelledError(signal_number=2)
            if text == _BACK:
                raise GoBackError
            if text in can_change:
                return can_change[text]

    def consent(self, request: ConsentRequest) -> bool:
        """Return whether the code of a template's author may run; shows it if asked to."""
        say(consent_text(request))
        while True:
            text = _read("Run it? yes, no, or show it first [no]: ").strip().lower()
            if text not in ("s", "show"):
                return text in ("y", "yes")
            say(capability_texts(request))


def _choice_lines(choices: Sequence[Choice]) -> list[str]:
    lines = []
    for number, choice in enumerate(choices, 1):
        why_not = wording.why_not(choice)
        lines.append(f" -  {wording.title(choice)} ({why_not})" if why_not else f"{number:2}  {wording.title(choice)}")
    return lines


def _prompt(asked: Asked) -> str:
    """Return the question, its number, and what an empty line means."""
    question, counted = asked.question, wording.counted(asked)
    parts = [wording.message(question)]
    if counted:
        parts.append(f"({counted}{', Ctrl-B Enter: back' if asked.can_go_back else ''})")
    if question.type is QuestionType.MULTI_CHOICE:
        parts.append("(numbers or values, with commas)")
    if question.secret:
        usual = wording.MASK if asked.answer else ""
    elif question.type is QuestionType.BOOL:
        usual = "yes" if asked.answer else "no"
    elif question.type is QuestionType.DICT:
        usual = "default" if asked.answer == asked.default else "as before"
    else:
        usual = wording.editable(asked.answer, question).replace("\n", " ")
    return " ".join(parts) + (f" [{usual}]: " if usual else ": ")


def _value(asked: Asked, text: str) -> Any:
    """Return what a line means. Raises ValueError."""
    question = asked.question
    if question.type in _CHOOSING:
        return _chosen(asked, text)
    if question.type is QuestionType.DICT and text == "default":
        return asked.default
    if text:
        return parse(question, text, ())
    if question.type is QuestionType.BOOL:
        return bool(asked.answer)
    if question.type is QuestionType.DICT:
        return asked.answer
    return parse(question, wording.editable(asked.answer, question), ())


def _chosen(asked: Asked, text: str) -> Any:
    """Return the chosen values, which can be typed as numbers, values or labels."""
    several = asked.question.type is QuestionType.MULTI_CHOICE
    if not text and asked.answer is not None:
        return asked.answer
    offered = {}
    for number, choice in enumerate(asked.choices, 1):
        if not choice.disabled:
            offered.update(dict.fromkeys((str(number), str(choice.value), choice.label), choice.value))
    offered |= {str(choice.value): choice.value for choice in asked.choices if not choice.disabled}  # over numbers
    words = [word.strip() for word in text.split(",") if word.strip()] if several else [text.strip()]
    for word in words:
        if word not in offered:
            raise ValueError(f"{word!r} is not one of the choices" if word else "choose one of them")
    values = [offered[word] for word in words]
    return values if several else values[0]


def _read(prompt: str, *, hidden: bool = False) -> str:
    if hidden:
        from getpass import getpass

        try:
            return getpass(prompt, stream=sys.stderr)
        except EOFError:
            raise CancelledError(signal_number=2) from None
    print(prompt, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        say("")
        raise CancelledError(signal_number=2)
    return line.rstrip("\r\n")
