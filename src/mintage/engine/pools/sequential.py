"""Runs jobs sequentially in the calling thread."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from mintage.engine.cancel import Interrupted, interrupted_when
from mintage.engine.pools import JobEnded, run_one
from mintage.engine.watch import JobTookTooLong, JobWatch, took_too_long

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mintage.engine.cancel import Cancellation
    from mintage.engine.job import Job, JobRunner
    from mintage.engine.pools import Batch, Event

_SLICE_SECONDS = 0.02


class SequentialPool:
    """A pool without workers: `wait` runs the jobs.

    In the main thread, the deadline and a cancellation end a job that hangs; elsewhere, they are noticed between jobs.

    Args:
        deadline: When to stop, by `time.perf_counter`; None for no limit.
    """

    batches_per_worker = 1
    overdue_grace_seconds = 0.0

    def __init__(
        self, jobs: Sequence[Job], runner: JobRunner, cancellation: Cancellation, deadline: float | None
    ) -> None:
        self._jobs = jobs
        self._runner = runner
        self._cancellation = cancellation
        self._deadline = deadline
        self._queue: deque[int] = deque()
        self._running: int | None = None
        self._watch = JobWatch(jobs)

    def has_room(self) -> bool:
        """See `Pool`."""
        return not self._queue

    def submit(self, batch: Batch) -> None:
        """See `Pool`."""
        self._queue.extend(batch)

    def wait(self, timeout_seconds: float) -> Sequence[Event]:
        """Run jobs for a short while. See `Pool`."""
        events: list[Event] = []
        until = time.perf_counter() + min(timeout_seconds, _SLICE_SECONDS)
        try:
            with interrupted_when(self._reason_to_interrupt):
                while self._queue and time.perf_counter() < until and not self._cancellation.is_cancelled:
                    self._running = index = self._queue.popleft()
                    try:
                        events.append(self._run(index))
                    except JobTookTooLong:  # raised between the end of the job and the end of its watch
                        events.append(JobEnded(index, 0, 0.0, 0.0, failure=took_too_long(self._jobs[index])))
                    self._running = None
        except (Interrupted, JobTookTooLong):
            pass
        return events

    def _run(self, index: int) -> JobEnded:
        return run_one(self._jobs[index], index, self._runner, 0)

    def _reason_to_interrupt(self) -> BaseException | None:
        is_late = self._deadline is not None and time.perf_counter() >= self._deadline
        if is_late or self._cancellation.is_cancelled:
            return Interrupted()
        return JobTookTooLong() if self._watch.is_overdue(0, self._running) else None

    def current(self) -> dict[int, int]:
        """Return the next job: between two calls of `wait`, none runs. See `Pool`."""
        return {0: self._queue[0]} if self._queue else {}

    def process_ids(self) -> Sequence[int]:
        """See `Pool`."""
        return ()

    def end_job(self, worker: int, index: int) -> None:
        """Do nothing: jobs run in `wait`, which ends them. See `Pool`."""

    def wake(self) -> None:
        """See `Pool`."""

    def stop(self, grace_seconds: float, is_urgent: Callable[[], bool]) -> Sequence[Event]:
        """Drop the jobs that have not begun. Nothing runs between two calls of `wait`. See `Pool`."""
        self._queue.clear()
        return ()
