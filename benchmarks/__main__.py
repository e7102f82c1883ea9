"""Measures everything and writes benchmarks.md, benchmarks.json and the pictures."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import psutil

from benchmarks import scaling, workloads
from benchmarks.measure import MeasurementError, Stage
from benchmarks.memory import peaks
from benchmarks.pictures import breakdown, scaling_curve, seconds_by_files
from benchmarks.results import Results
from benchmarks.suites import Bench
from benchmarks.table import page
from benchmarks.tools import Programs

ROOT = Path(__file__).parents[1]
_MANY = 10_000


def measure_all(bench: Bench, *, quick: bool, memory: bool) -> Results:
    """Run all benchmarks, smallest first, and report progress on standard error."""
    results = Results(quick, describe_machine(bench))
    _say("start-up and imports")
    results.startup = bench.startup()
    results.imports = bench.imports()
    _say("a typical template")
    results.usual = bench.usual(macros=False)
    results.usual_with_macros = bench.usual(macros=True)
    for files in (50, 200) if quick else (50, 200, 1_000, _MANY):
        _say(f"mixed, {files:,} files")
        results.mixed[files] = bench.mixed(files)
    for files in (10, 200) if quick else (10, 200, 1_000, _MANY):
        _say(f"Copier template, {files:,} files")
        results.copier[files] = bench.against_copier(files)
    _say("where the time goes")
    results.breakdown = bench.breakdown(200 if quick else _MANY)
    for workload in (workloads.light, workloads.needs_jinja, workloads.demanding):
        name = workload.__name__.replace("_", " ")
        results.rendering[name] = {}
        for files in (200,) if quick else (200, 1_000) if workload is workloads.demanding else (200, 1_000, _MANY):
            _say(f"rendering, {name}, {files:,} files")
            results.rendering[name][files] = bench.rendering(workload, files)
    for files in (200,) if quick else (200, _MANY):
        _say(f"first file of {files:,}")
        results.first_file[files] = bench.first_file(files)
    _say("more and more files")
    results.many = bench.many((200, 1_000) if quick else (_MANY, 10 * _MANY))
    _say("workers: processor")
    results.scaling.append(scaling.processor_bound(bench, 100 if quick else 1_000))
    _say("workers: slow disk")
    results.scaling.append(scaling.latency_bound(bench, 100 if quick else 1_000))
    if memory:
        _say("a large file")
        results.large_binary = bench.large_binary(64 if quick else 4096)
        _say("memory")
        results.memory = peaks(bench, quick=quick)
    return results


def describe_machine(bench: Bench) -> dict[str, str]:
    """Return what the figures depend on, without anything that identifies the machine."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    mounts = sorted(psutil.disk_partitions(all=True), key=lambda each: len(each.mountpoint))
    scratch = str(bench.stage.root.resolve())
    on = [each.fstype for each in mounts if scratch.startswith(each.mountpoint)]
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "file system": on[-1] if on else "unknown",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "Python": platform.python_version(),
        "Cookiecutter": _version_of(bench.programs.cookiecutter, 1),
        "Copier": _version_of(bench.programs.copier, -1),
    }


def _version_of(program: Path, word: int) -> str:
    return subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout.split()[word]


def main() -> int:
    """Parse the arguments, measure, and write the results. Return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="use small sizes and few rounds, to try out the benchmarks"
    )
    parser.add_argument(
        "--no-memory", action="store_true", help="skip the benchmarks that need 10 GiB of disk space for a minute"
    )
    parser.add_argument(
        "--output", type=Path, default=ROOT / "docs", help="the directory for the results (default: docs)"
    )
    parser.add_argument("--scratch", type=Path, help="the directory for templates and projects (default: the system's)")
    for name, folder in (("mintage", "mintage"), ("cookiecutter", "others"), ("copier", "others")):
        parser.add_argument(
            f"--{name}",
            type=Path,
            default=ROOT / ".venv-bench" / folder / "bin" / name,
            help="the program to measure (default: the one that `make bench` installs)",
        )
    arguments = parser.parse_args()
    try:
        programs = Programs(*(getattr(arguments, name).absolute() for name in ("mintage", "cookiecutter", "copier")))
        with tempfile.TemporaryDirectory(prefix="mintage-bench-", dir=arguments.scratch) as scratch:
            bench = Bench(Stage(Path(scratch)), programs, 2 if arguments.quick else 5)
            results = measure_all(bench, quick=arguments.quick, memory=not arguments.no_memory)
    except MeasurementError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    _write(results, arguments.output)
    return 0


def _write(results: Results, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmarks.json").write_text(json.dumps(asdict(results), indent=1) + "\n")
    (folder / "benchmarks.svg").write_text(seconds_by_files(results))
    (folder / "benchmarks-scaling.svg").write_text(scaling_curve(results))
    (folder / "benchmarks-steps.svg").write_text(breakdown(results))
    (folder / "benchmarks.md").write_text(page(results))
    print(f"wrote {folder / 'benchmarks.md'}, .json and the pictures")


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
