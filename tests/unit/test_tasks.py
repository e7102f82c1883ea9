"""Tasks: commands and scripts of the template's author."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from mintage.engine import Cancellation, ConcurrentOptions, ConcurrentProcessor
from mintage.errors import MintageError
from mintage.minting.runner import ProjectRunner
from mintage.minting.tasks import TaskError, run_task
from mintage.planning import PlannedTask
from mintage.planning.tasks import task_job
from mintage.rendering.settings import RendererSettings
from mintage.template.tasks import TaskStage
from tests.processes import wait_until_ended

if TYPE_CHECKING:
    from pathlib import Path


def staged(command: str | tuple[str, ...] = "", **more: object) -> PlannedTask:
    return PlannedTask("t", TaskStage.STAGING, command, **more)  # type: ignore[arg-type]


def test_a_line_runs_in_the_shell_and_a_list_does_not(tmp_path: Path) -> None:
    assert run_task(staged("echo one && echo two"), tmp_path) == "one\ntwo\n"
    assert run_task(staged(("echo", "a b", "&&")), tmp_path) == "a b &&\n"


def test_a_task_runs_in_its_folder_with_its_variables(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    task = staged('echo "$PWD $EXTRA"', working_directory="sub", environment={"EXTRA": "x"})
    assert run_task(task, tmp_path).strip() == f"{tmp_path / 'sub'} x"


@pytest.mark.parametrize(("suffix", "script"), [(".py", "print('hello')"), (".sh", "#!/bin/sh\necho hello\n")])
def test_a_script_runs_and_leaves_no_file_behind(
    tmp_path: Path, suffix: str, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    assert run_task(staged(script=script, suffix=suffix), tmp_path) == "hello\n"
    assert os.listdir(temporary) == []


def test_a_failing_task_says_its_status_and_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(TaskError) as caught:
        run_task(staged("echo the reason >&2; exit 7"), tmp_path)
    assert "status 7" in caught.value.what
    assert "the reason" in caught.value.why


@pytest.mark.parametrize(
    ("command", "shown"), [("exit 3", "it ran: exit 3"), (("sh", "-c", "exit 3"), "it ran: sh -c 'exit 3'")]
)
def test_a_failing_command_is_shown_since_its_name_may_be_a_number(
    tmp_path: Path, command: str | tuple[str, ...], shown: str
) -> None:
    with pytest.raises(TaskError, match="status 3") as caught:
        run_task(staged(command), tmp_path)
    assert caught.value.why == shown


@pytest.mark.parametrize("task", [staged(("no-such-program",)), staged(script="no first line", suffix=".sh")])
def test_a_task_that_cannot_start_says_so(tmp_path: Path, task: PlannedTask) -> None:
    with pytest.raises(MintageError, match="could not be started"):
        run_task(task, tmp_path)


def test_a_task_whose_folder_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match="does not exist"):
        run_task(staged("true", working_directory="nowhere"), tmp_path)


@pytest.mark.parametrize("stage", [TaskStage.STAGING, TaskStage.IN_PLACE])
def test_a_task_that_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path, stage: TaskStage) -> None:
    # One of them is nobody's child: who started it has ended.
    script = "(sh -c 'echo $$ > orphan; exec sleep 600' &) ; sleep 600 & echo $! > child; wait"
    task = PlannedTask("t", stage, script, timeout_seconds=1.5)
    with pytest.raises(TaskError, match=r"took longer than 1\.5 seconds") as caught:
        run_task(task, tmp_path)
    assert "`Options(limits=Limits(task_time=SECONDS))`" in caught.value.hint
    for name in ("orphan", "child"):
        wait_until_ended(int((tmp_path / name).read_text()))


@pytest.mark.parametrize("executor", ["sequential", "processes"])
def test_a_run_that_times_out_ends_its_tasks_and_all_that_they_started(tmp_path: Path, executor: str) -> None:
    job = task_job(staged("sleep 600 & echo $! > child; echo $$ > own; wait"))
    options = ConcurrentOptions(executor=executor, timeout_seconds=2)
    runner = ProjectRunner(tmp_path, {}, RendererSettings())
    assert ConcurrentProcessor(options).run([job], runner).ended_by is not None
    for name in ("own", "child"):
        wait_until_ended(int((tmp_path / name).read_text()))


def test_cancelling_ends_a_task_at_once(tmp_path: Path) -> None:
    cancellation = Cancellation()
    threading.Timer(0.3, cancellation.cancel).start()
    began = time.monotonic()
    options = ConcurrentOptions(executor="processes", timeout_seconds=60)
    runner = ProjectRunner(tmp_path, {}, RendererSettings())
    run = ConcurrentProcessor(options, cancellation=cancellation).run([task_job(staged("sleep 985"))], runner)
    assert run.ended_by is not None
    assert run.ended_by.exit_code == 130
    assert time.monotonic() - began < 30
