"""What happens when things go wrong in the middle: full disks, killed workers, files that vanish."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import psutil
import pytest

import mintage
from mintage.engine import Cancellation
from mintage.errors import CancelledError, CommitError
from mintage.minting.generator import Generator, Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]


def test_a_disk_that_is_full_fails_those_files_and_leaves_no_part_of_one(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "", "big.txt": "{{ 'x' * 300000 }}", "small.txt": "{{ 1 }}"})

    def limit_file_size() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = subprocess.run(
        [sys.executable, "-B", "-m", "mintage", "new", str(template), "out"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=limit_file_size,
    )
    assert done.returncode == 1
    assert "big.txt" in done.stderr
    assert sorted(os.listdir(tmp_path / "out")) == [".mintage.toml", "small.txt"]


def test_a_killed_worker_costs_at_most_one_file(write_tree: Write, tmp_path: Path) -> None:
    slow = "{% for i in range(60000) %}{{ i }}{% endfor %}"
    template = write_tree({"mintage.toml": "", **{f"{n}.txt": slow for n in range(80)}})
    command = [
        sys.executable,
        "-m",
        "mintage",
        "new",
        str(template),
        "out",
        "--executor",
        "processes",
        "--workers",
        "2",
    ]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        root = psutil.Process(process.pid)
        until = time.monotonic() + 30
        while not (workers := root.children()) and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.3)
        workers[0].send_signal(signal.SIGKILL)
        _, said = process.communicate(timeout=60)
    made = [name for name in os.listdir(tmp_path / "out") if name.endswith(".txt")]
    if process.returncode == 1:
        assert len(made) == 79
        assert "SIGKILL" in said
    else:  # it was between two files
        assert process.returncode == 0
        assert len(made) == 80


def test_a_source_that_vanishes_after_the_plan_fails_that_file(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "", "gone.txt": "{{ 1 }}", "stays.txt": "{{ 1 }}"})

    class Vanish:
        def started(self, total: int) -> None:
            (template / "gone.txt").unlink()

        def job_finished(self, result: object) -> None: ...
        def tick(self, progress: object) -> None: ...
        def finished(self, progress: object) -> None: ...

    with pytest.raises(mintage.GenerationFailed) as caught:
        mintage.generate(template, tmp_path / "out", reporter=Vanish())
    assert [error.job_name for error in caught.value.exceptions if isinstance(error, mintage.JobFailedError)] == [
        "gone.txt"
    ]
    assert (tmp_path / "out" / "stays.txt").exists()


@pytest.mark.parametrize("executor", ["sequential", "threads", "processes"])
@pytest.mark.parametrize("delay", [0.0, 0.02, 0.1, 0.3])
def test_cancelling_at_any_moment_leaves_nothing(
    write_tree: Write, tmp_path: Path, executor: str, delay: float
) -> None:
    slow = "{% for i in range(20000) %}{{ i }}{% endfor %}"
    template = write_tree({"mintage.toml": "", **{f"{n}.txt": slow for n in range(200)}})
    cancellation = Cancellation()
    timer = threading.Timer(delay, cancellation.cancel)
    timer.start()
    with pytest.raises(CancelledError):
        Generator(Options(executor=executor), cancellation=cancellation).generate(template, tmp_path / "out")
    timer.join()
    assert os.listdir(tmp_path) == ["template"]
    assert psutil.Process().children() == []


def test_generating_from_many_threads_at_once_works(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "", **{f"{n}.txt": "{{ 1 + 1 }}" for n in range(40)}})
    reports = []

    def mint(number: int) -> None:
        reports.append(mintage.generate(template, tmp_path / f"out{number}"))

    threads = [threading.Thread(target=mint, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.files_written for report in reports] == [41] * 4


def test_what_had_failed_is_told_also_when_the_project_cannot_be_put_in_its_place(
    write_tree: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = write_tree({"mintage.toml": "", "good.txt": "{{ 1 }}", "bad.txt": "{{ unknown }}"})

    def fail(_place: Path, _other: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pathlib.Path.rename", fail)
    with pytest.raises(CommitError, match="No space left on device") as caught:
        mintage.generate(template, tmp_path / "out")
    (problem,) = caught.value.problems
    assert problem.what == "bad.txt had failed: 'unknown' is undefined"
    assert str(problem.where) == "bad.txt:1:4"
    assert list(tmp_path.iterdir()) == [template]
