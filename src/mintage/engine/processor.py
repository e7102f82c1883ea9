"""Runs jobs: scheduler, limits, pool, progress and cancellation together. Knows nothing of templates."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mintage.engine.batches import BatchSizer
from mintage.engine.cancel import Cancellation
from mintage.engine.choose_executor import EXECUTORS, Choice, choose
from mintage.engine.job import JobFailure, JobResult, JobState
from mintage.engine.limits import (
    MIB,
    WORKER_MEMORY,
    MemoryBudget,
    resident_bytes,
    usable_cores,
    workers_by_open_files,
)
from mintage.engine.pools import JobEnded
from mintage.engine.progress import ProgressTracker, SilentReporter
from mintage.engine.scheduler import JobScheduler
from mintage.errors import CancelledError, MintageError, TimedOutError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from concurrent.futures import Executor

    from mintage.engine.job import Job, JobRunner
    from mintage.engine.pools import Batch, Event, Pool
    from mintage.engine.progress import Reporter

DEFAULT_THRESHOLD = 24
_TICK_SECONDS = 0.1
# Measuring memory costs some file reads for each worker; jobs smaller than this cannot surprise anybody.
_WORTH_MEASURING = 4 * MIB


@dataclass(frozen=True, slots=True)
class ConcurrentOptions:
    """How jobs are run.

    workers: at most; None for the usable cores. executor: "auto", "sequential", "threads", "processes", or any
    `concurrent.futures.Executor`, which is not shut down. max_memory_mb: MiB, for this process and its workers.
    enable_dependencies: False ignores all order. buffer_size: how many jobs are handed out at once, at most.
    threshold: with "auto", fewer jobs than this are run one after the other. timeout_seconds: for the whole run.
    fail_fast: the first failure ends the run. grace_seconds: how long running jobs may go on when the run is ended.
    Raises UsageError for values that make no sense.
    """

    workers: int | None = None
    executor: str | Executor = "auto"
    max_memory_mb: int | None = None
    enable_dependencies: bool = True
    buffer_size: int = 100
    threshold: int = DEFAULT_THRESHOLD
    timeout_seconds: float | None = None
    fail_fast: bool = False
    grace_seconds: float = 0.5

    def __post_init__(self) -> None:
        if isinstance(self.executor, str) and self.executor not in EXECUTORS:
            raise UsageError(f"there is no executor {self.executor!r}", hint=f"choose one of {', '.join(EXECUTORS)}")
        for name, least in (("workers", 1), ("max_memory_mb", 1), ("buffer_size", 1), ("threshold", 0)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise UsageError(f"{name} must be at least {least}, not {value}")
        if self.timeout_seconds is not None and self.timeout_seconds <= 0:
            raise UsageError(f"timeout_seconds must be more than 0, not {self.timeout_seconds}")


@dataclass(frozen=True, slots=True)
class RunResult:
    """What became of the jobs. results: one for each, in the order in which they were given.

    executor, workers, reason: how they were run, and why so. first_result_seconds: until the first job was done.
    ended_by: TimedOutError or CancelledError when the run was ended early.
    """

    results: tuple[JobResult, ...]
    executor: str
    workers: int
    reason: str
    seconds: float
    first_result_seconds: float | None = None
    ended_by: MintageError | None = None


class ConcurrentProcessor:
    """Runs jobs concurrently, in dependency order, by priority, within limits. Keeps nothing between runs.

    reporter: told what happens, in the thread that calls `run`. cancellation: ends a run from outside.
    """

    def __init__(
        self,
        options: ConcurrentOptions | None = None,
        *,
        reporter: Reporter | None = None,
        cancellation: Cancellation | None = None,
    ) -> None:
        self._options = options or ConcurrentOptions()
        self._reporter = reporter or SilentReporter()
        self._cancellation = cancellation or Cancellation()

    def run(self, jobs: Sequence[Job], runner: JobRunner) -> RunResult:
        """Run all jobs and tell what became of each.

        A job that fails never raises here, and never stops the others. Raises PlanError and CycleError, before
        anything runs, for jobs that cannot be ordered.
        """
        options = self._options
        budget = _budget(options)
        choice = _choice(options, jobs, budget)
        scheduler = JobScheduler(jobs, workers=choice.workers, enable_dependencies=options.enable_dependencies)
        run = _Run(
            jobs,
            runner,
            options,
            choice=choice,
            scheduler=scheduler,
            budget=budget,
            reporter=self._reporter,
            cancellation=self._cancellation,
        )
        return run.run()


class _Run:
    """The state of one run."""

    def __init__(
        self,
        jobs: Sequence[Job],
        runner: JobRunner,
        options: ConcurrentOptions,
        *,
        choice: Choice,
        scheduler: JobScheduler,
        budget: MemoryBudget,
        reporter: Reporter,
        cancellation: Cancellation,
    ) -> None:
        self._jobs = jobs
        self._runner = runner
        self._options = options
        self._choice = choice
        self._scheduler = scheduler
        self._budget = budget
        self._reporter = reporter
        self._cancellation = cancellation
        self._started = time.perf_counter()
        timeout = options.timeout_seconds
        self._deadline = None if timeout is None else self._started + timeout
        self._results: list[JobResult | None] = [None] * len(jobs)
        self._tracker = ProgressTracker(len(jobs), total_cost=scheduler.cost_not_started)
        self._first_result_seconds: float | None = None
        self._next_tick = self._started
        self._has_failed = False

    def run(self) -> RunResult:
        """Everything from the first batch to the last result."""
        self._reporter.started(len(self._jobs))
        ended_by = None
        try:
            if self._jobs:
                ended_by = self._run_in_pool()
        finally:
            for index in self._scheduler.cancel_rest():
                self._finish(index, JobResult(self._jobs[index], JobState.CANCELLED))
            self._reporter.finished(self._tracker.snapshot())
        return RunResult(
            results=tuple(result for result in self._results if result is not None),
            executor=self._choice.executor,
            workers=self._choice.workers,
            reason=self._choice.reason,
            seconds=time.perf_counter() - self._started,
            first_result_seconds=self._first_result_seconds,
            ended_by=ended_by,
        )

    def _run_in_pool(self) -> MintageError | None:
        pool = self._make_pool()
        sizer = BatchSizer(self._choice.workers, self._options.buffer_size, pool.batches_per_worker)
        ended_by: MintageError | None = None
        ended_early = True
        try:
            with self._cancellation.waking(pool.wake):
                while not self._scheduler.is_finished:
                    ended_by = self._reason_to_end()
                    if ended_by or (self._has_failed and self._options.fail_fast):
                        break
                    self._hand_out(pool, sizer)
                    if not self._scheduler.is_finished:
                        self._take_in(pool.wait(self._seconds_to_wait()), sizer)
                    self._tick(pool)
                else:
                    ended_early = False
        finally:
            self._take_in(pool.stop(self._options.grace_seconds if ended_early else 5.0), sizer)
        return ended_by

    def _make_pool(self) -> Pool:
        """The pool of the chosen kind; only that one is imported."""
        jobs, runner, workers = self._jobs, self._runner, self._choice.workers
        if not isinstance(self._options.executor, str):
            from mintage.engine.pools.executor import ExecutorPool

            return ExecutorPool(jobs, runner, self._options.executor, workers)
        if self._choice.executor == "threads":
            from mintage.engine.pools.threads import ThreadPool

            return ThreadPool(jobs, runner, workers)
        if self._choice.executor == "processes":
            from mintage.engine.pools.processes import ProcessPool

            return ProcessPool(jobs, runner, workers)
        from mintage.engine.pools.sequential import SequentialPool

        return SequentialPool(jobs, runner, self._cancellation, self._deadline)

    def _reason_to_end(self) -> MintageError | None:
        if self._cancellation.is_cancelled:
            return CancelledError(signal_number=self._cancellation.signal_number)
        if self._deadline is not None and time.perf_counter() >= self._deadline:
            done = self._tracker.snapshot().completed
            return TimedOutError(
                f"it took longer than {self._options.timeout_seconds:g} seconds",
                why=f"{done} of {len(self._jobs)} jobs were done by then, and nothing was delivered",
                hint="raise the limit with --timeout",
            )
        return None

    def _seconds_to_wait(self) -> float:
        left = _TICK_SECONDS if self._deadline is None else self._deadline - time.perf_counter()
        return max(0.0, min(_TICK_SECONDS, left))

    def _hand_out(self, pool: Pool, sizer: BatchSizer) -> None:
        while pool.has_room():
            batch = self._next_batch(sizer)
            if not batch:
                return
            pool.submit(batch)

    def _next_batch(self, sizer: BatchSizer) -> Batch:
        batch: list[int] = []
        wanted = sizer.next_seconds(self._scheduler.cost_not_started)
        while len(batch) < sizer.most_jobs and wanted > 0:
            index = self._scheduler.take(self._budget.has_room_for)
            if index is None:
                break
            job = self._jobs[index]
            if not self._budget.can_ever_hold(job):
                self._fail(index, self._needs_too_much(job))
                continue
            self._budget.take(job)
            batch.append(index)
            wanted -= job.cost_seconds
        return tuple(batch)

    def _take_in(self, events: Iterable[Event], sizer: BatchSizer) -> None:
        for event in events:
            if isinstance(event, JobEnded):
                self._end(event)
                sizer.learn(self._jobs[event.index].cost_seconds, event.seconds)
            else:
                for index in event.indexes:
                    self._budget.release(self._jobs[index])
                    self._scheduler.give_back(index)

    def _end(self, event: JobEnded) -> None:
        job = self._jobs[event.index]
        self._budget.release(job)
        if event.failure is not None and event.failure.kind == "Interrupted":
            return  # the run ends; what has not finished is cancelled
        if event.failure is not None:
            self._fail(event.index, event.failure, seconds=event.seconds, worker=event.worker)
            return
        if self._first_result_seconds is None:
            self._first_result_seconds = time.perf_counter() - self._started
        self._scheduler.succeed(event.index)
        result = JobResult(job, JobState.DONE, event.bytes_written, event.seconds, event.worker, detail=event.detail)
        self._finish(event.index, result)

    def _fail(self, index: int, failure: JobFailure, *, seconds: float = 0.0, worker: int = -1) -> None:
        job = self._jobs[index]
        self._has_failed = True
        skipped = self._scheduler.fail(index)
        self._finish(index, JobResult(job, JobState.FAILED, seconds=seconds, worker=worker, failure=failure))
        for other in skipped:
            self._finish(other, JobResult(self._jobs[other], JobState.SKIPPED, skipped_because=job.name))

    def _finish(self, index: int, result: JobResult) -> None:
        self._results[index] = result
        self._tracker.finished(result)
        self._reporter.job_finished(result)

    def _tick(self, pool: Pool) -> None:
        now = time.perf_counter()
        if now < self._next_tick:
            return
        self._next_tick = now + _TICK_SECONDS
        running = pool.current()
        for worker, index in running.items():
            self._tracker.working_on(worker, self._jobs[index].name)
        self._reporter.tick(self._tracker.snapshot())
        if self._budget.limit_bytes is not None and self._budget.used_bytes >= _WORTH_MEASURING:
            self._budget.report_measured(resident_bytes([os.getpid(), *pool.process_ids()]))

    def _needs_too_much(self, job: Job) -> JobFailure:
        needed, available = job.memory_bytes // MIB + 1, (self._budget.available_bytes or 0) // MIB
        return JobFailure(
            f"it would need about {needed} MiB of memory, and {available} MiB are left for jobs",
            "MemoryLimit",
            why=f"the limit is {self._options.max_memory_mb} MiB; the program itself needs the rest",
            hint="raise the limit with --max-memory, or have the file copied without rendering",
        )


def _budget(options: ConcurrentOptions) -> MemoryBudget:
    if options.max_memory_mb is None:
        return MemoryBudget(None)
    return MemoryBudget(options.max_memory_mb * MIB, resident_bytes([os.getpid()]))


def _choice(options: ConcurrentOptions, jobs: Sequence[Job], budget: MemoryBudget) -> Choice:
    """How to run the jobs; with no more workers than memory and open files allow."""
    workers = options.workers or usable_cores()
    if not isinstance(options.executor, str):
        return Choice(type(options.executor).__name__, workers, "as handed in")
    workers = min(workers, workers_by_open_files())
    if budget.available_bytes is not None:
        # Half of what is left may go into workers, the other half is for their jobs.
        workers = max(1, min(workers, budget.available_bytes // 2 // WORKER_MEMORY))
    choice = choose(jobs, executor=options.executor, workers=workers, threshold=options.threshold)
    if choice.executor == "processes":
        budget.base_bytes += choice.workers * WORKER_MEMORY
    return choice
