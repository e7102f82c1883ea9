"""Runs jobs one after the other in the thread that asks for it."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from mintage.engine.cancel import Interrupted, interrupted_after
from mintage.engine.job import JobFailure
from mintage.engine.pools import JobEnded, run_one

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.engine.cancel import Cancellation
    from mintage.engine.job import Job, JobRunner
    from mintage.engine.pools import Batch, Event

_SLICE_SECONDS = 0.02


class SequentialPool:
    """A pool without workers: `wait` runs the jobs. In the main thread, signals and the deadline end hanging ones.

    deadline: a time of `time.perf_counter`, None for none.
    """

    batches_per_worker = 1

    def __init__(
        self, jobs: Sequence[Job], runner: JobRunner, cancellation: Cancellation, deadline: float | None
    ) -> None:
        self._jobs = jobs
        self._runner = runner
        self._cancellation = cancellation
        self._deadline = deadline
        self._queue: deque[int] = deque()
        self._running: int | None = None

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
        left = self._deadline - time.perf_counter() if self._deadline is not None else None
        try:
            with interrupted_after(left), self._cancellation.interrupting():
                while self._queue and time.perf_counter() < until and not self._cancellation.is_cancelled:
                    self._running = self._queue.popleft()
                    events.append(run_one(self._jobs[self._running], self._running, self._runner, 0))
                    self._running = None
        except Interrupted:
            pass
        return events

    def current(self) -> dict[int, int]:
        """See `Pool`."""
        return {} if self._running is None else {0: self._running}

    def process_ids(self) -> Sequence[int]:
        """See `Pool`."""
        return ()

    def wake(self) -> None:
        """See `Pool`."""

    def stop(self, grace_seconds: float) -> Sequence[Event]:
        """See `Pool`."""
        self._queue.clear()
        if self._running is None:
            return ()
        return (JobEnded(self._running, 0, 0.0, failure=JobFailure("it was interrupted", "Interrupted")),)
