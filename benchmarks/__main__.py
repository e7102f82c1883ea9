"""Measures everything and writes benchmarks.md, .svg and .json."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from benchmarks import tools, workloads
from benchmarks.measure import MeasurementError, Stage, Times, interleaved
from benchmarks.memory import peaks
from benchmarks.plot import plot
from benchmarks.results import Results
from benchmarks.table import page

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
_LARGE = 10_000  # files; a round takes so long that there is only one, with fewer contenders


@dataclass(frozen=True, slots=True)
class Bench:
    """How to measure. stage: where. program: Cookiecutter's. rounds: for small templates; large ones get fewer.

    copier: Copier's program.
    """

    stage: Stage
    program: Path
    copier: Path
    rounds: int

    def mixed(self, files: int) -> Times:
        """All contenders on one mixed template, and proof that all make the same of it."""
        template = workloads.mixed(self.stage.root / "template", files)
        tree = self.stage.root / "tree" / workloads.PROJECT
        executors = tools.EXECUTORS if files < _LARGE else ("auto", "sequential")
        commands = {_name(each): tools.mintage(template, self.stage.output, each) for each in executors}
        commands["Cookiecutter"] = tools.cookiecutter(self.program, template, self.stage.output)
        commands["cp -r"] = tools.copy(tree, self.stage.output)
        agreement = tools.Agreement()

        def measure(name: str) -> float:
            seconds = self._seconds(commands[name])
            agreement.check(name, self.stage.output)
            if not tree.exists():  # the first one's project is what `cp -r` copies
                shutil.copytree(self.stage.output / workloads.PROJECT, tree)
            return seconds

        times = interleaved({name: partial(measure, name) for name in commands}, self._rounds(files))
        shutil.rmtree(tree)
        shutil.rmtree(template)
        return times

    def against_copier(self, files: int) -> Times:
        """Both tools on the mixed template in Copier's format, and proof that both make the same of it."""
        template = workloads.mixed_for_copier(self.stage.root / "template", files)
        tree = self.stage.root / "tree"
        project = self.stage.output / workloads.PROJECT
        commands = {
            "mintage": tools.mintage(template, project),
            "Copier": tools.copier(self.copier, template, project),
            "cp -r": tools.copy(tree / workloads.PROJECT, self.stage.output),
        }
        agreement = tools.Agreement()

        def measure(name: str) -> float:
            seconds = self._seconds(commands[name])
            agreement.check(name, self.stage.output)
            if not (tree / workloads.PROJECT).exists():
                shutil.copytree(self.stage.output, tree)
            return seconds

        times = interleaved({name: partial(measure, name) for name in commands}, self._rounds(files))
        shutil.rmtree(tree)
        shutil.rmtree(template)
        return times

    def rendering(self, make: Callable[[Path, int], Path], files: int) -> Times:
        """Concurrent against sequential: whole processes, and the time in the engine alone."""
        template = make(self.stage.root / "template", files)
        in_engine: Times = {"sequential engine": [], "processes engine": []}

        def measure(executor: str) -> float:
            finished = self.stage.run(tools.mintage(template, self.stage.output, executor))
            in_engine[f"{executor} engine"].append(json.loads(finished.printed)["engine_seconds"])
            return finished.seconds

        contenders = {each: partial(measure, each) for each in ("sequential", "processes")}
        times = interleaved(contenders, self._rounds(files))
        shutil.rmtree(template)
        return {**times, **in_engine}

    def first_file(self, files: int) -> Times:
        """Until the first file with content is on the disk: seen from outside, and as the report says."""
        template = workloads.mixed(self.stage.root / "template", files)
        ours = tools.mintage(template, self.stage.output)
        theirs = tools.cookiecutter(self.program, template, self.stage.output)

        def reported() -> float:
            return float(json.loads(self.stage.run(ours).printed)["seconds_to_first_file"])

        contenders: dict[str, Callable[[], float]] = {
            "mintage": partial(self.stage.first_file, ours),
            "Cookiecutter": partial(self.stage.first_file, theirs),
            "reported": reported,
        }
        times = interleaved(contenders, self._rounds(files))
        shutil.rmtree(template)
        return times

    def startup(self) -> Times:
        """Processes that do next to nothing."""
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "mintage --version": [tools.MINTAGE, "--version"],
            "cookiecutter --version": [str(self.program), "--version"],
            "copier --version": [str(self.copier), "--version"],
        }
        for name in ("cookiecutter --version", "copier --version"):
            self.stage.run(commands[name])  # its modules are compiled at their first import
        return interleaved(
            {name: partial(self._seconds, command) for name, command in commands.items()}, 2 * self.rounds
        )

    def _seconds(self, command: list[str]) -> float:
        return self.stage.run(command).seconds

    def _rounds(self, files: int) -> int:
        if files >= _LARGE:
            return 1
        return self.rounds if files < 1_000 else min(self.rounds, 3)


