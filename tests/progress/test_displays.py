"""What is shown while a run lasts, and where."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from mintage.engine import Job, JobFailure, JobResult, JobState, Progress, SilentReporter
from mintage.engine.progress import wants_job_events
from mintage.errors import Location
from mintage.progress import TeeReporter, choose
from mintage.progress.live import LiveReporter
from mintage.progress.plain import PlainReporter, job_line, progress_line

if TYPE_CHECKING:
    from mintage.engine import Reporter

DONE = JobResult(Job("a.txt"), JobState.DONE, bytes_written=2048, seconds=0.5)
FAILED = JobResult(Job("b.txt"), JobState.FAILED, failure=JobFailure("b.txt: no\nway", where=Location("b.txt", 1)))
SKIPPED = JobResult(Job("c.txt"), JobState.SKIPPED, skipped_because="b.txt")
HALF = Progress(10, completed=5, done=4, failed=1, bytes_written=4096, seconds=1.0, cost_done=0.5, current={0: "x.txt"})
END = Progress(10, completed=10, done=9, failed=1, bytes_written=8192, seconds=2.0, cost_done=1.0)


class Terminal(io.StringIO):
    """A terminal that remembers what was written."""

    def isatty(self) -> bool:
        return True


class BrokenPipe(io.StringIO):
    """Its reader has gone."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


def _run(reporter: Reporter) -> None:
    """A whole run, as the engine tells it."""
    reporter.started(10)
    reporter.job_finished(DONE)
    reporter.tick(HALF)
    reporter.job_finished(FAILED)
    reporter.finished(END)


@pytest.fixture(autouse=True)
def _ordinary_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")


def test_a_terminal_gets_a_bar_and_a_pipe_nothing() -> None:
    assert isinstance(choose("auto", Terminal()), LiveReporter)
    assert type(choose("auto", io.StringIO())) is SilentReporter


def test_where_a_log_is_kept_there_are_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert isinstance(choose("auto", io.StringIO()), PlainReporter)


def test_a_terminal_that_can_do_nothing_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(choose("auto", Terminal()), PlainReporter)


@pytest.mark.parametrize(("kind", "reporter"), [("bar", LiveReporter), ("plain", PlainReporter)])
def test_what_is_asked_for_is_what_is_shown(kind: str, reporter: type) -> None:
    assert isinstance(choose(kind, io.StringIO()), reporter)


def test_verbose_without_progress_is_a_line_for_each_file_and_no_more() -> None:
    stream = io.StringIO()
    _run(choose("none", stream, verbose=True))
    assert stream.getvalue() == f"{job_line(DONE)}\n{job_line(FAILED)}\n"


def test_job_lines_say_what_became_of_it_in_one_line() -> None:
    assert job_line(DONE) == "done     a.txt  2.0 KiB in 500 ms"
    assert job_line(FAILED) == "failed   b.txt  no\ufffdway"
    assert job_line(SKIPPED) == "skipped  c.txt  because b.txt failed"
    assert job_line(JobResult(Job("d\x1b[2J"), JobState.CANCELLED)) == "cancelled d\ufffd[2J"


def test_progress_lines_say_how_far_it_is_and_how_long_it_takes() -> None:
    assert progress_line(HALF) == " 50 %  5 of 10 jobs, 4.0 KiB, 5 jobs/s, 1 failed, 1.0 s left"
    assert progress_line(END) == "100 %  10 of 10 jobs, 8.0 KiB, 5 jobs/s, 1 failed"


def test_plain_progress_writes_failures_at_once_a_line_now_and_then_and_one_at_the_end() -> None:
    stream = io.StringIO()
    reporter = PlainReporter(stream)
    reporter.job_finished(DONE)
    for tenths in range(55):
        reporter.tick(Progress(100, completed=tenths, seconds=tenths / 10))
    reporter.job_finished(FAILED)
    reporter.finished(END)
    assert [line.split()[0] for line in stream.getvalue().splitlines()] == ["20", "40", "failed", "100"]


def test_plain_lines_of_a_long_run_come_more_seldom() -> None:
    stream = io.StringIO()
    reporter = PlainReporter(stream)
    for second in range(3600):
        reporter.tick(Progress(3600, completed=second, seconds=float(second)))
    assert 100 < stream.getvalue().count("\n") < 200


def test_a_short_run_shows_no_bar_at_all() -> None:
    terminal = Terminal()
    reporter = LiveReporter(terminal)
    reporter.started(10)
    reporter.tick(Progress(10, completed=3, seconds=0.05))
    reporter.job_finished(FAILED)
    reporter.finished(Progress(10, completed=10, seconds=0.1))
    assert terminal.getvalue() == ""


