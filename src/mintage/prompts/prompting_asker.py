"""What all askers print at the terminal, however the answers are typed. Reads nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from mintage.answers.interview import Asked
from mintage.prompts import wording
from mintage.terminal import Style, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mintage.answers.interview import Answered
    from mintage.template.questions import Choice, Question
    from mintage.trust.consent import ConsentRequest


class PromptingAsker:
    """The base of `Interviewer`s.

    Args:
        reviews: Show all answers for confirmation before the run continues.
    """

    def __init__(self, *, reviews: bool = True) -> None:
        self.reviews = reviews
        self.group = ""

    def ask(
        self, question: Question, default: Any, choices: Sequence[Choice], check: Callable[[Any], str | None]
    ) -> Any:
        """See `questions.Asker`."""
        return self.put(Asked(question, default, default, choices, check))

    def put(self, asked: Asked) -> Any:
        """See `interview.Interviewer`."""
        raise NotImplementedError

    def changed(self, answered: Answered) -> None:
        """See `interview.Interviewer`."""
        say(f"  {wording.label(answered)} is now {wording.shown(answered)}")

    def introduce(self, asked: Asked) -> None:
        """Print the group that a question begins, and why its earlier answer can't be kept."""
        question = asked.question
        if question.group != self.group:
            self.group = question.group
            say("\n" + Style(sys.stderr)("bold", printable(question.group)) if question.group else "")
        if asked.objection:
            say(f"{wording.message(question)}: {printable(asked.objection)}")


def consent_text(request: ConsentRequest) -> str:
    """Return what would run, and what has changed since the user agreed to it."""
    lines = [f"{request.origin} runs its author's code:"]
    lines += [f"  {capability}" for capability in request.capabilities]
    if request.changes:
        lines.append("It has changed since you agreed to run it:")
        lines += [f"  {line}" for line in request.changes.split("\n")]
    return printable("\n".join(lines))


def capability_texts(request: ConsentRequest) -> str:
    """Return all code that would run."""
    return printable("\n".join(f"\n{capability}\n{capability.text}" for capability in request.capabilities))


def say(text: str) -> None:
    """Print lines to the user."""
    print(text, file=sys.stderr, flush=True)
