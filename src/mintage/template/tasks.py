"""Commands of the template's author, and the order of files, as plain values."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mintage.errors import Location
    from mintage.template.questions import YesNoText


class TaskStage(Enum):
    """When a task runs, and where."""

    BEFORE = "before any file is rendered, in the empty project"
    STAGING = "among the files, as soon as what it is `after` is there, in the staged project"
    IN_PLACE = "when the project is in its final place"


class Task(Struct, frozen=True):
    """A command of the template's author. Runs only with the user's consent.

    command: a shell line, or a program and its arguments; template text. script: a script file of the template that is
    rendered and run in place of a command (Cookiecutter's hooks). after: patterns of files and "task:NAME"s.
    working_directory: relative to the project. environment: additional variables; template text.
    when: an expression, or a text that says yes or no; None for always. variables: names for this task's
    templates alone. roams: its working directory may lie outside of the project.
    removes_project: a new project is removed when the task fails (Cookiecutter's hooks).
    """

    name: str
    command: str | tuple[str, ...] = ()
    script: str | None = None
    stage: TaskStage = TaskStage.IN_PLACE
    after: tuple[str, ...] = ()
    when: str | YesNoText | None = None
    working_directory: str = "."
    environment: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    roams: bool = False
    removes_project: bool = False


class OrderRule(Struct, frozen=True):
    """Files that match `files` start only when all that match `after` are there. Gitignore patterns on targets."""

    files: tuple[str, ...]
    after: tuple[str, ...]
    where: Location | None = None
