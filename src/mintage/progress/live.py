"""Shows progress as a live view in a terminal, drawn when the engine ticks. Starts no thread."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from mintage.engine.job import JobState
from mintage.engine.progress import SilentReporter
from mintage.progress.plain import PlainReporter, job_line
from mintage.terminal import duration, one_line, size

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from rich.console import Console, RenderableType
    from rich.live import Live

    from mintage.engine.job import JobResult
    from mintage.engine.progress import Progress

# Shorter runs need no bar, and don't pay for importing one.
_SHOWN_AFTER_SECONDS = 0.3
# A wider bar shows no more, and some terminals wrap lines when the window becomes narrower.
_WIDEST_BAR = 80
_NARROWEST_BAR = 10
_MOST_FAILURES = 20
# Jobs that have just started need no clock.
_CLOCK_AFTER_SECONDS = 1.0


class LiveReporter(SilentReporter):
    """Shows a bar with files, bytes, rate and time left, what each worker is doing, and failures above them.

    The terminal is only drawn at ticks, at most ten times a second; until then, lines wait. If the terminal goes away,
    the reporter goes silent and the run continues.

    Args:
        verbose: Show a line for each job. A run that ends before the bar appears shows nothing else.
    """

    def __init__(self, stream: TextIO, *, verbose: bool = False) -> None:
        self._stream = stream
        self._verbose = verbose
        self._lines = PlainReporter(stream, files=verbose, progress=False)
        self._live: Live | None = None
        self._has_gone = False
        self._above: list[str] = []
        self._failures = 0
        self._workers = _Workers()

    def job_finished(self, result: JobResult) -> None:
        """Add a line above the bar for a failure, or for each job if verbose."""
        if self._live is None:
            self._lines.job_finished(result)
        elif self._verbose:
            self._above.append(job_line(result))
        elif result.state is JobState.FAILED:
            self._failures += 1
            if self._failures <= _MOST_FAILURES:
                self._above.append(job_line(result))
            elif self._failures == _MOST_FAILURES + 1:
                self._above.append("more failed; the summary at the end says why")

    def tick(self, progress: Progress) -> None:
        """Redraw the view."""
        self._workers.see(progress)
        if self._live is None and progress.seconds >= _SHOWN_AFTER_SECONDS and not self._has_gone:
            self._live = _live(self._stream)
            self._draw(self._live.start)
        self._show(progress)

    def finished(self, progress: Progress) -> None:
        """Remove the view, and restore the cursor."""
        self._show(progress)
        if self._live:
            self._draw(self._live.stop)
            self._live = None

    def _show(self, progress: Progress) -> None:
        live = self._live
        if live is None:
            return
        _fit(live.console, self._stream)
        view = _view(progress, self._workers, *live.console.size)
        above, self._above = "\n".join(self._above), []
        if above:
            self._draw(lambda: live.console.print(above, markup=False, highlight=False, soft_wrap=True))
        self._draw(lambda: live.update(view, refresh=True))

    def _draw(self, draw: Callable[[], object]) -> None:
        try:
            draw()
        except (OSError, ValueError, SystemExit):  # rich ends the program when a pipe breaks
            self._live = None
            self._has_gone = True


class _Workers:
    """What each worker is doing and since when, as seen at ticks. A worker keeps its line once it has one."""

    def __init__(self) -> None:
        self.doing: dict[int, tuple[str, float]] = {}

    def see(self, progress: Progress) -> None:
        """Update the view from a snapshot."""
        for worker in self.doing.keys() | progress.current.keys():
            name = progress.current.get(worker, "")
            if self.doing.get(worker, ("", 0.0))[0] != name or worker not in self.doing:
                self.doing[worker] = (name, progress.seconds)

    def lines(self, now: float, width: int, most: int) -> list[str]:
        """Return a line for each worker; if there are too many, the last line counts the rest."""
        shown = []
        for worker, (name, since) in sorted(self.doing.items()):
            clock = f"  {duration(now - since)}" if name and now - since >= _CLOCK_AFTER_SECONDS else ""
            start = f"  {worker + 1:>2}  "
            shown.append(f"{start}{_end_of(one_line(name), width - len(start) - len(clock))}{clock}")
        if len(shown) <= most:
            return shown
        kept = max(0, most - 1)
        return [*shown[:kept], f"  and {len(shown) - kept} more running"][:most]


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


def _fit(console: Console, stream: TextIO) -> None:
    """Use the current size of the window; rich would use COLUMNS even after the window was resized."""
    from rich.console import ConsoleDimensions

    with suppress(OSError, ValueError):
        console.size = ConsoleDimensions(*os.get_terminal_size(stream.fileno()))


def _view(progress: Progress, workers: _Workers, columns: int, rows: int) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    # A third of the window for workers: eight of them in a window of 24 lines.
    texts = workers.lines(progress.seconds, columns, max(0, min(rows - 2, rows // 3)))
    return Group(
        _overall(progress, min(columns, _WIDEST_BAR)),
        *(Text(text, style="dim", no_wrap=True, overflow="ellipsis") for text in texts),
    )


def _overall(progress: Progress, columns: int) -> RenderableType:
    """Return the bar and as many numbers as fit."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    failed = f"  {progress.failed:,} failed" if progress.failed else ""
    percentage = f"{progress.percentage:3.0f} %"
    room = columns - len(percentage) - len(failed) - 2
    numbers = next(
        (text for text in _numbers(progress) if len(text) + _NARROWEST_BAR <= room),
        "",
    )
    bar = room - len(numbers)
    grid = Table.grid(padding=(0, 1))
    for _ in range(3):
        grid.add_column(no_wrap=True)
    line = Text(numbers).append(failed, style="red")
    if bar >= _NARROWEST_BAR:
        grid.add_row(
            percentage, ProgressBar(total=max(1, progress.total), completed=progress.completed, width=bar), line
        )
    else:
        grid.add_row(percentage, line)
    return grid


def _numbers(progress: Progress) -> list[str]:
    """Return files, bytes, rate and time left as text, from the longest form to the shortest."""
    counts = f"{progress.completed:{len(f'{progress.total:,}')},}/{progress.total:,}"
    written, rate = f"{size(progress.bytes_written):>8}", f"{progress.rate:>6,.0f}/s"
    left = "" if progress.seconds_left is None else f"{duration(progress.seconds_left):>6} left"
    wanted = [(counts, written, rate, left), (counts, written, left), (counts, left), (counts,)]
    return ["  ".join(filter(None, parts)) for parts in wanted]


def _end_of(text: str, width: int) -> str:
    """Return the end of a path, which says more than its beginning, in at most this many columns."""
    from rich.cells import cell_len

    if cell_len(text) <= width:
        return text
    while text and cell_len(text) >= width:
        text = text[1:]
    return f"…{text}"
