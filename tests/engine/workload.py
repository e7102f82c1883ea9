"""Jobs that do what tests need, for every pool. Fresh worker processes import this module by its name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from mintage.engine import Job, Outcome
from mintage.engine.failures import RunStoppedError


class PicklesBadly(Exception):
    """An exception that cannot be unpickled, because it wants two arguments and keeps none."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__()
        self.one = one
        self.two = two


class CannotBeDescribed(Exception):
    """An exception that raises when it is asked what it says."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


class EndsTheThread(BaseException):
    """What no `except Exception` catches."""


class Runner:
    """Does what a job's payload says: a verb and its arguments; None for nothing."""

    def run(self, job: Job) -> Outcome:
        if job.payload is None:
            return Outcome(bytes_written=1)
        verb, *arguments = job.payload
        outcome = getattr(self, verb)(job, *arguments)
        return outcome if outcome is not None else Outcome(bytes_written=1)

    def fail(self, job: Job) -> None:
        raise ValueError(f"{job.name} is bad")

    def stop_the_run(self, job: Job) -> None:
        raise RunStoppedError(f"{job.name} has seen enough")

    def fail_badly(self, _job: Job, kind: str) -> None:
        if kind == "pickles badly":
            raise PicklesBadly("one", "two")
        raise CannotBeDescribed if kind == "cannot be described" else EndsTheThread

    def leave(self, _job: Job, status: int) -> None:
        sys.exit(status)

    def exit_process(self, _job: Job, status: int) -> None:
        os._exit(status)

    def kill_process(self, _job: Job, number: int = signal.SIGKILL) -> None:
        os.kill(os.getpid(), number)
        time.sleep(60)

    def sleep(self, _job: Job, seconds: float) -> None:
        time.sleep(seconds)

    def identify(self, _job: Job) -> Outcome:
        return Outcome(detail=os.getpid())

    def compute(self, _job: Job, seconds: float) -> None:
        until = time.thread_time() + seconds
        while time.thread_time() < until:
            pass

    def wait_for(self, _job: Job, path: str, began: str = "") -> None:
        if began:
            Path(began).touch()
        while not Path(path).exists():
            time.sleep(0.005)

    def clean_up(self, _job: Job, began: str, cleaned: str, seconds: float) -> None:
        """Hang; when told to end, take some time to clean up, as tasks do that end their processes."""

        def leave(number: int, _frame: object) -> None:
            raise SystemExit(128 + number)

        before = signal.signal(signal.SIGTERM, leave)
        try:
            Path(began).touch()
            time.sleep(600)
        finally:
            time.sleep(seconds)
            Path(cleaned).touch()
            signal.signal(signal.SIGTERM, before)

    def hang_outside_of_python(self, _job: Job) -> None:
        """No signal handler runs until this comes to its end, which is not today."""
        sum(range(10**12))

    def hang(self, _job: Job, marker: str = "") -> None:
        if marker:
            Path(marker).write_text(str(os.getpid()))
        time.sleep(600)

    def hang_deaf(self, _job: Job, marker: str) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.hang(_job, marker)

    def start_child_and_hang(self, _job: Job, marker: str) -> None:
        child = subprocess.Popen(["sleep", "600"])
        Path(marker + ".part").write_text(str(child.pid))
        os.rename(marker + ".part", marker)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)

    def leave_child_with_our_pipes(self, _job: Job, seconds: float) -> None:
        """The process ends, but one that it has forked lives on and keeps its descriptors open."""
        if os.fork() == 0:
            time.sleep(seconds)
            os._exit(0)
        os.kill(os.getpid(), signal.SIGKILL)

    def write(self, job: Job, log: str) -> None:
        """Leave two lines, each in one call, so that lines of different processes do not mix."""
        fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(fd, f"begin {job.name}\n".encode())
        os.write(fd, f"end {job.name}\n".encode())
        os.close(fd)

    def give(self, _job: Job, what: str, size: int = 0) -> Outcome:
        details: dict[str, Any] = {"text": "x" * size, "list": ["x"] * size}
        return Outcome(bytes_written=2, detail=(lambda: None) if what == "function" else details[what])

    def give_nothing(self, _job: Job) -> Any:
        return 0

    def tell_process(self, _job: Job) -> Outcome:
        return Outcome(detail=os.getpid())

    def say(self, job: Job) -> None:
        print(f"job {job.name}\n", end="")  # in one write, so that lines of different processes do not mix

    def allocate(self, _job: Job, size: int) -> None:
        block = bytearray(size)
        block[::4096] = b"x" * len(block[::4096])
        time.sleep(0.01)

    def tell_signals(self, _job: Job) -> Outcome:
        return Outcome(detail=str(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL))
