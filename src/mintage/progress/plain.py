"""Shows progress as lines for logs: one every few seconds, and one for each failure."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mintage.engine.job import JobState
from mintage.engine.progress import SilentReporter
from mintage.terminal import duration, one_line, size

if TYPE_CHECKING:
    from typing import TextIO

    from mintage.engine.job import JobResult
    from mintage.engine.progress import Progress

# Lines become rarer over time, so that a long run prints about as many as a short one.
_LEAST_SECONDS_BETWEEN_LINES = 2.0
_MOST_SECONDS_BETWEEN_LINES = 30.0
_SHARE_BETWEEN_LINES = 0.2


class PlainReporter(SilentReporter):
    """Prints lines.

    Args:
        files: Print a line for each job.
        progress: Print a line every few seconds and at the end, and one for each failure.
    """

    def __init__(self, stream: TextIO, *, files: bool = False, progress: bool = True) -> None:
        self._stream = stream
        self._files = files
        self._progress = progress
        self._next_line = _LEAST_SECONDS_BETWEEN_LINES

    def job_finished(self, result: JobResult) -> None:
        """Print a line for the job if it failed, or if all jobs are shown."""
        if self._files or (self._progress and result.state is JobState.FAILED):
            self._write(job_line(result))

    def tick(self, progress: Progress) -> None:
        """Print a line if the last one was some time ago."""
        if self._progress and progress.seconds >= self._next_line:
            pause = max(_LEAST_SECONDS_BETWEEN_LINES, progress.seconds * _SHARE_BETWEEN_LINES)
            self._next_line = progress.seconds + min(_MOST_SECONDS_BETWEEN_LINES, pause)
            self._write(progress_line(progress))

    def finished(self, progress: Progress) -> None:
        """Print the last line."""
        if self._progress:
            self._write(progress_line(progress))

    def _write(self, line: str) -> None:
        with suppress(OSError, ValueError):  # the reader of the log is gone; the run continues
            print(line, file=self._stream, flush=True)


def progress_line(progress: Progress) -> str:
    """Return the progress in one line."""
    line = (
        f"{progress.percentage:3.0f} %  {progress.completed:,} of {progress.total:,} jobs, "
        f"{size(progress.bytes_written)}, {progress.rate:,.0f} jobs/s"
    )
    if progress.failed:
        line += f", {progress.failed} failed"
    if progress.completed < progress.total and progress.seconds_left is not None:
        line += f", {duration(progress.seconds_left)} left"
    return line


def job_line(result: JobResult) -> str:
    """Return the outcome of a job in one line."""
    name = one_line(result.job.name)
    if result.state is JobState.DONE:
        return f"done     {name}  {size(result.bytes_written)} in {duration(result.seconds)}"
    if result.state is JobState.FAILED and result.failure:
        return f"failed   {name}  {one_line(result.failure.reason)}"
    if result.state is JobState.SKIPPED:
        return f"skipped  {name}  because {one_line(str(result.skipped_because))} failed"
    return f"{result.state.name.lower():<8} {name}"
