"""Runs commands and measures how long they take. Knows neither tools nor workloads."""

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
"""The placeholder in a command for its output directory."""

Times = dict[str, list[float]]
"""The seconds of each round, by the name of what was measured."""


class MeasurementError(Exception):
    """Something that was measured failed, or had the wrong output."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that succeeded."""

    seconds: float
    """The time of the process, from start to exit, in seconds."""
    printed: str
    """The standard output."""
    output: Path
    """The output directory."""


@dataclass(slots=True)
class Stage:
    """Runs commands, each with a new output directory and a new home.

    Nothing is removed until everything is measured: ext4 without a journal doesn't reuse the inodes of files that were
    removed in the last minutes, and checks each of them when a file is created. The next command would pay for it.
    """

    top: Path
    """The directory for all files, which must be empty."""
    _benchmarks: int = 0
    _runs: int = 0

    @property
    def root(self) -> Path:
        """The directory of the current benchmark."""
        folder = self.top / f"benchmark{self._benchmarks}"
        folder.mkdir(exist_ok=True)
        return folder

    def next_benchmark(self) -> None:
        """Change `root` to a new directory."""
        self._benchmarks += 1

    def run(
        self,
        command: Sequence[str],
        *,
        sample: Callable[[int], None] | None = None,
        every: float = 0,
        environment: Mapping[str, str] | None = None,
    ) -> Finished:
        """Run a command, and return how long it took.

        Args:
            command: The program and its arguments; `OUTPUT` in them stands for a new, empty directory.
            sample: Called with the process id while the command runs.
            every: How often, in seconds.
            environment: Additional environment variables.

        Raises:
            MeasurementError: The command failed.
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
                        code = process.wait()  # without a timeout, with which it would check only every 50 ms
                    seconds = time.perf_counter() - began
                except BaseException:
                    process.terminate()
                    raise
        if code:
            raise MeasurementError(f"{' '.join(command)} ended with {code}:\n{complaints.read_text()[-2000:]}")
        return Finished(seconds, printed.read_text(), output)

    def first_file(self, command: Sequence[str]) -> float:
        """Return the seconds until the output directory has a file with content. Ends the command then."""
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
        os.sync()  # so that this command doesn't pay for what others wrote
        return output, [argument.replace(OUTPUT, str(output)) for argument in command]

    def _environment(self) -> dict[str, str]:
        """Return the environment of a user with an empty home: no settings, caches or saved answers."""
        home = self.root / f"home{self._runs}"
        home.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS_OR_PYTHONS)}
        return {**kept, "HOME": str(home), "MINTAGE_CACHE_DIR": str(home / "cache")}


@contextmanager
def _ended_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    """Kill a process that takes too long."""
    watchdog = Timer(seconds, process.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


def interleaved(contenders: Mapping[str, Callable[[], float]], rounds: int) -> Times:
    """Measure all contenders in turn, `rounds` times, so that disturbances of the machine affect all alike.

    Every second round is in reverse order, so that none always runs after the slowest.
    """
    times: Times = {name: [] for name in contenders}
    for number in range(rounds):
        for name in list(contenders)[:: -1 if number % 2 else 1]:
            times[name].append(contenders[name]())
    return times


def ratio(times: Times, numerator: str, denominator: str) -> float | None:
    """Return the median of the ratios within each round; None if one of the two was not measured."""
    pairs = list(zip(times.get(numerator, []), times.get(denominator, []), strict=False))
    return median(upper / lower for upper, lower in pairs) if pairs else None


def _has_content(folder: Path) -> bool:
    for inside, _, names in os.walk(folder):
        for name in names:
            try:
                if os.stat(f"{inside}/{name}").st_size:
                    return True
            except FileNotFoundError:  # it was renamed meanwhile
                continue
    return False
