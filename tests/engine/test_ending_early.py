"""Ending a run early: timeout, cancellation, signals. One path, and nothing stays."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from mintage.engine import (
    Cancellation,
    Job,
    JobResult,
    JobState,
    Progress,
    RunResult,
    SilentReporter,
    cancel_on_signals,
)
from mintage.errors import CancelledError, TimedOutError
from tests.processes import wait_until_ended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

every_executor = pytest.mark.parametrize("executor", ["sequential", "threads", "processes"])
HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)


@pytest.fixture(autouse=True)
def handlers_are_as_before() -> Iterator[None]:
    """Whatever a run does with signals, it undoes."""
    before = [signal.getsignal(number) for number in HANDLED]
    yield
    assert [signal.getsignal(number) for number in HANDLED] == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[list[Job]]:
    """Jobs of which two hang until the test is over."""
    gate = tmp_path / "gate"
    jobs = [Job(str(number)) for number in range(20)]
    jobs += [Job(f"hangs{number}", payload=("wait_for", str(gate)), cost_seconds=3) for number in range(2)]
    yield [*jobs, Job("after", depends_on=("hangs0",))]
    gate.touch()
    for thread in threading.enumerate():
        if thread.name.startswith("mintage-"):
            thread.join()


class When(SilentReporter):
    """Calls something once, as soon as so many jobs have ended and the rest hangs."""

    def __init__(self, ended: int, do: Callable[[], object]) -> None:
        self._ended = ended
        self._do = do

    def tick(self, progress: Progress) -> None:
        if progress.completed == self._ended:
            self._ended = -1
            self._do()


def cancel_when_there_is(marker: Path, cancellation: Cancellation) -> None:
    """Wait until a job has made its marker, and cancel the run."""
    while not marker.exists():
        time.sleep(0.01)
    cancellation.cancel()


def ends(result: RunResult) -> dict[JobState, int]:
    return dict(Counter(each.state for each in result.results))


@every_executor
def test_a_timeout_ends_jobs_that_hang(executor: str, hanging: list[Job], run: Callable[..., RunResult]) -> None:
    result = run(hanging, executor=executor, workers=2, timeout_seconds=1, grace_seconds=0.1)
    assert isinstance(result.ended_by, TimedOutError)
    assert result.ended_by.exit_code == 124
    assert result.ended_by.what == "it took longer than 1 seconds"
    assert {"hangs0", "hangs1", "after"} <= {
        each.job.name for each in result.results if each.state is JobState.CANCELLED
    }
    assert set(ends(result)) <= {JobState.DONE, JobState.CANCELLED}


@every_executor
def test_a_call_from_another_thread_ends_jobs_that_hang(
    executor: str, hanging: list[Job], run: Callable[..., RunResult]
) -> None:
    cancellation = Cancellation()
    timer = threading.Timer(0.3, cancellation.cancel)
    timer.start()
    result = run(hanging, executor=executor, workers=2, cancellation=cancellation, grace_seconds=0.1)
    timer.join()
    assert isinstance(result.ended_by, CancelledError)
    assert result.ended_by.exit_code == 130
    assert ends(result)[JobState.CANCELLED] >= 3


@every_executor
@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_jobs_that_hang(
    executor: str, number: signal.Signals, exit_code: int, hanging: list[Job], run: Callable[..., RunResult]
) -> None:
    cancellation = Cancellation()
    timer = threading.Timer(0.3, os.kill, (os.getpid(), number))
    with cancel_on_signals(cancellation):
        timer.start()
        result = run(hanging, executor=executor, workers=2, cancellation=cancellation, grace_seconds=0.1)
        timer.join()
    assert isinstance(result.ended_by, CancelledError)
    assert result.ended_by.exit_code == exit_code
    assert ends(result)[JobState.CANCELLED] >= 3


@every_executor
def test_an_interruption_that_nobody_handles_leaves_nothing_behind_and_is_passed_on(
    executor: str, hanging: list[Job], run: Callable[..., RunResult]
) -> None:
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run(hanging, executor=executor, workers=2, grace_seconds=0.1)
    timer.join()


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_running_jobs_may_finish_within_the_grace(executor: str, run: Callable[..., RunResult], tmp_path: Path) -> None:
    gate, began = tmp_path / "gate", tmp_path / "began"
    cancellation = Cancellation()

    def cancel() -> None:
        cancel_when_there_is(began, cancellation)
        gate.touch()

    jobs = [Job("done"), Job("nearly", payload=("wait_for", str(gate), str(began)), cost_seconds=1)]
    jobs.append(Job("never", depends_on=("nearly",)))
    result = run(
        jobs, executor=executor, workers=2, cancellation=cancellation, grace_seconds=20, reporter=When(1, cancel)
    )
    assert [each.state for each in result.results] == [JobState.DONE, JobState.DONE, JobState.CANCELLED]


@pytest.mark.parametrize("executor", ["sequential", "processes"])
def test_a_job_that_is_interrupted_may_clean_up(executor: str, run: Callable[..., RunResult], tmp_path: Path) -> None:
    began, cleaned = tmp_path / "began", tmp_path / "cleaned"
    cancellation = Cancellation()
    thread = threading.Thread(target=cancel_when_there_is, args=(began, cancellation))
    thread.start()
    jobs = [Job("a", payload=("clean_up", str(began), str(cleaned), 0.3), cost_seconds=1), Job("b")]
    result = run(jobs, executor=executor, workers=1, cancellation=cancellation, grace_seconds=0.1)
    thread.join()
    assert isinstance(result.ended_by, CancelledError)
    assert cleaned.exists()


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_a_second_request_waits_for_nothing(executor: str, hanging: list[Job], run: Callable[..., RunResult]) -> None:
    cancellation = Cancellation()
    timers = [threading.Timer(seconds, cancellation.cancel) for seconds in (0.3, 0.8)]
    for timer in timers:
        timer.start()
    result = run(hanging, executor=executor, workers=2, cancellation=cancellation, grace_seconds=300)
    for timer in timers:
        timer.join()
    assert cancellation.is_urgent
    assert isinstance(result.ended_by, CancelledError)


def test_two_requests_at_the_same_time_are_one() -> None:
    cancellation = Cancellation()
    cancellation.cancel(signal.SIGTERM)
    cancellation.cancel(signal.SIGINT)
    assert cancellation.signal_number == signal.SIGTERM
    assert not cancellation.is_urgent


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with cancel_on_signals(Cancellation()):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    finally:
        signal.signal(signal.SIGHUP, before)


def test_signals_are_left_alone_outside_of_the_main_thread() -> None:
    found: list[object] = []

    def look() -> None:
        with cancel_on_signals(Cancellation()):
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGINT)]


def test_a_timer_of_the_program_goes_on_after_the_run(run: Callable[..., RunResult]) -> None:
    rung = threading.Event()
    before = signal.signal(signal.SIGALRM, lambda *_: rung.set())
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        run([Job("a", payload=("sleep", 0.3))], executor="sequential")
        rung.wait()
    finally:
        signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("process_kind")
@pytest.mark.parametrize("verb", ["hang_deaf", "start_child_and_hang"])
def test_workers_that_do_not_listen_are_killed_with_all_that_they_started(
    verb: str, run: Callable[..., RunResult], tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    cancellation = Cancellation()

    def cancel_when_it_hangs() -> None:
        while not (marker.exists() and marker.read_text()):
            time.sleep(0.01)
        cancellation.cancel()

    thread = threading.Thread(target=cancel_when_it_hangs)
    jobs = [Job("deaf", payload=(verb, str(marker)), cost_seconds=1), Job("other")]
    with started_soon(thread):
        result = run(jobs, executor="processes", workers=2, cancellation=cancellation, grace_seconds=0.1)
    assert result.results[0].state is JobState.CANCELLED
    wait_until_ended(int(marker.read_text()))


@contextmanager
def started_soon(thread: threading.Thread) -> Iterator[None]:
    """Start a thread only after the run has begun, as long as a fork is still safe."""
    before = signal.signal(signal.SIGUSR1, lambda *_: thread.start())
    timer = subprocess.Popen(["sh", "-c", f"sleep 0.1; kill -USR1 {os.getpid()}"])
    try:
        yield
    finally:
        timer.wait()
        thread.join()
        signal.signal(signal.SIGUSR1, before)


class CancelAt(SilentReporter):
    """Cancels after so many results."""

    def __init__(self, cancellation: Cancellation, results: int) -> None:
        self._cancellation = cancellation
        self._left = results
        self.names: list[str] = []

    def job_finished(self, result: JobResult) -> None:
        self.names.append(result.job.name)
        self._left -= 1
        if self._left == 0:
            self._cancellation.cancel()


@every_executor
def test_cancelled_at_any_moment_every_job_has_one_end(executor: str, run: Callable[..., RunResult]) -> None:
    moments = random.Random(7)
    for _ in range(12):
        cancellation = Cancellation()
        reporter = CancelAt(cancellation, moments.randint(1, 40))
        jobs = [Job(str(number), depends_on=(str(number - 5),) if number >= 5 else ()) for number in range(40)]
        result = run(jobs, executor=executor, workers=2, cancellation=cancellation, reporter=reporter)
        assert sorted(reporter.names) == sorted(job.name for job in jobs)
        assert set(ends(result)) <= {JobState.DONE, JobState.CANCELLED}
        done = {each.job.name for each in result.results if each.state is JobState.DONE}
        for each in result.results:
            assert each.state is not JobState.DONE or set(each.job.depends_on) <= done
        assert (result.ended_by is None) == (len(done) == len(jobs))
