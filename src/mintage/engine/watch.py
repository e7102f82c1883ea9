"""Finds jobs that exceed their time limit. Checks from time to time, which costs the jobs nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mintage.engine.failures import JobFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mintage.engine.job import Job

LOOK_EVERY_SECONDS = 0.1


class JobTookTooLong(BaseException):
    """Raised inside a job that exceeds its time limit, to end it. Never leaves the engine."""


class JobWatch:
    """Remembers when each worker was first seen with the job that it runs."""

    def __init__(self, jobs: Sequence[Job], clock: Callable[[], float] = time.perf_counter) -> None:
        self._jobs = jobs
        self._clock = clock
        self._since: dict[int, tuple[int, float]] = {}

    def is_overdue(self, worker: int, index: int | None, *, grace_seconds: float = 0.0) -> bool:
        """Return whether the job that a worker runs has exceeded its time limit plus the grace."""
        if index is None:
            return False
        now = self._clock()
        known, since = self._since.get(worker, (None, now))
        if known != index:
            self._since[worker] = (index, now)
            return False
        limit = self._jobs[index].timeout_seconds
        return limit is not None and now - since >= limit + grace_seconds


def took_too_long(job: Job) -> JobFailure:
    """Return the failure of a job that was ended because it took too long."""
    return JobFailure(
        f"it took longer than {job.timeout_seconds:g} seconds",
        "TimeLimit",
        why="a loop in it may never end",
        hint="if it only needs more time, raise the limit with `Job(timeout_seconds=SECONDS)`",
    )
