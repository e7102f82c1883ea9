"""The progress of a run, counted by the engine for displays. Knows neither the payloads of jobs nor terminals."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol, TypeVar

from msgspec import Struct, field

from mintage.engine.job import JobState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mintage.engine.job import JobResult

_Told = TypeVar("_Told")


class Progress(Struct, frozen=True):
    """The progress of a run at one time."""

    total: int
    """How many jobs the run has."""
    completed: int = 0
    """How many jobs have ended: the sum of `done`, `failed`, `skipped` and `cancelled`."""
    done: int = 0
    """How many jobs succeeded."""
    failed: int = 0
    """How many jobs failed."""
    skipped: int = 0
    """How many jobs were skipped because a job that they depend on failed."""
    cancelled: int = 0
    """How many jobs the end of the run cancelled."""
    bytes_written: int = 0
    """How many bytes all jobs wrote."""
    seconds: float = 0.0
    """The time since the start, in seconds."""
    cost_done: float = 0.0
    """The share of the estimated work that is done, from 0 to 1."""
    current: Mapping[int, str] = field(default_factory=dict)
    """The name of the job that each worker runs, by the number of the worker."""

    @property
    def percentage(self) -> float:
        """The share of jobs that have ended, from 0 to 100; 100 only when all have."""
        return 100.0 * self.completed / self.total if self.total else 100.0

    @property
    def rate(self) -> float:
        """Jobs that ended, per second since the start."""
        return self.completed / self.seconds if self.seconds > 0 else 0.0

    @property
    def bytes_per_second(self) -> float:
        """Bytes written, per second since the start."""
        return self.bytes_written / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """An estimate of the time left, from the work done so far; None while none is done."""
        if self.completed >= self.total:
            return 0.0
        return self.seconds * (1 - self.cost_done) / self.cost_done if self.cost_done > 0 else None


class ProgressTracker:
    """Counts the jobs that end. Can be used from any thread; never goes back, and never exceeds the total."""

    def __init__(self, total: int, *, total_cost: float = 0.0, clock: Callable[[], float] = time.perf_counter) -> None:
        self._total = total
        self._total_cost = total_cost
        self._clock = clock
        self._started = clock()
        self._lock = threading.Lock()
        self._states = dict.fromkeys(JobState, 0)
        self._completed = 0
        self._bytes = 0
        self._cost = 0.0
        self._current: dict[int, str] = {}

    def working_on(self, current: Mapping[int, str]) -> None:
        """Set which job each worker runs now: the number of the worker, and the name of the job."""
        with self._lock:
            self._current = dict(current)

    def finished(self, *results: JobResult) -> None:
        """Count jobs that have ended.

        Raises:
            ValueError: More jobs ended than there are.
        """
        with self._lock:
            if self._completed + len(results) > self._total:
                raise ValueError("more jobs ended than there are")
            self._completed += len(results)
            for result in results:
                self._states[result.state] += 1
                self._bytes += result.bytes_written
                self._cost += result.job.cost_seconds
                if self._current and self._current.get(result.worker) == result.job.name:
                    del self._current[result.worker]

    def snapshot(self) -> Progress:
        """Return the progress now."""
        with self._lock:
            is_over = self._completed == self._total
            if self._total_cost > 0:
                share = min(1.0, self._cost / self._total_cost)
            else:
                share = self._completed / max(1, self._total)
            return Progress(
                total=self._total,
                completed=self._completed,
                done=self._states[JobState.DONE],
                failed=self._states[JobState.FAILED],
                skipped=self._states[JobState.SKIPPED],
                cancelled=self._states[JobState.CANCELLED],
                bytes_written=self._bytes,
                seconds=self._clock() - self._started,
                cost_done=1.0 if is_over else share,
                current={} if is_over else dict(self._current),
            )


class Reporter(Protocol):
    """Receives the events of a run, always in the thread that runs it.

    A class may declare `wants_job_events = False` to get no `job_finished`, which saves time in runs with
    thousands of jobs.
    """

    def started(self, total: int) -> None:
        """Called when the run begins, with the number of jobs."""
        ...

    def job_finished(self, result: JobResult) -> None:
        """Called when a job is done, failed or skipped."""
        ...

    def tick(self, progress: Progress) -> None:
        """Called about ten times a second while jobs run."""
        ...

    def finished(self, progress: Progress) -> None:
        """Called once when the run is over, even if it was cancelled."""
        ...


class SilentReporter:
    """A `Reporter` that does nothing; a base class for those that need only some of the events."""

    wants_job_events: bool = True
    """Whether a subclass gets `job_finished`."""

    def started(self, total: int) -> None:
        """See `Reporter`."""

    def job_finished(self, result: JobResult) -> None:
        """See `Reporter`."""

    def tick(self, progress: Progress) -> None:
        """See `Reporter`."""

    def finished(self, progress: Progress) -> None:
        """See `Reporter`."""


def wants_job_events(reporter: Reporter) -> bool:
    """Return whether to call the reporter's `job_finished`: yes, unless it declares that it doesn't want it."""
    declared: bool = getattr(reporter, "wants_job_events", True)
    return declared and type(reporter) is not SilentReporter


class WithoutProgress(SilentReporter):
    """Passes only `job_finished` on to another reporter."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self.wants_job_events = wants_job_events(reporter)

    def job_finished(self, result: JobResult) -> None:
        """See `Reporter`."""
        self._reporter.job_finished(result)


class GuardedReporter:
    """Passes all events on to a reporter until it raises, which ends the run: cleaning up must not raise again."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter: Reporter = reporter
        self.wants_job_events = wants_job_events(reporter)

    def started(self, total: int) -> None:
        """See `Reporter`."""
        self._pass_on(self._reporter.started, total)

    def job_finished(self, result: JobResult) -> None:
        """See `Reporter`."""
        self._pass_on(self._reporter.job_finished, result)

    def tick(self, progress: Progress) -> None:
        """See `Reporter`."""
        self._pass_on(self._reporter.tick, progress)

    def finished(self, progress: Progress) -> None:
        """See `Reporter`."""
        self._pass_on(self._reporter.finished, progress)

    def _pass_on(self, report: Callable[[_Told], None], what: _Told) -> None:
        try:
            report(what)
        except BaseException:
            self._reporter = SilentReporter()
            raise
