"""Runs a program and tells how long it took and how much memory its processes used together."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_SAMPLE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Measured:
    """seconds: the whole process. peak_bytes: of the process tree, 0 if not asked for. output: what it printed."""

    seconds: float
    peak_bytes: int = 0
    output: str = ""


def run(command: Sequence[str], output: Path, *, home: Path, memory: bool = False) -> Measured:
    """Run a command that fills `output`, which is removed before. Raises CalledProcessError if it fails."""
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    environment = {
        **os.environ,
        "HOME": str(home),
        "MINTAGE_CONFIG_DIR": str(home / "config"),
        "MINTAGE_CACHE_DIR": str(home / "cache"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # people's installations have their modules compiled
    began = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=output
    ) as process:
        watch = _Watch(process.pid) if memory else None
        printed, _ = process.communicate()
        seconds = time.perf_counter() - began
        peak = watch.stop() if watch else 0
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command), printed)
    return Measured(seconds, peak, printed)


def interleaved(contenders: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Measure all of them in turn, several times, so that what disturbs the machine disturbs all alike."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, measure in contenders.items():
            found[name].append(measure())
    return found


class _Watch:
    """Samples the memory of a process and its children: private memory plus a share of what is shared (PSS)."""

    def __init__(self, process_id: int) -> None:
        self._process = psutil.Process(process_id)
        self._peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """The largest sum seen, in bytes."""
        self._done.set()
        self._thread.join()
        return self._peak

    def _sample(self) -> None:
        while not self._done.wait(_SAMPLE_SECONDS):
            try:
                tree = [self._process, *self._process.children(recursive=True)]
            except psutil.Error:
                return
            self._peak = max(self._peak, sum(map(_used, tree)))


def _used(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (psutil.Error, AttributeError):
        return 0
