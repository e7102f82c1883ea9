"""Jobs that take longer than they may are ended, named, and cost nobody else anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mintage.engine import Job, JobState
from mintage.engine.watch import JobWatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from mintage.engine import RunResult


def states(result: RunResult) -> list[JobState]:
    return [each.state for each in result.results]


@pytest.mark.parametrize("executor", ["sequential", "threads", "processes"])
def test_a_job_that_computes_for_ever_is_ended(run: Callable[..., RunResult], executor: str) -> None:
    jobs = [Job(f"{n}", ("compute", 600.0) if n == 3 else None, timeout_seconds=0.3) for n in range(20)]
    result = run(jobs, executor=executor, workers=2)
    assert states(result) == [JobState.FAILED if n == 3 else JobState.DONE for n in range(20)]
    failure = result.results[3].failure
    assert failure is not None
    assert failure.what == "it took longer than 0.3 seconds"
    assert failure.kind == "TimeLimit"


def test_a_job_that_hangs_outside_of_python_is_ended_with_its_worker(
    run: Callable[..., RunResult], process_kind: str
) -> None:
    jobs = [Job(f"{n}", ("hang_outside_of_python",) if n == 3 else None, timeout_seconds=0.3) for n in range(20)]
    result = run(jobs, executor="processes", workers=2)
    assert states(result) == [JobState.FAILED if n == 3 else JobState.DONE for n in range(20)], process_kind
    failure = result.results[3].failure
    assert failure is not None
    assert failure.kind == "TimeLimit"


@pytest.mark.parametrize("executor", ["sequential", "threads", "processes"])
def test_many_that_are_overdue_are_all_named(run: Callable[..., RunResult], executor: str) -> None:
    jobs = [Job(f"{n}", ("compute", 600.0) if n % 4 == 0 else None, timeout_seconds=0.2) for n in range(16)]
    result = run(jobs, executor=executor, workers=2)
    assert states(result) == [JobState.FAILED if n % 4 == 0 else JobState.DONE for n in range(16)]


@pytest.mark.parametrize("executor", ["sequential", "threads", "processes"])
def test_jobs_without_a_limit_take_as_long_as_they_like(run: Callable[..., RunResult], executor: str) -> None:
    jobs = [Job("long", ("sleep", 0.6)), Job("short", None, timeout_seconds=0.2)]
    assert states(run(jobs, executor=executor, workers=1)) == [JobState.DONE, JobState.DONE]


def test_a_watch_counts_from_when_it_first_saw_a_worker_with_the_job() -> None:
    looks = [(0.0, 0, False), (0.9, 0, False), (1.0, 0, True), (1.1, 1, False), (2.0, 1, False), (2.1, 1, True)]
    looks += [(2.2, 2, False), (99.0, 2, False)]  # which may take as long as it likes
    times = iter([time for time, _, _ in looks])
    jobs = [Job("a", timeout_seconds=1.0), Job("b", timeout_seconds=1.0), Job("c")]
    watch = JobWatch(jobs, clock=lambda: next(times))
    assert [watch.is_overdue(7, index) for _, index, _ in looks] == [expected for _, _, expected in looks]


def test_a_grace_is_added_and_no_job_is_never_overdue() -> None:
    times = iter([0.0, 1.5, 3.0])
    watch = JobWatch([Job("a", timeout_seconds=1.0)], clock=lambda: next(times))
    assert not watch.is_overdue(0, None)
    assert [watch.is_overdue(0, 0, grace_seconds=2.0) for _ in range(3)] == [False, False, True]
