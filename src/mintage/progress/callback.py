"""Passes progress to a function of the caller. Shows nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.engine.progress import SilentReporter

if TYPE_CHECKING:
    from collections.abc import Callable

    from mintage.engine.progress import Progress


class CallbackReporter(SilentReporter):
    """Calls a function about ten times a second, and once when the run is over.

    It is called in the thread that generates the project. If it raises, the run ends, and nothing is left behind.
    """

    wants_job_events = False

    def __init__(self, on_progress: Callable[[Progress], object]) -> None:
        self._on_progress = on_progress

    def tick(self, progress: Progress) -> None:
        """See `Reporter`."""
        self._on_progress(progress)

    def finished(self, progress: Progress) -> None:
        """See `Reporter`."""
        self._on_progress(progress)
