"""What every format becomes: a `Template`. Past this module and `questions`, no format is known.

Plain, frozen values, so that they can be shared with worker processes, and three small protocols for what a format
decides by itself: which entries come out (`Layout`), what templates see (`Template.context`), and what is kept of a run
(`Template.remember`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct, field

from mintage.template.layout import Collisions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mintage.rendering.settings import Context, RendererSettings, TextRenderer
    from mintage.template.layout import Layout
    from mintage.template.questions import Answers, Asker, GivenAnswers, Question
    from mintage.template.tasks import OrderRule, Task
    from mintage.trust.capabilities import Capability


class Questionnaire(Protocol):
    """Gets the answers in a way that is the format's own, where a `Question` cannot say how (Copier's)."""

    def answers(self, given: GivenAnswers, asker: Asker | None, render: TextRenderer) -> Answers:
        """The answers to all questions. asker: None when nobody is asked. Raises AnswerError naming all bad ones.

        Called anew, and to begin from nothing, each time that somebody goes back to an earlier question.
        """
        ...


class Messages(Struct, frozen=True):
    """What the template's author wants to say: before anything is asked, and when the project is there."""

    before: Callable[[TextRenderer], str] | None = None
    after: Callable[[TextRenderer, Context], str] | None = None


def _answers_are_the_context(answers: Answers) -> Context:
    return dict(answers)


def _nowhere(_context: Context) -> str:
    return ""


class Template(Struct, frozen=True):
    """A template of any format, ready to be asked, planned and rendered.

    format: its name, for people. root: its folder. top: the folder that no file of it may lie outside of; "" for root.
    origin: what the user called it. version: its revision, for people. answers_file: where the project keeps the
        answers, relative to it, or absolute if the user keeps them; "" for nowhere.
    questions: in the order in which they are asked. takes_given_answers: False when the format has worked the given
        answers into the defaults already (Cookiecutter renders them like defaults).
    allows_extra_answers: names that no question asks for are handed to templates (else they are an error).
    context: makes what templates see of the answers. remember: called with the context before anything is rendered.
    secrets: questions whose answers are never shown, besides those of the type for it. saved_answers: answers of an
    earlier run. user_defaults: the user's own, from settings of the format's tool. questionnaire: gets the answers
    instead of `answers.collect`.
    merges_into_existing: a project's folder that is there is no obstacle, only files of it that would be replaced are.
    significant_modes: permissions that must agree for a file with the same contents to stay as it is.
    capabilities: what of the author's code would run; needs consent.
    stateful_reason: why files must be rendered one after the other; "" when they need not.
    warnings: what the user should know about this template.
    """

    format: str
    root: str
    origin: str
    layout: Layout
    renderer: RendererSettings
    questions: tuple[Question, ...] = ()
    answers_have_types: bool = True
    takes_given_answers: bool = True
    allows_extra_answers: bool = False
    context: Callable[[Answers], Context] = _answers_are_the_context
    remember: Callable[[Context], None] | None = None
    top: str = ""
    secrets: frozenset[str] = frozenset()
    saved_answers: Mapping[str, Any] = field(default_factory=dict)
    user_defaults: Mapping[str, Any] = field(default_factory=dict)
    questionnaire: Questionnaire | None = None
    messages: Messages = field(default_factory=Messages)
    collisions: Collisions = Collisions.REFUSED
    merges_into_existing: bool = False
    significant_modes: int = 0o777
    tasks: tuple[Task, ...] = ()
    order: tuple[OrderRule, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    stateful_reason: str = ""
    warnings: tuple[str, ...] = ()
    version: str = ""
    answers_file: Callable[[Context], str] = _nowhere
