"""Decides which job starts next. Pure: knows no workers, no threads and no clock."""

from __future__ import annotations

from collections import Counter
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from mintage.engine.job import JobPriority, JobState
from mintage.errors import CycleError, PlanError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mintage.engine.job import Job

FINISHED = frozenset({JobState.DONE, JobState.FAILED, JobState.SKIPPED, JobState.CANCELLED})
# How many ready jobs are tried before concluding that none fits into memory now.
_CANDIDATES = 8
# To look a member up in its enum takes 70 ns, which counts where it is done for every job.
_WAITING, _READY, _RUNNING, _DONE = JobState.WAITING, JobState.READY, JobState.RUNNING, JobState.DONE
_LOW = JobPriority.LOW


class JobScheduler:
    """Returns jobs by index, in the order that finishes soonest, but none before those that it depends on succeeded.

    Args:
        jobs: All jobs of a run.
        workers: How many jobs run at once; large jobs start early enough for that.
        enable_dependencies: Whether to respect `depends_on`.

    Raises:
        PlanError: Two jobs have the same name, or a job depends on an unknown one.
        CycleError: Jobs depend on each other in a cycle.
    """

    def __init__(self, jobs: Sequence[Job], *, workers: int = 1, enable_dependencies: bool = True) -> None:
        self._jobs = jobs
        self.workers = workers
        self._state = [_WAITING] * len(jobs)
        self._unfinished = len(jobs)
        self._dependents: dict[int, list[int]] = {}
        self._missing = [0] * len(jobs)
        index_of = self._index_of_names()
        if enable_dependencies:
            self._connect(index_of)
        # `_order` has the index of the job at each rank, and `_rank` the reverse. Lower ranks of a priority go first.
        self._order = self._in_order(self._longest_waits())
        self._rank = [0] * len(jobs)
        # A heap of ranks for each priority, the highest priority first.
        self._ready: list[list[int]] = [[] for _ in JobPriority]
        self._cost_not_started = sum([job.cost_seconds for job in jobs])
        for rank, index in enumerate(self._order):
            self._rank[index] = rank
            if not self._missing[index]:
                self._state[index] = _READY
                self._ready[jobs[index].priority].append(rank)

    def state(self, index: int) -> JobState:
        """Return the state of a job."""
        return self._state[index]

    def count(self, state: JobState) -> int:
        """Return how many jobs are in a state."""
        return self._state.count(state)

    @property
    def is_finished(self) -> bool:
        """Whether all jobs have ended."""
        return not self._unfinished

    @property
    def cost_not_started(self) -> float:
        """The estimated seconds of all jobs that haven't been dispatched."""
        return self._cost_not_started

    def take(self, fits: Callable[[Job], bool] | None = None) -> int | None:
        """Return the job to start next, or None if none is ready or none `fits`."""
        refused: list[tuple[list[int], int]] = []
        found = None
        while len(refused) < _CANDIDATES and (ready := self._next_class()) is not None:
            rank = heappop(ready)
            index = self._order[rank]
            if fits is None or fits(self._jobs[index]):
                found = index
                break
            refused.append((ready, rank))
        for ready, rank in refused:
            heappush(ready, rank)
        if found is not None:
            self._cost_not_started -= self._jobs[found].cost_seconds
            self._state[found] = _RUNNING
        return found

    def give_back(self, index: int) -> None:
        """Make a running job ready again, because it was lost with its worker."""
        self._cost_not_started += self._jobs[index].cost_seconds
        self._make_ready(index)

    def succeed(self, index: int) -> None:
        """Record that a running job is done, and make jobs ready that only waited for it."""
        self._state[index] = _DONE
        self._unfinished -= 1
        if not self._dependents:
            return
        for dependent in self._dependents.get(index, ()):
            self._missing[dependent] -= 1
            if not self._missing[dependent] and self._state[dependent] is _WAITING:
                self._make_ready(dependent)

    def fail(self, index: int) -> list[int]:
        """Record that a job failed, and return the jobs that are skipped because they depend on it, directly or not."""
        self._move(index, JobState.FAILED)
        skipped: list[int] = []
        affected = list(self._dependents.get(index, ()))
        while affected:
            dependent = affected.pop()
            if self._state[dependent] is _WAITING:
                self._cost_not_started -= self._jobs[dependent].cost_seconds
                self._move(dependent, JobState.SKIPPED)
                skipped.append(dependent)
                affected.extend(self._dependents.get(dependent, ()))
        return skipped

    def cancel_rest(self) -> list[int]:
        """Cancel all jobs that have not ended, and return them."""
        rest = [index for index, state in enumerate(self._state) if state not in FINISHED]
        for index in rest:
            self._move(index, JobState.CANCELLED)
        for ready in self._ready:
            ready.clear()
        self._cost_not_started = 0.0
        return rest

    def _move(self, index: int, state: JobState) -> None:
        """Change a state. The changes that every job goes through are inlined in `take` and `succeed`."""
        self._state[index] = state
        if state in FINISHED:
            self._unfinished -= 1

    def _make_ready(self, index: int) -> None:
        self._move(index, _READY)
        heappush(self._ready[self._jobs[index].priority], self._rank[index])

    def _in_order(self, waited_for_seconds: Sequence[float]) -> list[int]:
        """Return all jobs, first those with the longest chains behind them; of low priority, the largest first."""
        jobs = self._jobs
        if not self._dependents:
            low = [index for index, job in enumerate(jobs) if job.priority is _LOW]
            low.sort(key=lambda index: -jobs[index].cost_seconds)
            return [*(index for index, job in enumerate(jobs) if job.priority is not _LOW), *low]

        def urgency(index: int) -> tuple[float, float]:
            job = jobs[index]
            return (-waited_for_seconds[index], -job.cost_seconds if job.priority is _LOW else 0.0)

        return sorted(range(len(jobs)), key=urgency)

    def _next_class(self) -> list[int] | None:
        """Return the heap to take from: by priority, unless that would leave a long job for the end."""
        low = self._ready[_LOW]
        if low and self._jobs[self._order[low[0]]].cost_seconds * self.workers >= self._cost_not_started:
            return low
        for ready in self._ready:
            if ready:
                return ready
        return None

    def _index_of_names(self) -> dict[str, int]:
        index_of = {job.name: index for index, job in enumerate(self._jobs)}
        if len(index_of) < len(self._jobs):
            times = Counter(job.name for job in self._jobs)
            problems = [Problem(f"{name} is the name of {count} jobs") for name, count in times.items() if count > 1]
            raise PlanError("job names must be unique", problems=problems)
        return index_of

    def _connect(self, index_of: dict[str, int]) -> None:
        problems: list[Problem] = []
        for index, job in [(index, job) for index, job in enumerate(self._jobs) if job.depends_on]:
            for name in dict.fromkeys(job.depends_on):
                if name not in index_of:
                    problems.append(Problem(f"{job.name} depends on {name}, which is not a job of this run"))
                    continue
                self._dependents.setdefault(index_of[name], []).append(index)
                self._missing[index] += 1
        if problems:
            raise PlanError("the jobs can't be ordered", problems=problems)

    def _longest_waits(self) -> list[float]:
        """Return, for each job, the seconds of the longest chain of jobs that waits for it.

        Raises:
            CycleError: Jobs depend on each other in a cycle.
        """
        longest = [0.0] * len(self._jobs)
        if not self._dependents:
            return longest
        missing = list(self._missing)
        order = [index for index, count in enumerate(missing) if not count]
        for index in order:  # grows during the loop
            for dependent in self._dependents.get(index, ()):
                missing[dependent] -= 1
                if not missing[dependent]:
                    order.append(dependent)
        if len(order) < len(self._jobs):
            raise CycleError(self._cycle({index for index, count in enumerate(missing) if count}))
        for index in reversed(order):
            for dependent in self._dependents.get(index, ()):
                longest[index] = max(longest[index], longest[dependent] + self._jobs[dependent].cost_seconds)
        return longest

    def _cycle(self, stuck: set[int]) -> list[str]:
        """Return the names of one cycle among jobs that all wait for each other, in dependency order."""
        waits_for = {index: before for before in stuck for index in self._dependents.get(before, ()) if index in stuck}
        place: dict[int, int] = {}
        index = min(stuck)
        while index not in place:
            place[index] = len(place)
            index = waits_for[index]
        cycle = list(place)[place[index] :]
        cycle.reverse()
        return [self._jobs[index].name for index in (*cycle, cycle[0])]
