"""Displays for the progress of a run, one of which is chosen here. They never change the run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mintage.engine.progress import SilentReporter, wants_job_events
from mintage.terminal import is_terminal

if TYPE_CHECKING:
    from typing import TextIO

    from mintage.engine.job import JobResult
    from mintage.engine.progress import Progress, Reporter

KINDS = ("auto", "bar", "plain", "none")


def choose(kind: str, stream: TextIO, *, verbose: bool = False) -> Reporter:
    """Return the display for a stream: a live bar in a terminal, plain lines in a dumb terminal or in CI, nothing in a
    pipe.

    Args:
        verbose: Also show a line for each file.
    """
    if kind == "auto":
        if is_terminal(stream):
            kind = "bar" if os.environ.get("TERM", "dumb") != "dumb" else "plain"
        else:
            kind = "plain" if os.environ.get("CI") else "none"
    if kind == "bar":
        from mintage.progress.live import LiveReporter

        return LiveReporter(stream, verbose=verbose)
    if kind == "plain" or verbose:
        from mintage.progress.plain import PlainReporter

        return PlainReporter(stream, files=verbose, progress=kind == "plain")
    return SilentReporter()


class TeeReporter:
    """A `Reporter` that passes all events on to two others."""

    def __init__(self, first: Reporter, second: Reporter) -> None:
        self._reporters = (first, second)
        self._want_job_events = tuple(filter(wants_job_events, self._reporters))
        self.wants_job_events = bool(self._want_job_events)

    def started(self, total: int) -> None:
        """See `Reporter`."""
        for each in self._reporters:
            each.started(total)

    def job_finished(self, result: JobResult) -> None:
        """See `Reporter`."""
        for each in self._want_job_events:
            each.job_finished(result)

    def tick(self, progress: Progress) -> None:
        """See `Reporter`."""
        for each in self._reporters:
            each.tick(progress)

    def finished(self, progress: Progress) -> None:
        """See `Reporter`."""
        for each in self._reporters:
            each.finished(progress)
