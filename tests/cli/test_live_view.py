"""What a person sees in a real terminal while a project is made, and what is left there afterwards."""

from __future__ import annotations

import os
import re
import signal
from typing import TYPE_CHECKING

import pytest

from tests.terminal import CTRL_C, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]
    Start = Callable[..., Terminal]

SLOW = "{% for i in range(4000) %}{{ i }}{% endfor %}" * 3 + "{% for i in range(90000) %}{% endfor %}" * 4


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start `mintage new TEMPLATE out --executor processes`."""

    def run(template: Path, *arguments: object, **how: object) -> Terminal:
        (tmp_path / "work").mkdir(exist_ok=True)
        command = ("new", template, "out", "--executor", "processes", "--workers", "2", *arguments)
        return Terminal(command, tmp_path / "work", **how)  # type: ignore[arg-type]

    return run


@pytest.fixture
def many(write_tree: Write) -> Path:
    """A template that takes some seconds."""
    return write_tree({"mintage.toml": "", **{f"d{n // 100}/{n}.txt": SLOW for n in range(600)}}, "many")


@pytest.fixture
def failing(write_tree: Write) -> Path:
    """The same with some files that fail."""
    files = {f"{n:03}.txt": "{{ nothing }}" if n % 20 == 0 else SLOW for n in range(400)}
    return write_tree({"mintage.toml": "", **files}, "failing")


def _view(terminal: Terminal) -> list[str]:
    return [line for line in terminal.lines if re.search(r"\d %.*/\d", line)]


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (200, 50), (40, 10)])
def test_a_bar_with_numbers_and_workers_is_shown_and_gone_in_the_end(
    start: Start, many: Path, columns: int, rows: int
) -> None:
    terminal = start(many, columns=columns, rows=rows)
    terminal.wait_for(r"\d+ %[ ━╸]+ *\d+/601 ")
    if columns >= 80:
        terminal.wait_for(r"\d+/601 +[\d.]+ [KM]iB +[\d,]+/s +[\d.]+ m?s left")
    terminal.wait_for(r"\n   1 +.*\.txt\n   2 +.*\.txt")
    assert terminal.screen.cursor.hidden
    assert terminal.ends() == 0
    assert terminal.lines[0].startswith("601 files")
    assert terminal.lines[1].startswith("minted")
    assert terminal.cursor_is_shown


def test_the_view_is_redrawn_in_place_and_not_too_often(start: Start, many: Path) -> None:
    terminal = start(many)
    assert terminal.ends() == 0
    for cleared in ("\x1b[2J", "\x1b[J", "\x1b[3J", "\x1b[H", "\x1b[?1049h", "\x1bc"):
        assert cleared not in terminal.text, "nothing but the view's own lines is wiped"
    seconds = float(re.search(r" in ([\d.]+) s", terminal.text)[1])  # type: ignore[index]
    assert terminal.text.count("left") <= 10 * seconds + 2


def test_failures_stay_above_the_bar_as_they_come(start: Start, failing: Path) -> None:
    terminal = start(failing)
    terminal.wait_for(r"(?s)failed   \d+\.txt.*\d %.*\d/401 .*\d failed\n")
    assert len(_view(terminal)) == 1
    assert terminal.ends() == 1
    assert _view(terminal) == []
    assert "20 failed" in terminal.shown
    assert terminal.cursor_is_shown


@pytest.mark.parametrize("after", [(120, 40), (60, 24)])
def test_the_view_follows_a_window_that_changes(start: Start, many: Path, after: tuple[int, int]) -> None:
    terminal = start(many, columns=80, rows=24)
    terminal.wait_for(r"\d %.*/601 .*left")
    terminal.resize(*after)
    terminal.wait_until(lambda: len(_view(terminal)) == 1, "one bar alone")
    width = min(80, after[0])
    terminal.wait_until(lambda: bool(_view(terminal)) and len(_view(terminal)[0]) == width, "a bar of the new width")
    assert len(_view(terminal)) == 1
    assert terminal.ends() == 0
    assert terminal.lines[0].startswith("601 files")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_gives_the_cursor_back(
    start: Start, many: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    terminal = start(many)
    terminal.wait_for(r"\d %.*/601 ")
    assert terminal.process.pid is not None
    os.kill(terminal.process.pid, number)
    assert terminal.ends() == code
    assert terminal.cursor_is_shown
    assert _view(terminal) == []
    assert list((tmp_path / "work").iterdir()) == []


def test_ctrl_c_gives_the_cursor_back_and_leaves_nothing(start: Start, many: Path, tmp_path: Path) -> None:
    terminal = start(many)
    terminal.wait_for(r"\d %.*/601 ")
    terminal.press(CTRL_C)
    terminal.wait_for("nothing was left behind")
    assert terminal.modes == terminal.modes_before
    assert terminal.ends() == 130
    assert terminal.cursor_is_shown
    assert _view(terminal) == []
    assert list((tmp_path / "work").iterdir()) == []


def test_a_timeout_gives_the_cursor_back(start: Start, many: Path) -> None:
    terminal = start(many, "--timeout", "1")
    terminal.wait_for(r"\d %.*/601 ")
    assert terminal.ends() == 124
    assert terminal.cursor_is_shown
    assert _view(terminal) == []


def test_what_tasks_print_does_not_disturb_the_view(start: Start, write_tree: Write) -> None:
    files = {f"{n:03}.txt": SLOW for n in range(400)}
    toml = """
[[tasks]]
name = "among"
run = "for i in 1 2 3 4 5 6 7 8 9; do echo among the files; sleep 0.05; done"
where = "staging"
[[tasks]]
name = "after"
run = "echo after the files"
"""
    terminal = start(write_tree({"mintage.toml": toml, **files}), "--trust")
    terminal.wait_for("1 +[^\n]*\n +2 +|task: *among")
    assert terminal.ends() == 0
    assert terminal.lines[0] == "after the files"
    assert "among the files" not in terminal.text
    assert "".join(terminal.lines[2:]).startswith("minted ")  # in several lines, if the path is long


def test_without_colour_the_view_has_none(start: Start, many: Path) -> None:
    terminal = start(many, environment={"NO_COLOR": "1"})
    terminal.wait_for(r"\d %.*/601 ")
    assert terminal.ends() == 0
    codes = {code for found in re.findall(r"\x1b\[([0-9;]*)m", terminal.text) for code in found.split(";")}
    assert codes <= {"", "0", "1", "2"}, "bold and dim are no colours"


def test_a_terminal_that_can_do_nothing_gets_lines(start: Start, many: Path) -> None:
    terminal = start(many, environment={"TERM": "dumb"})
    assert terminal.ends() == 0
    assert "100 %  601 of 601 jobs" in terminal.shown
    assert "\x1b" not in terminal.text
