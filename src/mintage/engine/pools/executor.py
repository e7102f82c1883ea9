"""Runs jobs in a `concurrent.futures.Executor` of the caller, which is not shut down."""

from __future__ import annotations

import os
import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING

from mintage.engine.failures import JobFailure
from mintage.engine.pools import JobEnded, run_one, sendable
from mintage.engine.pools.queues import drain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor, Future

    from mintage.engine.job import Job, JobRunner
    from mintage.engine.pools import Batch, Event

_HINT = "check the executor's workers, or let Mintage use its own (executor='auto')"
_LOOK_EVERY_SECONDS = 0.05


class ExecutorPool:
    """Submits each batch as one call, with the jobs and the runner as arguments, so that workers can be anywhere."""

    batches_per_worker = 2
    overdue_grace_seconds = 0.0

    def __init__(self, jobs: Sequence[Job], runner: JobRunner, executor: Executor, workers: int) -> None:
        self._jobs = jobs
        self._runner = runner
        self._executor = executor
        self._most_batches = workers * self.batches_per_worker
        self._futures: dict[Future[list[JobEnded]], Batch] = {}
        self._happened: SimpleQueue[Future[list[JobEnded]] | None] = SimpleQueue()

    def has_room(self) -> bool:
        """See `Pool`."""
        return len(self._futures) < self._most_batches

    def submit(self, batch: Batch) -> None:
        """See `Pool`."""
        from concurrent.futures import Future

        jobs = [(index, self._jobs[index]) for index in batch]
        try:
            future = self._executor.submit(run_batch, jobs, self._runner, os.getpid())
        except RuntimeError as error:  # it is broken, or was shut down
            future = Future()
            future.set_exception(error)
        self._futures[future] = batch
        future.add_done_callback(self._happened.put)

    def wait(self, timeout_seconds: float) -> Sequence[Event]:
        """See `Pool`."""
        events: list[Event] = []
        for future in drain(self._happened, timeout_seconds):
            self._take(events, future)
        return events

    def current(self) -> dict[int, int]:
        """Return nothing, because it is unknown what the workers of an executor do. See `Pool`."""
        return {}

    def process_ids(self) -> Sequence[int]:
        """Return the processes of a ProcessPoolExecutor. See `Pool`."""
        return tuple(getattr(self._executor, "_processes", None) or ())

    def end_job(self, worker: int, index: int) -> None:
        """Do nothing: the workers aren't ours, and it is unknown what they do. See `Pool`."""

    def wake(self) -> None:
        """See `Pool`."""
        self._happened.put(None)

    def stop(self, grace_seconds: float, is_urgent: Callable[[], bool]) -> Sequence[Event]:
        """Cancel the batches that have not begun. The others can't be ended: the executor isn't ours. See `Pool`."""
        events: list[Event] = []
        for future in list(self._futures):
            if future.cancel():
                del self._futures[future]
        until = time.perf_counter() + grace_seconds
        while self._futures and not is_urgent() and (left := until - time.perf_counter()) > 0:
            events.extend(self.wait(min(left, _LOOK_EVERY_SECONDS)))
        return events

    def _take(self, events: list[Event], future: Future[list[JobEnded]] | None) -> None:
        batch = self._futures.pop(future, None) if future else None
        if future is None or batch is None or future.cancelled():
            return
        error = future.exception()
        if error is None:
            events.extend(future.result())
            return
        failure = JobFailure(
            f"the executor can't run it: {str(error) or type(error).__name__}", type(error).__name__, hint=_HINT
        )
        events.extend(JobEnded(index, -1, 0.0, 0.0, failure=failure) for index in batch)


def run_batch(jobs: Sequence[tuple[int, Job]], runner: JobRunner, sender: int) -> list[JobEnded]:
    """Run jobs in a worker of the executor.

    Args:
        sender: The id of the process that gets the results.
    """
    process_id = os.getpid()
    worker = hash((process_id, threading.get_ident())) & 0xFFFF
    ended = [run_one(job, index, runner, worker) for index, job in jobs]
    return ended if process_id == sender else [sendable(each) for each in ended]
