"""What planning produces: frozen values that the display, the runner and the tests read."""

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
    """What happens to a planned file. DECIDE: it is rendered or copied, as its bytes say when its job reads them."""

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
    """What Jinja's loader calls the template."""
    reason: str = ""
    """Why this action ("binary", "no template tags", "exists", ...)."""
    mode: int = 0o644
    """The permission bits."""
    size: int = 0
    """The size of the source in bytes when it was planned; a change since then is a failure."""
    mtime_ns: int = 0
    """The modification time of the source in nanoseconds when it was planned; a change since then is a failure."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """Extra names for this file's template."""
    reads: tuple[str, ...] = ()
    """Targets whose output the template reads."""
    reads_matching: tuple[str, ...] = ()
    """Patterns of targets whose output the template reads."""
    content: bytes = b""
    """The bytes to WRITE, or where the LINK leads."""
    replaces: bool = False
    """Whether the destination has such a file now, which will be replaced."""


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
    """A shell line, or a program and its arguments; empty when `script` is the text of a script to run, whose file name
    ends in `suffix`."""
    script: str = ""
    """The text of a script to run."""
    suffix: str = ""
    """What the script's file name ends in."""
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
    """What the user called the template."""
    destination: Path
    """The project's directory."""
    exists: bool
    """Whether it exists and will be written into."""
    context: Context
    """What templates see."""
    renderer: RendererSettings
    """How files are rendered."""
    folders: tuple[ProjectFolder, ...]
    """The directories of the project, parents first."""
    files: tuple[PlannedFile, ...]
    """The files in the template's order, skipped ones included."""
    jobs: tuple[Job, ...]
    """One job for each file that is not skipped, and for each STAGING task."""
    before: tuple[PlannedTask, ...] = ()
    """Tasks that run before any file is made."""
    in_place: tuple[PlannedTask, ...] = ()
    """Tasks that run in the finished project."""
    sequential_reason: str = ""
    """Why everything must be rendered sequentially; "" if it need not."""
    warnings: tuple[str, ...] = ()
    """What the user should know."""
    makes_project: bool = True
    """Whether the project's directory is generated at all."""
    source_top: str = "/"
    """The directory that all sources lie in."""
    conflicts: frozenset[str] = frozenset()
    """Existing files that must not change, since no option allows replacing them."""
    significant_modes: int = 0o777
    """Permission bits that must agree for an existing file to count as unchanged."""
    redaction: Redaction = field(default_factory=Redaction)
    """Keeps secret answers out of what is shown."""
    version: str = ""
    """The revision of the template, for people; "" if it has none."""
    answers_file: str = ""
    """Where the answers are kept: relative to the project, or absolute outside of it; "" for nowhere."""

    @property
    def tasks(self) -> tuple[PlannedTask, ...]:
        """All tasks, in the order of their stages."""
        staged = (job.payload for job in self.jobs if isinstance(job.payload, PlannedTask))
        return (*self.before, *staged, *self.in_place)

    @property
    def existing(self) -> frozenset[str]:
        """Targets of files that already exist and are left as they are."""
        return frozenset(file.target for file in self.files if file.action is Action.SKIP)

    @property
    def total_bytes(self) -> int:
        """Bytes of all sources that will be read."""
        return sum(job.size_bytes for job in self.jobs)
