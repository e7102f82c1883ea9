"""Any `concurrent.futures.Executor` may run the jobs. It is used, not owned."""

from __future__ import annotations

import multiprocessing
import threading
from collections import Counter
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from mintage.engine import Cancellation, Job, JobState, RunResult
from mintage.errors import CancelledError, TimedOutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield executor
    tracker = multiprocessing.resource_tracker._resource_tracker  # type: ignore[attr-defined]
    tracker._stop()  # it would outlive the test


class AtOnce(Executor):
    """Runs what it is given before `submit` returns."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(function(*args, **options))
        return future


def jobs_with_a_failure() -> list[Job]:
    jobs = [Job(str(number)) for number in range(50)]
    return [*jobs, Job("bad", payload=("fail",)), Job("child", depends_on=("bad",)), Job("last", depends_on=("7",))]


def expected(result: RunResult) -> bool:
    return Counter(each.state for each in result.results) == {
        JobState.DONE: 51,
        JobState.FAILED: 1,
        JobState.SKIPPED: 1,
    }


def test_threads(run: Callable[..., RunResult]) -> None:
    with ThreadPoolExecutor(3) as executor:
        result = run(jobs_with_a_failure(), executor=executor)
        assert expected(result)
        assert result.executor == "ThreadPoolExecutor"
        assert result.workers == 3
        assert executor.submit(lambda: 5).result() == 5, "it is not shut down"


def test_processes(run: Callable[..., RunResult], processes: ProcessPoolExecutor) -> None:
    assert expected(run(jobs_with_a_failure(), executor=processes))


def test_one_that_runs_everything_at_once(run: Callable[..., RunResult]) -> None:
    assert expected(run(jobs_with_a_failure(), executor=AtOnce()))


def test_what_cannot_be_sent_back_fails_its_job_only(
    run: Callable[..., RunResult], processes: ProcessPoolExecutor
) -> None:
    jobs = [Job("odd", payload=("give", "function"), cost_seconds=0.0001)]
    jobs += [Job(str(number), cost_seconds=0.0001) for number in range(20)]
    result = run(jobs, executor=processes)
    assert [each.job.name for each in result.results if each.state is not JobState.DONE] == ["odd"]


def test_one_that_breaks_fails_the_remaining_jobs_clearly(
    run: Callable[..., RunResult], processes: ProcessPoolExecutor
) -> None:
    jobs = [Job("guilty", payload=("exit_process", 1)), *(Job(str(number)) for number in range(200))]
    result = run(jobs, executor=processes)
    assert {each.state for each in result.results} <= {JobState.DONE, JobState.FAILED}
    failure = result.results[0].failure
    assert failure is not None
    assert failure.what.startswith("the executor can't run it")
    assert failure.kind == "BrokenProcessPool"


def test_one_that_was_shut_down_fails_every_job(run: Callable[..., RunResult]) -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    result = run([Job("a"), Job("b")], executor=executor)
    assert {each.state for each in result.results} == {JobState.FAILED}


def test_a_timeout_does_not_wait_for_what_it_cannot_end(run: Callable[..., RunResult], tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with ThreadPoolExecutor(2) as executor:
        jobs = [Job(str(number), payload=("wait_for", str(gate)), cost_seconds=1) for number in range(6)]
        result = run(jobs, executor=executor, timeout_seconds=0.3, grace_seconds=0.1)
        assert isinstance(result.ended_by, TimedOutError)
        assert {each.state for each in result.results} == {JobState.CANCELLED}
        gate.touch()


def test_cancellation_takes_back_what_has_not_begun(run: Callable[..., RunResult], tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    cancellation = Cancellation()
    timer = threading.Timer(0.2, cancellation.cancel)
    timer.start()
    with ThreadPoolExecutor(1) as executor:
        jobs = [Job("running", payload=("wait_for", str(gate)), cost_seconds=1)]
        jobs += [Job(str(number), payload=("write", str(tmp_path / "log"))) for number in range(6)]
        result = run(jobs, executor=executor, cancellation=cancellation, grace_seconds=0.1)
        gate.touch()
    timer.join()
    assert isinstance(result.ended_by, CancelledError)
    assert not (tmp_path / "log").exists()
