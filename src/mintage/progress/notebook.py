"""Shows progress as a bar in a notebook, with the display functions of IPython."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from mintage.engine.job import JobState
from mintage.engine.progress import SilentReporter
from mintage.errors import UsageError
from mintage.progress.plain import job_line, progress_line
from mintage.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from mintage.engine.job import JobResult
    from mintage.engine.progress import Progress

_MOST_FAILURES = 20


class Shown(Protocol):
    """What IPython's `display` returns: an output that can be updated."""

    def update(self, view: View) -> object:
        """Replace the output."""
        ...


class View(Struct, frozen=True):
    """What is shown: HTML in notebooks, text in consoles."""

    progress: Progress
    failures: tuple[str, ...] = ()
    """A line for each failure."""

    def __repr__(self) -> str:
        return "\n".join((progress_line(self.progress), *self.failures))

    def _repr_html_(self) -> str:
        bar = (
            f'<progress style="width: 100%" max="{max(1, self.progress.total)}"'
            f' value="{self.progress.completed}"></progress>'
        )
        lines = "".join(f"<br>{escape(line)}" for line in (progress_line(self.progress), *self.failures))
        return f"<div>{bar}{lines}</div>"


class NotebookReporter(SilentReporter):
    """Shows a bar with numbers below the cell, and a line for each failure.

    The same reporter can be used for several runs, each of which gets a separate bar.

    Args:
        display: Shows an object and returns an output that can be updated; IPython's `display` by default.

    Raises:
        UsageError: IPython is not available.
    """

    def __init__(self, display: Callable[[View], Shown] | None = None) -> None:
        self._display = display or _ipython_display()
        self._shown: Shown | None = None
        self._failures: list[str] = []
        self._not_shown = 0

    def started(self, total: int) -> None:
        """Start a new bar at the first tick."""
        self._shown = None
        self._failures = []
        self._not_shown = 0

    def job_finished(self, result: JobResult) -> None:
        """Keep a line for the failure; after too many, only count them."""
        if result.state is not JobState.FAILED:
            return
        if len(self._failures) < _MOST_FAILURES:
            self._failures.append(printable(job_line(result)))
        else:
            self._not_shown += 1

    def tick(self, progress: Progress) -> None:
        """Draw or update the bar."""
        more = (f"... and {self._not_shown:,} more",) if self._not_shown else ()
        view = View(progress, (*self._failures, *more))
        if self._shown is None:
            self._shown = self._display(view)
        else:
            self._shown.update(view)

    def finished(self, progress: Progress) -> None:
        """Draw the bar for the last time; it stays visible."""
        self.tick(progress)


def _ipython_display() -> Callable[[View], Shown]:
    try:
        from IPython.display import display
    except ImportError as error:
        raise UsageError("IPython is not available", hint="run in a notebook, or don't use this reporter") from error

    def show(view: View) -> Shown:
        shown: Shown = display(view, display_id=True)
        return shown

    return show
