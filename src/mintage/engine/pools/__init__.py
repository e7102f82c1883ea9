"""Where jobs are run: here, in threads, in processes, or in an executor of the caller.

A pool knows no order and no limits. It is given batches, and tells what became of each job.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from msgspec import Struct

from mintage.engine.cancel import Interrupted
from mintage.engine.failures import JobFailure
from mintage.engine.limits import LARGE_JOB, hand_back_memory
from mintage.engine.watch import JobTookTooLong, took_too_long

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mintage.engine.job import Job, JobRunner
    from mintage.engine.spans import Span

Batch = tuple[int, ...]
Row = tuple[int, int, float, float, int, Any]
_PLAIN = (str, bytes, int, bool)


class JobEnded(NamedTuple):
    """A job came to its end on a worker; `failure` is None when it succeeded."""

    job_index: int
    worker: int
    began: float
    """By `time.perf_counter`."""
    seconds: float
    bytes_written: int = 0
    detail: Any = None
    failure: JobFailure | None = None
    spans: tuple[Span, ...] = ()

    @property
    def row(self) -> Row:
        """The fields that `JobsDone` has, too."""
        return self[:6]


class JobsDone(Struct, frozen=True):
    """Jobs that succeeded, with the first six fields of `JobEnded`.

    Thousands of small files come back like this.
    """

    rows: Sequence[Row]


class JobsReturned(Struct, frozen=True):
    """These jobs were dispatched but not run, because their worker was lost."""

    indexes: Batch


Event = JobEnded | JobsDone | JobsReturned


class Pool(Protocol):
    """The one interface of all pools. Used from one thread; only `wake` may be called from others."""

    batches_per_worker: int
    # How long a job that is overdue may go on until `end_job` is called.
    overdue_grace_seconds: float

    def has_room(self) -> bool:
        """Return whether a worker would begin a batch now or very soon."""
        ...

    def submit(self, batch: Batch) -> None:
        """Dispatch jobs by their index."""
        ...

    def wait(self, timeout_seconds: float) -> Sequence[Event]:
        """Return what has happened, as soon as anything has; nothing when the time is over or `wake` was called."""
        ...

    def current(self) -> dict[int, int]:
        """Return which job (by index) each worker is running, as far as that is known."""
        ...

    def process_ids(self) -> Iterable[int]:
        """Yield the processes that belong to the pool."""
        ...

    def end_job(self, worker: int, index: int) -> None:
        """End a job that takes too long, as its failure. May be asked again; does nothing where it is impossible."""
        ...

    def wake(self) -> None:
        """Make `wait` return at once. Takes no lock that the interrupted code could hold."""
        ...

    def stop(self, grace_seconds: float, is_urgent: Callable[[], bool]) -> Sequence[Event]:
        """End the pool. Jobs that run may finish within the grace; returns what came to its end meanwhile.

        Args:
            is_urgent: Asked again and again; once it says so, nothing is waited for any more.
        """
        ...


class CannotStartError(Exception):
    """The pool cannot have its workers; the message says why. What it was given has to be run elsewhere."""


def run_one(job: Job, index: int, runner: JobRunner, worker: int) -> JobEnded:
    """Run a job in this thread; whatever it raises becomes its failure.

    Lets through KeyboardInterrupt and Interrupted, by which the job is ended from outside.
    """
    began = time.perf_counter()
    try:
        outcome = runner.run(job)
        seconds = time.perf_counter() - began
        return JobEnded(index, worker, began, seconds, outcome.bytes_written, outcome.detail, None, outcome.spans)
    except (KeyboardInterrupt, Interrupted):
        raise
    except JobTookTooLong:
        failure = took_too_long(job)
    except SystemExit as error:
        failure = JobFailure(f"it tried to exit the program with status {error.code}", "SystemExit")
    except BaseException as error:  # any failure of a job is its result
        failure = _describe(error)
    finally:
        if job.memory_bytes >= LARGE_JOB:
            hand_back_memory()
    return JobEnded(index, worker, began, time.perf_counter() - began, failure=failure)


def is_plain(ended: JobEnded) -> bool:
    """Return whether a row of `JobsDone` says all, and any process can read it."""
    detail = ended.detail
    return ended.failure is None and not ended.spans and (detail is None or type(detail) in _PLAIN)


def sendable(ended: JobEnded) -> JobEnded:
    """Return the same, or a failure in its place if it would not survive the way to another process."""
    if is_plain(ended):
        return ended
    import pickle

    try:
        pickle.loads(pickle.dumps(ended, pickle.HIGHEST_PROTOCOL))  # noqa: S301 - our own bytes
    except Exception as error:  # anything may go wrong in foreign __reduce__ methods
        failure = JobFailure(
            f"its result can't be sent between processes: {type(error).__name__}: {error}",
            type(error).__name__,
            hint="run it with `ConcurrentOptions(executor='threads')`",
        )
        return JobEnded(ended.job_index, ended.worker, ended.began, ended.seconds, failure=failure)
    return ended


def _describe(error: BaseException) -> JobFailure:
    try:
        return JobFailure.of(error)
    except Exception:  # its __str__ raises as well
        return JobFailure(f"{type(error).__name__}, which can't be described", type(error).__name__)
