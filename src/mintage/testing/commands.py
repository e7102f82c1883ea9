"""Runs a command in a generated project, and ends it with all its descendants."""

from __future__ import annotations

import subprocess
import tempfile
from typing import TYPE_CHECKING

from mintage.minting.tasks import ended_with_us
from mintage.testing.outcome import CaseFinding, Check

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

_KEPT_BYTES = 16_000


def run_command(command: str, project: Path, timeout_seconds: float | None) -> CaseFinding | None:
    """Run a shell command in a project. Return what went wrong, or None if it succeeded.

    Args:
        command: The command.
        project: The directory of the project.
        timeout_seconds: The time limit; None for no limit.
    """
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(  # noqa: S602 - the user typed a shell command
            command,
            shell=True,
            cwd=project,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            with ended_with_us(process, is_apart=True):
                process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            what = f"`{command}` took longer than {timeout_seconds:g} seconds and was ended"
            hint = "if it only needs more time, allow more with `TestRequest(command_seconds=SECONDS)`"
            return CaseFinding(Check.RUNS, what, hint=hint, detail=_end_of(output))
        if process.returncode == 0:
            return None
        return CaseFinding(Check.RUNS, f"`{command}` {_ended(process.returncode)}", detail=_end_of(output))


def _ended(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"exited with status {status}"


def _end_of(output: IO[bytes]) -> str:
    size = output.seek(0, 2)
    output.seek(max(0, size - _KEPT_BYTES))
    return output.read().decode("utf-8", "replace").strip()
