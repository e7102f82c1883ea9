"""Measures how throughput grows with workers, for work on the processor and for a slow disk."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import workloads
from benchmarks.measure import MeasurementError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.suites import Bench

WORKERS = (1, 2, 4, 8, 16, 32)
_SOURCE = Path(__file__).with_name("slowdisk.c")


@dataclass(frozen=True, slots=True)
class Curve:
    """The time in the engine by number of workers."""

    what: str
    """The name of the workload."""
    seconds: dict[int, float]
    """The median of the seconds, by number of workers."""
    auto_seconds: float
    """The median of the seconds with `--executor auto`."""
    auto: str
    """The executor and the number of workers that it chose."""
    law: tuple[float, float, float] | None = None
    """See `fit`; None if there are too few points."""


def processor_bound(bench: Bench, files: int) -> Curve:
    """Measure templates that Jinja2 compiles, in processes."""
    template = workloads.needs_jinja(bench.stage.root / "template", files)
    return _measured(bench, "processor", template, "processes", {}, fitted=_cores())


def latency_bound(bench: Bench, files: int, microseconds: int = 1000) -> Curve:
    """Measure a mixed template in threads, on a disk on which every call takes a millisecond."""
    disk = bench.stage.root / "disk"
    disk.mkdir()
    library = bench.stage.root / "slowdisk.so"
    try:
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", library, _SOURCE, "-ldl"], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise MeasurementError(f"can't compile the slow disk: {error}") from error
    template = workloads.mixed(disk / "template", files)
    slow = {
        "LD_PRELOAD": str(library),
        "SLOWDISK_ROOT": str(bench.stage.root),
        "SLOWDISK_MICROSECONDS": str(microseconds),
    }
    return _measured(bench, "slow disk", template, "threads", slow, fitted=max(WORKERS))


def _measured(
    bench: Bench, what: str, template: Path, executor: str, environment: dict[str, str], *, fitted: int
) -> Curve:
    def run(*options: str) -> tuple[float, str]:
        finished = bench.stage.run(bench.programs.mint(template, *options, reports=True), environment=environment)
        report = json.loads(finished.printed)
        return float(report["engine_seconds"]), f"{report['executor']}, {report['workers']} workers"

    rounds = range(min(3, bench.rounds))
    seconds: dict[int, list[float]] = {}
    automatic: list[tuple[float, str]] = []
    for _ in rounds:
        for workers in WORKERS:
            seconds.setdefault(workers, []).append(run("--executor", executor, "--workers", str(workers))[0])
        automatic.append(run())
    bench.stage.next_benchmark()
    medians = {workers: median(found) for workers, found in seconds.items()}
    points = [(workers, medians[1] / found) for workers, found in medians.items() if workers <= fitted]
    law = fit(points) if len(points) > 2 else None
    return Curve(what, medians, median(found for found, _ in automatic), automatic[-1][1], law)


def fit(points: Sequence[tuple[int, float]]) -> tuple[float, float, float]:
    """Fit the universal scalability law to points, and return the throughput of one worker, contention and coherence.

    N / X(N) is a polynomial of N - 1 and N (N - 1), which is fitted by the normal equations of least squares.

    Args:
        points: Numbers of workers with their speed-up.
    """
    rows = [((1.0, n - 1.0, n * (n - 1.0)), n / speedup) for n, speedup in points]
    matrix = [[sum(row[i] * row[j] for row, _ in rows) for j in range(3)] for i in range(3)]
    right = [sum(row[i] * value for row, value in rows) for i in range(3)]
    one, contention, coherence = _solved(matrix, right)
    return 1 / one, contention / one, coherence / one


def predicted(law: tuple[float, float, float], workers: int) -> float:
    """Return the speed-up that a law predicts."""
    one, contention, coherence = law
    return one * workers / (1 + contention * (workers - 1) + coherence * workers * (workers - 1))


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve linear equations by Gaussian elimination with partial pivoting."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(size):
            if row != column:
                factor = rows[row][column] / rows[column][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [rows[index][size] / rows[index][index] for index in range(size)]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
