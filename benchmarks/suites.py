"""The benchmarks. Each makes its template, and measures the contenders on it."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from benchmarks import tools, workloads
from benchmarks.measure import OUTPUT, Stage, Times, interleaved

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.tools import Programs

_LARGE = 10_000  # files; a round of these takes so long that there are few rounds
_USUAL = 54  # files: the median of public templates


@dataclass(slots=True)
class Bench:
    """Measures programs on templates."""

    stage: Stage
    """Runs the commands."""
    programs: Programs
    """The programs to measure."""
    rounds: int
    """The number of rounds for small templates; large ones get fewer."""

    def mixed(self, files: int) -> Times:
        """Measure all executors, Cookiecutter and `cp -r` on a mixed template, and compare their output."""
        template = workloads.mixed(self.stage.root / "template", files)
        commands = {_name(each): self.programs.mint(template, "--executor", each) for each in tools.EXECUTORS}
        return self._side_by_side(commands, {"Cookiecutter": self.programs.bake(template)}, files)

    def against_copier(self, files: int) -> Times:
        """Measure Mintage, Copier and `cp -r` on a mixed template in Copier's format, and compare their output."""
        template = workloads.for_copier(workloads.mixed(self.stage.root / "template", files))
        return self._side_by_side(
            {"mintage": self.programs.mint(template, project=workloads.PROJECT)},
            {"Copier": self.programs.copy_template(template, workloads.PROJECT)},
            files,
        )

    def usual(self, *, macros: bool) -> Times:
        """Measure Mintage, Cookiecutter and Copier on a typical template."""
        template = workloads.usual(self.stage.root / "template", _USUAL, macros=macros)
        baked = self._side_by_side(
            {"mintage": self.programs.mint(template)}, {"Cookiecutter": self.programs.bake(template)}, _USUAL
        )
        template = workloads.for_copier(workloads.usual(self.stage.root / "template", _USUAL, macros=macros))
        copied = self._side_by_side(
            {"mintage, Copier template": self.programs.mint(template, project=workloads.PROJECT)},
            {"Copier": self.programs.copy_template(template, workloads.PROJECT)},
            _USUAL,
        )
        return {**baked, **{name: times for name, times in copied.items() if name != "cp -r"}}

    def rendering(self, make: Callable[[Path, int], Path], files: int) -> Times:
        """Measure concurrent and sequential runs: the complete process, and the time in the engine."""
        template = make(self.stage.root / "template", files)
        in_engine: Times = {"sequential engine": [], "processes engine": []}

        def measure(executor: str) -> float:
            finished = self.stage.run(self.programs.mint(template, "--executor", executor, reports=True))
            in_engine[f"{executor} engine"].append(json.loads(finished.printed)["engine_seconds"])
            return finished.seconds

        contenders = {each: partial(measure, each) for each in ("sequential", "processes")}
        times = interleaved(contenders, self._rounds(files))
        self.stage.next_benchmark()
        return {**times, **in_engine}

    def first_file(self, files: int) -> Times:
        """Measure the time until a file with content is on the disk, from outside and by Mintage's report."""
        template = workloads.mixed(self.stage.root / "template", files)
        ours, theirs = self.programs.mint(template), self.programs.bake(template)
        reporting = self.programs.mint(template, reports=True)

        def reported() -> float:
            return float(json.loads(self.stage.run(reporting).printed)["seconds_to_first_file"])

        contenders: dict[str, Callable[[], float]] = {
            "mintage": partial(self.stage.first_file, ours),
            "Cookiecutter": partial(self.stage.first_file, theirs),
            "reported": reported,
        }
        times = interleaved(contenders, self.rounds)
        self.stage.next_benchmark()
        return times

    def many(self, counts: tuple[int, ...]) -> dict[int, Times]:
        """Measure Mintage on ever larger templates."""
        templates = {count: workloads.mixed(self.stage.root / f"template{count}", count) for count in counts}
        contenders = {str(count): partial(self._seconds, self.programs.mint(templates[count])) for count in counts}
        times = interleaved(contenders, min(2, self.rounds))
        self.stage.next_benchmark()
        return {count: {"mintage": times[str(count)]} for count in counts}

    def large_binary(self, mib: int) -> Times:
        """Measure Mintage and `cp` with one binary file. The first round reads it into the cache, and doesn't count."""
        template = workloads.large_files(self.stage.root / "template", binary_mib=mib)
        tree = template / workloads.PROJECT_FOLDER
        commands = {"mintage": self.programs.mint(template), "cp": self.programs.copy(tree)}

        def measure(command: list[str]) -> float:
            finished = self.stage.run(command)
            shutil.rmtree(finished.output)  # there may be space for only one copy
            return finished.seconds

        contenders = {name: partial(measure, command) for name, command in commands.items()}
        times = interleaved(contenders, self.rounds)
        shutil.rmtree(template)
        self.stage.next_benchmark()
        return {name: seconds[1:] for name, seconds in times.items()}

    def breakdown(self, files: int) -> dict[str, float]:
        """Return the seconds of each step of a run, and of everything before and after."""
        template = workloads.mixed(self.stage.root / "template", files)
        best: dict[str, float] = {}
        for _ in range(self.rounds):
            finished = self.stage.run(self.programs.mint(template, reports=True))
            steps = {each["name"]: float(each["seconds"]) for each in json.loads(finished.printed)["steps"]}
            found = {"start and end": finished.seconds - sum(steps.values()), **steps}
            if not best or sum(found.values()) < sum(best.values()):
                best = found
        self.stage.next_benchmark()
        return best

    def startup(self) -> Times:
        """Measure processes that do almost nothing, and one that generates ten files."""
        template = workloads.mixed(self.stage.root / "template", 10)
        python = str(self.programs.mintage.with_name("python"))
        commands = {
            "python -c pass": [python, "-c", "pass"],
            "mintage --version": [str(self.programs.mintage), "--version"],
            "mintage new, 10 files": self.programs.mint(template),
            "cookiecutter --version": [str(self.programs.cookiecutter), "--version"],
            "copier --version": [str(self.programs.copier), "--version"],
        }
        for command in commands.values():
            self.stage.run(command)  # compiles its modules, which happens only once
        times = interleaved(
            {name: partial(self._seconds, command) for name, command in commands.items()}, 2 * self.rounds
        )
        self.stage.next_benchmark()
        return times

    def imports(self) -> list[tuple[str, float]]:
        """Return the modules that take longest to import when ten files are generated, in milliseconds.

        The time of a module doesn't include what it imports.
        """
        template = workloads.mixed(self.stage.root / "template", 10)
        command = [
            str(self.programs.mintage.with_name("python")),
            "-X",
            "importtime",
            "-m",
            "mintage",
            *self.programs.mint(template)[1:],
            "-q",
        ]
        command = [each.replace(OUTPUT, str(self.stage.root / "imports")) for each in command]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stderr
        found = []
        for line in printed.splitlines():
            cells = line.removeprefix("import time:").split("|")
            if len(cells) == 3 and cells[0].strip().isdigit():
                found.append((cells[2].strip(), int(cells[0]) / 1000))
        self.stage.next_benchmark()
        return sorted(found, key=lambda each: -each[1])[:12]

    def _side_by_side(self, ours: dict[str, list[str]], theirs: dict[str, list[str]], files: int) -> Times:
        """Measure programs and `cp -r` of their output on one template. If it is large, `theirs` get one round."""
        tree = self.stage.root / "tree"
        commands = {**ours, **theirs}
        agreement = tools.Agreement()

        def measure(name: str) -> float:
            finished = self.stage.run(commands[name])
            agreement.check(name, finished.output)
            if not tree.exists():  # `cp -r` copies the project of the first program
                shutil.copytree(finished.output / workloads.PROJECT, tree / workloads.PROJECT)
            return finished.seconds

        commands["cp -r"] = self.programs.copy(tree / workloads.PROJECT)
        rounds = self._rounds(files)
        first = {name: partial(measure, name) for name in commands}
        if files < _LARGE:
            times = interleaved(first, rounds)
        else:
            times = interleaved(first, 1)
            more = interleaved({name: first[name] for name in (*ours, "cp -r")}, rounds)
            times = {name: more.get(name, seconds) for name, seconds in times.items()}
        self.stage.next_benchmark()
        return times

    def _seconds(self, command: list[str]) -> float:
        return self.stage.run(command).seconds

    def _rounds(self, files: int) -> int:
        return self.rounds if files < 1_000 or files >= _LARGE else min(self.rounds, 3)


def _name(executor: str) -> str:
    return "mintage" if executor == "auto" else f"mintage {executor}"
