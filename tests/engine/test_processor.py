"""Running jobs: the same results from every pool, whatever happens to single jobs."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mintage.engine import (
    Cancellation,
    ConcurrentProcessor,
    Job,
    JobPriority,
    JobResult,
    JobRunner,
    JobState,
    Progress,
    RunResult,
    SilentReporter,
)
from mintage.engine.failures import RunStoppedError
from mintage.engine.progress import WithoutProgress
from mintage.errors import CancelledError, CycleError, PlanError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXECUTORS = ("sequential", "threads", "processes")
every_executor = pytest.mark.parametrize("executor", EXECUTORS)


class Listener(SilentReporter):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.ended: list[str] = []
        self.progress: list[Progress] = []

    def started(self, total: int) -> None:
        self.told.append(f"started {total}")

    def job_finished(self, result: JobResult) -> None:
        self.ended.append(result.job.name)

    def tick(self, progress: Progress) -> None:
        self.progress.append(progress)

    def finished(self, progress: Progress) -> None:
        self.told.append(f"finished {progress.completed}")
        self.progress.append(progress)


def states(result: RunResult) -> dict[str, JobState]:
    return {each.job.name: each.state for each in result.results}


@every_executor
def test_runs_every_job_and_returns_results_in_their_order(executor: str, run: Callable[..., RunResult]) -> None:
    jobs = [Job(str(number), priority=JobPriority(number % 3)) for number in range(300)]
    result = run(jobs, executor=executor, workers=3)
    assert [each.job for each in result.results] == jobs
    assert {each.state for each in result.results} == {JobState.DONE}
    assert {each.bytes_written for each in result.results} == {1}
    assert result.executor == executor
    assert result.ended_by is None
    assert result.first_result_seconds is not None
    assert result.first_result_seconds <= result.seconds


@every_executor
def test_no_jobs_is_a_run_too(executor: str, run: Callable[..., RunResult]) -> None:
    listener = Listener()
    assert run([], executor=executor, reporter=listener).results == ()
    assert listener.told == ["started 0", "finished 0"]


@every_executor
def test_there_are_never_more_workers_than_jobs(executor: str, run: Callable[..., RunResult]) -> None:
    assert run([Job("a"), Job("b")], executor=executor, workers=50).workers <= 2


@every_executor
def test_jobs_that_cost_nothing_run_all_the_same(executor: str, run: Callable[..., RunResult]) -> None:
    result = run([Job(str(number), cost_seconds=0) for number in range(20)], executor=executor, workers=2)
    assert {each.state for each in result.results} == {JobState.DONE}


@every_executor
def test_one_failure_fails_nothing_else(executor: str, run: Callable[..., RunResult]) -> None:
    jobs = [Job(str(number)) for number in range(30)]
    jobs[7] = Job("7", payload=("fail",))
    result = run(jobs, executor=executor, workers=2)
    assert Counter(states(result).values()) == {JobState.DONE: 29, JobState.FAILED: 1}
    failure = result.results[7].failure
    assert failure is not None
    assert failure.what == "ValueError: 7 is bad"
    assert failure.kind == "ValueError"


@every_executor
@pytest.mark.parametrize(
    "payload",
    [
        ("fail_badly", "pickles badly"),
        ("fail_badly", "cannot be described"),
        ("fail_badly", "ends the thread"),
        ("leave", 3),
        ("give_nothing",),
        ("no such verb",),
    ],
)
def test_whatever_a_job_raises_is_its_failure(
    executor: str, payload: tuple[str, ...], run: Callable[..., RunResult]
) -> None:
    result = run([Job("odd", payload=payload), *(Job(name) for name in "abc")], executor=executor, workers=2)
    assert Counter(states(result).values()) == {JobState.DONE: 3, JobState.FAILED: 1}
    assert result.results[0].failure is not None
    assert result.results[0].failure.what


@every_executor
def test_results_may_be_large(executor: str, run: Callable[..., RunResult]) -> None:
    result = run(
        [Job("text", payload=("give", "text", 20_000_000)), Job("list", payload=("give", "list", 3))],
        executor=executor,
        workers=2,
    )
    assert result.results[0].detail == "x" * 20_000_000
    assert result.results[1].detail == ["x"] * 3


@every_executor
def test_dependents_of_a_failed_job_are_skipped_and_say_because_of_whom(
    executor: str, run: Callable[..., RunResult]
) -> None:
    jobs = [
        Job("grandchild", depends_on=("child", "fine")),
        Job("child", depends_on=("culprit",)),
        Job("culprit", payload=("fail",)),
        Job("fine"),
    ]
    result = run(jobs, executor=executor, workers=2)
    assert states(result) == {
        "grandchild": JobState.SKIPPED,
        "child": JobState.SKIPPED,
        "culprit": JobState.FAILED,
        "fine": JobState.DONE,
    }
    assert [each.skipped_because for each in result.results] == ["culprit", "culprit", None, None]


@every_executor
def test_without_dependencies_nothing_is_skipped(executor: str, run: Callable[..., RunResult]) -> None:
    jobs = [Job("culprit", payload=("fail",)), Job("child", depends_on=("culprit",))]
    result = run(jobs, executor=executor, workers=2, enable_dependencies=False)
    assert states(result)["child"] is JobState.DONE


@every_executor
def test_fail_fast_ends_the_run_at_the_first_failure(executor: str, run: Callable[..., RunResult]) -> None:
    jobs = [Job("culprit", payload=("fail",), priority=JobPriority.HIGH)]
    jobs += [Job(str(number), payload=("sleep", 0.02), cost_seconds=1) for number in range(200)]
    result = run(jobs, executor=executor, workers=2, fail_fast=True)
    counts = Counter(states(result).values())
    assert counts[JobState.FAILED] == 1
    assert counts[JobState.CANCELLED] > 100
    assert result.ended_by is None


@pytest.mark.parametrize(
    ("jobs", "error"),
    [
        ([Job("a", depends_on=("b",)), Job("b", depends_on=("a",))], CycleError),
        ([Job("a", depends_on=("nobody",))], PlanError),
        ([Job("a"), Job("a")], PlanError),
    ],
)
def test_jobs_that_cannot_be_ordered_are_refused_before_anything_happens(
    jobs: list[Job], error: type[Exception], run: Callable[..., RunResult]
) -> None:
    listener = Listener()
    with pytest.raises(error):
        run(jobs, executor="processes", reporter=listener)
    assert listener.told == []


@every_executor
def test_a_job_that_needs_more_memory_than_there_is_fails_and_says_what_it_needs(
    executor: str, run: Callable[..., RunResult]
) -> None:
    jobs = [Job("huge", memory_bytes=5 << 30), Job("small", memory_bytes=1000), Job("child", depends_on=("huge",))]
    result = run(jobs, executor=executor, workers=2, max_memory_mb=1024)
    assert states(result) == {"huge": JobState.FAILED, "small": JobState.DONE, "child": JobState.SKIPPED}
    failure = result.results[0].failure
    assert failure is not None
    assert failure.what.startswith("it would need about 5120 MiB of memory, and ")
    assert "the limit is 1024 MiB" in failure.why
    assert "`ConcurrentOptions(max_memory_mb=MIB)`" in failure.hint


@every_executor
def test_a_reporter_hears_the_whole_story(executor: str, run: Callable[..., RunResult]) -> None:
    listener = Listener()
    jobs = [Job(str(number), payload=("sleep", 0.005), cost_seconds=0.005) for number in range(100)]
    run(jobs, executor=executor, workers=2, reporter=listener)
    assert listener.told == ["started 100", "finished 100"]
    assert sorted(listener.ended) == sorted(job.name for job in jobs)
    assert len(listener.progress) > 1
    completed = [progress.completed for progress in listener.progress]
    assert completed == sorted(completed)
    assert all(progress.percentage <= 100 for progress in listener.progress)
    assert listener.progress[-1].percentage == 100


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_progress_tells_what_each_worker_is_doing(executor: str, run: Callable[..., RunResult], tmp_path: Path) -> None:
    gate = tmp_path / "gate"

    class OpensTheGate(SilentReporter):
        def tick(self, progress: Progress) -> None:
            if sorted(progress.current.values()) == ["one", "two"]:
                gate.touch()

    jobs = [Job(name, payload=("wait_for", str(gate)), cost_seconds=1) for name in ("one", "two")]
    result = run(jobs, executor=executor, workers=2, reporter=OpensTheGate(), timeout_seconds=60)
    assert result.ended_by is None


@every_executor
@pytest.mark.parametrize("method", ["started", "job_finished", "tick", "finished"])
def test_a_reporter_that_raises_ends_the_run_cleanly(executor: str, method: str, run: Callable[..., RunResult]) -> None:
    class Broken(Listener):
        pass

    def fail(*_: object) -> None:
        raise BrokenPipeError("nobody listens")

    setattr(Broken, method, fail)
    jobs = [Job(str(number), payload=("sleep", 0.005), cost_seconds=0.005) for number in range(30)]
    with pytest.raises(BrokenPipeError):
        run(jobs, executor=executor, workers=2, reporter=Broken())


@every_executor
def test_ten_thousand_tiny_jobs(executor: str, run: Callable[..., RunResult]) -> None:
    jobs = [Job(str(number), cost_seconds=0.00005) for number in range(10_000)]
    result = run(jobs, executor=executor, workers=2)
    assert len(result.results) == 10_000
    assert {each.state for each in result.results} == {JobState.DONE}


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_no_more_jobs_are_dispatched_than_the_buffer_holds(
    executor: str, run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mintage.engine.scheduler import JobScheduler

    running: list[int] = []

    def spy(scheduler: JobScheduler, *arguments: Any) -> int | None:
        taken = take(scheduler, *arguments)
        running.append(scheduler.count(JobState.RUNNING))
        return taken

    take = JobScheduler.take
    monkeypatch.setattr(JobScheduler, "take", spy)
    run([Job(str(number)) for number in range(50)], executor=executor, workers=8, buffer_size=3)
    assert max(running) <= 3


@every_executor
def test_works_outside_of_the_main_thread(executor: str, run: Callable[..., RunResult]) -> None:
    results: list[RunResult] = []
    jobs = [Job(str(number)) for number in range(30)]
    thread = threading.Thread(target=lambda: results.append(run(jobs, executor=executor, workers=2)))
    thread.start()
    thread.join()
    assert {each.state for each in results[0].results} == {JobState.DONE}


def test_many_runs_at_once_do_not_disturb_each_other(runner: JobRunner) -> None:
    processor = ConcurrentProcessor(cancellation=Cancellation())
    results: list[RunResult] = []

    def work(thread: int) -> None:
        results.append(processor.run([Job(f"{thread}-{number}", cost_seconds=0.01) for number in range(60)], runner))

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    for result in results:
        assert {each.state for each in result.results} == {JobState.DONE}
        assert len({each.job.name.split("-")[0] for each in result.results}) == 1


@every_executor
def test_cancelled_beforehand_nothing_runs(executor: str, run: Callable[..., RunResult], tmp_path: Path) -> None:
    cancellation = Cancellation()
    cancellation.cancel(15)
    log = tmp_path / "log"
    result = run([Job("a", payload=("write", str(log)))], executor=executor, cancellation=cancellation)
    assert states(result) == {"a": JobState.CANCELLED}
    assert isinstance(result.ended_by, CancelledError)
    assert result.ended_by.exit_code == 143
    assert not log.exists()


@st.composite
def graphs(draw: st.DrawFn) -> list[tuple[bool, JobPriority, tuple[int, ...], float, int]]:
    """For each job: whether it fails, its priority, the earlier jobs that it needs, cost and memory."""
    return [
        (
            draw(st.booleans()) and draw(st.booleans()),
            draw(st.sampled_from(JobPriority)),
            tuple(draw(st.lists(st.integers(0, number - 1), max_size=2))) if number else (),
            draw(st.sampled_from([0.0, 0.0001, 0.01, 3.0])),
            draw(st.sampled_from([0, 1 << 20, 30 << 20, 60 << 20])),
        )
        for number in range(draw(st.integers(1, 20)))
    ]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(graph=graphs(), workers=st.integers(1, 3), buffer_size=st.integers(1, 100), reverse=st.booleans())
def test_every_pool_gives_the_same_results_in_an_order_that_respects_dependencies(
    graph: list[tuple[bool, JobPriority, tuple[int, ...], float, int]],
    workers: int,
    buffer_size: int,
    reverse: bool,
    run: Callable[..., RunResult],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    found = []
    for executor in EXECUTORS:
        log = tmp_path_factory.mktemp("run") / "log"
        log.touch()
        jobs = [
            Job(
                f"j{number}",
                payload=("fail",) if fails else ("write", str(log)),
                priority=priority,
                depends_on=tuple(f"j{need}" for need in needs),
                cost_seconds=cost,
                memory_bytes=memory,
            )
            for number, (fails, priority, needs, cost, memory) in enumerate(graph)
        ]
        jobs = jobs[::-1] if reverse else jobs
        result = run(jobs, executor=executor, workers=workers, buffer_size=buffer_size, max_memory_mb=2048)
        lines = log.read_text().splitlines()
        place = {line: number for number, line in enumerate(lines)}
        assert len(place) == len(lines), "no job ran twice"
        for job in jobs:
            for need in job.depends_on:
                if f"begin {job.name}" in place:
                    assert place[f"end {need}"] < place[f"begin {job.name}"]
        wrote = {name for name, state in states(result).items() if state is JobState.DONE}
        assert {line.split()[1] for line in lines} == wrote
        found.append(states(result))
    failing = {f"j{number}" for number, (fails, *_) in enumerate(graph) if fails}
    assert found[0] == found[1] == found[2]
    for number, (fails, _, needs, *_) in enumerate(graph):
        state = found[0][f"j{number}"]
        lost = any(found[0][f"j{need}"] is not JobState.DONE for need in needs)
        assert (state is JobState.SKIPPED) == lost
        assert (state is JobState.FAILED) == (fails and not lost)
    assert {name for name, state in found[0].items() if state is JobState.FAILED} <= failing


@every_executor
def test_a_job_may_stop_the_whole_run(executor: str, run: Callable[..., RunResult]) -> None:
    jobs = [Job("stopper", payload=("stop_the_run",))]
    jobs += [Job(str(number), payload=("sleep", 0.01)) for number in range(500)]
    result = run(jobs, executor=executor, workers=2, buffer_size=8)
    assert isinstance(result.ended_by, RunStoppedError)
    assert result.ended_by.what == "stopper has seen enough"
    assert JobState.CANCELLED in states(result).values()


class Names(SilentReporter):
    """Hears of the jobs that have ended."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def job_finished(self, result: JobResult) -> None:
        self.names.append(result.job.name)


class NoNames(Names):
    wants_job_events = False


@pytest.mark.parametrize(("kind", "heard"), [(Names, ["a", "b"]), (NoNames, [])])
def test_a_reporter_declares_whether_it_hears_of_jobs(
    run: Callable[..., RunResult], kind: type[Names], heard: list[str]
) -> None:
    reporter = kind()
    run([Job("a"), Job("b")], executor="sequential", reporter=reporter)
    assert reporter.names == heard


@pytest.mark.parametrize(("kind", "heard"), [(Names, ["a", "b"]), (NoNames, [])])
def test_a_reporter_without_progress_keeps_to_what_the_wrapped_one_declares(
    run: Callable[..., RunResult], kind: type[Names], heard: list[str]
) -> None:
    reporter = kind()
    run([Job("a"), Job("b")], executor="sequential", reporter=WithoutProgress(reporter))
    assert reporter.names == heard
