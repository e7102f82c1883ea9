"""How to run some jobs, how to cut them, and which options make sense."""

from __future__ import annotations

import os
import time
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from mintage.engine import Cancellation, ConcurrentOptions, Job, Outcome
from mintage.engine.batches import BatchSizer
from mintage.engine.choose_executor import Measured, choose, choose_unmeasured
from mintage.engine.pools.probing import ProbingPool
from mintage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mintage.engine import RunResult


def unmeasured(jobs: int, executor: str = "auto", workers: int | None = None, cores: int = 2) -> tuple[str, int] | None:
    chosen = choose_unmeasured(jobs, executor=executor, workers=workers, cores=cores, threshold=24)
    return (chosen.executor, chosen.workers) if chosen else None


def measured(
    seconds: float, waiting: float = 0.0, workers: int | None = None, cores: int = 2, affordable: int = 16
) -> tuple[str, int]:
    chosen = choose(Measured(200, seconds, waiting), workers=workers, cores=cores, affordable=affordable)
    return chosen.executor, chosen.workers


def test_few_jobs_run_one_after_the_other() -> None:
    assert unmeasured(23) == ("sequential", 1)


def test_one_worker_runs_them_one_after_the_other() -> None:
    assert unmeasured(200, workers=1) == ("sequential", 1)


def test_many_jobs_are_measured_first() -> None:
    assert unmeasured(200) is None


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_what_is_asked_for_is_done_with_no_more_workers_than_jobs(executor: str) -> None:
    assert unmeasured(3, executor, workers=8) == (executor, 3)


def test_much_work_is_worth_processes(forks: None) -> None:
    assert measured(2.0) == ("processes", 2)


def test_little_work_is_not(forks: None) -> None:
    assert measured(0.002) == ("sequential", 1)


def test_one_core_runs_one_after_the_other() -> None:
    assert measured(2.0, cores=1) == ("sequential", 1)


def test_fresh_interpreters_are_worth_it_for_more_work_only(fresh_processes: None) -> None:
    assert measured(0.4) == ("sequential", 1)
    assert measured(4.0) == ("processes", 2)


@pytest.mark.parametrize("waiting", [0.87, 0.95, 1.0])
def test_jobs_that_wait_do_so_side_by_side_in_threads(waiting: float) -> None:
    assert measured(2.0, waiting, cores=1) == ("threads", 32)


@pytest.mark.parametrize(
    ("waiting", "cores", "processes"),
    [(0.4, 2, 2), (0.5, 2, 8), (0.75, 2, 16), (0.86, 2, 16), (0.6, 1, 5), (0.6, 32, 32)],
)
def test_jobs_that_wait_for_half_of_their_time_do_so_in_more_processes_than_cores(
    forks: None, waiting: float, cores: int, processes: int
) -> None:
    assert measured(20.0, waiting, cores=cores) == ("processes", processes)


def test_but_in_threads_where_processes_are_slow_to_start(fresh_processes: None) -> None:
    assert measured(20.0, 0.6) == ("threads", 32)


def test_but_not_in_more_processes_than_memory_and_open_files_allow(forks: None) -> None:
    assert measured(20.0, 0.7, affordable=5) == ("processes", 5)
    assert measured(20.0, 0.7, affordable=1) == ("processes", 2)
    assert measured(20.0, 0.7, workers=3) == ("processes", 3)


@pytest.mark.parametrize(("seconds", "processes"), [(0.1, 4), (1.0, 13), (20.0, 58), (60.0, 64)])
def test_no_more_processes_start_than_save_the_time_of_their_start(forks: None, seconds: float, processes: int) -> None:
    assert measured(seconds, cores=64) == ("processes", processes)


def test_but_not_in_more_threads_threads_than_allowed() -> None:
    assert measured(2.0, 0.99, workers=4) == ("threads", 4)


def test_threads_take_the_place_of_processes_where_they_run_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys._is_gil_enabled", lambda: False, raising=False)
    assert measured(2.0) == ("threads", 2)


def test_says_why(forks: None) -> None:
    chosen = choose(Measured(1200, 12.0), workers=None, cores=2, affordable=16)
    assert chosen.reason == "1,200 jobs, about 12 s of work: worth 2 processes"


