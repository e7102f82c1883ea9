"""How to run some jobs, how to cut them, and which options make sense."""

from __future__ import annotations

from typing import Any

import pytest

from mintage.engine import ConcurrentOptions, Job
from mintage.engine.batches import BatchSizer
from mintage.engine.choose_executor import choose
from mintage.errors import UsageError


def jobs(count: int, cost_seconds: float = 0.01) -> list[Job]:
    return [Job(str(number), cost_seconds=cost_seconds) for number in range(count)]


def choice(jobs: list[Job], executor: str = "auto", workers: int = 2) -> tuple[str, int]:
    chosen = choose(jobs, executor=executor, workers=workers, threshold=24)
    return chosen.executor, chosen.workers


def test_much_work_is_worth_processes() -> None:
    assert choice(jobs(200)) == ("processes", 2)


def test_few_jobs_run_one_after_the_other() -> None:
    assert choice(jobs(23)) == ("sequential", 1)


def test_little_work_runs_one_after_the_other() -> None:
    assert choice(jobs(100, 0.00001)) == ("sequential", 1)


def test_one_core_runs_one_after_the_other() -> None:
    assert choice(jobs(200), workers=1) == ("sequential", 1)


def test_fresh_interpreters_are_worth_it_for_more_work_only(fresh_processes: None) -> None:
    assert choice(jobs(40)) == ("sequential", 1)
    assert choice(jobs(400)) == ("processes", 2)


def test_threads_take_the_place_of_processes_where_they_run_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys._is_gil_enabled", lambda: False, raising=False)
    assert choice(jobs(200)) == ("threads", 2)


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_what_is_asked_for_is_done_with_no_more_workers_than_jobs(executor: str) -> None:
    assert choice(jobs(3), executor, workers=8) == (executor, 3)


def test_says_why() -> None:
    chosen = choose(jobs(1200), executor="auto", workers=2, threshold=24)
    assert chosen.reason == "1,200 jobs, about 12 s of work: worth 2 processes"


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
