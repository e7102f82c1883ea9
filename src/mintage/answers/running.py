"""Runs a prompt in the terminal: its lines above and below, going back, and leaving it with the terminal as it was.

Knows nothing of what is asked for.
"""

from __future__ import annotations

import shutil
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mintage.answers import wording
from mintage.answers.interview import GoBackError
from mintage.errors import CancelledError
from mintage.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
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


def run_for(application: Application[Any], asked: Asked, what: str = "") -> Any:
    """Run a prompt with its help above it, and below it what can be done and how far it is."""
    hint = " · ".join(filter(None, (wording.counted(asked), what, "Ctrl-B back" if asked.can_go_back else "")))
    return run(application, hint, printable(asked.question.help), can_go_back=asked.can_go_back)


def run(application: Application[Any], hint: str = "", text: str = "", *, can_go_back: bool = False) -> Any:
    """Run a prompt, with a text above it and a hint below. Raises CancelledError, or GoBackError."""
    _frame(application, hint, text)
    _add_keys(application, can_go_back=can_go_back)
    try:
        with _left_on_signals(application):
            return application.run()
    except (KeyboardInterrupt, EOFError):
        raise CancelledError(signal_number=2) from None


@contextmanager
def _left_on_signals(application: Application[Any]) -> Iterator[None]:
    """A signal that ends the run ends the prompt first: an exception in the middle of it would leave no cursor."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}

    def leave(number: int, frame: FrameType | None) -> None:
        if application.is_running and application.loop:
            application.erase_when_done = True
            application.loop.call_soon_threadsafe(_exit, application, CancelledError(signal_number=number))
        elif callable(handler := before[signal.Signals(number)]):
            handler(number, frame)

    taken = [number for number, handler in before.items() if callable(handler)]
    try:
        for number in taken:
            signal.signal(number, leave)
        yield
    finally:
        for number in taken:
            signal.signal(number, before[number])


def _exit(application: Application[Any], error: CancelledError) -> None:
    if application.future and not application.future.done():
        application.exit(exception=error)


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
    for key in ("c-c", "<sigint>"):
        keys.add(key, eager=True)(lambda event: event.app.exit(exception=KeyboardInterrupt))
    if not application.layout.current_buffer or application.layout.current_buffer.read_only():
        keys.add("c-d", eager=True)(lambda event: event.app.exit(exception=EOFError))
    theirs = application.key_bindings
    application.key_bindings = merge_key_bindings([theirs, keys] if theirs else [keys])


def look() -> dict[str, Any]:
    """How all prompts look, and where they are written: options of an `Application`."""
    from prompt_toolkit.output import create_output
    from prompt_toolkit.styles import Style as Styles
    from prompt_toolkit.styles import merge_styles
    from questionary.constants import DEFAULT_STYLE

    return {"output": create_output(stdout=sys.stderr), "style": merge_styles([DEFAULT_STYLE, Styles(list(_STYLE))])}
