"""Runs one task: a hook or a command of the template's author. Knows nothing about consent and order."""

from __future__ import annotations

import errno
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from mintage.engine.limits import memory_unbounded
from mintage.errors import MintageError, TemplateError
from mintage.template.tasks import TaskStage
from mintage.terminal import is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mintage.planning.model import PlannedTask

_OUTPUT_SHOWN = 2000


class TaskError(MintageError):
    """A task failed."""

    exit_code = 1


def run_task(task: PlannedTask, project: Path, *, output: int | None = None) -> str:
    """Run a task in the project and return what it printed.

    Args:
        task: The task, which the user has agreed to run.
        project: The directory of the project.
        output: The file descriptor that hooks print to; None for the terminal. The output of tasks among the files is
            always captured, because several may run at once.

    Raises:
        TaskError: The task failed.
        TemplateError: It could not be started.
    """
    folder = project / task.working_directory
    if not folder.is_dir():
        raise TaskError(f"the task {task.name} cannot run: the directory {task.working_directory} does not exist")
    captured = task.stage is TaskStage.STAGING
    # At a terminal, a task stays in our process group, because it may ask questions.
    is_apart = captured or not is_terminal(sys.stdin)
    with _command(task) as command:
        try:
            with memory_unbounded():
                process = subprocess.Popen(
                    command,
                    cwd=folder,
                    shell=isinstance(command, str),
                    env={**os.environ, **task.environment},
                    stdin=subprocess.DEVNULL if captured else None,
                    stdout=subprocess.PIPE if captured else output,
                    stderr=subprocess.STDOUT if captured else None,
                    start_new_session=is_apart,
                )
        except OSError as error:
            raise _not_started(task, error) from error
        with ended_with_us(process, is_apart=is_apart):
            try:
                output_bytes, _ = process.communicate(timeout=task.timeout_seconds)
            except subprocess.TimeoutExpired:
                raise TaskError(
                    f"the task {task.name} took longer than {task.timeout_seconds:g} seconds and was ended",
                    hint="if it only needs more time, raise the limit with `Options(limits=Limits(task_time=SECONDS))`",
                ) from None
            printed = (output_bytes or b"").decode("utf-8", "replace")
    if process.returncode:
        raise TaskError(
            f"the task {task.name} exited with status {process.returncode}",
            why="\n".join(filter(None, (_what_ran(task), printed[-_OUTPUT_SHOWN:].strip()))),
            hint="what it printed says why",
        )
    return printed


def _what_ran(task: PlannedTask) -> str:
    """Return which command ran; "" for a script, which has its name in the task's name."""
    if task.script:
        return ""
    command = task.command if isinstance(task.command, str) else shlex.join(task.command)
    return f"it ran: {command}"


@contextmanager
def _command(task: PlannedTask) -> Iterator[str | list[str]]:
    """Yield the command to start; for a script, one that runs it from a temporary file."""
    if not task.suffix and not task.script:
        yield task.command if isinstance(task.command, str) else list(task.command)
        return
    handle, path = tempfile.mkstemp(prefix="mintage-", suffix=task.suffix)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(task.script.encode("utf-8"))
        os.chmod(path, 0o700)
        yield [sys.executable, path] if task.suffix == ".py" else [path]
    finally:
        os.unlink(path)


@contextmanager
def ended_with_us(process: subprocess.Popen[bytes], *, is_apart: bool) -> Iterator[None]:
    """End a process and all its descendants if the block raises.

    Args:
        process: The process.
        is_apart: Whether it leads its own process group.
    """
    with _sigterm_raises():
        try:
            yield
        except BaseException:
            _end_tree(process, is_apart=is_apart)
            if process.stdout:
                process.stdout.close()
            raise


@contextmanager
def _sigterm_raises() -> Iterator[None]:
    """Let SIGTERM raise SystemExit in a worker process, so that its task is ended first."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end_tree(process: subprocess.Popen[bytes], *, is_apart: bool) -> None:
    import psutil

    def signal_group(number: signal.Signals) -> None:
        """Signal the process group, which includes descendants whose parent has already ended."""
        if is_apart and process.returncode is None:  # otherwise, the process ID may have been reused
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, number)

    try:
        parent = psutil.Process(process.pid)
        tree = [*parent.children(recursive=True), parent]
    except psutil.NoSuchProcess:
        tree = []
    signal_group(signal.SIGTERM)
    for member in tree:
        with suppress(psutil.NoSuchProcess):
            member.terminate()
    _, alive = psutil.wait_procs(tree, timeout=1)
    signal_group(signal.SIGKILL)
    for member in alive:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    process.wait()


def _not_started(task: PlannedTask, error: OSError) -> MintageError:
    if error.errno == errno.ENOEXEC:
        return TemplateError(
            f"the hook {task.name} could not be started: it is empty, or its first line is not like #!/bin/sh"
        )
    return TemplateError(f"the task {task.name} could not be started: {error.strerror or error}")
