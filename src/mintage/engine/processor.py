"""Runs jobs, with a scheduler, limits, a pool, progress and cancellation. Knows nothing of templates."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from mintage.engine.batches import BatchSizer
from mintage.engine.cancel import Cancellation, in_main_thread
from mintage.engine.choose_executor import MOST_WAITING_PROCESSES, Choice, Measured, choose, choose_unmeasured
from mintage.engine.dispatch import Dispatcher
from mintage.engine.limits import (
    MIB,
    WORKER_MEMORY,
    MemoryBudget,
    resident_bytes,
    usable_cores,
    workers_by_open_files,
)
from mintage.engine.options import ConcurrentOptions
from mintage.engine.pools import CannotStartError
from mintage.engine.progress import GuardedReporter, SilentReporter
from mintage.engine.scheduler import JobScheduler
from mintage.engine.watch import JobWatch
from mintage.errors import CancelledError, MintageError, TimedOutError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mintage.engine.job import Job, JobResult, JobRunner
    from mintage.engine.pools import Pool
    from mintage.engine.progress import Reporter

_TICK_SECONDS = 0.1
# How long workers may take to exit when no job is left.
_SECONDS_TO_CLOSE = 5.0


class RunResult(Struct, frozen=True):
    """The results of a run."""

    results: tuple[JobResult, ...]
    """One result for each job, in the order in which the jobs were given."""
    executor: str
    """The executor that ran the jobs."""
    workers: int
    """How many workers ran them."""
    reason: str
    """Why this executor was chosen."""
    seconds: float
    """The duration of the run, in seconds."""
    first_result_seconds: float | None = None
    """The time in seconds until the first job was done; None if none was."""
    ended_by: MintageError | None = None
    """Why the run ended early, such as TimedOutError or CancelledError; None if it didn't."""


