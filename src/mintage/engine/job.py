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
    """Which class of jobs goes first. Lower values start earlier."""

    HIGH = 0
    NORMAL = 1
    LOW = 2


class JobState(Enum):
    """Where a job is in its life; exactly one is true at any time."""

    WAITING = "waits for a job that it depends on"
    READY = "may start as soon as a worker and memory are free"
    RUNNING = "handed to a worker"
    DONE = "its output is whole"
    FAILED = "it raised; the reason is in its result"
    SKIPPED = "a job that it depends on failed"
    CANCELLED = "the run ended before it was done"

    __hash__ = object.__hash__  # there is one of each; Enum's own hash is computed in Python at every look-up


class Job(Struct, frozen=True):
    """One piece of work.

    name: unique in a run and shown to people (an output path, a task's name).
    payload: what the runner needs; the engine never looks at it. Must be picklable.
    size_bytes: how much it reads. depends_on: names of jobs that must have succeeded before it starts.
    cost_seconds: estimated time on a worker. memory_bytes: estimated peak memory while it runs.
    timeout_seconds: it fails when it takes longer; None for as long as it likes.
    """

    name: str
    payload: Any = None
    size_bytes: int = 0
    priority: JobPriority = JobPriority.NORMAL
    depends_on: tuple[str, ...] = ()
    cost_seconds: float = 0.001
    memory_bytes: int = 0
    timeout_seconds: float | None = None


class JobResult(Struct, frozen=True):
    """What became of a job.

    state: DONE, FAILED, SKIPPED or CANCELLED. seconds: time on the worker. worker: its number, -1 if it never ran.
    handed_out, began: when it was handed to its worker, and when that began with it; by `time.perf_counter`, or 0.
    spans: its parts, if the runner tells them.
    skipped_because: name of the failed job that this one depended on, directly or not.
    detail: what the runner returned besides the byte count, such as a task's output.
    """

    job: Job
    state: JobState
    bytes_written: int = 0
    seconds: float = 0.0
    worker: int = -1
    failure: JobFailure | None = None
    skipped_because: str | None = None
    detail: Any = None
    handed_out: float = 0.0
    began: float = 0.0
    spans: tuple[Span, ...] = ()


class Outcome(Struct, frozen=True):
    """What a runner returns for a job that succeeded. spans: how long its parts took, if somebody wants to know."""

    bytes_written: int = 0
    detail: Any = None
    spans: tuple[Span, ...] = ()


class JobRunner(Protocol):
    """Does the work of one job in the calling process or thread. Raises to fail it, RunStoppedError to end the run.

    Must be picklable when processes are used; whatever it caches for itself it keeps per thread.
    """

    def run(self, job: Job) -> Outcome:
        """Do the job and tell how much was written."""
        ...