def test_the_bar_shows_numbers_workers_and_failures_and_is_gone_at_the_end() -> None:
    terminal = Terminal()
    _run(LiveReporter(terminal))
    shown = terminal.getvalue()
    for part in ("50 %", "5/10", "4.0 KiB", "5/s", "1.0 s left", "1 failed", " 1  x.txt", "failed   b.txt"):
        assert part in shown
    assert "a.txt" not in shown, "files that went well have no line"
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l"), "the cursor is there again"
    assert "%" not in shown[shown.rindex("\x1b[2K") :], "the view is wiped"


def test_a_verbose_bar_has_a_line_above_it_for_every_file() -> None:
    terminal = Terminal()
    reporter = LiveReporter(terminal, verbose=True)
    reporter.tick(HALF)
    reporter.job_finished(DONE)
    reporter.finished(END)
    assert job_line(DONE) in terminal.getvalue()


def test_a_worker_keeps_its_line_and_says_since_when_it_is_at_it() -> None:
    terminal = Terminal()
    reporter = LiveReporter(terminal)
    reporter.tick(Progress(9, completed=1, seconds=1.0, current={0: "slow.txt", 1: "a.txt"}))
    reporter.tick(Progress(9, completed=2, seconds=3.5, current={0: "slow.txt"}))
    frames = terminal.getvalue().split("50 %")[-1].split("22 %")
    assert "   1  slow.txt\x1b" in frames[0]
    assert "   2  a.txt\x1b" in frames[0]
    assert "   1  slow.txt  2.5 s\x1b" in frames[1]
    assert "   2  \x1b" in frames[1]
    reporter.finished(END)


def test_many_failures_do_not_flood_the_terminal() -> None:
    terminal = Terminal()
    reporter = LiveReporter(terminal)
    reporter.tick(HALF)
    drawn = terminal.getvalue()
    for _ in range(500):
        reporter.job_finished(FAILED)
    assert terminal.getvalue() == drawn, "nothing is drawn between two ticks"
    reporter.tick(HALF)
    assert terminal.getvalue().count("failed   b.txt") == 20
    assert terminal.getvalue().count("more failed") == 1
    reporter.finished(END)


@pytest.mark.parametrize("columns", [20, 30, 40, 60, 80, 200])
def test_the_view_fits_into_any_width(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal = Terminal()
    reporter = LiveReporter(terminal)
    reporter.tick(
        Progress(
            10_000,
            completed=5_000,
            failed=1,
            bytes_written=1 << 29,
            seconds=99.0,
            cost_done=0.5,
            current={n: f"{'folder/' * 40}文件{n}.txt" for n in range(30)},
        )
    )
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.getvalue()).replace("\r", "").split("\n")
    assert all(cell_len(line) <= columns for line in lines)
    assert len(lines) <= 24 // 3 + 2
    assert "50 %" in lines[0]
    assert "1 failed" in lines[0]
    assert lines[1].endswith("0.txt"), "the end of a path says most"
    assert lines[-1].startswith("  and 23 more r")
    reporter.finished(END)


def test_long_names_are_cut_to_the_width_of_the_terminal() -> None:
    terminal = Terminal()
    reporter = LiveReporter(terminal)
    reporter.tick(Progress(2, completed=1, seconds=1.0, current={0: "n" * 300}))
    assert "n" * 81 not in terminal.getvalue()
    reporter.finished(END)


def test_names_cannot_steer_the_terminal_nor_be_taken_for_markup() -> None:
    terminal = Terminal()
    reporter = LiveReporter(terminal, verbose=True)
    reporter.tick(Progress(2, completed=1, seconds=1.0, current={0: "[bold]a\x1b[2J"}))
    reporter.job_finished(JobResult(Job("[red]b\x07"), JobState.DONE))
    reporter.finished(END)
    assert "[bold]a\ufffd[2J" in terminal.getvalue()
    assert "[red]b\ufffd" in terminal.getvalue()


@pytest.mark.parametrize("kind", ["bar", "plain"])
def test_a_run_goes_on_when_nobody_reads_its_progress_any_more(kind: str) -> None:
    _run(choose(kind, BrokenPipe(), verbose=True))
    closed = io.StringIO()
    closed.close()
    _run(choose(kind, closed, verbose=True))


class Names(SilentReporter):
    """Keeps the names of finished jobs."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def job_finished(self, result: JobResult) -> None:
        self.names.append(result.job.name)


class NoNames(Names):
    wants_job_events = False


def test_a_tee_passes_jobs_only_to_reporters_that_want_them() -> None:
    wanting, declining = Names(), NoNames()
    tee = TeeReporter(declining, wanting)
    tee.job_finished(DONE)
    assert wants_job_events(tee)
    assert (wanting.names, declining.names) == (["a.txt"], [])


def test_a_tee_of_reporters_that_decline_jobs_declines_them_too() -> None:
    assert not wants_job_events(TeeReporter(NoNames(), SilentReporter()))
