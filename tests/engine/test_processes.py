"""Worker processes: one that dies costs the job it was running, and nothing else."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from mintage.engine import Job, JobResult, JobRunner, JobState, Outcome, RunResult, SilentReporter
from mintage.engine.forking import can_fork
from mintage.errors import UsageError
from tests.processes import has_ended

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("process_kind")


def with_others(*odd: Job, count: int = 60) -> list[Job]:
    """Some odd jobs among many that only succeed."""
    jobs = [Job(str(number)) for number in range(count)]
    for place, job in enumerate(odd):
        jobs.insert((place + 1) * 7, job)
    return jobs


def failures(result: RunResult) -> dict[str, str]:
    return {each.job.name: each.failure.what for each in result.results if each.failure}


def test_a_killed_worker_costs_only_the_job_it_was_running(run: Callable[..., RunResult]) -> None:
    result = run(with_others(Job("guilty", payload=("kill_process",))), executor="processes", workers=2)
    assert failures(result) == {"guilty": "its worker process was killed by signal 9 (SIGKILL)"}
    assert Counter(each.state for each in result.results) == {JobState.DONE: 60, JobState.FAILED: 1}
    guilty = next(each for each in result.results if each.job.name == "guilty")
    assert guilty.failure is not None
    assert "memory" in guilty.failure.hint


def test_the_signal_that_ended_a_worker_is_named(run: Callable[..., RunResult]) -> None:
    crash = Job("crash", payload=("kill_process", int(signal.SIGXCPU)))
    result = run(with_others(crash), executor="processes", workers=2)
    assert failures(result) == {"crash": "its worker process was killed by signal 24 (SIGXCPU)"}


def test_a_job_that_ends_the_process_is_named(run: Callable[..., RunResult]) -> None:
    result = run(with_others(Job("exit", payload=("exit_process", 7))), executor="processes", workers=2)
    assert failures(result) == {"exit": "its worker process exited with status 7"}


def test_every_worker_may_die_more_than_once(run: Callable[..., RunResult]) -> None:
    odd = [Job(f"kill{number}", payload=("kill_process",)) for number in range(6)]
    result = run(with_others(*odd), executor="processes", workers=2)
    assert set(failures(result)) == {job.name for job in odd}
    assert Counter(each.state for each in result.results)[JobState.DONE] == 60


def test_a_run_of_nothing_but_deaths_comes_to_an_end(run: Callable[..., RunResult]) -> None:
    jobs = [Job(str(number), payload=("exit_process", 1)) for number in range(15)]
    result = run(jobs, executor="processes", workers=2)
    assert {each.state for each in result.results} == {JobState.FAILED}


def test_dependents_of_a_job_whose_worker_died_are_skipped(run: Callable[..., RunResult]) -> None:
    jobs = [Job("guilty", payload=("kill_process",)), Job("child", depends_on=("guilty",))]
    result = run(jobs, executor="processes", workers=2)
    assert result.results[1].skipped_because == "guilty"


def test_a_worker_whose_pipes_live_on_in_another_process_is_noticed(run: Callable[..., RunResult]) -> None:
    result = run(
        with_others(Job("guilty", payload=("leave_child_with_our_pipes", 1.5)), count=5),
        executor="processes",
        workers=2,
        timeout_seconds=30,
    )
    assert set(failures(result)) == {"guilty"}
    while any(child.status() != psutil.STATUS_ZOMBIE for child in psutil.Process().children()):
        time.sleep(0.05)


def test_what_cannot_be_sent_back_fails_its_job_only(run: Callable[..., RunResult]) -> None:
    result = run(with_others(Job("odd", payload=("give", "function"))), executor="processes", workers=2)
    assert set(failures(result)) == {"odd"}
    assert failures(result)["odd"].startswith("its result can't be sent between processes")


def test_jobs_run_in_other_processes_and_in_several(run: Callable[..., RunResult], tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    jobs = [Job("wait", payload=("wait_for", str(gate)), cost_seconds=1)]
    jobs.append(Job("open", payload=("write", str(gate)), cost_seconds=1))
    jobs.append(Job("tell", payload=("tell_process",)))
    result = run(jobs, executor="processes", workers=2, timeout_seconds=60)
    assert {each.state for each in result.results} == {JobState.DONE}
    assert result.results[-1].detail != os.getpid()


def test_a_short_job_never_waits_behind_a_long_one(run: Callable[..., RunResult], tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    jobs = [Job("long", payload=("wait_for", str(gate)), cost_seconds=5)]
    jobs += [Job(str(number), cost_seconds=0.1) for number in range(6)]
    jobs.append(Job("last", payload=("write", str(gate)), cost_seconds=0.1))
    result = run(jobs, executor="processes", workers=2, timeout_seconds=60)
    assert {each.state for each in result.results} == {JobState.DONE}


def test_workers_end_on_a_termination_as_programs_do(run: Callable[..., RunResult]) -> None:
    result = run([Job("a", payload=("tell_signals",))], executor="processes", workers=1)
    assert result.results[0].detail == "True"


def test_without_processes_auto_uses_threads_and_says_so(
    run: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mintage.engine.pools.processes.ProcessPool._start", _cannot_start)
    jobs = [Job(str(number), payload=("compute", 0.02)) for number in range(40)]
    result = run(jobs, workers=2)
    assert result.executor == "threads"
    assert "no process today" in result.reason
    assert {each.state for each in result.results} == {JobState.DONE}
    with pytest.raises(UsageError, match="can't start worker processes"):
        run([Job("a")], executor="processes")


def _cannot_start(*_: object) -> None:
    from mintage.engine.pools import CannotStartError

    raise CannotStartError("no process today")


class _HasALock:
    """A runner that no pickle takes."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def run(self, _job: Job) -> Outcome:
        until = time.thread_time() + 0.02
        while time.thread_time() < until:
            with self.lock:
                pass
        return Outcome(3)


