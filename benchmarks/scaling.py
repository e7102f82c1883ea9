"""How throughput grows with workers: where a processor is wanted, and where everything waits for a slow disk."""

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
    """Seconds in the engine by workers, and what `auto` took with how many workers of which kind.

    law: see `fit`; None where there are too few points.
    """

    what: str
    seconds: dict[int, float]
    auto_seconds: float
    auto: str
    law: tuple[float, float, float] | None = None


def processor_bound(bench: Bench, files: int) -> Curve:
    """Templates that Jinja2 compiles, in processes."""
    template = workloads.needs_jinja(bench.stage.root / "template", files)
    return _measured(bench, "processor", template, "processes", {}, fitted=_cores())


def latency_bound(bench: Bench, files: int, microseconds: int = 1000) -> Curve:
    """A mixed template on a disk whose every call takes a millisecond, in threads."""
    disk = bench.stage.root / "disk"
    disk.mkdir()
    library = bench.stage.root / "slowdisk.so"
    try:
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", library, _SOURCE, "-ldl"], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise MeasurementError(f"the slow disk cannot be built: {error}") from error
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
    """The universal scalability law through (workers, speed-up): throughput of one, contention, coherence.

    N / X(N) is a polynomial of N - 1 and N (N - 1): the least squares of that, by the normal equations.
    """
    rows = [((1.0, n - 1.0, n * (n - 1.0)), n / speedup) for n, speedup in points]
    matrix = [[sum(row[i] * row[j] for row, _ in rows) for j in range(3)] for i in range(3)]
    right = [sum(row[i] * value for row, value in rows) for i in range(3)]
    one, contention, coherence = _solved(matrix, right)
    return 1 / one, contention / one, coherence / one


def predicted(law: tuple[float, float, float], workers: int) -> float:
    """The speed-up that a law says."""
    one, contention, coherence = law
    return one * workers / (1 + contention * (workers - 1) + coherence * workers * (workers - 1))


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gauss, with the largest pivot."""
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
