"""What every format becomes: a `Template`. Code that works with it need not know the format.

Plain, frozen values that can be shared with worker processes, and small protocols for what each format decides in its
own way: which files come out (`Layout`), how questions are asked (`Questionnaire`), what templates see
(`Template.context`), and what is saved for later runs (`Template.remember`).
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
    """Collects answers in a way that is specific to a format, where `Question`s cannot express it (Copier's)."""

    def answers(self, given: GivenAnswers, asker: Asker | None, render: TextRenderer) -> Answers:
        """Return the answers to all questions.

        Called again, from the beginning, each time the user goes back to an earlier question.

        Args:
            given: The answers that are known without asking.
            asker: Asks the questions; None takes the defaults.
            render: Renders defaults and conditions.

        Raises:
            AnswerError: Some answers are missing or invalid; the error lists all of them.
        """
        ...


class Messages(Struct, frozen=True):
    """The messages of the template's author to the user."""

    before: Callable[[TextRenderer], str] | None = None
    """Renders the message before the questions; None if there is none."""
    after: Callable[[TextRenderer, Context], str] | None = None
    """Renders the message after the project was generated; None if there is none."""


def _answers_are_the_context(answers: Answers) -> Context:
    return dict(answers)


def _nowhere(_context: Context) -> str:
    return ""


class Template(Struct, frozen=True):
    """A template of any format, ready to be asked, planned and rendered."""

    format: str
    """The name of the format."""
    root: str
    """The template's directory."""
    origin: str
    """What the user called the template."""
    layout: Layout
    """Decides which files and directories come out, and where."""
    renderer: RendererSettings
    """How template text is rendered."""
    questions: tuple[Question, ...] = ()
    """The questions, in the order in which they are asked."""
    answers_have_types: bool = True
    """Whether the type of a question limits its answers."""
    takes_given_answers: bool = True
    """Whether given answers are used as they are; False if the format has already made them the defaults, as
    Cookiecutter does, which renders them."""
    allows_extra_answers: bool = False
    """Whether templates see answers that no question asks for; otherwise they are an error."""
    context: Callable[[Answers], Context] = _answers_are_the_context
    """Turns the answers into the names that templates see."""
    remember: Callable[[Context], None] | None = None
    """Saves the answers for later runs; called with the context before anything is rendered."""
    top: str = ""
    """The directory that all files must be in; "" for the root."""
    secrets: frozenset[str] = frozenset()
    """Names of questions whose answers are never shown, besides those of type SECRET."""
    saved_answers: Mapping[str, Any] = field(default_factory=dict)
    """The answers of an earlier run."""
    user_defaults: Mapping[str, Any] = field(default_factory=dict)
    """The user's own defaults, from the settings of the format's original tool."""
    questionnaire: Questionnaire | None = None
    """Collects the answers instead of `answers.collect`; None if that can do it."""
    messages: Messages = field(default_factory=Messages)
    """The messages of the template's author to the user."""
    collisions: Collisions = Collisions.REFUSED
    """What to do with files that have the same target."""
    merges_into_existing: bool = False
    """Whether the project's directory may exist, as long as no file in it would be replaced."""
    significant_modes: int = 0o777
    """The permission bits that must be equal for a file with the same contents to be left alone."""
    tasks: tuple[Task, ...] = ()
    """The tasks that may run; none if the user skips them."""
    tasks_left_out: tuple[str, ...] = ()
    """The names of the tasks that the user skips, which `after` may still use."""
    order: tuple[OrderRule, ...] = ()
    """Which files wait for which others."""
    capabilities: tuple[Capability, ...] = ()
    """The code of the template's author that would run, which needs consent."""
    stateful_reason: str = ""
    """Why files must be rendered one after the other; "" if they need not."""
    warnings: tuple[str, ...] = ()
    """What the user should know about this template."""
    version: str = ""
    """The revision for display; "" if there is none."""
    answers_file: Callable[[Context], str] = _nowhere
    """Returns the path of the file with the saved answers, relative to the project, or absolute if it is not part of
    the project; "" if there is none."""

    @property
    def task_names(self) -> tuple[str, ...]:
        """The names that `after` may use: of tasks that run and of skipped ones."""
        return (*(task.name for task in self.tasks), *self.tasks_left_out)
