"""Somebody who reads a page and does what it says, in a home of their own, without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

from tests.docs.pages import Command, Program, Step, WrittenFile, matches
from tests.docs.session import PythonSession

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
SHOWN_HOME = "/home/zoe"
_NOBODY_LISTENS = "http://127.0.0.1:9"
_MOST_SECONDS = 120
_GIT_CONFIG = """\
[user]
	name = Zoe
	email = zoe@example.com
[init]
	defaultBranch = main
[advice]
	detachedHead = false
[url "file://{servers}/"]
	insteadOf = https://
"""


class Disagreement(Exception):
    """The page says something else than what happens."""


class Reader:
    """Goes through the steps of one page. After a `cd` the next steps are done there, but for one in a preparation.

    home: an empty directory. In it are `examples`, and git takes `https://HOST/PATH` from `servers/HOST/PATH`.
    """

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self._folder = self.home
        self._python: PythonSession | None = None
        self._left_in = self.home.parent / "folder"
        self._environment = {
            "HOME": str(self.home),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "COLUMNS": "80",
            "TMPDIR": str(self.home.parent),
            "http_proxy": _NOBODY_LISTENS,
            "https_proxy": _NOBODY_LISTENS,
        }
        shutil.copytree(ROOT / "examples", self.home / "examples")
        servers = self.home.parent / "servers"
        servers.mkdir()
        self._environment["SERVERS"] = str(servers)
        (self.home / ".gitconfig").write_text(_GIT_CONFIG.format(servers=servers))

    def do_all(self, steps: Iterable[Step]) -> None:
        """Raises Disagreement at the first step that does not give what the page says."""
        for step in steps:
            self.do(step)

    def do(self, step: Step) -> None:
        """Raises Disagreement if that does not give what the page says."""
        if isinstance(step, WrittenFile):
            in_home = step.path.startswith("~/")
            place = self.home / step.path[2:] if in_home else self._folder / step.path
            place.parent.mkdir(parents=True, exist_ok=True)
            before = place.read_text("utf-8") + "\n" if step.at_end else ""
            place.write_text(before + step.text, "utf-8")
        elif isinstance(step, Program):
            self._execute(step)
        else:
            self._type(step)

    def close(self) -> None:
        """Leave no process behind."""
        if self._python:
            self._python.close()

    def _execute(self, program: Program) -> None:
        self._python = self._python or PythonSession(self._environment)
        ended, printed = self._python.run(program.text, self._folder)
        printed = self._as_shown(printed)
        if not ended:
            raise Disagreement(f"line {program.line} fails:\n{printed}")
        if not matches(program.printed, printed):
            raise Disagreement(_difference(f"line {program.line}", program.printed, printed))

    def _type(self, command: Command) -> None:
        """A command that fails must be shown to fail: by what it prints."""
        script = f"{command.text}\ncode=$?\npwd > {self._left_in}\nexit $code"
        where = f"line {command.line}: $ {command.text}"
        if not command.shown:
            self._run(["bash", "-e", "-c", command.text], command.line)
            return
        if command.printed:
            code, printed = self._outcome(["bash", "-c", script])
            if not matches(command.printed, printed):
                raise Disagreement(_difference(f"{where} (exit code {code})", command.printed, printed))
        else:
            printed = self._run(["bash", "-c", script], command.line)
            if printed:
                raise Disagreement(_difference(where, (), printed))
        self._folder = Path(self._left_in.read_text().strip())

    def _run(self, command: list[str], line: int) -> str:
        code, printed = self._outcome(command)
        if code:
            raise Disagreement(f"line {line} fails with {code}:\n{printed}")
        return printed

    def _outcome(self, command: list[str]) -> tuple[int, str]:
        done = subprocess.run(
            command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_MOST_SECONDS,
            check=False,
        )
        return done.returncode, self._as_shown(done.stdout)

    def _as_shown(self, printed: str) -> str:
        return printed.replace(str(self.home), SHOWN_HOME)


def _difference(where: str, expected: tuple[str, ...], printed: str) -> str:
    return "\n".join([where, *unified_diff(expected, printed.splitlines(), "the page", "the program", lineterm="")])
