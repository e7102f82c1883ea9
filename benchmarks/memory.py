"""Measures the memory of a process and its children, in the three situations where it matters."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from benchmarks import workloads
from benchmarks.measure import MeasurementError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.suites import Bench

_EVERY_SECONDS = 0.05
MIB = workloads.MIB


@dataclass(slots=True)
class Watch:
    """Keeps the highest memory of a process tree, in bytes."""

    pss: int = 0
    """Private memory, and the share of each process in shared memory; 0 where it is unknown (macOS)."""
    rss: int = 0
    """Resident memory; shared memory is counted for each process."""

    def sample(self, process_id: int) -> None:
        """Measure once. Processes that have ended meanwhile don't count."""
        try:
            parent = psutil.Process(process_id)
            found = [_used(process) for process in (parent, *parent.children(recursive=True))]
        except psutil.Error:
            return
        self.pss = max(self.pss, sum(pss for pss, _ in found))
        self.rss = max(self.rss, sum(rss for _, rss in found))


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest memory of one run."""

    what: str
    """The template."""
    limit_mib: int | None = None
    """The goal, in MiB; None for no goal."""
    pss_mib: float = 0
    """See `Watch.pss`, in MiB."""
    rss_mib: float = 0
    """See `Watch.rss`, in MiB."""
    seconds: float = 0
    """The time of the process, in seconds."""
    files: int = 0
    """How many files were generated."""
    workers: int = 0
    """How many workers generated them."""
    skipped: str = ""
    """Why nothing was measured; "" if it was."""


def peaks(bench: Bench, *, quick: bool) -> list[Peak]:
    """Return the peaks for many small files, few huge ones, and large templates under a limit.

    Needs up to 10 GiB of disk space, which each run frees.
    """
    many = 500 if quick else 100_000
    binary, text = (64, 8) if quick else (4096, 200)
    large, size = (10, 1) if quick else (200, 5)
    return [
        _peak(bench, f"{many:,} mixed files", 2500, lambda root: workloads.mixed(root, many), limit_mib=300),
        _peak(
            bench,
            f"a binary file of {binary:,} MiB and a plain text of {text} MiB",
            2 * (binary + text),
            lambda root: workloads.large_files(root, binary_mib=binary, text_mib=text),
            limit_mib=60,
        ),
        _peak(
            bench,
            f"{large} templates of {size} MiB each, `--max-memory 256`",
            2 * large * size,
            lambda root: workloads.large_templates(root, large, mib=size),
            "--max-memory",
            "256",
            limit_mib=256,
        ),
    ]


def _peak(
    bench: Bench,
    what: str,
    disk_mib: int,
    make: Callable[[Path], Path],
    *options: str,
    limit_mib: int | None = None,
) -> Peak:
    stage = bench.stage
    free = shutil.disk_usage(stage.root).free // MIB
    if free < disk_mib + 1024:
        return Peak(
            what, limit_mib, skipped=f"needs {disk_mib:,} MiB of disk and 1 GiB to spare, {free:,} MiB are free"
        )
    template = make(stage.root / "template")
    try:
        watch = Watch()
        command = bench.programs.mint(template, *options, reports=True)
        finished = stage.run(command, sample=watch.sample, every=_EVERY_SECONDS)
        report = json.loads(finished.printed)
        written, expected = report["files_written"], sum(path.is_file() for path in template.rglob("*")) - 1
        if written != expected:
            raise MeasurementError(f"{what}: {written:,} files were generated, not {expected:,}")
        return Peak(
            what,
            limit_mib,
            round(watch.pss / MIB, 1),
            round(watch.rss / MIB, 1),
            round(finished.seconds, 3),
            written,
            report["workers"],
        )
    except MeasurementError as error:  # keeps the other figures
        return Peak(what, limit_mib, skipped=str(error).partition("\n")[0])
    finally:
        shutil.rmtree(stage.root)  # few files that take much space, or the last benchmark
        stage.next_benchmark()


def _used(process: psutil.Process) -> tuple[int, int]:
    try:
        info = process.memory_full_info()
    except psutil.Error:
        return 0, 0
    return int(getattr(info, "pss", 0)), int(info.rss)
