"""One way to end a run early, for Ctrl-C, a termination, or a call from another thread."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Interrupted(BaseException):
    """Raised inside a job that runs in the main thread, to end it. Never leaves the engine."""


class Cancellation:
    """A request to end the run, from any thread or signal handler. Once made it stays."""

    def __init__(self) -> None:
        self._signal_number: int | None = None
        self._wake: Callable[[], None] | None = None
        self._interrupts_main_thread = False

    @property
    def is_cancelled(self) -> bool:
        """Whether the run shall end."""
        return self._signal_number is not None

    @property
    def signal_number(self) -> int:
        """What asked for it: 2 for Ctrl-C and calls, 15 for a termination."""
        return self._signal_number or int(signal.SIGINT)

    def cancel(self, signal_number: int = signal.SIGINT) -> None:
        """Ask the run to end. Returns at once; takes no lock, so that a signal handler may call it."""
        if self._signal_number is None:
            self._signal_number = int(signal_number)
        if self._wake:
            self._wake()

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """While the block runs, cancelling calls `wake` as well."""
        self._wake = wake
        try:
            yield
        finally:
            self._wake = None

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """While the block runs in the main thread, a signal raises `Interrupted` in it."""
        self._interrupts_main_thread = True
        try:
            yield
        finally:
            self._interrupts_main_thread = False

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """A signal handler."""
        self.cancel(number)
        if self._interrupts_main_thread:
            self._interrupts_main_thread = False
            raise Interrupted


@contextmanager
def cancel_on_signals(cancellation: Cancellation) -> Iterator[None]:
    """While the block runs, Ctrl-C, a termination and a hang-up cancel. Does nothing outside of the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, cancellation.on_signal) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def interrupted_after(seconds: float | None) -> Iterator[None]:
    """Raise `Interrupted` in the block when the time is over. Only in the main thread, where signals arrive."""
    can_interrupt = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if seconds is None or not can_interrupt:
        yield
        return

    def on_alarm(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:  # also when the alarm comes while it is being switched off
        signal.signal(signal.SIGALRM, before)
