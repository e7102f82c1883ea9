"""The memory limit holds for the whole process tree, measured from outside."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

MIB = 1024 * 1024
LIMIT_MIB = 256

PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
import workload
from mintage.engine import *
large = dict(payload=("allocate", {size}), memory_bytes={size} + 2**20, cost_seconds=0.02)
jobs = [Job(str(number), **large) for number in range({count})]
options = ConcurrentOptions(executor={executor!r}, workers={workers}, max_memory_mb={limit})
result = ConcurrentProcessor(options).run(jobs, workload.Runner())
print(sum(each.state is JobState.DONE for each in result.results))
"""


def measured_run(executor: str, *, workers: int, size: int, count: int) -> tuple[int, int]:
    """Run jobs that allocate memory in a program of their own: how many were done, and the most that its tree used."""
    folder = str(Path(__file__).parent)
    program = PROGRAM.format(folder=folder, size=size, count=count, executor=executor, workers=workers, limit=LIMIT_MIB)
    most = 0
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        root = psutil.Process(process.pid)
        over = threading.Event()
        while process.poll() is None:
            most = max(most, _tree_bytes(root))
            over.wait(0.002)
        assert process.stdout is not None
        return int(process.stdout.read()), most


def _tree_bytes(root: psutil.Process) -> int:
    total = 0
    try:
        for member in (root, *root.children(recursive=True)):
            try:
                total += member.memory_full_info().pss
            except (psutil.NoSuchProcess, psutil.ZombieProcess, ProcessLookupError):
                continue
    except psutil.NoSuchProcess:
        pass
    return total


@pytest.mark.parametrize(
    ("executor", "workers"), [("processes", 2), ("processes", 6), ("threads", 4), ("sequential", 1)]
)
def test_the_limit_holds_and_all_jobs_are_done(executor: str, workers: int) -> None:
    done, most = measured_run(executor, workers=workers, size=60 * MIB, count=20)
    assert done == 20
    assert 60 * MIB < most <= LIMIT_MIB * MIB


@pytest.mark.slow
def test_the_limit_holds_for_two_hundred_large_jobs() -> None:
    done, most = measured_run("processes", workers=2, size=60 * MIB, count=200)
    assert done == 200
    assert 60 * MIB < most <= LIMIT_MIB * MIB
