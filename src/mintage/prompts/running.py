"""Runs a prompt in the terminal: its lines above and below, going back, and leaving it with the terminal as it was.

Knows nothing of what is asked for.
"""

from __future__ import annotations

import shutil
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mintage.answers.interview import GoBackError
from mintage.engine.cancel import in_main_thread
from mintage.errors import CancelledError
from mintage.prompts import wording
from mintage.terminal import printable

if TYPE_CHECKING:
    from types import FrameType

    from prompt_toolkit.application import Application
    from prompt_toolkit.key_binding import KeyPressEvent

    from mintage.answers.interview import Asked

_STYLE = (
    ("objection", "ansired"),
    ("validation-toolbar", "noinherit ansired"),
    ("hint", "dim"),
    ("help", "dim"),
    ("disabled", "dim"),
    ("highlighted", "bold"),
)


def run_question(application: Application[Any], asked: Asked, what: str = "") -> Any:
    """Run a prompt with its help above it, and below it what can be done and how far it is."""
    hint = " · ".join(filter(None, (wording.counted(asked), what, "Ctrl-B back" if asked.can_go_back else "")))
    return run(application, hint, printable(asked.question.help), can_go_back=asked.can_go_back)


def run(application: Application[Any], hint: str = "", text: str = "", *, can_go_back: bool = False) -> Any:
    """Run a prompt, with a text above it and a hint below.

    Raises:
        CancelledError: The person wants to stop.
        GoBackError: The person wants to go back.
    """
    _frame(application, hint, text)
    _add_keys(application, can_go_back=can_go_back)
    try:
        with _Signals(application) as signals:
            return application.run(pre_run=signals.leave, handle_sigint=False)
    except (KeyboardInterrupt, EOFError):
        raise CancelledError(signal_number=2) from None


class _Signals:
    """While it is entered, a signal that would end the run ends the prompt first, with the terminal as it was.

    An exception in the middle of a prompt would leave no cursor, and may get lost in its event loop. So a signal is
    noted, and the prompt is left as soon as that can be. Does nothing outside of the main thread.
    """

    def __init__(self, application: Application[Any]) -> None:
        self._application = application
        self._received: int | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> _Signals:
        if in_main_thread():
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                if callable(handler := signal.getsignal(number)):  # else it is ignored, or ends the process
                    self._before[number] = handler
                    signal.signal(number, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._received is not None:
            raise CancelledError(signal_number=self._received) from None

    def leave(self) -> None:
        """Leave the prompt, if a signal has come and the prompt has begun."""
        future = self._application.future
        if self._received is not None and future is not None and not future.done():
            self._application.erase_when_done = True
            self._application.exit(exception=CancelledError(signal_number=self._received))

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        self._received = self._received or number
        if loop := self._application.loop:
            with suppress(RuntimeError):  # it was closed just now
                loop.call_soon_threadsafe(self.leave)


def _frame(application: Application[Any], hint: str, text: str) -> None:
    """Lines above and below a prompt that are gone when it is answered. A long help stays, where it can be read."""
    from prompt_toolkit.filters import Always, is_done
    from prompt_toolkit.layout import ConditionalContainer, FormattedTextControl, HSplit, Window

    def line(style: str, shown: str) -> ConditionalContainer:
        control = FormattedTextControl([(style, shown)])
        return ConditionalContainer(Window(control, dont_extend_height=True, wrap_lines=True), ~is_done)

    columns, rows = shutil.get_terminal_size()
    if sum(1 + len(each) // columns for each in text.split("\n")) > rows // 3:
        print(text, file=sys.stderr, flush=True)
        text = ""
    for window in application.layout.find_all_windows():
        window.dont_extend_height = Always()  # so that what is below it is not at the foot of the terminal
    above = [line("class:help", text)] if text else []
    below = [line("class:hint", f"  {hint}")] if hint else []
    application.layout.container = HSplit([*above, application.layout.container, *below])


def _add_keys(application: Application[Any], *, can_go_back: bool) -> None:
    """Going back; and the keys that interrupt, for those prompts that do not have them."""
    from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings

    keys = KeyBindings()

    def go_back(event: KeyPressEvent) -> None:
        event.app.erase_when_done = True
        event.app.exit(exception=GoBackError())

    if can_go_back:
        keys.add("c-b", eager=True)(go_back)
        keys.add("s-tab", eager=True)(go_back)
    keys.add("c-c", eager=True)(lambda event: event.app.exit(exception=KeyboardInterrupt))
    if not application.layout.current_buffer or application.layout.current_buffer.read_only():
        keys.add("c-d", eager=True)(lambda event: event.app.exit(exception=EOFError))
    theirs = application.key_bindings
    application.key_bindings = merge_key_bindings([theirs, keys] if theirs else [keys])


def appearance() -> dict[str, Any]:
    """Return how all prompts look, and where they are written: options of an `Application`."""
    from prompt_toolkit.output import create_output
    from prompt_toolkit.styles import Style as Styles
    from prompt_toolkit.styles import merge_styles
    from questionary.constants import DEFAULT_STYLE

    return {"output": create_output(stdout=sys.stderr), "style": merge_styles([DEFAULT_STYLE, Styles(list(_STYLE))])}
