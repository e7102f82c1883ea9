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
        """Return the answers to all questions.

        Called again, and to begin from nothing, each time that somebody goes back to an earlier question.

        Args:
            asker: None when no questions are asked.

        Raises:
            AnswerError: Naming all bad ones.
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
    """A template of any format, ready to be asked, planned and rendered."""

    format: str
    """Its name, for people."""
    root: str
    """Its directory."""
    origin: str
    """What the user called it."""
    layout: Layout
    renderer: RendererSettings
    questions: tuple[Question, ...] = ()
    """In the order in which they are asked."""
    answers_have_types: bool = True
    takes_given_answers: bool = True
    """False when the format has worked the given answers into the defaults already (Cookiecutter renders them like
    defaults)."""
    allows_extra_answers: bool = False
    """Names that no question asks for are handed to templates (else they are an error)."""
    context: Callable[[Answers], Context] = _answers_are_the_context
    """Makes what templates see of the answers."""
    remember: Callable[[Context], None] | None = None
    """Called with the context before anything is rendered."""
    top: str = ""
    """The directory that no file of it may lie outside of; "" for root."""
    secrets: frozenset[str] = frozenset()
    """Questions whose answers are never shown, besides those of the type for it."""
    saved_answers: Mapping[str, Any] = field(default_factory=dict)
    """Answers of an earlier run."""
    user_defaults: Mapping[str, Any] = field(default_factory=dict)
    """The user's own, from settings of the format's tool."""
    questionnaire: Questionnaire | None = None
    """Gets the answers instead of `answers.collect`."""
    messages: Messages = field(default_factory=Messages)
    collisions: Collisions = Collisions.REFUSED
    merges_into_existing: bool = False
    """A project's directory that is there is no obstacle, only files of it that would be replaced are."""
    significant_modes: int = 0o777
    """Permissions that must agree for a file with the same contents to stay as it is."""
    tasks: tuple[Task, ...] = ()
    """The tasks that may run; none where the user left them out."""
    tasks_left_out: tuple[str, ...] = ()
    """The names of the tasks that the user left out, which `after` may still use."""
    order: tuple[OrderRule, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    """What of the author's code would run; needs consent."""
    stateful_reason: str = ""
    """Why files must be rendered one after the other; "" when they need not."""
    warnings: tuple[str, ...] = ()
    """What the user should know about this template."""
    version: str = ""
    """Its revision, for people."""
    answers_file: Callable[[Context], str] = _nowhere
    """Where the project keeps the answers, relative to it, or absolute if the user keeps them; "" for nowhere."""

    @property
    def task_names(self) -> tuple[str, ...]:
        """The names that `after` may use, of tasks that run and of those that don't."""
        return (*(task.name for task in self.tasks), *self.tasks_left_out)
