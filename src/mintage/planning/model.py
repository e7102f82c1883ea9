"""What planning produces: frozen values that the display, the runner and the tests read."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage.redaction import Redaction

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
    """One file of the plan; the payload of its job.

    target: path relative to the destination, forward slashes. source: absolute path in the template ("" for WRITE and
    LINK). content: the bytes to WRITE, or where the LINK leads.
    name: path in the template for messages. reason: why this action ("binary", "no template tags", "exists", ...).
    mode: permission bits. size, mtime_ns: of the source when it was planned; a change since is a failure.
    variables: extra names for this file's template. reads, reads_matching: targets that its template reads the output
    of, by name and by pattern.
    replaces: the destination has such a file now, and it will be replaced.
    """

    target: str
    action: Action
    source: str = ""
    name: str = ""
    loader_name: str = ""
    reason: str = ""
    mode: int = 0o644
    size: int = 0
    mtime_ns: int = 0
    variables: Mapping[str, Any] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    reads_matching: tuple[str, ...] = ()
    content: bytes = b""
    replaces: bool = False


class PlannedTask(Struct, frozen=True):
    """A task with everything rendered; the payload of its job.

    command: a shell line, or a program and its arguments; empty when `script` is the text of a script to run, whose
    file name ends in `suffix`. needs: names of jobs that must have succeeded. removes_project: see `Task`.
    timeout_seconds: it is ended when it takes longer; None for as long as it likes.
    """

    name: str
    stage: TaskStage
    command: str | tuple[str, ...] = ()
    script: str = ""
    suffix: str = ""
    needs: tuple[str, ...] = ()
    working_directory: str = "."
    environment: Mapping[str, str] = field(default_factory=dict)
    removes_project: bool = False
    timeout_seconds: float | None = None


class Plan(Struct, frozen=True):
    """Everything that a run will do; made without touching the output.

    destination: the project's folder. exists: it is there already and will be written into.
    files: in the template's order, skipped ones included. folders: parents first.
    jobs: one for each file that is not skipped, and for each STAGING task. before, in_place: tasks outside the staging.
    source_top: the folder that all sources lie in. redaction: of secret answers.
    conflicts: files that are there already, and of which nobody said that they may be replaced; they may not change.
    significant_modes: permissions in which a file that is there must agree to stay as it is.
    makes_project: False where not even the project's folder comes out.
    version, answers_file: see `Template`.
    sequential_reason: why everything must be rendered one after the other; "" when it need not.
    """

    format: str
    origin: str
    destination: Path
    exists: bool
    context: Context
    renderer: RendererSettings
    folders: tuple[ProjectFolder, ...]
    files: tuple[PlannedFile, ...]
    jobs: tuple[Job, ...]
    before: tuple[PlannedTask, ...] = ()
    in_place: tuple[PlannedTask, ...] = ()
    sequential_reason: str = ""
    warnings: tuple[str, ...] = ()
    makes_project: bool = True
    source_top: str = "/"
    conflicts: frozenset[str] = frozenset()
    significant_modes: int = 0o777
    redaction: Redaction = field(default_factory=Redaction)
    version: str = ""
    answers_file: str = ""

    @property
    def tasks(self) -> tuple[PlannedTask, ...]:
        """All tasks, in the order of their stages."""
        staged = (job.payload for job in self.jobs if isinstance(job.payload, PlannedTask))
        return (*self.before, *staged, *self.in_place)

    @property
    def existing(self) -> frozenset[str]:
        """Targets of files that are there already and are left as they are."""
        return frozenset(file.target for file in self.files if file.action is Action.SKIP)

    @property
    def total_bytes(self) -> int:
        """Bytes of all sources that will be read."""
        return sum(job.size_bytes for job in self.jobs)