@pytest.mark.usefixtures("fresh_processes")
def test_a_runner_that_fresh_processes_cannot_have_runs_in_threads() -> None:
    from mintage.engine import ConcurrentOptions, ConcurrentProcessor

    runner: JobRunner = _HasALock()
    processor = ConcurrentProcessor(ConcurrentOptions(workers=2))
    result = processor.run([Job(str(number), cost_seconds=0.1) for number in range(40)], runner)
    assert result.executor == "threads"
    assert {each.bytes_written for each in result.results} == {3}


class _Killer(SilentReporter):
    """Kills a random worker now and then while the run goes on."""

    def __init__(self, seed: int, kills: int) -> None:
        self._random = random.Random(seed)
        self.left = kills

    def job_finished(self, _result: JobResult) -> None:
        children = psutil.Process().children()
        if self.left and children and self._random.random() < 0.3:
            self.left -= 1
            try:
                self._random.choice(children).kill()
            except psutil.NoSuchProcess:
                pass


def kill_at_random(run: Callable[..., RunResult], seed: int, *, jobs: int, kills: int) -> None:
    killer = _Killer(seed, kills)
    work = [Job(str(number), payload=("sleep", 0.001)) for number in range(jobs)]
    result = run(work, executor="processes", workers=3, reporter=killer, timeout_seconds=500)
    counts = Counter(each.state for each in result.results)
    assert result.ended_by is None
    assert counts[JobState.DONE] + counts[JobState.FAILED] == jobs
    assert counts[JobState.FAILED] <= kills - killer.left
    assert all("SIGKILL" in what for what in failures(result).values())


def test_random_kills_cost_at_most_a_job_each(run: Callable[..., RunResult], process_kind: str) -> None:
    kill_at_random(run, seed=1, jobs=150, kills=25 if process_kind == "forked" else 5)


@pytest.mark.slow
def test_a_thousand_random_kills(run: Callable[..., RunResult], process_kind: str) -> None:
    for seed in range(20):
        kill_at_random(run, seed, jobs=400, kills=50 if process_kind == "forked" else 5)


def script(body: str) -> list[str]:
    """A program that runs jobs."""
    folder = str(Path(__file__).parent)
    start = f"import sys; sys.path.insert(0, {folder!r})\nimport workload\nfrom mintage.engine import *\n"
    return [sys.executable, "-c", start + textwrap.dedent(body)]


def test_output_is_neither_lost_nor_doubled(process_kind: str) -> None:
    program = script(f"""
        import threading
        print("before")
        if {process_kind == "fresh"}:
            threading.Thread(target=threading.Event().wait, daemon=True).start()
        jobs = [Job(str(number), payload=("say",)) for number in range(5)]
        ConcurrentProcessor(ConcurrentOptions(executor="processes", workers=2)).run(jobs, workload.Runner())
        print("after")
    """)
    done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=True)
    assert sorted(done.stdout.splitlines()) == sorted(["before", "after", *(f"job {number}" for number in range(5))])
    assert done.stderr == ""


def test_workers_end_when_their_parent_is_killed(process_kind: str, tmp_path: Path) -> None:
    markers = [tmp_path / "one", tmp_path / "two"]
    program = script(f"""
        import threading
        if {process_kind == "fresh"}:
            threading.Thread(target=threading.Event().wait, daemon=True).start()
        jobs = [Job(marker, payload=("hang", marker)) for marker in {[str(marker) for marker in markers]}]
        ConcurrentProcessor(ConcurrentOptions(executor="processes", workers=2)).run(jobs, workload.Runner())
    """)
    with subprocess.Popen(program) as parent:
        try:
            while not all(marker.exists() and marker.read_text() for marker in markers):
                assert parent.poll() is None
                time.sleep(0.01)
        finally:
            parent.kill()
    workers = [int(marker.read_text()) for marker in markers]
    while not all(map(has_ended, workers)):
        time.sleep(0.01)  # as long as it takes; the test runner has a time limit


def test_a_fork_is_made_only_where_one_thread_runs() -> None:
    wait = threading.Event()
    thread = threading.Thread(target=wait.wait)
    thread.start()
    assert not can_fork()
    wait.set()
    thread.join()
