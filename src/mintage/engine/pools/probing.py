"""Runs and measures the first jobs, so that the pool for the others can be chosen. Chooses nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mintage.engine.choose_executor import Measured
from mintage.engine.pools.sequential import SequentialPool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.engine.cancel import Cancellation
    from mintage.engine.job import Job, JobRunner
    from mintage.engine.pools import JobEnded

_SECONDS = 0.008
_LEAST_JOBS = 6
# This few are enough if they used the processor for only a little of their time: they wait one after another.
_JOBS_THAT_WAIT = 2
_LITTLE = 0.2
_MOST_SECONDS = 0.1
_NOTABLE_SECONDS = 0.0005


class ProbingPool(SequentialPool):
    """A `SequentialPool` that measures how long jobs take, and how much of it they use the processor."""

    def __init__(
        self, jobs: Sequence[Job], runner: JobRunner, cancellation: Cancellation, deadline: float | None
    ) -> None:
        super().__init__(jobs, runner, cancellation, deadline)
        self._began = time.perf_counter()
        self._estimated: list[float] = []
        self._seconds: list[float] = []
        self._processor_seconds: list[float] = []
        self._queued_before = queued_seconds()

    @property
    def has_seen_enough(self) -> bool:
        """Whether enough jobs were measured to choose."""
        seconds = time.perf_counter() - self._began
        jobs = len(self._seconds)
        waits = jobs >= _JOBS_THAT_WAIT and sum(self._processor_seconds) < _LITTLE * sum(self._seconds)
        return seconds >= _MOST_SECONDS or (seconds >= _SECONDS and (waits or jobs >= _LEAST_JOBS))

    def measured(self, jobs_left: int, estimated_left: float) -> Measured:
        """Return what to expect of the jobs that are left.

        Args:
            jobs_left: How many there are.
            estimated_left: The sum of their estimates, in seconds.
        """
        seconds, processor, estimated = self._seconds, self._processor_seconds, self._estimated
        if len(seconds) > 1:  # the longest is left out: it may have imported Jinja2, which happens once
            longest = seconds.index(max(seconds))
            seconds, processor, estimated = (
                values[:longest] + values[longest + 1 :] for values in (seconds, processor, estimated)
            )
        total = sum(seconds)
        if not total or not sum(estimated):
            return Measured(jobs_left, estimated_left)
        waiting = max(0.0, 1 - sum(processor) / total)
        return Measured(jobs_left, estimated_left * total / sum(estimated), waiting)

    def _run(self, index: int) -> JobEnded:
        began = time.thread_time()
        ended = super()._run(index)
        processor = time.thread_time() - began
        self._processor_seconds.append(processor)
        self._seconds.append(ended.seconds - self._queued(ended.seconds - processor))
        self._estimated.append(self._jobs[index].cost_seconds)
        return ended

    def _queued(self, idle_seconds: float) -> float:
        """Return how long a job waited for the processor while others had it, which says nothing about the job."""
        if idle_seconds < _NOTABLE_SECONDS:  # reading the statistics costs a quarter of a small job
            return 0.0
        before, self._queued_before = self._queued_before, queued_seconds()
        return min(idle_seconds, self._queued_before - before)


def queued_seconds() -> float:
    """Return how long this thread has waited for a processor so far, in seconds; 0 where it is unknown (not Linux)."""
    try:
        with open("/proc/thread-self/schedstat", "rb") as statistics:
            return int(statistics.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
