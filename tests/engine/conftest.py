"""What the engine's tests share. The runner lives in a module of its own, which fresh worker processes can import."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

import psutil
import pytest

from mintage.engine import ConcurrentOptions, ConcurrentProcessor
from mintage.engine.forking import can_fork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mintage.engine import Cancellation, Job, JobRunner, Reporter, RunResult

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def runner() -> JobRunner:
    """Does what a job's payload says; see `workload.Runner`."""
    return cast("JobRunner", import_module("workload").Runner())


@pytest.fixture
def run(runner: JobRunner) -> Callable[..., RunResult]:
    """Run jobs with options given as keywords."""

    def run(
        jobs: Sequence[Job],
        *,
        reporter: Reporter | None = None,
        cancellation: Cancellation | None = None,
        **options: object,
    ) -> RunResult:
        processor = ConcurrentProcessor(
            ConcurrentOptions(**options),  # type: ignore[arg-type]
            reporter=reporter,
            cancellation=cancellation,
        )
        return processor.run(jobs, runner)

    return run


@pytest.fixture
def fresh_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a program with many threads: workers are fresh interpreters."""
    for module in ("mintage.engine.pools.processes", "mintage.engine.choose_executor"):
        monkeypatch.setattr(f"{module}.can_fork", lambda: False)


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a program with one thread, for choices; nothing is forked."""
    monkeypatch.setattr("mintage.engine.choose_executor.can_fork", lambda: True)


@pytest.fixture(params=["forked", "fresh"])
def process_kind(request: pytest.FixtureRequest) -> str:
    """Both ways to have worker processes."""
    kind: str = request.param
    if kind == "fresh":
        request.getfixturevalue("fresh_processes")
    elif not can_fork():
        pytest.skip("a fork is not safe here")
    return kind


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """No test may leave a process, a zombie or an open file."""
    import mintage.engine.pools.processes  # noqa: F401 - what an import opens is not a leak

    psutil.cpu_times()
    files = _open_files()
    children = set(psutil.Process().children(recursive=True))
    yield
    assert set(psutil.Process().children(recursive=True)) - children == set()
    assert _open_files() - files == set()


def _open_files() -> set[tuple[int, str]]:
    found = set()
    for fd in os.listdir("/proc/self/fd"):
        try:
            found.add((int(fd), os.readlink(f"/proc/self/fd/{fd}")))
        except OSError:  # the one by which they are listed
            continue
    return found
