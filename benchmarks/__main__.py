"""Measures everything and writes docs/benchmarks.md, .svg and .json."""

from __future__ import annotations

import argparse
import filecmp
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import workloads
from benchmarks.measure import Measured, interleaved, run
from benchmarks.table import page, plot

ROOT = Path(__file__).parents[1]
EXECUTORS = ("sequential", "threads", "processes")
MIB = 1024 * 1024


@dataclass(slots=True)
class Bench:
    """One run of all measurements. scratch: a folder for templates and outputs. cookiecutter: the program."""

    scratch: Path
    cookiecutter: Path
    rounds: int
    quick: bool

    def mintage(self, template: Path, *options: str, memory: bool = False) -> Measured:
        """Mint a template, cold."""
        output = self.scratch / "out"
        command = [sys.executable, "-m", "mintage", "new", str(template), str(output), "--defaults", "--json"]
        return run([*command, *options], output, home=self.scratch / "home", memory=memory)

    def mixed(self, files: int) -> dict[str, list[float]]:
        """All contenders on one mixed template, after making sure that they agree."""
        template = workloads.mixed(self.scratch / f"mixed{files}", files)
        self._require_same(template)
        tree = self.scratch / "tree"
        shutil.copytree(self.scratch / "out", tree, dirs_exist_ok=True)
        output = self.scratch / "out"
        home = self.scratch / "home"
        contenders: dict[str, Any] = {
            "cp -r": lambda: run(["cp", "-r", f"{tree}/.", str(output)], output, home=home).seconds,
            "mintage": lambda: self.mintage(template).seconds,
            **{f"mintage {name}": self._with_executor(template, name) for name in EXECUTORS},
        }
        found = interleaved(contenders, self.rounds)
        theirs = [str(self.cookiecutter), str(template), "--no-input", "-o", str(output)]
        times = 1 if files > 1000 else self.rounds
        found["cookiecutter"] = [run(theirs, output, home=home).seconds for _ in range(times)]
        shutil.rmtree(tree)
        shutil.rmtree(template)
        return found

    def rendered(self, files: int) -> dict[str, list[float]]:
        """Processes against sequential, on files that are all rendered."""
        template = workloads.rendered(self.scratch / f"rendered{files}", files)
        found: dict[str, list[float]] = {}
        for _ in range(self.rounds):
            for name in ("sequential", "processes"):
                measured = self.mintage(template, "--executor", name)
                found.setdefault(name, []).append(measured.seconds)
                found.setdefault(f"{name} engine", []).append(json.loads(measured.output)["engine_seconds"])
        shutil.rmtree(template)
        return found

    def single(self) -> dict[str, str]:
        """What is one number each."""
        found: dict[str, str] = {}
        home, output = self.scratch / "home", self.scratch / "out"
        for name, command in {
            "a bare interpreter": [sys.executable, "-c", "pass"],
            "`mintage --version`": [sys.executable, "-m", "mintage", "--version"],
        }.items():
            times = [run(command, output, home=home).seconds for _ in range(10)]
            found[name] = f"{median(times) * 1000:.0f} ms"
        many = workloads.mixed(self.scratch / "many", 500 if self.quick else 10_000)
        measured = self.mintage(many, memory=True)
        first = json.loads(measured.output)["seconds_to_first_file"]
        found["first file of the large mixed template, from the start of the engine"] = f"{first * 1000:.0f} ms"
        found["peak memory, large mixed template"] = f"{measured.peak_bytes / MIB:.0f} MiB"
        shutil.rmtree(many)
        if not self.quick:
            found.update(self._large())
        return found

    def _large(self) -> dict[str, str]:
        large = workloads.large_files(self.scratch / "large")
        peak = self.mintage(large, memory=True).peak_bytes
        shutil.rmtree(large)
        templates = workloads.large_templates(self.scratch / "templates")
        limited = self.mintage(templates, "--max-memory", "256", memory=True)
        files = json.loads(limited.output)["files_written"]
        shutil.rmtree(templates)
        return {
            "peak memory, a 2 GiB binary and a 200 MiB text": f"{peak / MIB:.0f} MiB",
            "peak memory, 200 templates of 5 MiB with `--max-memory 256`": (
                f"{limited.peak_bytes / MIB:.0f} MiB, {files} files in {limited.seconds:.0f} s"
            ),
        }

    def _with_executor(self, template: Path, name: str) -> Any:
        return lambda: self.mintage(template, "--executor", name).seconds

    def _require_same(self, template: Path) -> None:
        """Both tools must make the same bytes; otherwise their times say nothing."""
        output, theirs = self.scratch / "out", self.scratch / "theirs"
        command = [str(self.cookiecutter), str(template), "--no-input", "-o", str(theirs)]
        run(command, theirs, home=self.scratch / "home")
        self.mintage(template)
        files = [path.relative_to(theirs) for path in theirs.rglob("*") if path.is_file()]
        _, different, missing = filecmp.cmpfiles(theirs, output, list(map(str, files)), shallow=False)
        if different or missing:
            sys.exit(f"the outputs differ: {(different + missing)[:5]}")
        shutil.rmtree(theirs)


def main() -> None:
    """Parse arguments, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds, to try the benchmarks")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="where the results go (default: docs)")
    parser.add_argument("--cookiecutter", type=Path, default=ROOT / ".venv-bench" / "bin" / "cookiecutter")
    arguments = parser.parse_args()
    sizes = (50, 200) if arguments.quick else (50, 200, 1_000, 10_000)
    rendered_sizes = (200,) if arguments.quick else (200, 1_000, 5_000)
    with tempfile.TemporaryDirectory(prefix="mintage-bench-") as scratch:
        bench = Bench(Path(scratch), arguments.cookiecutter, 1 if arguments.quick else 5, arguments.quick)
        results: dict[str, Any] = {"mixed": {}, "rendered": {}}
        for files in sizes:
            print(f"mixed, {files:,} files", file=sys.stderr)
            results["mixed"][str(files)] = bench.mixed(files)
        for files in rendered_sizes:
            print(f"rendered, {files:,} files", file=sys.stderr)
            results["rendered"][str(files)] = bench.rendered(files)
        print("start-up, first file, memory", file=sys.stderr)
        results["single"] = bench.single()
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "benchmarks.json").write_text(json.dumps(results, indent=1) + "\n")
    (arguments.output / "benchmarks.md").write_text(page(results))
    (arguments.output / "benchmarks.svg").write_text(plot(results))
    print(page(results))


if __name__ == "__main__":
    main()
