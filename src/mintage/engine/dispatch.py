"""Dispatches jobs to a pool in batches, and records the result of each. Knows no time limit, and chooses no pool."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mintage.engine.failures import RunStoppedError
from mintage.engine.job import JobResult, JobState
from mintage.engine.limits import LARGE_JOB, needs_too_much_memory, wrote_too_much
from mintage.engine.pools import JobsDone, JobsReturned
from mintage.engine.progress import ProgressTracker

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from mintage.engine.batches import BatchSizer
    from mintage.engine.failures import JobFailure
    from mintage.engine.job import Job
    from mintage.engine.limits import MemoryBudget
    from mintage.engine.pools import Batch, Event, JobEnded, Pool, Row
    from mintage.engine.progress import GuardedReporter
    from mintage.engine.scheduler import JobScheduler
    from mintage.errors import MintageError

_DONE = JobState.DONE


class Dispatcher:
    """Keeps track of one run: which jobs the pool has, and the results of those that ended.

    Args:
        most_bytes: The maximum number of bytes that all jobs together may write.

    Attributes:
        tracker: The progress of the run.
        has_failed: Whether a job has failed.
        stopped_by: Why the run must end: a job asked for it, or too much was written. None while it may go on.
        first_result_seconds: The time in seconds until the first job succeeded; None if none has.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        scheduler: JobScheduler,
        budget: MemoryBudget,
        reporter: GuardedReporter,
        *,
        buffer_size: int,
        most_bytes: float,
    ) -> None:
        self._jobs = jobs
        self._scheduler = scheduler
        self._budget = budget
        self._reporter = reporter
        self._buffer_size = buffer_size
        self._most_bytes = most_bytes
        self._started = time.perf_counter()
        self._results: list[JobResult | None] = [None] * len(jobs)
        self._handed_out = [0.0] * len(jobs)
        self._in_flight: set[int] = set()
        self._bytes_written = 0
        self.tracker = ProgressTracker(len(jobs), total_cost=scheduler.cost_not_started)
        self.has_failed = False
        self.stopped_by: MintageError | None = None
        self.first_result_seconds: float | None = None

    @property
    def results(self) -> tuple[JobResult, ...]:
        """The results of the jobs that have ended, in the order in which the jobs were given."""
        return tuple([result for result in self._results if result is not None])

    def dispatch(self, pool: Pool, sizer: BatchSizer) -> None:
        """Dispatch as many batches as the pool has room for."""
        while pool.has_room():
            batch = self._next_batch(sizer)
            if not batch:
                return
            pool.submit(batch)

    def _next_batch(self, sizer: BatchSizer) -> Batch:
        batch: list[int] = []
        now = time.perf_counter()
        fits = None if self._budget.available_bytes is None else self._budget.has_room_for
        most = min(sizer.most_jobs, self._buffer_size - len(self._in_flight))
        wanted = sizer.next_seconds(self._scheduler.cost_not_started)
        while len(batch) < most and (wanted > 0 or not batch):
            index = self._scheduler.take(fits)
            if index is None:
                break
            job = self._jobs[index]
            if not self._budget.can_ever_hold(job):
                self._fail(index, needs_too_much_memory(job, self._budget))
                continue
            self._budget.take(job)
            self._in_flight.add(index)
            self._handed_out[index] = now
            batch.append(index)
            wanted -= job.cost_seconds
            if job.memory_bytes >= LARGE_JOB:
                break  # a large job must not hold memory while it waits behind another one in its batch
        return tuple(batch)

    def record(self, events: Iterable[Event], sizer: BatchSizer) -> None:
        """Record what happened. Events of jobs that the run has already given up on are ignored."""
        estimated = seconds = 0.0
        for event in events:
            if isinstance(event, JobsReturned):
                self._give_back(event.indexes)
                continue
            if isinstance(event, JobsDone):
                ended = self._succeed_all(event.rows)
            else:
                ended = self._end(event) if event.job_index in self._in_flight else ()
            estimated += sum([result.job.cost_seconds for result in ended])
            seconds += sum([result.seconds for result in ended])
        sizer.learn(estimated, seconds)

    def give_back_rest(self) -> None:
        """Make jobs that the pool did not finish ready again, after the pool has stopped."""
        self._give_back(tuple(self._in_flight))

    def cancel_rest(self) -> None:
        """Cancel all jobs that have not ended."""
        rest = self._scheduler.cancel_rest()
        self._finish({index: JobResult(self._jobs[index], JobState.CANCELLED) for index in rest})

    def _give_back(self, indexes: Iterable[int]) -> None:
        for index in indexes:
            self._in_flight.remove(index)
            self._budget.release(self._jobs[index])
            self._scheduler.give_back(index)

    def _end(self, event: JobEnded) -> Sequence[JobResult]:
        """Record that a job has ended, and return its result."""
        index = event.job_index
        self._in_flight.remove(index)
        self._budget.release(self._jobs[index])
        if event.failure is not None:
            return self._fail(index, event.failure, event)
        result = self._succeed(*event.row)
        if event.spans:
            result = replace(result, spans=event.spans)
        return self._finish({index: result})

    def _succeed_all(self, rows: Iterable[Row]) -> Sequence[JobResult]:
        """Record that jobs have succeeded, and return the results of those that the run has not given up on."""
        results: dict[int, JobResult] = {}
        for row in rows:
            index = row[0]
            if index in self._in_flight:
                self._in_flight.remove(index)
                self._budget.release(self._jobs[index])
                results[index] = self._succeed(*row)
        return self._finish(results)

    def _succeed(  # noqa: PLR0917 - the fields of a row
        self, index: int, worker: int, began: float, seconds: float, bytes_written: int, detail: Any
    ) -> JobResult:
        if self.first_result_seconds is None:
            self.first_result_seconds = time.perf_counter() - self._started
        self._scheduler.succeed(index)
        self._bytes_written += bytes_written
        if self._bytes_written > self._most_bytes:
            self.stopped_by = self.stopped_by or wrote_too_much(self._most_bytes)
        handed_out = self._handed_out[index]
        return JobResult(
            self._jobs[index], _DONE, bytes_written, seconds, worker, None, None, detail, handed_out, began
        )

    def _fail(self, index: int, failure: JobFailure, event: JobEnded | None = None) -> Sequence[JobResult]:
        job = self._jobs[index]
        self.has_failed = True
        if failure.kind == RunStoppedError.__name__:
            self.stopped_by = RunStoppedError(failure.what)
        skipped = self._scheduler.fail(index)
        result = JobResult(job, JobState.FAILED, failure=failure)
        if event is not None:
            handed_out = self._handed_out[index]
            result = replace(
                result, seconds=event.seconds, worker=event.worker, handed_out=handed_out, began=event.began
            )
        self._finish({index: result})
        self._finish(
            {other: JobResult(self._jobs[other], JobState.SKIPPED, skipped_because=job.name) for other in skipped}
        )
        return (result,)

    def _finish(self, results: dict[int, JobResult]) -> Sequence[JobResult]:
        """Record the results of jobs, by index, and report them."""
        for index, result in results.items():
            self._results[index] = result
        self.tracker.finished(*results.values())
        if self._reporter.wants_job_events:
            for result in results.values():
                self._reporter.job_finished(result)
        return tuple(results.values())
