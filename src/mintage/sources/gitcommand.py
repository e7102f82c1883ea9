"""Runs git so that nothing in its arguments or in a repository can run other programs. Knows no cache."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from mintage.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

# No hooks, no transports that start programs, no background work that outlives the command.
_SAFE = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "protocol.ext.allow=never",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",
)
_TRANSPORTS = "file:git:http:https:ssh"
# A git hook that runs Mintage sets these; they would point git at the hook's repository.
_OF_ANOTHER_REPOSITORY = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_QUARANTINE_PATH",
    "GIT_LITERAL_PATHSPECS",
)
_SECONDS_TO_END = 2.0
SECONDS_UNTIL_SLOW = 5.0


class GitError(Exception):
    """git failed."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        """What git printed."""


def git(
    repository: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    given: str = "",
    when_slow: Callable[[], None] = lambda: None,
) -> str:
    """Run `git --git-dir=repository arguments...` and return what it printed.

    Any exception, such as Ctrl-C, ends git and its children too.

    Args:
        repository: A git directory whose configuration is our own: see `local`.
        arguments: The subcommand and its arguments.
        environment: Additional environment variables.
        given: Standard input.
        when_slow: Called once if git takes more than a few seconds; what it raises ends git.

    Raises:
        GitError: git failed.
        SourceError: git is not installed.
    """
    settings = [part for setting in _SAFE for part in ("-c", setting)]
    try:
        process = subprocess.Popen(
            ["git", *settings, f"--git-dir={repository}", *arguments],
            stdin=subprocess.PIPE if given else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**_environment(), **(environment or {})},
        )
    except (FileNotFoundError, PermissionError):
        raise SourceError(
            "git is not installed, and the template is in a git repository",
            hint="install git, or use a directory or a zip file",
        ) from None
    try:
        try:
            printed, complaints = process.communicate(
                given.encode("utf-8", "surrogateescape") if given else None, SECONDS_UNTIL_SLOW
            )
        except subprocess.TimeoutExpired:
            when_slow()
            printed, complaints = process.communicate()
    except BaseException:
        _end(process)
        raise
    if process.returncode:
        raise GitError(complaints.decode("utf-8", "replace").strip() or f"git exited with status {process.returncode}")
    return printed.decode("utf-8", "surrogateescape")


def _environment() -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_REPOSITORY}
    environment.update(LC_ALL="C", LANGUAGE="C", GIT_ALLOW_PROTOCOL=_TRANSPORTS, GIT_OPTIONAL_LOCKS="0")
    if not (sys.stdin and sys.stdin.isatty()):  # nobody can type a password, so a prompt would hang
        environment.setdefault("GIT_TERMINAL_PROMPT", "0")
    return environment


def _end(process: subprocess.Popen[bytes]) -> None:
    import psutil

    try:
        parent = psutil.Process(process.pid)
        family = [*parent.children(recursive=True), parent]
    except psutil.NoSuchProcess:
        family = []
    for signal_all in ("terminate", "kill"):
        for member in family:
            try:
                getattr(member, signal_all)()
            except psutil.NoSuchProcess:
                continue
        _, family = psutil.wait_procs(family, timeout=_SECONDS_TO_END)
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
