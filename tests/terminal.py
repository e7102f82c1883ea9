"""A program in a terminal of its own, and the screen that a person would see there."""

from __future__ import annotations

import os
import re
import sys
import termios
import time
from typing import TYPE_CHECKING, Any

import pexpect
import pyte

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

UP, DOWN, ENTER, BACKSPACE = "\x1b[A", "\x1b[B", "\r", "\x7f"
CTRL_A, CTRL_B, CTRL_C, CTRL_D, CTRL_U = "\x01", "\x02", "\x03", "\x04", "\x15"
SHIFT_TAB = "\x1b[Z"
_SECONDS = 30.0
_MOMENT_SECONDS = 0.3


class _Screen(pyte.Screen):
    """Knows how to go on where pyte stops: private sequences are ignored, as a real terminal would."""

    def __init__(self, columns: int, rows: int, reply: Callable[[str], object]) -> None:
        super().__init__(columns, rows)
        self._reply = reply

    def write_process_input(self, data: str) -> None:
        """What a terminal answers when it is asked where its cursor is."""
        self._reply(data)

    def select_graphic_rendition(self, *attributes: int, private: bool = False) -> None:
        """Colours; `CSI > 4 m`, with which prompt_toolkit asks for other keys, is none."""
        if not private:
            super().select_graphic_rendition(*attributes)


class Terminal:
    """Runs `mintage` with arguments in a directory, in a terminal of a size. environment: what is different there.

    text: all that was written. screen: pyte's.
    """

    def __init__(
        self,
        arguments: tuple[object, ...],
        folder: Path,
        *,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.text = ""
        outside = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        self.process: pexpect.spawn[str] = pexpect.spawn(
            sys.executable,
            ["-m", "mintage", *map(str, arguments)],
            cwd=str(folder),
            env={**outside, "TERM": "xterm-256color", **(environment or {})},
            encoding="utf-8",
            dimensions=(rows, columns),
        )
        self.process.delaybeforesend = None
        self.modes_before = self.modes
        self.screen = _Screen(columns, rows, self.process.send)
        self._stream = pyte.Stream(self.screen)

    @property
    def modes(self) -> list[Any]:
        """How the terminal treats what is typed: with echo, line by line, ..."""
        return termios.tcgetattr(self.process.child_fd)

    @property
    def lines(self) -> list[str]:
        """What can be seen, without empty lines at the end."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip().split("\n")

    @property
    def shown(self) -> str:
        """The same as one text."""
        return "\n".join(self.lines)

    @property
    def cursor_is_shown(self) -> bool:
        """Whether the person sees where the cursor is."""
        return not self.screen.cursor.hidden

    def press(self, *keys: str) -> None:
        """Type."""
        for key in keys:
            self.process.send(key)

    def answer(self, question: str, *keys: str) -> None:
        """Wait until a question is asked, and type."""
        self.wait_for(question)
        self.press(*keys)

    def wait_for(self, pattern: str) -> None:
        """Until the screen shows something like that."""
        self.wait_until(lambda: re.search(pattern, self.shown) is not None, pattern)

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Until something holds of the screen."""
        deadline = time.monotonic() + _SECONDS
        while not holds():
            assert time.monotonic() < deadline, f"{what!r} was not shown, but:\n{self.shown}"
            assert self._read() or holds(), f"the program ended without {what!r}:\n{self.shown}"

    def ends(self) -> int:
        """Wait until the program has ended, and return its exit code."""
        deadline = time.monotonic() + _SECONDS
        while self._read():
            assert time.monotonic() < deadline, f"the program did not end:\n{self.shown}"
        self.process.close()
        status = self.process.exitstatus
        return -(self.process.signalstatus or 0) if status is None else status

    def settles(self) -> None:
        """Wait until nothing more is written for a moment."""
        shown = None
        while shown != self.shown:
            shown = self.shown
            time.sleep(_MOMENT_SECONDS)
            self._read()

    def resize(self, columns: int, rows: int) -> None:
        """As when the person makes the window larger or smaller."""
        self.process.setwinsize(rows, columns)
        for _ in range(3):  # what is on its way was written for the window as it was
            self._read()
        self.screen.resize(rows, columns)

    def _read(self) -> bool:
        """Take in what was written by now; False when there will be no more."""
        try:
            text = self.process.read_nonblocking(65536, timeout=0.1)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.text += text
        self._stream.feed(text)
        return True
