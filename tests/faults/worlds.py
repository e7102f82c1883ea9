"""A template, a project and a user's neighbouring files, and runs of the real program in which something goes wrong.

Knows what must hold after any of them; `failing_calls.c` makes it go wrong.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Victim = Literal["worker", "main", "group"]

CALLS = (
    "open to write",
    "open to read",
    "write",
    "copy_file_range",
    "mkdir",
    "rename",
    "link",
    "unlink",
    "close",
    "fsync",
    "chmod",
    "any",
)
_NUMBERS = struct.Struct(f"{2 + len(CALLS)}i")
_STATE_BYTES = 8192
_LONGEST_RUN_SECONDS = 60
_MARKS_OF_MISTAKES = ("Traceback", "something it does not know")

_TOML = '[questions.name]\ndefault = "atlas"\n[files]\ncopy_only = ["assets/*"]\n'
_TEMPLATE: dict[str, bytes] = {
    "mintage.toml": _TOML.encode(),
    **{f"pages/{n % 3}/page{n}.txt": b"page %d of {{ name }}\n" % n * (n + 1) for n in range(18)},
    **{f"plain/{n % 2}/deep/er/{n}.txt": b"nothing is rendered here\n" * (n + 1) for n in range(12)},
    **{f"pictures/{n}.png": b"\x89PNG\0" + bytes(range(256)) * n for n in range(8)},
    **{f"assets/{n}.bin": b"{{ name }}" * (1 + n * 4000) for n in range(6)},
    "large.bin": b"\0" + b"large" * 30_000,
    "{{ name }}/{{ name }}.py": b'NAME = "{{ name }}"\n',
    "README.md": b"# {{ name }}\n",
    "run.sh": b"#!/bin/sh\necho {{ name }}\n",
    "tools/check": b"#!/bin/sh\nexit 0\n",
    "empty": b"",
}
_MODES = {"run.sh": 0o775, "tools/check": 0o777, "README.md": 0o600}
_OLD: dict[str, bytes] = {
    "README.md": b"the user's own words\n",
    "mine.txt": b"the user's\n",
    "atlas/mine.py": b"the user's\n",
    ".mintage.toml": b"# from an earlier run\n",
    "large.bin": b"small",
    **{f"pages/{n % 3}/page{n}.txt": b"an older page\n" * n for n in range(0, 18, 2)},
    **{f"assets/{n}.bin": b"an older asset" for n in range(3)},
    "plain/0/mine": b"the user's\n",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a run ended.

    struck: the call that was hit, None if there was no such one. in_main: the first process made it. calls: how many of
    each kind there were.
    """

    code: int
    printed: str
    said: str
    struck: str | None = None
    in_main: bool = False
    calls: Mapping[str, int] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, Any]:
        """The report or the error; empty if there is none."""
        try:
            document: dict[str, Any] = json.loads(self.printed)
        except ValueError:
            return {}
        return document


