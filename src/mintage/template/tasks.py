"""Commands of the template's author, and the order of files, as plain values."""

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
    STAGING = "among the files, as soon as what it is `after` is there, in the staged project"
    IN_PLACE = "when the project is in its final place"


class Task(Struct, frozen=True):
    """A command of the template's author. Runs only with the user's consent."""

    name: str
    command: str | tuple[str, ...] = ()
    """A shell line, or a program and its arguments; template text."""
    script: str | None = None
    """A script file of the template that is rendered and run in place of a command (Cookiecutter's hooks)."""
    stage: TaskStage = TaskStage.IN_PLACE
    after: tuple[str, ...] = ()
    """Patterns of files and "task:NAME"s."""
    when: str | YesNoText | None = None
    """An expression, or a text that says yes or no; None for always."""
    working_directory: str = "."
    """Relative to the project."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Additional variables; template text."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """Names for this task's templates alone."""
    roams: bool = False
    """Its working directory may lie outside of the project."""
    removes_project: bool = False
    """A new project is removed when the task fails (Cookiecutter's hooks)."""


class OrderRule(Struct, frozen=True):
    """Files that match `files` start only when all that match `after` are there. Gitignore patterns on targets."""

    files: tuple[str, ...]
    after: tuple[str, ...]
    where: Location | None = None