def measure_all(bench: Bench, *, quick: bool, memory: bool) -> Results:
    """Run every benchmark, smallest first, and say on standard error how far it is."""
    results = Results(quick, describe_machine(bench))
    _say("start-up")
    results.startup = bench.startup()
    for files in (50, 200) if quick else (50, 200, 1_000, _LARGE):
        _say(f"mixed, {files:,} files")
        results.mixed[files] = bench.mixed(files)
    for files in (10, 200) if quick else (10, 200, 1_000):
        _say(f"Copier template, {files:,} files")
        results.copier[files] = bench.against_copier(files)
    sizes = {"light": (200,), "demanding": (200,)} if quick else {"light": (200, 1_000, _LARGE), "demanding": (200,)}
    for workload, make in (("light", workloads.light), ("demanding", workloads.demanding)):
        results.rendering[workload] = {}
        for files in sizes[workload]:
            _say(f"rendering, {workload}, {files:,} files")
            results.rendering[workload][files] = bench.rendering(make, files)
    for files in (200,) if quick else (200, 1_000):
        _say(f"first file of {files:,}")
        results.first_file[files] = bench.first_file(files)
    if memory:
        _say("memory")
        results.memory = peaks(bench.stage, quick=quick)
    return results


def describe_machine(bench: Bench) -> dict[str, str]:
    """What decides the numbers and names nobody."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    copies = subprocess.run([str(bench.program), "--version"], capture_output=True, text=True, check=True).stdout
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
        "Cookiecutter": copies.split()[1],
        "Copier": _version_of(bench.copier),
    }


def _version_of(program: Path) -> str:
    return subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]


def main() -> int:
    """Parse arguments, measure, write. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds, to try the benchmarks")
    parser.add_argument("--no-memory", action="store_true", help="leave out what needs 5 GiB of disk for a minute")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="where the results go (default: docs)")
    parser.add_argument("--scratch", type=Path, help="where templates and projects are made (default: the system's)")
    parser.add_argument(
        "--cookiecutter",
        type=Path,
        default=ROOT / ".venv-bench" / "bin" / "cookiecutter",
        help="the program to measure against (default: the one that `make bench` installs)",
    )
    parser.add_argument(
        "--copier", type=Path, default=ROOT / ".venv-bench" / "bin" / "copier", help="the same for Copier templates"
    )
    arguments = parser.parse_args()
    try:
        tools.require_program(arguments.cookiecutter)
        tools.require_program(arguments.copier)
        with tempfile.TemporaryDirectory(prefix="mintage-bench-", dir=arguments.scratch) as scratch:
            programs = (arguments.cookiecutter.absolute(), arguments.copier.absolute())
            bench = Bench(Stage(Path(scratch)), *programs, 2 if arguments.quick else 5)
            results = measure_all(bench, quick=arguments.quick, memory=not arguments.no_memory)
    except MeasurementError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "benchmarks.json").write_text(json.dumps(asdict(results), indent=1) + "\n")
    (arguments.output / "benchmarks.svg").write_text(plot(results))
    (arguments.output / "benchmarks.md").write_text(page(results))
    print(f"wrote {arguments.output / 'benchmarks.md'}, .svg and .json")
    return 0


def _name(executor: str) -> str:
    return "mintage" if executor == "auto" else f"mintage {executor}"


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
