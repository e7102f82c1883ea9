"""Runs a prompt in the terminal: lines above and below it, going back, and restoring the terminal afterwards.

Doesn't know what the prompt asks for.
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
    """Run a prompt with its help above it, and its keys and position below it."""
    hint = " · ".join(filter(None, (wording.counted(asked), what, "Ctrl-B back" if asked.can_go_back else "")))
    return run(application, hint, printable(asked.question.help), can_go_back=asked.can_go_back)


def run(application: Application[Any], hint: str = "", text: str = "", *, can_go_back: bool = False) -> Any:
    """Run a prompt, with a text above it and a hint below.

    Raises:
        CancelledError: The user wants to stop.
        GoBackError: The user wants to go back.
    """
    _frame(application, hint, text)
    _add_keys(application, can_go_back=can_go_back)
    try:
        with _Signals(application) as signals:
            return application.run(pre_run=signals.leave, handle_sigint=False)
    except (KeyboardInterrupt, EOFError):
        raise CancelledError(signal_number=2) from None


class _Signals:
    """A context in which a signal that would end the run first ends the prompt and restores the terminal.

    An exception in the middle of a prompt would leave the cursor hidden, and might get lost in the event loop. So a
    signal is only noted, and the prompt ends as soon as possible. Does nothing outside of the main thread.
    """

    def __init__(self, application: Application[Any]) -> None:
        self._application = application
        self._received: int | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> _Signals:
        if in_main_thread():
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                if callable(handler := signal.getsignal(number)):  # otherwise it is ignored or ends the process
                    self._before[number] = handler
                    signal.signal(number, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._received is not None:
            raise CancelledError(signal_number=self._received) from None

    def leave(self) -> None:
        """End the prompt if a signal was received and the prompt has started."""
        future = self._application.future
        if self._received is not None and future is not None and not future.done():
            self._application.erase_when_done = True
            self._application.exit(exception=CancelledError(signal_number=self._received))

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        self._received = self._received or number
        if loop := self._application.loop:
            with suppress(RuntimeError):  # the loop was just closed
                loop.call_soon_threadsafe(self.leave)


def _frame(application: Application[Any], hint: str, text: str) -> None:
    """Add lines above and below a prompt that disappear once it is answered. Long help stays readable."""
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
        window.dont_extend_height = Always()  # otherwise the lines below would be at the bottom of the terminal
    above = [line("class:help", text)] if text else []
    below = [line("class:hint", f"  {hint}")] if hint else []
    application.layout.container = HSplit([*above, application.layout.container, *below])


def _add_keys(application: Application[Any], *, can_go_back: bool) -> None:
    """Add the keys for going back, and those for interrupting to prompts that lack them."""
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
    """Return the style and the output of all prompts, as options of an `Application`."""
    from prompt_toolkit.output import create_output
    from prompt_toolkit.styles import Style as Styles
    from prompt_toolkit.styles import merge_styles
    from questionary.constants import DEFAULT_STYLE

    return {"output": create_output(stdout=sys.stderr), "style": merge_styles([DEFAULT_STYLE, Styles(list(_STYLE))])}
