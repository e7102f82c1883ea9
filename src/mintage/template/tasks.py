"""The commands of the template's author, and the order of files, as plain values."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mintage.errors import Location
    from mintage.template.questions import YesNoText


TASK_PREFIX = "task:"


class TaskStage(Enum):
    """When a task runs, and where."""

    BEFORE = "before any file is rendered, in the empty project"
    STAGING = "among the files, after everything in `after`, in the staged project"
    IN_PLACE = "after the project was moved to its final place"


class Task(Struct, frozen=True):
    """A command of the template's author. Runs only with the user's consent."""

    name: str
    """The name in messages and in the `after` of others."""
    command: str | tuple[str, ...] = ()
    """A shell command, or a program and its arguments; template text."""
    script: str | None = None
    """A script file of the template that is rendered and run in place of a command, such as a Cookiecutter hook."""
    stage: TaskStage = TaskStage.IN_PLACE
    """When the task runs."""
    after: tuple[str, ...] = ()
    """What the task waits for: patterns of files, and "task:NAME"."""
    when: str | YesNoText | None = None
    """An expression, or text that renders to yes or no; None for always."""
    working_directory: str = "."
    """The working directory, relative to the project."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Additional environment variables; template text."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """Additional names that this task's templates see."""
    roams: bool = False
    """Whether the working directory may be outside of the project."""
    removes_project: bool = False
    """Whether a new project is removed if the task fails, as with Cookiecutter hooks."""


class OrderRule(Struct, frozen=True):
    """A rule that files wait for others. Patterns have gitignore syntax, and match paths in the project."""

    files: tuple[str, ...]
    """Patterns of the files that wait."""
    after: tuple[str, ...]
    """Patterns of the files that they wait for."""
    where: Location | None = None
    """The line in the template's configuration that has the rule."""