class Busy:
    """Computes for some of the time that a job's estimate says, times ten, and waits for the rest."""

    def __init__(self, waiting: float) -> None:
        self._waiting = waiting

    def run(self, job: Job) -> Outcome:
        seconds = job.cost_seconds * 10
        time.sleep(seconds * self._waiting)
        until = time.thread_time() + seconds * (1 - self._waiting)
        while time.thread_time() < until:
            pass
        return Outcome()


@pytest.mark.parametrize("waiting", [0.0, 0.9])
def test_the_first_jobs_correct_the_estimates_of_the_others(waiting: float) -> None:
    jobs = [Job(str(number), cost_seconds=0.0005) for number in range(30)]
    pool = ProbingPool(jobs, Busy(waiting), Cancellation(), None)
    while not pool.has_seen_enough:
        if pool.has_room():
            pool.submit((0,))
        pool.wait(0.1)
    found = pool.measured(jobs_left=20, estimated_left=0.01)
    assert found.jobs_left == 20
    assert found.seconds_left >= 0.05
    assert found.waiting >= 0.5 if waiting else found.waiting < 1


def test_time_in_which_others_have_the_processor_is_no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.perf_counter()
    monkeypatch.setattr("mintage.engine.pools.probing.queued_seconds", lambda: time.perf_counter() - began)
    pool = ProbingPool([Job("a", cost_seconds=0.001), Job("b", cost_seconds=0.001)], Busy(1.0), Cancellation(), None)
    for index in range(2):
        pool.submit((index,))
        pool.wait(0.1)
    assert pool.measured(jobs_left=20, estimated_left=0.01).waiting == 0.0


def test_nothing_that_was_measured_leaves_the_estimates_alone() -> None:
    pool = ProbingPool([], Busy(0), Cancellation(), None)
    assert pool.measured(jobs_left=2, estimated_left=0.5) == Measured(2, 0.5)


@pytest.mark.parametrize(
    "options",
    [
        {"workers": 0},
        {"buffer_size": 0},
        {"max_memory_mb": 0},
        {"threshold": -1},
        {"timeout_seconds": 0},
        {"timeout_seconds": float("nan")},
        {"grace_seconds": -1},
        {"executor": "cluster"},
        {"executor": None},
    ],
)
def test_refuses_options_that_make_no_sense(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        ConcurrentOptions(**options)


def test_batches_grow_from_tiny_and_shrink_towards_the_end() -> None:
    sizer = BatchSizer(workers=2, buffer_size=100, batches_per_worker=2)
    sizes = [sizer.next_seconds(100.0) for _ in range(20)]
    assert sizes[0] <= 0.001
    assert sizes == sorted(sizes)
    assert sizes[-1] == sizes[-2] <= 0.05
    assert sizer.next_seconds(0.004) <= 0.001


def test_batches_follow_what_jobs_really_take() -> None:
    sizer = BatchSizer(workers=2, buffer_size=100, batches_per_worker=2)
    first = sizer.next_seconds(100.0)
    for _ in range(200):
        sizer.learn(estimated_seconds=0.001, real_seconds=0.01)
    assert sizer.next_seconds(100.0) < first


@pytest.mark.parametrize(("buffer_size", "most"), [(100, 25), (1, 1), (10**9, 250)])
def test_the_buffer_bounds_the_jobs_of_a_batch(buffer_size: int, most: int) -> None:
    assert BatchSizer(workers=2, buffer_size=buffer_size, batches_per_worker=2).most_jobs == most


def test_in_another_thread_nothing_is_run_to_measure_it_because_it_could_hang(
    run: Callable[..., RunResult], fresh_processes: None
) -> None:
    ran: list[RunResult] = []
    jobs = [Job(str(number), payload=("identify",), cost_seconds=0.1) for number in range(40)]
    thread = Thread(target=lambda: ran.append(run(jobs, workers=2)))
    thread.start()
    thread.join(60)
    assert ran[0].executor == "processes"
    assert os.getpid() not in {result.detail for result in ran[0].results}
