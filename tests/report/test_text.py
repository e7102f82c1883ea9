"""What people read when something failed, and at the end of a run."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from mintage.engine import JobFailure
from mintage.errors import AnswerError, Location, MintageError, Problem, UntrustedError
from mintage.report.text import error_lines, failed_lines, summary_lines
from mintage.terminal import Style, duration, one_line, printable, size

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mintage.engine.failures import GenerationFailed
    from mintage.report import Report

    ReportMaker = Callable[..., Report]
    Failure = Callable[[str], JobFailure]
    Failed = Callable[[dict[str, JobFailure]], GenerationFailed]

PLAIN = Style(io.StringIO())


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_an_error_says_what_where_why_and_what_to_do() -> None:
    error = MintageError("it broke", where=Location("f.toml", 3, 7), why="of old age", hint="buy a new one")
    assert error_lines(error, PLAIN) == ["error: it broke", "  --> f.toml:3:7", "  of old age", "  hint: buy a new one"]


def test_an_error_lists_all_its_problems_and_each_hint_once() -> None:
    problems = [Problem("a is missing", Location("f", 1), "say a"), Problem("b is missing", hint="say a")]
    assert error_lines(AnswerError("two things", problems=problems), PLAIN) == [
        "error: two things",
        "  - f:1: a is missing",
        "  - b is missing",
        "  hint: say a",
    ]


def test_text_of_a_template_cannot_steer_the_terminal() -> None:
    error = UntrustedError("x\x1b]0;owned\x07", where=Location("a\nb\x9b31m"), problems=[Problem("rm -rf\r\x1b[2K")])
    text = "\n".join(error_lines(error, PLAIN))
    assert not set("\x1b\x07\x9b\r") & set(text)
    assert "a\ufffdb" in text


def test_failures_with_one_reason_are_told_together(failed: Failed, undefined: Failure) -> None:
    failures = {f"f{n}": undefined(f"f{n}") for n in range(8)}
    assert failed_lines(failed(failures), PLAIN) == [
        "failed: f0, f1, f2, f3, f4 and 3 more",
        "  'x' is undefined",
        "  --> f0:2",
        "    | {{ x }}",
        "  hint: give it a value",
    ]


def test_failures_with_different_reasons_are_told_apart(failed: Failed, undefined: Failure) -> None:
    lines = failed_lines(failed({"a": undefined("a"), "b": JobFailure("disk full", "OSError")}), PLAIN)
    assert [line for line in lines if line.startswith("failed")] == ["failed: a", "failed: b"]


def test_very_many_reasons_are_cut_and_counted(failed: Failed) -> None:
    lines = failed_lines(failed({f"f{n}": JobFailure(f"reason {n}") for n in range(25)}), PLAIN)
    assert lines[-1] == "... and 5 more kinds of failure; --json lists all"


def test_the_summary_ends_with_the_place_of_the_project(report_of: ReportMaker) -> None:
    assert summary_lines(report_of(("a", "b")), PLAIN) == ["2 files, 200 B in 250 ms", "minted /project"]


def test_the_verbose_summary_says_how_it_was_run_and_why(report_of: ReportMaker) -> None:
    report = report_of(
        ("a",), executor="processes", workers=2, seconds_to_first_file=0.01, version="v2 (1a2b3c4)", answers_file="a"
    )
    assert summary_lines(report, PLAIN, verbose=True) == [
        "/template v2 (1a2b3c4), test",
        "processes, 2 workers (because)",
        "1 file, 100 B in 250 ms, 4 files/s, the first after 10 ms",
        "answers in a",
        "  hint: cd /project",
        "minted /project",
    ]


def test_the_summary_counts_what_failed_and_says_how_to_go_on(report_of: ReportMaker, undefined: Failure) -> None:
    report = report_of(("a",), {"b": undefined("b")}, {"c": "b"}, existing=("d",))
    assert summary_lines(report, PLAIN) == [
        "1 file, 100 B in 250 ms",
        "1 file left as it was",
        "1 failed",
        "1 skipped because something they depend on failed: c (needs b)",
        "  hint: fix this, then run again with --retry to generate only what is missing",
        "minted with failures: /project",
    ]


def test_the_summary_of_a_disaster_is_short(report_of: ReportMaker, undefined: Failure) -> None:
    names = [f"f{n}" for n in range(500)]
    report = report_of((), {name: undefined(name) for name in names}, {f"s{name}": name for name in names})
    lines = summary_lines(report, PLAIN, verbose=True)
    assert len(lines) <= 10
    assert "500 failed (--json lists all)" in lines
    assert any(line.endswith("sf4 (needs f4) and 495 more") for line in lines)


def test_the_summary_says_which_version_of_a_repository_it_was(report_of: ReportMaker) -> None:
    report = report_of(("a",), version="v2 (1a2b3c4)")
    assert summary_lines(report, PLAIN)[0] == "1 file, 100 B in 250 ms, from v2 (1a2b3c4)"


def test_answers_that_were_not_kept_are_nowhere(report_of: ReportMaker) -> None:
    report = report_of(("a",), answers_file=".answers.yml")
    assert not any("answers" in line for line in summary_lines(report, PLAIN, verbose=True))


@pytest.mark.parametrize(
    ("existed", "tracked", "told"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_what_changed_in_a_project_that_git_looks_after_can_be_looked_at(
    report_of: ReportMaker, tmp_path: Path, existed: bool, tracked: bool, told: bool
) -> None:
    project = tmp_path / "my project"
    (project / ".git" if tracked else project).mkdir(parents=True)
    lines = summary_lines(report_of(("a",), destination=project, exists=existed), PLAIN)
    assert (f"  hint: git -C '{project}' diff shows what changed" in lines) is told


def test_a_project_that_was_not_delivered_is_said_to_be_missing(report_of: ReportMaker, undefined: Failure) -> None:
    report = report_of((), {"b": undefined("b")}, delivered=False)
    assert summary_lines(report, PLAIN)[-1] == "nothing was written to /project"


def test_there_are_colours_only_where_somebody_sees_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert Style(Terminal())("red", "x") == "\x1b[31mx\x1b[0m"
    assert Style(io.StringIO())("red", "x") == "x"
    monkeypatch.setenv("NO_COLOR", "1")
    assert Style(Terminal())("red", "x") == "x"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert Style(Terminal())("red", "x") == "x"


def test_names_of_any_language_stay_as_they_are() -> None:
    assert printable("straße 文件 é") == one_line("straße 文件 é") == "straße 文件 é"


def test_messages_keep_their_lines_and_names_have_none() -> None:
    assert printable("a\n\tb") == "a\n\tb"
    assert one_line("a\n\tb") == "a\ufffd\ufffdb"


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (200 * 1024, "200 KiB"), (5 << 30, "5.0 GiB")]
)
def test_sizes_are_shown_in_binary_units(count: int, shown: str) -> None:
    assert size(count) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(0.0123, "12 ms"), (1.25, "1.2 s"), (125.0, "2 min 5 s")])
def test_times_are_shown_in_the_unit_that_suits_them(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown
