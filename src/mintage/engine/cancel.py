"""Ends runs early, for Ctrl-C, a termination signal, or a call from another thread. Knows no jobs."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mintage.errors import CancelledError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
# Two requests closer together than this are one: `timeout` and terminals signal both a process and its group.
_SECOND_REQUEST_AFTER_SECONDS = 0.25
_LOOK_EVERY_SECONDS = 0.1
# An interrupted job may have processes to end. It is interrupted again only if it hangs while it does so.
_CLEAN_UP_SECONDS = 5.0


class Interrupted(BaseException):
    """Raised in the main thread to end what runs there. No `except Exception` catches it. Never leaves the engine."""


class Cancellation:
    """A request to end the run, from any thread or signal handler. It can't be withdrawn."""

    def __init__(self) -> None:
        self._signal_number: int | None = None
        self._requested_at = 0.0
        self._is_urgent = False
        self._interrupts = False
        self._wakes: list[Callable[[], None]] = []

    @property
    def is_cancelled(self) -> bool:
        """Whether the run should end."""
        return self._signal_number is not None

    @property
    def is_urgent(self) -> bool:
        """Whether it was requested twice, because the user doesn't want to wait."""
        return self._is_urgent

    @property
    def signal_number(self) -> int:
        """The signal that requested it: 2 for Ctrl-C and for calls, 15 for a termination."""
        return self._signal_number or int(signal.SIGINT)

    def cancel(self, signal_number: int = signal.SIGINT) -> None:
        """Request the end of the run; the second time, its immediate end.

        Returns immediately, and takes no lock, so that signal handlers can call it.
        """
        now = time.monotonic()
        if self._signal_number is None:
            self._requested_at = now
            self._signal_number = int(signal_number)
        elif now - self._requested_at > _SECOND_REQUEST_AFTER_SECONDS:
            self._is_urgent = True
        for wake in tuple(self._wakes):
            wake()

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Call `wake` too when the run is cancelled while the block runs."""
        self._wakes.append(wake)
        try:
            yield
        finally:
            self._wakes.remove(wake)

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Raise CancelledError in the block at a signal, for code that waits for the user or the network."""
        self._interrupts = True
        try:
            yield
        except Interrupted:
            raise CancelledError(signal_number=self.signal_number) from None
        finally:
            self._interrupts = False

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Handle a signal by cancelling the run."""
        self.cancel(number)
        if self._interrupts:
            self._interrupts = False  # only once: the cleanup after it is not interrupted
            raise Interrupted


@contextmanager
def cancel_on_signals(cancellation: Cancellation) -> Iterator[None]:
    """Cancel at Ctrl-C, a termination signal or a hang-up while the block runs.

    Signals that are ignored, such as under `nohup`, stay ignored. Does nothing outside of the main thread.
    """
    if not in_main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    ours = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    try:
        for number in ours:
            signal.signal(number, cancellation.on_signal)
        yield
    finally:
        for number in ours:
            handler = before[number]
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


class _Alarm:
    """A signal handler that raises the exception that `reason` returns, if any.

    Args:
        reason: Returns why the block should end; None if it should go on.
        outer: The handler of an enclosing block, whose reason counts too.
    """

    def __init__(self, reason: Callable[[], BaseException | None], outer: _Alarm | None) -> None:
        self._reason = reason
        self._outer = outer

    def reason(self) -> BaseException | None:
        """Return why this block or an enclosing one should end; None if it should go on."""
        return self._reason() or (self._outer.reason() if self._outer else None)

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if (error := self.reason()) is not None:
            signal.setitimer(signal.ITIMER_REAL, _CLEAN_UP_SECONDS, _CLEAN_UP_SECONDS)
            raise error


@contextmanager
def interrupted_when(reason: Callable[[], BaseException | None]) -> Iterator[None]:
    """Call `reason` ten times a second, and raise what it returns in the block, even if that hangs.

    Works only in the main thread, where signals arrive; elsewhere, the block just runs. Blocks can be nested: the
    reasons of enclosing blocks count too. A timer that the program has set itself continues afterwards.
    """
    if not in_main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    began = time.monotonic()
    before = signal.getsignal(signal.SIGALRM)
    signal.signal(signal.SIGALRM, _Alarm(reason, before if isinstance(before, _Alarm) else None))
    left, interval = signal.setitimer(signal.ITIMER_REAL, _LOOK_EVERY_SECONDS, _LOOK_EVERY_SECONDS)
    try:
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:  # also when the alarm comes while it is being switched off
        signal.signal(signal.SIGALRM, signal.SIG_DFL if before is None else before)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(0.001, left - (time.monotonic() - began)), interval)


def in_main_thread() -> bool:
    """Return whether this is the main thread, where signals arrive and can interrupt a job that hangs."""
    return threading.current_thread() is threading.main_thread()