class World:
    """Everything that a run can see.

    exists: the project already exists, with files of the user's. nested: not even the directory that it should be in
        is.
    loops: how long it takes to render a page.
    calls: how many of each kind a run has in which nothing goes wrong. before, after: the files of the project.
    """

    def __init__(
        self, top: Path, shim: Path, *, exists: bool, executor: str, nested: bool = False, loops: int = 0
    ) -> None:
        self._top = Path(os.path.realpath(top))
        self._shim = shim
        self._exists = exists
        self._executor = executor
        self._template = self._top / "template"
        self._place = self._top / "place"
        self.project = self._place / ("some/where/project" if nested else "project")
        _write(self._template, _TEMPLATE)
        for page in self._template.glob("pages/*/*") if loops else ():
            page.write_bytes(page.read_bytes() + b"{%% for n in range(%d) %%}{{ n }}{%% endfor %%}" % loops)
        for name, mode in _MODES.items():
            (self._template / name).chmod(mode)
        self.reset()
        began = time.perf_counter()
        made = self.attempt()
        self._run_seconds = time.perf_counter() - began
        assert made.code == 0, made.said
        self._work_seconds = made.document["engine_seconds"]
        self.calls = made.calls
        self.after = files_in(self.project)
        self._require_as_planned()
        self.wanted = {name: file for name, file in self.after.items() if name not in _OLD or file[1] != _OLD[name]}
        self._template_files = files_in(self._template)
        self.reset()
        self.before = files_in(self.project)
        self._tree_before = _tree(self._place)

    def reset(self) -> None:
        """The state before the first run."""
        shutil.rmtree(self._place, ignore_errors=True)
        self._place.mkdir()
        (self._place / "neighbour.txt").write_text("the user's")
        if self._exists:
            _write(self.project, _OLD)

    def command(self) -> list[str]:
        """What makes the project."""
        options = ["--defaults", "--overwrite", "--json", "-q", "--executor", self._executor, "--workers", "2"]
        return [sys.executable, "-m", "mintage", "new", str(self._template), str(self.project), *options]

    def attempt(
        self, call: str = "", number: int = 0, effect: str = "", *, command: Sequence[str] | None = None
    ) -> Attempt:
        """Run the program with a fault (see failing_calls.c), or without, and wait for all of its processes."""
        state = self._top / "calls"
        state.write_bytes(bytes(_STATE_BYTES))
        faults = {
            "LD_PRELOAD": str(self._shim),
            "FAULTS_BELOW": str(self._top),
            "FAULTS_STATE": str(state),
            "FAULTS_CALL": call,
            "FAULTS_NUMBER": str(number),
            "FAULTS_EFFECT": effect,
        }
        done = _run(command or self.command(), faults)
        shared = state.read_bytes()
        main, struck_in, *counts = _NUMBERS.unpack_from(shared)
        struck = shared[_NUMBERS.size :].partition(b"\0")[0].decode() if struck_in else None
        calls = dict(zip(CALLS, counts, strict=True))
        return Attempt(done.returncode, done.stdout, done.stderr, struck, struck_in == main, calls)

    def try_out(self, call: str, number: int, effect: str) -> tuple[bool, list[str]]:
        """Whether there was such a call, and what does not hold after the run with that fault and after the next one.

        After every second kill, `mintage recover` comes before the next run.
        """
        self.reset()
        attempt = self.attempt(call, number, effect)
        may_leave = effect.startswith("EVERY:") or (attempt.struck or "").startswith("unlink")
        found = self._problems_after(attempt, may_leave=may_leave)
        if attempt.code == -signal.SIGKILL and not (attempt.in_main or effect == "kill-main"):
            found.append("a process that was not hit was killed")
        found += self._problems_later(attempt, recovers=number % 2 == 1)
        where = str(attempt.struck).replace(str(self._top), "")
        return attempt.struck is not None, [f"{call} {number} [{effect}] hit {where}: {each}" for each in found]

    def try_kill(self, victim: Victim, moment: float) -> tuple[int, list[str]]:
        """The exit code of a run in which a process is killed, and what does not hold after it and after the next one.

        moment: a part, from 0 to 1, of the time that such a run or its workers take.
        """
        self.reset()
        attempt = self._killed(victim, moment)
        found = self._problems_after(attempt)
        if victim == "worker":
            failures = attempt.document.get("failures", [])
            if [each["kind"] for each in failures] != ["WorkerDied"] * attempt.code:
                found.append(f"one worker was killed, and it ends with {attempt.code} and {failures}")
        found += self._problems_later(attempt, recovers=moment < 0.5)
        return attempt.code, [f"{victim} killed at {moment}: {each}" for each in found]

    def _killed(self, victim: Victim, moment: float) -> Attempt:
        began = time.perf_counter()
        run = subprocess.Popen(
            self.command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        with run:
            target, last_seconds = run.pid, self._run_seconds
            if victim == "worker":
                target = _first_worker(run)
                began, last_seconds = time.perf_counter(), self._work_seconds
            time.sleep(max(0.0, began + last_seconds * moment - time.perf_counter()))
            kill = os.killpg if victim == "group" else os.kill
            if target:
                with suppress(ProcessLookupError):
                    kill(target, signal.SIGKILL)
            printed, said = run.communicate(timeout=_LONGEST_RUN_SECONDS)  # until no process of it is left
        return Attempt(run.returncode, printed, said)

    def _problems_after(self, attempt: Attempt, *, may_leave: bool = False) -> list[str]:
        """What does not hold after a run in which something went wrong."""
        found = [f"says {mark!r}" for mark in _MARKS_OF_MISTAKES if mark in attempt.said]
        if files_in(self._template) != self._template_files:
            found.append("the template was changed")
        if attempt.code == -signal.SIGKILL:
            return found + self._half_written()
        if not may_leave and (left := self.leftovers()):
            found.append(f"left behind: {left}")
        if attempt.code == 0:
            found += _differences(files_in(self.project), self.after)
        elif attempt.code == 1:
            found += self._problems_of_report(attempt)
        elif self._needs_recovery(attempt):
            found += self._half_written() if may_leave else ["needs to be recovered"]
        elif attempt.code == 2:
            found += self._changes(may_leave=may_leave)
        else:
            found.append(f"ends with {attempt.code}: {attempt.said.strip()}")
        return found

    def _problems_of_next_run(self) -> list[str]:
        """What does not hold after a run in which nothing goes wrong, whatever was before it."""
        done = self.attempt()
        if done.code != 0:
            return [f"the next run ends with {done.code}: {done.said.strip()}"]
        found = _differences(files_in(self.project), self.after)
        left = [f"the next run leaves {left}"] if (left := self.leftovers()) else []
        return [f"after the next run: {difference}" for difference in found] + left

    def leftovers(self) -> list[str]:
        """What is there that belongs to no project."""
        return [str(path.relative_to(self._place)) for path in self._place.rglob(".mintage-*")]

    def _problems_later(self, attempt: Attempt, *, recovers: bool) -> list[str]:
        found: list[str] = []
        if recovers and (attempt.code == -signal.SIGKILL or self._needs_recovery(attempt)):
            found += self._problems_of_recovery()
        if self.leftovers() or (_tree(self._place) != self._tree_before and attempt.code != 0):
            found += self._problems_of_next_run()  # else it would be like any other
        return found

    @staticmethod
    def _needs_recovery(attempt: Attempt) -> bool:
        return attempt.code == 2 and "mintage recover" in attempt.document.get("hint", "")

    def _require_as_planned(self) -> None:
        """The outcome of a run without faults is what the others are measured by."""
        assert len(self.after) >= 50
        assert self.after["README.md"] == (0o600, b"# atlas\n")
        assert self.after["tools/check"] == (0o777, _TEMPLATE["tools/check"])
        assert self.after["assets/5.bin"][1] == _TEMPLATE["assets/5.bin"]
        assert self.after["large.bin"][1] == _TEMPLATE["large.bin"]
        assert all(self.calls[call] for call in CALLS if self._exists or call not in ("link", "fsync"))

    def _problems_of_report(self, attempt: Attempt) -> list[str]:
        document = attempt.document
        failed = {each["name"] for each in (*document.get("failures", ()), *document.get("skipped", ()))}
        if not failed <= self.wanted.keys() or not failed:
            return [f"ends with 1 and reports {sorted(failed)}"]
        if self._exists and not document["delivered"]:
            return _differences(files_in(self.project), self.before)
        came_out = {name: file for name, file in self.wanted.items() if name not in failed}
        return _differences(files_in(self.project), {**self.before, **came_out})

    def _half_written(self) -> list[str]:
        """A new project is whole or not there; in an existing one each file is old or new, and none is missing."""
        present = files_in(self.project)
        if not self._exists:
            return _differences(present, self.after) if present else []
        return [
            f"{name} is neither old nor new"
            for name in {**present, **self.before}
            if present.get(name) not in (self.before.get(name, present.get(name)), self.wanted.get(name))
            or (name not in self.before and name not in self.wanted)
        ]

    def _changes(self, *, may_leave: bool) -> list[str]:
        now = _tree(self._place)
        if may_leave:
            now = {path: file for path, file in now.items() if ".mintage-" not in path}
        return [f"{each}, though nothing was to change" for each in _differences(now, self._tree_before)]

    def _problems_of_recovery(self) -> list[str]:
        done = self.attempt(command=[sys.executable, "-m", "mintage", "recover", str(self.project)])
        if done.code != 0:
            return [f"`recover` ends with {done.code}: {done.said.strip()}"]
        present = files_in(self.project)
        if present in (self.before, self.after):
            return []
        return [f"after `recover`: {difference}" for difference in _differences(present, self.before)]


def _run(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_LONGEST_RUN_SECONDS,
    )


def _first_worker(run: subprocess.Popen[str]) -> int:
    """The process id of a worker, as soon as there is one; 0 if there was none."""
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    while run.poll() is None:
        with suppress(OSError):
            if found := children.read_text().split():
                return int(found[-1])
        time.sleep(0.0005)
    return 0


def files_in(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Permissions and bytes of every file."""
    return {path: file for path, file in _tree(folder).items() if file[1] is not None}  # type: ignore[misc]


def _tree(folder: Path) -> dict[str, tuple[int, bytes | None]]:
    """The same, with the directories, which have no bytes. Staging directories belong to no project."""
    found: dict[str, tuple[int, bytes | None]] = {}
    for above, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(above, name)
            content = path.read_bytes() if name in names else None
            found[str(path.relative_to(folder))] = (path.stat().st_mode & 0o7777, content)
    return found


def _differences(present: Mapping[str, object], expected: Mapping[str, object]) -> list[str]:
    """At most a few: one that is missing, one that is wrong, one too many, and how many of each there are."""
    missing = [name for name in expected if name not in present]
    wrong = [name for name, file in expected.items() if name in present and present[name] != file]
    more = [name for name in present if name not in expected]
    kinds = (("is missing", missing), ("is not as it should be", wrong), ("should not be there", more))
    return [f"{names[0]} {what} ({len(names)} such)" for what, names in kinds if names]


def _write(top: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        place = top / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
