"""Measures the memory of a process and all its children, and the three situations in which it matters."""

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
    """A sampler that keeps the highest sums over the process tree, in bytes.

    pss: private memory and each process's share of what is shared; 0 where the system does not tell (macOS).
    rss: resident memory; what workers share is counted once for each.
    """

    pss: int = 0
    rss: int = 0

    def sample(self, process_id: int) -> None:
        """Look once. What has ended in the meantime counts nothing."""
        try:
            parent = psutil.Process(process_id)
            found = [_used(process) for process in (parent, *parent.children(recursive=True))]
        except psutil.Error:
            return
        self.pss = max(self.pss, sum(pss for pss, _ in found))
        self.rss = max(self.rss, sum(rss for _, rss in found))


@dataclass(frozen=True, slots=True)
class Peak:
    """Highest memory of one run. limit_mib: what it had to stay under, if anything. skipped: why there is no number."""

    what: str
    limit_mib: int | None = None
    pss_mib: float = 0
    rss_mib: float = 0
    seconds: float = 0
    files: int = 0
    workers: int = 0
    skipped: str = ""


def peaks(bench: Bench, *, quick: bool) -> list[Peak]:
    """Many small files, few huge ones, and large templates under a limit. Needs up to 10 GiB of disk, one at a time."""
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
            raise MeasurementError(f"{what}: {written:,} files came out, not {expected:,}")
        return Peak(
            what,
            limit_mib,
            round(watch.pss / MIB, 1),
            round(watch.rss / MIB, 1),
            round(finished.seconds, 3),
            written,
            report["workers"],
        )
    except MeasurementError as error:  # the numbers that were taken before are not to be lost
        return Peak(what, limit_mib, skipped=str(error).partition("\n")[0])
    finally:
        shutil.rmtree(stage.root)  # few files, and much of the disk; or the last ones
        stage.next_benchmark()


def _used(process: psutil.Process) -> tuple[int, int]:
    try:
        info = process.memory_full_info()
    except psutil.Error:
        return 0, 0
    return int(getattr(info, "pss", 0)), int(info.rss)
