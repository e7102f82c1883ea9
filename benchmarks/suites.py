"""The benchmarks: what is measured against what. Each makes its template, measures, and removes everything."""

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

_LARGE = 10_000  # files; a round takes so long that there are few
_USUAL = 54  # files: the median of public templates


@dataclass(slots=True)
class Bench:
    """How to measure. stage: where. rounds: for small templates; large ones get fewer."""

    stage: Stage
    programs: Programs
    rounds: int

    def mixed(self, files: int) -> Times:
        """Mintage in all ways, Cookiecutter and `cp -r` on one mixed template, and proof that all make the same."""
        template = workloads.mixed(self.stage.root / "template", files)
        commands = {_name(each): self.programs.mint(template, "--executor", each) for each in tools.EXECUTORS}
        return self._side_by_side(commands, {"Cookiecutter": self.programs.bake(template)}, files)

    def against_copier(self, files: int) -> Times:
        """Mintage, Copier and `cp -r` on the mixed template in Copier's format, and proof that all make the same."""
        template = workloads.for_copier(workloads.mixed(self.stage.root / "template", files))
        return self._side_by_side(
            {"mintage": self.programs.mint(template, project=workloads.PROJECT)},
            {"Copier": self.programs.copy_template(template, workloads.PROJECT)},
            files,
        )

    def usual(self, *, macros: bool) -> Times:
        """A typical template, against both tools."""
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
        """Concurrent against sequential: whole processes, and the time in the engine alone."""
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
        """Until the first file with content is on the disk: seen from outside, and as the report says."""
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
        """The time for one file, in ever larger templates."""
        templates = {count: workloads.mixed(self.stage.root / f"template{count}", count) for count in counts}
        contenders = {str(count): partial(self._seconds, self.programs.mint(templates[count])) for count in counts}
        times = interleaved(contenders, min(2, self.rounds))
        self.stage.next_benchmark()
        return {count: {"mintage": times[str(count)]} for count in counts}

    def large_binary(self, mib: int) -> Times:
        """One binary file, against `cp`. Whoever is first pays for the file being read: that round does not count."""
        template = workloads.large_files(self.stage.root / "template", binary_mib=mib)
        tree = template / workloads.PROJECT_FOLDER
        commands = {"mintage": self.programs.mint(template), "cp": self.programs.copy(tree)}

        def measure(command: list[str]) -> float:
            finished = self.stage.run(command)
            shutil.rmtree(finished.output)  # one copy at a time is enough for the disk
            return finished.seconds

        contenders = {name: partial(measure, command) for name, command in commands.items()}
        times = interleaved(contenders, self.rounds)
        shutil.rmtree(template)
        self.stage.next_benchmark()
        return {name: seconds[1:] for name, seconds in times.items()}

    def breakdown(self, files: int) -> dict[str, float]:
        """Where the time of one run goes: seconds of each step, and of all that comes before and after."""
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
        """Processes that do next to nothing, and one that makes ten files."""
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
            self.stage.run(command)  # its modules are compiled at their first import
        times = interleaved(
            {name: partial(self._seconds, command) for name, command in commands.items()}, 2 * self.rounds
        )
        self.stage.next_benchmark()
        return times

    def imports(self) -> list[tuple[str, float]]:
        """Milliseconds that modules take to import, themselves alone, in a run that makes ten files; the longest."""
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
        """All on one template, with `cp -r` of what comes out. In large ones each of the others has one round."""
        tree = self.stage.root / "tree"
        commands = {**ours, **theirs}
        agreement = tools.Agreement()

        def measure(name: str) -> float:
            finished = self.stage.run(commands[name])
            agreement.check(name, finished.output)
            if not tree.exists():  # the first one's project is what `cp -r` copies
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
