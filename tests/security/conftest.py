"""Hostile templates of every format, minted by the real command line, in this process.

Whatever a template tries, every run must keep what holds for all of them: nothing outside of the project changes,
nothing steers the terminal, and no failure is one that Mintage does not know.
"""

from __future__ import annotations

import json
import os
import stat
import threading
from contextlib import contextmanager
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, Any

import pytest

from mintage.cli import run as run_command_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

FORMATS = ("native", "cookiecutter", "copier", "bare")
PROJECT = "out"
FIFO = "(a FIFO)"
LINK = "-> "
COPIER = '_templates_suffix: ""\n_exclude: [copier.yml]\n'


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A directory beside the template and the project, which nobody may read or change."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_text("SECRET")
    return folder


@pytest.fixture
def fill() -> Callable[[Path, dict[str, str | bytes]], Path]:
    """Write files into a directory: texts, bytes, "-> TARGET" for links, FIFO; a path that ends in "/" is a
    directory.
    """

    def write(folder: Path, files: dict[str, str | bytes]) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if path.endswith("/"):
                place.mkdir(exist_ok=True)
            elif isinstance(content, bytes):
                place.write_bytes(content)
            elif content == FIFO:
                os.mkfifo(place)
            elif content.startswith(LINK):
                place.symlink_to(content.removeprefix(LINK))
            else:
                place.write_text(content)
        return folder

    return write


@pytest.fixture
def hostile(tmp_path: Path, fill: Callable[..., Path]) -> Callable[..., Path]:
    """Write a template of any format whose project is `out`; every file and name of it is rendered.

    answers: what questions have for defaults; names and texts write `@x` for the answer `x`. beside: files that are no
    part of the project where the format has such. config: more lines of the configuration.
    """

    def write(
        kind: str,
        files: dict[str, str | bytes],
        answers: dict[str, str] | None = None,
        *,
        beside: dict[str, str | bytes] | None = None,
        config: str = "",
    ) -> Path:
        prefix = "{{cookiecutter.name}}/" if kind == "cookiecutter" else ""
        namespace = "cookiecutter." if kind == "cookiecutter" else ""
        placed: dict[str, str | bytes] = {}
        for path, content in files.items():
            text = content.replace("@", namespace) if isinstance(content, str) else content
            placed[prefix + path.replace("@", namespace)] = text
        answers = answers or {}
        if kind == "native":
            questions = "".join(f"[questions.{name}]\ndefault = {json.dumps(text)}\n" for name, text in answers.items())
            placed["mintage.toml"] = questions + config
        elif kind == "cookiecutter":
            placed["cookiecutter.json"] = json.dumps({"name": PROJECT, **answers, **json.loads(config or "{}")})
            (tmp_path / "template" / prefix).mkdir(parents=True, exist_ok=True)
        elif kind == "copier":
            placed["copier.yml"] = (
                COPIER + "".join(f"{n}: {json.dumps(text)}\n" for n, text in answers.items()) + config
            )
        return fill(tmp_path / "template", {**placed, **(beside or {})})

    return write


@pytest.fixture
def mint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run `mintage new TEMPLATE`, or another command, in the test's directory; the project's directory is `out`.

    Asserts what holds for every run. may_change: other things in the test's directory that are not looked at.
    """
    monkeypatch.chdir(tmp_path)

    def run(
        template: Path | str, *arguments: str, command: str = "new", may_change: tuple[str, ...] = ()
    ) -> CompletedProcess[str]:
        kept = {PROJECT, *may_change}
        before = snapshot(tmp_path, kept)
        is_cookiecutter = (tmp_path / template / "cookiecutter.json").is_file()
        output = [] if is_cookiecutter else [PROJECT]
        words = [command, str(template), *arguments]
        if command != "check":
            words[2:2] = [*output, "--defaults"]
        capsys.readouterr()
        code = run_command_line(words)
        stdout, stderr = capsys.readouterr()
        assert snapshot(tmp_path, kept) == before, "something outside of the project has changed"
        assert "Traceback" not in stdout + stderr
        assert "does not know" not in stderr, stderr
        assert not set(stdout + stderr) & CONTROLS, "control characters reach the terminal"
        return CompletedProcess(words, code, stdout, stderr)

    return run


CONTROLS = {chr(code) for code in (*range(32), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))} - {
    "\n"
}


def snapshot(folder: Path, without: set[str]) -> dict[str, tuple[int, int, str | bytes]]:
    """Every file, directory and link below a directory; `without` names what is not looked at in it."""
    found: dict[str, tuple[int, int, str | bytes]] = {}
    for place, folders, files in os.walk(folder):
        if place == str(folder):
            folders[:] = [name for name in folders if name not in without]
            files = [name for name in files if name not in without]  # noqa: PLW2901
        for name in (*folders, *files):
            path = os.path.join(place, name)
            status = os.lstat(path)
            content: str | bytes = ""
            if stat.S_ISLNK(status.st_mode):
                content = os.readlink(path)
            elif stat.S_ISREG(status.st_mode):
                with open(path, "rb") as file:
                    content = file.read()
            found[path] = (status.st_mode, status.st_ino, content)
    return found


@pytest.fixture
def made(tmp_path: Path) -> Callable[[], dict[str, str]]:
    """What is in the project now, by path: texts, "-> TARGET" for links."""

    def read() -> dict[str, str]:
        project = tmp_path / PROJECT
        texts: dict[str, str] = {}
        for path in sorted(project.rglob("*")):
            name = str(path.relative_to(project))
            if path.is_symlink():
                texts[name] = LINK + os.readlink(path)
            elif path.is_file():
                texts[name] = path.read_bytes().decode("utf-8", "replace")
        texts.pop(".mintage.toml", None)
        return texts

    return read


@pytest.fixture
def fed() -> Callable[[Path, bytes], AbstractContextManager[None]]:
    """Give whoever opens a FIFO some bytes, so that a program which reads it goes on and can be judged."""

    @contextmanager
    def feed(fifo: Path, data: bytes) -> Iterator[None]:
        done = threading.Event()

        def serve() -> None:
            while not done.wait(0.005):
                try:
                    descriptor = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
                except OSError:  # nobody reads it
                    continue
                try:
                    os.write(descriptor, data)
                except BrokenPipeError:
                    pass
                finally:
                    os.close(descriptor)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    return feed
