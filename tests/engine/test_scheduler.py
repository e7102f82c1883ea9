"""Which job may start now."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mintage.engine import Job, JobPriority, JobScheduler, JobState
from mintage.engine.scheduler import FINISHED
from mintage.errors import CycleError, PlanError

if TYPE_CHECKING:
    from collections.abc import Callable


def take_all(scheduler: JobScheduler, jobs: list[Job]) -> list[str]:
    """Run everything, one job at a time; the order in which it went."""
    order = []
    while (index := scheduler.take()) is not None:
        order.append(jobs[index].name)
        scheduler.succeed(index)
    return order


def test_takes_jobs_in_the_order_given_when_nothing_tells_them_apart() -> None:
    jobs = [Job(name) for name in "abc"]
    assert take_all(JobScheduler(jobs), jobs) == ["a", "b", "c"]


def test_takes_higher_priorities_first() -> None:
    jobs = [
        Job("low", priority=JobPriority.LOW, cost_seconds=0.0001),
        Job("normal", cost_seconds=1),
        Job("high", priority=JobPriority.HIGH),
    ]
    assert take_all(JobScheduler(jobs), jobs) == ["high", "normal", "low"]


def test_takes_a_job_on_which_others_wait_before_one_on_which_nothing_waits() -> None:
    jobs = [Job("alone"), Job("awaited"), Job("awaited longer"), Job("a", depends_on=("awaited",))]
    jobs.append(Job("b", depends_on=("awaited longer",), cost_seconds=1))
    assert take_all(JobScheduler(jobs), jobs) == ["awaited longer", "awaited", "alone", "a", "b"]


def test_takes_the_longest_of_the_low_jobs_first() -> None:
    jobs = [Job(str(cost), priority=JobPriority.LOW, cost_seconds=cost) for cost in (1, 3, 2)]
    assert take_all(JobScheduler(jobs), jobs) == ["3", "2", "1"]


def test_starts_a_long_low_job_early_enough_that_no_worker_is_left_alone_with_it() -> None:
    jobs = [Job(str(number), cost_seconds=0.1) for number in range(20)]
    jobs.append(Job("long", priority=JobPriority.LOW, cost_seconds=1))
    order = take_all(JobScheduler(jobs, workers=2), jobs)
    assert 5 <= order.index("long") <= 11  # while as much is left for the other worker


def test_takes_nothing_before_what_it_depends_on_has_succeeded() -> None:
    scheduler = JobScheduler([Job("first"), Job("second", depends_on=("first",))])
    assert scheduler.take() == 0
    assert scheduler.take() is None
    scheduler.succeed(0)
    assert scheduler.take() == 1


def test_ignores_order_when_dependencies_are_off() -> None:
    jobs = [Job("a", depends_on=("b", "nobody")), Job("b", depends_on=("a",))]
    assert take_all(JobScheduler(jobs, enable_dependencies=False), jobs) == ["a", "b"]


def test_a_dependency_named_twice_counts_once() -> None:
    jobs = [Job("a"), Job("b", depends_on=("a", "a"))]
    assert take_all(JobScheduler(jobs), jobs) == ["a", "b"]


def test_skips_everything_that_depends_on_a_failed_job() -> None:
    jobs = [Job("a"), Job("b", depends_on=("a",)), Job("c", depends_on=("b",)), Job("other")]
    scheduler = JobScheduler(jobs)
    assert scheduler.take() == 0
    assert sorted(scheduler.fail(0)) == [1, 2]
    assert scheduler.take() == 3
    scheduler.succeed(3)
    assert scheduler.is_finished


def test_takes_a_job_again_after_it_was_given_back() -> None:
    scheduler = JobScheduler([Job("a")])
    assert scheduler.take() == 0
    scheduler.give_back(0)
    assert scheduler.state(0) is JobState.READY
    assert scheduler.take() == 0


def test_takes_another_job_when_the_first_does_not_fit() -> None:
    jobs = [Job("large", memory_bytes=100), Job("small", memory_bytes=1)]
    scheduler = JobScheduler(jobs)
    assert scheduler.take(lambda job: job.memory_bytes < 10) == 1
    assert scheduler.take(lambda job: job.memory_bytes < 10) is None
    assert scheduler.take() == 0


def test_rejects_unknown_names_and_lists_all_of_them() -> None:
    with pytest.raises(PlanError) as caught:
        JobScheduler([Job("a", depends_on=("x", "y"))])
    assert [problem.what for problem in caught.value.problems] == [
        "a depends on x, which is not a job of this run",
        "a depends on y, which is not a job of this run",
    ]


@pytest.mark.parametrize("enable_dependencies", [True, False])
def test_refuses_a_name_that_two_jobs_have(enable_dependencies: bool) -> None:
    with pytest.raises(PlanError) as caught:
        JobScheduler([Job("a"), Job("a")], enable_dependencies=enable_dependencies)
    assert [problem.what for problem in caught.value.problems] == ["a is the name of 2 jobs"]


def test_refuses_a_cycle_naming_its_jobs_in_order() -> None:
    jobs = [Job("z", depends_on=("b",)), Job("a", depends_on=("c",)), Job("b", depends_on=("a",))]
    jobs.append(Job("c", depends_on=("b",)))
    with pytest.raises(CycleError) as caught:
        JobScheduler(jobs)
    cycle = caught.value.cycle
    assert cycle[0] == cycle[-1]
    assert sorted(cycle[1:]) == ["a", "b", "c"]
    needs = {job.name: job.depends_on for job in jobs}
    assert all(before in needs[after] for before, after in pairwise(cycle))


def test_refuses_a_job_that_waits_for_itself() -> None:
    with pytest.raises(CycleError) as caught:
        JobScheduler([Job("a", depends_on=("a",))])
    assert caught.value.cycle == ("a", "a")


def test_finds_a_cycle_of_very_many_jobs() -> None:
    jobs = [Job(str(number), depends_on=(str((number + 1) % 50_000),)) for number in range(50_000)]
    with pytest.raises(CycleError) as caught:
        JobScheduler(jobs)
    assert len(caught.value.cycle) == 50_001


def test_a_chain_of_very_many_jobs_is_no_recursion() -> None:
    jobs = [Job("0")] + [Job(str(number), depends_on=(str(number - 1),)) for number in range(1, 50_000)]
    scheduler = JobScheduler(jobs)
    assert scheduler.take() == 0
    assert len(scheduler.fail(0)) == 49_999


@st.composite
def graphs(draw: st.DrawFn) -> list[Job]:
    """Jobs that depend on earlier ones only, so that there is no cycle."""
    jobs: list[Job] = []
    for number in range(draw(st.integers(0, 25))):
        needs = draw(st.lists(st.integers(0, number - 1), max_size=3)) if number else []
        jobs.append(
            Job(
                str(number),
                priority=draw(st.sampled_from(JobPriority)),
                depends_on=tuple(map(str, needs)),
                cost_seconds=draw(st.sampled_from([0.0, 0.001, 0.5, 20.0])),
                memory_bytes=draw(st.sampled_from([0, 1, 40, 100])),
            )
        )
    return draw(st.permutations(jobs))


def fits_beside(used: int) -> Callable[[Job], bool]:
    """Whether a job fits into 100 bytes of which some are used."""
    return lambda job: job.memory_bytes <= 100 - used


@given(graphs(), st.integers(1, 4), st.data())
def test_every_job_has_one_end_and_none_starts_too_early(jobs: list[Job], workers: int, data: st.DataObject) -> None:
    scheduler = JobScheduler(jobs, workers=workers)
    index_of = {job.name: index for index, job in enumerate(jobs)}
    running: list[int] = []
    succeeded: set[str] = set()
    failed: set[str] = set()
    while not scheduler.is_finished:
        used = sum(jobs[index].memory_bytes for index in running)
        taken = scheduler.take(fits_beside(used)) if len(running) < workers else None
        if taken is not None:
            assert set(jobs[taken].depends_on) <= succeeded
            running.append(taken)
            continue
        assert running, "something is ready or runs as long as anything is left"
        index = running.pop(data.draw(st.integers(0, len(running) - 1)))
        fate = data.draw(st.sampled_from(["succeed", "succeed", "succeed", "fail", "give back"]))
        if fate == "succeed":
            scheduler.succeed(index)
            succeeded.add(jobs[index].name)
        elif fate == "fail":
            scheduler.fail(index)
            failed.add(jobs[index].name)
        else:
            scheduler.give_back(index)
    for index, job in enumerate(jobs):
        state = scheduler.state(index)
        unlucky = {n for n in job.depends_on if scheduler.state(index_of[n]) in (JobState.FAILED, JobState.SKIPPED)}
        assert state in FINISHED
        assert (state is JobState.SKIPPED) == bool(unlucky)
        assert (state is JobState.FAILED) == (job.name in failed)
    assert sum(scheduler.count(state) for state in JobState) == len(jobs)
    assert scheduler.cost_not_started == pytest.approx(0, abs=1e-6)


@given(graphs(), st.integers(0, 10))
def test_cancelling_ends_everything_that_has_not_ended(jobs: list[Job], steps: int) -> None:
    scheduler = JobScheduler(jobs)
    for _ in range(steps):
        if (index := scheduler.take()) is not None:
            scheduler.succeed(index)
    done = scheduler.count(JobState.DONE)
    assert len(scheduler.cancel_rest()) == len(jobs) - done
    assert scheduler.is_finished
    assert scheduler.take() is None
