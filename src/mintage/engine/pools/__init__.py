"""Where jobs are run: here, in threads, in processes, or in an executor that somebody handed in.

A pool knows no order and no limits. It is given batches, and tells what became of each job.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mintage.engine.job import JobFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mintage.engine.job import Job, JobRunner

Batch = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class JobEnded:
    """A job came to its end on a worker; `failure` is None when it succeeded."""

    index: int
    worker: int
    seconds: float
    bytes_written: int = 0
    detail: Any = None
    failure: JobFailure | None = None


@dataclass(frozen=True, slots=True)
class JobsReturned:
    """These jobs were handed out but not run, because their worker was lost."""

    indexes: Batch


Event = JobEnded | JobsReturned


class Pool(Protocol):
    """The one interface of all pools. Used from one thread; only `wake` may be called from others."""

    batches_per_worker: int

    def has_room(self) -> bool:
        """Whether a batch can be handed out now."""
        ...

    def submit(self, batch: Batch) -> None:
        """Hand out jobs by their index."""
        ...

    def wait(self, timeout_seconds: float) -> Sequence[Event]:
        """What has happened, as soon as anything has; nothing when the time is over or `wake` was called."""
        ...

    def current(self) -> dict[int, int]:
        """Which job (by index) each worker is running, as far as that is known."""
        ...

    def process_ids(self) -> Iterable[int]:
        """The processes that belong to the pool."""
        ...

    def wake(self) -> None:
        """Make `wait` return at once."""
        ...

    def stop(self, grace_seconds: float) -> Sequence[Event]:
        """End the pool. Jobs that run may finish within the grace; returns what came to its end meanwhile."""
        ...


def run_one(job: Job, index: int, runner: JobRunner, worker: int) -> JobEnded:
    """Run a job in this thread; whatever it raises becomes its failure."""
    began = time.perf_counter()
    try:
        outcome = runner.run(job)
    except Exception as error:  # any failure of a job is its result
        return JobEnded(index, worker, time.perf_counter() - began, failure=JobFailure.of(error))
    return JobEnded(index, worker, time.perf_counter() - began, outcome.bytes_written, outcome.detail)
