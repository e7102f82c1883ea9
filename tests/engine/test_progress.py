"""How far a run is."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mintage.engine import Job, JobResult, JobState, ProgressTracker

ENDS = (JobState.DONE, JobState.FAILED, JobState.SKIPPED, JobState.CANCELLED)


class Clock:
    """A clock that only tests move."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_nothing_to_do_is_finished_at_once() -> None:
    progress = ProgressTracker(0).snapshot()
    assert progress.percentage == 100
    assert progress.seconds_left == 0


def test_counts_every_kind_of_end() -> None:
    tracker = ProgressTracker(4)
    for state in ENDS:
        tracker.finished(JobResult(Job(state.name), state, bytes_written=10))
    progress = tracker.snapshot()
    assert (progress.done, progress.failed, progress.skipped, progress.cancelled) == (1, 1, 1, 1)
    assert progress.completed == 4
    assert progress.bytes_written == 40


def test_guesses_the_time_left_from_the_work_done_so_far() -> None:
    clock = Clock()
    tracker = ProgressTracker(2, total_cost=4, clock=clock)
    clock.now += 3
    assert tracker.snapshot().seconds_left is None
    tracker.finished(JobResult(Job("a", cost_seconds=1), JobState.DONE, bytes_written=60))
    progress = tracker.snapshot()
    assert progress.seconds_left == pytest.approx(9)
    assert progress.rate == pytest.approx(1 / 3)
    assert progress.bytes_per_second == pytest.approx(20)


def test_tells_what_each_worker_does_until_that_has_ended() -> None:
    tracker = ProgressTracker(2)
    tracker.working_on({0: "a", 1: "b"})
    tracker.finished(JobResult(Job("a"), JobState.DONE, worker=0))
    assert tracker.snapshot().current == {1: "b"}
    tracker.finished(JobResult(Job("b"), JobState.DONE, worker=5))
    assert tracker.snapshot().current == {}


def test_refuses_more_ends_than_there_are_jobs() -> None:
    tracker = ProgressTracker(1)
    tracker.finished(JobResult(Job("a"), JobState.DONE))
    with pytest.raises(ValueError, match="more jobs"):
        tracker.finished(JobResult(Job("a"), JobState.DONE))


@given(st.lists(st.tuples(st.sampled_from(ENDS), st.floats(0, 1e6), st.integers(0, 10**9)), min_size=1, max_size=50))
def test_never_goes_back_never_passes_the_total_and_ends_at_it(ends: list[tuple[JobState, float, int]]) -> None:
    tracker = ProgressTracker(len(ends), total_cost=sum(cost for _, cost, _ in ends))
    before = tracker.snapshot()
    for number, (state, cost, size) in enumerate(ends):
        tracker.finished(JobResult(Job(str(number), cost_seconds=cost), state, bytes_written=size))
        now = tracker.snapshot()
        assert before.completed < now.completed <= now.total
        assert before.percentage < now.percentage <= 100
        assert before.cost_done <= now.cost_done <= 1
        assert before.bytes_written <= now.bytes_written
        assert now.completed == now.done + now.failed + now.skipped + now.cancelled
        before = now
    assert before.percentage == 100
    assert before.cost_done == 1


def test_loses_nothing_when_many_threads_count() -> None:
    tracker = ProgressTracker(4000)

    def count(thread: int) -> None:
        for number in range(500):
            tracker.finished(JobResult(Job(f"{thread}-{number}"), JobState.DONE, bytes_written=1))

    threads = [threading.Thread(target=count, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tracker.snapshot().completed == 4000
    assert tracker.snapshot().bytes_written == 4000
