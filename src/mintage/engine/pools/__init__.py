"""Runs jobs in pools: in this thread, in threads, in processes, or in an executor of the caller.

A pool knows no order and no limits. It gets batches, and reports what happened to each job.
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
    """Reports that a job ended on a worker; `failure` is None if it succeeded."""

    job_index: int
    worker: int
    began: float
    """When it began, by `time.perf_counter`."""
    seconds: float
    bytes_written: int = 0
    detail: Any = None
    failure: JobFailure | None = None
    spans: tuple[Span, ...] = ()

    @property
    def row(self) -> Row:
        """The fields that a row of `JobsDone` has."""
        return self[:6]


class JobsDone(Struct, frozen=True):
    """Reports jobs that succeeded, each as the first six fields of `JobEnded`, which is faster for small files."""

    rows: Sequence[Row]


class JobsReturned(Struct, frozen=True):
    """Reports jobs that were dispatched but not run, because their worker was lost."""

    indexes: Batch


Event = JobEnded | JobsDone | JobsReturned


class Pool(Protocol):
    """The interface of all pools. Used from one thread; only `wake` can be called from others."""

    batches_per_worker: int
    """The maximum number of batches that a worker has at once."""
    overdue_grace_seconds: float
    """How long a job may exceed its time limit before `end_job` is called, in seconds."""

    def has_room(self) -> bool:
        """Return whether a worker would begin another batch now or very soon."""
        ...

    def submit(self, batch: Batch) -> None:
        """Dispatch a batch to a worker."""
        ...

    def wait(self, timeout_seconds: float) -> Sequence[Event]:
        """Wait until something happens, and return it; nothing at the timeout or after `wake`."""
        ...

    def current(self) -> dict[int, int]:
        """Return the index of the job that each worker runs, as far as it is known."""
        ...

    def process_ids(self) -> Iterable[int]:
        """Return the ids of the processes that belong to the pool."""
        ...

    def end_job(self, worker: int, index: int) -> None:
        """End a job that takes too long, so that it fails. Can be repeated; does nothing where it is impossible."""
        ...

    def wake(self) -> None:
        """Make `wait` return immediately. Takes no lock that interrupted code could hold."""
        ...

    def stop(self, grace_seconds: float, is_urgent: Callable[[], bool]) -> Sequence[Event]:
        """End the pool, and return what happened meanwhile.

        Args:
            grace_seconds: The time in seconds that running jobs have to finish.
            is_urgent: Called repeatedly; once it returns True, the pool stops waiting.
        """
        ...


class CannotStartError(Exception):
    """The pool can't start its workers; the message says why. Its jobs must run elsewhere."""


def run_one(job: Job, index: int, runner: JobRunner, worker: int) -> JobEnded:
    """Run a job in this thread, and return how it ended. Whatever it raises becomes its failure.

    Only KeyboardInterrupt and Interrupted pass through, which end the job from outside.
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
    """Return whether a row of `JobsDone` can hold the event, and every process can unpickle it."""
    detail = ended.detail
    return ended.failure is None and not ended.spans and (detail is None or type(detail) in _PLAIN)


def sendable(ended: JobEnded) -> JobEnded:
    """Return the event, or a failure in its place if it can't be sent to another process."""
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
