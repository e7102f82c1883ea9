"""What flows through the engine: jobs go in, results come out. Knows nothing of templates."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from typing import Any

    from mintage.engine.failures import JobFailure
    from mintage.engine.spans import Span


class JobPriority(IntEnum):
    """The order in which jobs start: lower values first."""

    HIGH = 0
    NORMAL = 1
    LOW = 2


class JobState(Enum):
    """The state of a job. The value is a sentence about what is true in it."""

    WAITING = "waits for a job that it depends on"
    READY = "may start as soon as a worker and memory are free"
    RUNNING = "dispatched to a worker"
    DONE = "its output is complete"
    FAILED = "it raised; the reason is in its result"
    SKIPPED = "a job that it depends on failed"
    CANCELLED = "the run ended before it was done"

    __hash__ = object.__hash__  # members are singletons, and Enum's own hash runs Python code at every lookup


class Job(Struct, frozen=True):
    """One piece of work."""

    name: str
    """The name of the job, unique in a run and shown to the user: an output path or the name of a task."""
    payload: Any = None
    """What the runner needs. The engine never reads it. Must be picklable."""
    size_bytes: int = 0
    """How many bytes the job reads."""
    priority: JobPriority = JobPriority.NORMAL
    """The priority of the job: HIGH starts first."""
    depends_on: tuple[str, ...] = ()
    """The names of jobs that must have succeeded before this one starts."""
    cost_seconds: float = 0.001
    """The estimated time on a worker, in seconds."""
    memory_bytes: int = 0
    """The estimated peak memory while it runs, in bytes."""
    timeout_seconds: float | None = None
    """The time in seconds after which it fails; None for no limit."""


class JobResult(Struct, frozen=True):
    """The result of a job."""

    job: Job
    """The job."""
    state: JobState
    """DONE, FAILED, SKIPPED or CANCELLED."""
    bytes_written: int = 0
    """How many bytes the job wrote."""
    seconds: float = 0.0
    """The time on the worker, in seconds."""
    worker: int = -1
    """The number of the worker; -1 if the job never ran."""
    failure: JobFailure | None = None
    """Why it failed; None unless the state is FAILED."""
    skipped_because: str | None = None
    """The name of the failed job that this one depended on, directly or not."""
    detail: Any = None
    """What the runner returned besides the byte count, such as a task's output."""
    handed_out: float = 0.0
    """When it was dispatched to its worker, by `time.perf_counter`; 0 if it never was."""
    began: float = 0.0
    """When its worker began it, by `time.perf_counter`; 0 if it never did."""
    spans: tuple[Span, ...] = ()
    """The parts of the job, if the run is traced."""


class Outcome(Struct, frozen=True):
    """What a runner returns for a job that succeeded."""

    bytes_written: int = 0
    """How many bytes the job wrote."""
    detail: Any = None
    """Anything else to keep in the result."""
    spans: tuple[Span, ...] = ()
    """The parts of the job, if the run is traced."""


class JobRunner(Protocol):
    """Does jobs in the calling process and thread. Raises to fail a job, or RunStoppedError to end the run.

    Must be picklable when processes are used; whatever it caches for itself it keeps per thread.
    """

    def run(self, job: Job) -> Outcome:
        """Do the job, and return how much was written."""
        ...
