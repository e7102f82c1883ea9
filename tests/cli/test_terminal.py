"""The command line in a real terminal: prompts, the live view, Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import pexpect
import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]

DOWN = "\x1b[B"


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., pexpect.spawn[str]]:
    """Start `mintage` in a terminal of 80 columns."""

    def run(*arguments: object) -> pexpect.spawn[str]:
        return pexpect.spawn(
            sys.executable,
            ["-m", "mintage", *map(str, arguments)],
            cwd=str(tmp_path),
            env={**os.environ, "TERM": "xterm"},
            encoding="utf-8",
            dimensions=(24, 80),
            timeout=30,
        )

    return run


@pytest.fixture
def many(write_tree: Write) -> Path:
    """A template that takes some seconds."""
    text = "{% for i in range(3000) %}{{ i }}{% endfor %}" * 3
    return write_tree({"mintage.toml": "", **{f"d{n // 100}/{n}.txt": text for n in range(1500)}}, "many")


def test_consent_is_asked_for_with_what_would_run(
    start: Callable[..., pexpect.spawn[str]], write_tree: Write, tmp_path: Path
) -> None:
    terminal = start("new", write_tree({"mintage.toml": "[[tasks]]\nname = 't'\nrun = 'touch made'\n"}), "out")
    terminal.expect("touch made")
    terminal.send("y\r")
    terminal.expect("minted")
    terminal.expect(pexpect.EOF)
    assert (tmp_path / "out" / "made").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("executor", ["sequential", "threads", "processes"])
def test_a_signal_in_the_middle_leaves_nothing(
    start: Callable[..., pexpect.spawn[str]],
    many: Path,
    tmp_path: Path,
    number: signal.Signals,
    code: int,
    executor: str,
) -> None:
    terminal = start("new", many, "out", "--executor", executor)
    terminal.expect(r"\d+ %")
    assert terminal.pid is not None
    workers = psutil.Process(terminal.pid).children(recursive=True)
    time.sleep(0.2)
    os.kill(terminal.pid, number)
    terminal.expect("nothing was left behind")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == code
    assert sorted(path.name for path in tmp_path.iterdir()) == ["many"]
    assert not any(worker.is_running() for worker in workers)


COPIER = """
_message_before_copy: Welcome to {{ 'Copier' }}
_message_after_copy: "Now cd {{ _folder_name }}"
name: {type: str, help: "What is it called?", validator: "{% if name == 'bad' %}no such name{% endif %}"}
kind: {type: str, default: a, choices: {First: a, Second: {value: b, validator: not today}, Third: c}}
extra: {type: yaml, default: [1, x]}
notes: {type: str, default: "", multiline: true, placeholder: anything}
token: {type: str, default: none, secret: true}
"""


def test_questions_of_a_copier_template_are_asked_with_its_own_words(
    start: Callable[..., pexpect.spawn[str]], write_tree: Write, tmp_path: Path
) -> None:
    shown = "{{ name }} {{ kind }} {{ extra | to_json }} {{ notes | to_json }} {{ token }}"
    terminal = start("new", write_tree({"copier.yml": COPIER, "f.jinja": shown}), "out")
    terminal.expect("Welcome to Copier")
    terminal.expect("What is it called")
    terminal.send("bad\r")
    terminal.expect("no such name")
    terminal.send("\x7f\x7f\x7fgood\r")
    terminal.expect("not today")
    terminal.send(DOWN + "\r")  # passes over the one that is disabled
    terminal.expect("extra")
    terminal.expect("x\\]")
    terminal.send("\x7f, 'y']\r")
    terminal.expect("anything")
    terminal.send("one\rtwo\x1b\r")
    terminal.expect("token")
    terminal.send("\r")
    terminal.expect("All answers")
    terminal.send("\r")
    terminal.expect("Now cd out")
    terminal.expect(pexpect.EOF)
    assert (tmp_path / "out" / "f").read_text() == 'good c [1, "x", "y"] "one\\ntwo" none'
