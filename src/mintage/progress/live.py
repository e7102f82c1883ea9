"""Progress as a live view in a terminal, drawn when the engine ticks. Has no thread of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.engine.job import JobState
from mintage.engine.progress import SilentReporter
from mintage.progress.plain import PlainReporter, job_line
from mintage.terminal import duration, one_line, size

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from rich.console import RenderableType
    from rich.live import Live

    from mintage.engine.job import JobResult
    from mintage.engine.progress import Progress

# What is over sooner needs no bar, and does not pay for importing one.
_SHOWN_AFTER_SECONDS = 0.3
_MOST_WORKERS = 8


class LiveReporter(SilentReporter):
    """A bar with files, bytes, rate and time left; what each worker does; failures above it as they come.

    verbose: a line for every job. A run that is over before there is a bar shows nothing else. When the terminal has
    gone it falls silent, and the run goes on.
    """

    def __init__(self, stream: TextIO, *, verbose: bool = False) -> None:
        self._stream = stream
        self._verbose = verbose
        self._lines = PlainReporter(stream, files=verbose, progress=False)
        self._live: Live | None = None
        self._has_gone = False

    def job_finished(self, result: JobResult) -> None:
        """A line above the bar, for a failure or if all are wanted."""
        live = self._live
        if live is None:
            self._lines.job_finished(result)
        elif self._verbose or result.state is JobState.FAILED:
            self._draw(lambda: live.console.print(job_line(result), markup=False, highlight=False, soft_wrap=True))

    def tick(self, progress: Progress) -> None:
        """Draw the view again."""
        if self._live is None and progress.seconds >= _SHOWN_AFTER_SECONDS and not self._has_gone:
            self._live = _live(self._stream)
            self._draw(self._live.start)
        live = self._live
        if live:
            self._draw(lambda: live.update(_view(progress), refresh=True))

    def finished(self, progress: Progress) -> None:
        """Remove the view, and give the cursor back."""
        live = self._live
        if live:
            live.update(_view(progress))
            self._draw(live.stop)
            self._live = None

    def _draw(self, draw: Callable[[], object]) -> None:
        try:
            draw()
        except (OSError, ValueError, SystemExit):  # rich ends the program when a pipe breaks
            self._live = None
            self._has_gone = True


def _live(stream: TextIO) -> Live:
    from rich.console import Console
    from rich.live import Live

    return Live(
        console=Console(file=stream),
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _view(progress: Progress) -> RenderableType:
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    overall = Table.grid(padding=(0, 1), expand=True)
    overall.add_column(no_wrap=True)
    overall.add_column(ratio=1)
    overall.add_column(no_wrap=True)
    bar = ProgressBar(total=max(1, progress.total), completed=progress.completed)
    overall.add_row(f"{progress.percentage:3.0f} %", bar, _numbers(progress))
    lines: list[RenderableType] = [overall]
    for worker, name in sorted(progress.current.items())[:_MOST_WORKERS]:
        lines.append(Text(f"  {worker + 1:>2} {one_line(name)}", style="dim", overflow="ellipsis", no_wrap=True))
    return Group(*lines)


def _numbers(progress: Progress) -> str:
    parts = [
        f"{progress.completed:,}/{progress.total:,}",
        size(progress.bytes_written),
        f"{progress.rate:,.0f}/s",
    ]
    if progress.seconds_left is not None:
        parts.append(f"{duration(progress.seconds_left)} left")
    if progress.failed:
        parts.append(f"[red]{progress.failed} failed[/red]")
    return "  ".join(parts)
