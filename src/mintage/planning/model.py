"""The values that planning returns, which the runner and displays read."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage.redaction import Redaction
from mintage.template.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mintage.engine.job import Job
    from mintage.files.folders import ProjectFolder
    from mintage.rendering.settings import Context, RendererSettings
    from mintage.template.tasks import TaskStage


class Action(Enum):
    """What happens to a planned file. With DECIDE, its job renders or copies it, depending on its bytes."""

    RENDER = "render"
    COPY = "copy"
    DECIDE = "decide"
    WRITE = "write"
    LINK = "link"
    SKIP = "skip"


class PlannedFile(Struct, frozen=True):
    """One file of the plan; the payload of its job."""

    target: str
    """The path relative to the destination, with forward slashes."""
    action: Action
    """What happens to the file."""
    source: str = ""
    """The absolute path in the template; "" for WRITE and LINK."""
    name: str = ""
    """The path in the template, for messages."""
    loader_name: str = ""
    """The name that Jinja's loader has for the template; "" for `name`."""
    reason: str = ""
    """Why this action, such as "binary", "no template tags" or "exists"."""
    mode: int = 0o644
    """The permission bits."""
    size: int = 0
    """The size of the source in bytes when it was planned; a change since then is a failure."""
    mtime_ns: int = 0
    """The modification time of the source in nanoseconds when it was planned; a change since then is a failure."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """Extra names for this file's template."""
    reads: tuple[str, ...] = ()
    """The targets whose output the template reads."""
    reads_matching: tuple[str, ...] = ()
    """The patterns of targets whose output the template reads."""
    content: bytes = b""
    """The bytes to WRITE, or where the LINK leads."""
    replaces: bool = False
    """Whether it replaces an existing file."""


class PlanOptions(Struct, frozen=True):
    """The options of a run that planning depends on."""

    overwrite: bool = False
    """Whether files of an existing project may be replaced."""
    skip_existing: bool = False
    """Whether files of an existing project are kept as they are."""
    previews: bool = False
    """Whether the plan is only shown, so that an existing project is no obstacle."""
    run_tasks: bool = True
    """Whether tasks are planned at all."""
    inspect_all: bool = True
    """Whether every file is read now; otherwise the jobs of small ones decide what happens (`Action.DECIDE`)."""
    limits: Limits = field(default_factory=Limits)
    """What the project may not exceed."""
    only: frozenset[str] | None = None
    """The names of the jobs to run, None for all; existing files in their way are replaced."""


class PlannedTask(Struct, frozen=True):
    """A task with everything rendered; the payload of its job."""

    name: str
    """The name of the task."""
    stage: TaskStage
    """When and where it runs."""
    command: str | tuple[str, ...] = ()
    """A command line for the shell, or a program and its arguments; empty if `script` is set."""
    script: str = ""
    """The text of a script to run instead of a command."""
    suffix: str = ""
    """The suffix of the script's file name."""
    needs: tuple[str, ...] = ()
    """The names of jobs that must have succeeded."""
    working_directory: str = "."
    """Where it runs, relative to the project."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Additional environment variables."""
    removes_project: bool = False
    """Whether a new project is removed when the task fails."""
    timeout_seconds: float | None = None
    """The time in seconds after which it is ended; None for no limit."""


class Plan(Struct, frozen=True):
    """Everything that a run will do; made without touching the output."""

    format: str
    """The format of the template."""
    origin: str
    """The template, as the user named it."""
    destination: Path
    """The project's directory."""
    exists: bool
    """Whether it already exists, so that files are added to it."""
    context: Context
    """The names that templates can use."""
    renderer: RendererSettings
    """How files are rendered."""
    folders: tuple[ProjectFolder, ...]
    """The directories of the project, parents first."""
    files: tuple[PlannedFile, ...]
    """The files in the template's order, skipped ones included."""
    jobs: tuple[Job, ...]
    """One job for each file that is not skipped, and for each STAGING task."""
    before: tuple[PlannedTask, ...] = ()
    """The tasks that run before any file is generated."""
    in_place: tuple[PlannedTask, ...] = ()
    """The tasks that run in the finished project."""
    sequential_reason: str = ""
    """Why files must be rendered sequentially; "" if they needn't be."""
    warnings: tuple[str, ...] = ()
    """What the user should know."""
    makes_project: bool = True
    """Whether the project's directory is generated at all."""
    source_top: str = "/"
    """The directory that all sources are in."""
    conflicts: frozenset[str] = frozenset()
    """Existing files that must not change, since no option allows replacing them."""
    significant_modes: int = 0o777
    """Permission bits that must agree for an existing file to count as unchanged."""
    redaction: Redaction = field(default_factory=Redaction)
    """Keeps secret answers out of what is shown."""
    version: str = ""
    """The revision of the template, for people; "" if it has none."""
    answers_file: str = ""
    """The path of the answers file: relative to the project, or absolute if it is outside; "" for none."""

    @property
    def tasks(self) -> tuple[PlannedTask, ...]:
        """All tasks, in the order of their stages."""
        staged = (job.payload for job in self.jobs if isinstance(job.payload, PlannedTask))
        return (*self.before, *staged, *self.in_place)

    @property
    def existing(self) -> frozenset[str]:
        """The targets of files that already exist and are kept."""
        return frozenset(file.target for file in self.files if file.action is Action.SKIP)

    @property
    def total_bytes(self) -> int:
        """The size of all sources that will be read, in bytes."""
        return sum(job.size_bytes for job in self.jobs)