class ConcurrentProcessor:
    """Runs jobs concurrently, in dependency order, by priority, within limits. Keeps nothing between runs.

    Args:
        reporter: Receives the events, in the thread that calls `run`.
        cancellation: Ends a run from outside.
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
        """Run all jobs, and return the result of each.

        A job that fails never raises here, and never stops the others.

        Raises:
            PlanError: The jobs can't be ordered; nothing has run.
            CycleError: Jobs depend on each other in a cycle; nothing has run.
        """
        options = self._options
        run = _Run(
            jobs,
            runner,
            options,
            scheduler=JobScheduler(jobs, enable_dependencies=options.enable_dependencies),
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
        scheduler: JobScheduler,
        reporter: Reporter,
        cancellation: Cancellation,
    ) -> None:
        self._jobs = jobs
        self._runner = runner
        self._options = options
        self._scheduler = scheduler
        self._budget = _budget(options)
        self._choice = Choice("sequential", 1, "there is nothing to do")
        self._reporter = GuardedReporter(reporter)
        self._cancellation = cancellation
        self._started = time.perf_counter()
        timeout = options.timeout_seconds
        self._deadline = None if timeout is None else self._started + timeout
        self._dispatcher = Dispatcher(
            jobs,
            scheduler,
            self._budget,
            self._reporter,
            buffer_size=options.buffer_size,
            most_bytes=options.most_bytes,
        )
        self._next_tick = self._started
        self._watch = JobWatch(jobs)

    def run(self) -> RunResult:
        """Run all jobs, and return their results."""
        ended_by: MintageError | None = None
        self._reporter.started(len(self._jobs))
        try:
            if self._jobs:
                ended_by = self._reason_to_end() or self._run_in_pools()
            if self._scheduler.is_finished:  # all jobs finished in the grace
                ended_by = self._dispatcher.stopped_by
        finally:
            self._dispatcher.cancel_rest()
            self._reporter.finished(self._dispatcher.tracker.snapshot())
        return RunResult(
            results=self._dispatcher.results,
            executor=self._choice.executor,
            workers=self._choice.workers,
            reason=self._choice.reason,
            seconds=time.perf_counter() - self._started,
            first_result_seconds=self._dispatcher.first_result_seconds,
            ended_by=ended_by,
        )

    def _run_in_pools(self) -> MintageError | None:
        """Run the jobs in the chosen pool, or in threads if that was our choice and its workers can't start.

        Return why the run ended early; None if it didn't, or if a failure ended it.
        """
        options = self._options
        choice = _choice_unmeasured(options, len(self._jobs), self._most_workers(options.workers))
        if choice is None:
            choice, ended_by = self._probe()
            if ended_by or self._is_over:
                return ended_by
        self._choose(choice)
        try:
            return self._run_in_pool(self._make_pool())
        except CannotStartError as error:
            if options.executor != "auto":
                raise UsageError(
                    "can't start worker processes",
                    why=str(error),
                    hint="use threads: `ConcurrentOptions(executor='threads')`",
                ) from error
            reason = f"can't start worker processes: {error}"
            self._choose(replace(self._choice, executor="threads", reason=reason))
            return self._run_in_pool(self._make_pool())

    def _choose(self, choice: Choice) -> None:
        self._choice = choice
        self._scheduler.workers = choice.workers
        if choice.executor == "processes":
            self._budget.reserve(choice.workers * WORKER_MEMORY)

    def _probe(self) -> tuple[Choice, MintageError | None]:
        """Run the first jobs here, and choose how to run the others by the time that they took.

        Outside of the main thread, a job that hangs couldn't be ended here, so the choice is made by estimates.
        """
        if not in_main_thread():
            return self._chosen(Measured(len(self._jobs), self._scheduler.cost_not_started)), None
        from mintage.engine.pools.probing import ProbingPool

        self._choose(Choice("sequential", 1, "everything was done before workers could start"))
        pool = ProbingPool(self._jobs, self._runner, self._cancellation, self._deadline)
        ended_by = self._run_in_pool(pool, lambda: pool.has_seen_enough)
        if ended_by or self._is_over:
            return self._choice, ended_by
        jobs_left = len(self._jobs) - self._dispatcher.tracker.snapshot().completed
        return self._chosen(pool.measured(jobs_left, self._scheduler.cost_not_started)), None

    def _chosen(self, measured: Measured) -> Choice:
        workers = self._options.workers
        most = None if workers is None else self._most_workers(workers)
        affordable = self._most_workers(MOST_WAITING_PROCESSES)
        return choose(measured, workers=most, cores=self._most_workers(None), affordable=affordable)

    def _most_workers(self, wanted: int | None) -> int:
        """Return how many of the wanted workers memory and open files allow; None wants one for each core."""
        workers = min(wanted or usable_cores(), workers_by_open_files())
        if self._budget.available_bytes is not None:
            # Half of the memory that is left is for workers, the other half for their jobs.
            workers = min(workers, self._budget.available_bytes // 2 // WORKER_MEMORY)
        return max(1, workers)

    @property
    def _is_over(self) -> bool:
        return self._scheduler.is_finished or (self._dispatcher.has_failed and self._options.fail_fast)

    def _run_in_pool(self, pool: Pool, is_enough: Callable[[], bool] = lambda: False) -> MintageError | None:
        """Run jobs in a pool until all are done, or it is enough. See `_run_in_pools` for the result."""
        sizer = BatchSizer(self._choice.workers, self._options.buffer_size, pool.batches_per_worker)
        grace_seconds = self._options.grace_seconds
        try:
            with self._cancellation.waking(pool.wake):
                while not self._is_over and not is_enough():
                    if ended_by := self._reason_to_end():
                        return ended_by
                    self._dispatcher.dispatch(pool, sizer)
                    if not self._scheduler.is_finished:
                        self._dispatcher.record(pool.wait(self._seconds_to_wait()), sizer)
                    self._tick(pool)
            if self._scheduler.is_finished:
                grace_seconds = _SECONDS_TO_CLOSE
            return self._dispatcher.stopped_by
        finally:
            self._dispatcher.record(pool.stop(grace_seconds, lambda: self._cancellation.is_urgent), sizer)
            self._dispatcher.give_back_rest()

    def _make_pool(self) -> Pool:
        """Return a pool of the chosen kind, and import only that kind."""
        jobs, runner, workers = self._jobs, self._runner, self._choice.workers
        if not isinstance(self._options.executor, str):
            from mintage.engine.pools.executor import ExecutorPool

            return ExecutorPool(jobs, runner, self._options.executor, workers)
        if self._choice.executor == "threads":
            from mintage.engine.pools.threads import ThreadPool

            return ThreadPool(jobs, runner, workers)
        if self._choice.executor == "processes":
            from mintage.engine.pools.processes import ProcessPool

            return ProcessPool(jobs, runner, workers, self._budget.limit_bytes)
        from mintage.engine.pools.sequential import SequentialPool

        return SequentialPool(jobs, runner, self._cancellation, self._deadline)

    def _reason_to_end(self) -> MintageError | None:
        if self._dispatcher.stopped_by:
            return self._dispatcher.stopped_by
        if self._cancellation.is_cancelled:
            return CancelledError(signal_number=self._cancellation.signal_number)
        if self._deadline is not None and time.perf_counter() >= self._deadline:
            done = self._dispatcher.tracker.snapshot().completed
            return TimedOutError(
                f"it took longer than {self._options.timeout_seconds:g} seconds",
                why=f"{done} of {len(self._jobs)} jobs were done by then, and nothing was written",
                hint="raise the limit with `ConcurrentOptions(timeout_seconds=SECONDS)`",
            )
        return None

    def _seconds_to_wait(self) -> float:
        left = _TICK_SECONDS if self._deadline is None else self._deadline - time.perf_counter()
        return max(0.0, min(_TICK_SECONDS, left))

    def _tick(self, pool: Pool) -> None:
        now = time.perf_counter()
        if now < self._next_tick:
            return
        self._next_tick = now + _TICK_SECONDS
        current = pool.current()
        for worker, index in current.items():
            if self._watch.is_overdue(worker, index, grace_seconds=pool.overdue_grace_seconds):
                pool.end_job(worker, index)
        self._dispatcher.tracker.working_on({worker: self._jobs[index].name for worker, index in current.items()})
        self._reporter.tick(self._dispatcher.tracker.snapshot())
        self._budget.measure([os.getpid(), *pool.process_ids()])


def _budget(options: ConcurrentOptions) -> MemoryBudget:
    if options.max_memory_mb is None:
        return MemoryBudget(None)
    return MemoryBudget(options.max_memory_mb * MIB, resident_bytes([os.getpid()]))


def _choice_unmeasured(options: ConcurrentOptions, jobs: int, most_workers: int) -> Choice | None:
    if not isinstance(options.executor, str):
        size = options.workers or getattr(options.executor, "_max_workers", None) or usable_cores()
        return Choice(type(options.executor).__name__, max(1, min(size, jobs)), "as requested")
    return choose_unmeasured(
        jobs,
        executor=options.executor,
        workers=None if options.workers is None else most_workers,
        cores=most_workers,
        threshold=options.threshold,
    )
