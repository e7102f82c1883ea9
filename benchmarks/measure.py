"""Runs commands and takes their times. Knows neither tools nor workloads."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from threading import Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_LONGEST_SECONDS = 600
_FIRST_FILE_EVERY = 0.001
_OURS_OR_PYTHONS = ("MINTAGE_", "PYTHON", "XDG_", "COOKIECUTTER_", "NO_COLOR", "FORCE_COLOR")

OUTPUT = "@output@"
"""Stands in a command for the directory that it fills."""

Times = dict[str, list[float]]
"""Seconds of each round, by the name of what was measured."""


class MeasurementError(Exception):
    """Something that was to be measured failed, or did not make what it should."""


@dataclass(frozen=True, slots=True)
class Finished:
    """seconds: of the whole process, from start to end. printed: its standard output. output: what it filled."""

    seconds: float
    printed: str
    output: Path


@dataclass(slots=True)
class Stage:
    """Where commands are run. top: a directory of ours. Every run has an output directory and a home that are new.

    Nothing is removed until all is measured: ext4 without a journal does not give away the inodes of files that were
    removed in the last minutes, and looks at each of them whenever a file is made. Whoever comes next would pay.
    """

    top: Path
    _benchmarks: int = 0
    _runs: int = 0

    @property
    def root(self) -> Path:
        """The directory of this benchmark."""
        folder = self.top / f"benchmark{self._benchmarks}"
        folder.mkdir(exist_ok=True)
        return folder

    def next_benchmark(self) -> None:
        """From now on, `root` is another directory."""
        self._benchmarks += 1

    def run(
        self,
        command: Sequence[str],
        *,
        sample: Callable[[int], None] | None = None,
        every: float = 0,
        environment: Mapping[str, str] | None = None,
    ) -> Finished:
        """Run a command in which `OUTPUT` stands for a new, empty directory.

        sample: called with the process id every so many seconds while it runs. Raises MeasurementError if it fails.
        """
        output, command = self._begin(command)
        printed, complaints = self.root / "stdout", self.root / "stderr"
        surroundings = {**self._environment(), **(environment or {})}
        with printed.open("wb") as out, complaints.open("wb") as err:
            began = time.perf_counter()
            with subprocess.Popen(command, env=surroundings, stdout=out, stderr=err, cwd=self.root) as process:
                try:
                    with _ended_after(process, _LONGEST_SECONDS):
                        while sample and process.poll() is None:
                            sample(process.pid)
                            time.sleep(every)
                        code = process.wait()  # without a time limit, for which it would look every 50 ms only
                    seconds = time.perf_counter() - began
                except BaseException:
                    process.terminate()
                    raise
        if code:
            raise MeasurementError(f"{' '.join(command)} ended with {code}:\n{complaints.read_text()[-2000:]}")
        return Finished(seconds, printed.read_text(), output)

    def first_file(self, command: Sequence[str]) -> float:
        """Seconds until the first file with content is anywhere in the output directory. The command is ended then."""
        output, command = self._begin(command)
        environment = self._environment()
        began = time.perf_counter()
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.root
        ) as process:
            while not _has_content(output):
                if process.poll() is not None:
                    raise MeasurementError(f"{' '.join(command)} made no file")
                time.sleep(_FIRST_FILE_EVERY)
            seconds = time.perf_counter() - began
            process.terminate()
        return seconds

    def _begin(self, command: Sequence[str]) -> tuple[Path, list[str]]:
        self._runs += 1
        output = self.root / f"output{self._runs}"
        output.mkdir(parents=True)
        os.sync()  # what others have written is on the disk, and nobody else pays for it
        return output, [argument.replace(OUTPUT, str(output)) for argument in command]

    def _environment(self) -> dict[str, str]:
        """What a person with an untouched home has: neither settings nor caches nor saved answers."""
        home = self.root / f"home{self._runs}"
        home.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS_OR_PYTHONS)}
        return {**kept, "HOME": str(home), "MINTAGE_CACHE_DIR": str(home / "cache")}


@contextmanager
def _ended_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    """Kill a process that takes longer."""
    watchdog = Timer(seconds, process.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


def interleaved(contenders: Mapping[str, Callable[[], float]], rounds: int) -> Times:
    """Measure all in turn, `rounds` times, so that what disturbs the machine disturbs all alike.

    Every second round goes backwards: none is always the one after the slowest.
    """
    times: Times = {name: [] for name in contenders}
    for number in range(rounds):
        for name in list(contenders)[:: -1 if number % 2 else 1]:
            times[name].append(contenders[name]())
    return times


def ratio(times: Times, numerator: str, denominator: str) -> float | None:
    """The median of the ratios within each round; None if one of the two was not measured."""
    pairs = list(zip(times.get(numerator, []), times.get(denominator, []), strict=False))
    return median(upper / lower for upper, lower in pairs) if pairs else None


def _has_content(folder: Path) -> bool:
    for inside, _, names in os.walk(folder):
        for name in names:
            try:
                if os.stat(f"{inside}/{name}").st_size:
                    return True
            except FileNotFoundError:  # it had another name a moment ago
                continue
    return False
