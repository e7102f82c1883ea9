"""Shows what a test found as text: failures, grouped by their cause, and a summary."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from mintage.report.hints import for_command_line
from mintage.terminal import counted, duration, one_line, printable
from mintage.testing.cases import flags
from mintage.testing.causes import causes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mintage.terminal import Style
    from mintage.testing.causes import Cause
    from mintage.testing.model import TestReport

_MOST_CAUSES = 20
_MOST_LINES = 40
_FEW = 5
_KINDS = {"pairs": "all pairs", "all": "all combinations", "file": "from a file"}


def report_lines(report: TestReport, style: Style, *, lists_coverage: bool = False) -> list[str]:
    """Return the lines to show: failures, warnings, coverage and the summary.

    Args:
        report: What the test found.
        style: Colors the text.
        lists_coverage: Whether to list everything that was not reached.
    """
    causes = causes_of(report.failed)
    lines: list[str] = []
    for cause in causes[:_MOST_CAUSES]:
        lines += _cause_lines(cause, report, style)
    if len(causes) > _MOST_CAUSES:
        lines.append(f"... and {len(causes) - _MOST_CAUSES} more causes; --json lists all of them")
    return [
        *lines,
        *_warnings(report, style),
        *_coverage_lines(report, style, all_of_it=lists_coverage),
        *_summary(report, style),
    ]


def _cause_lines(cause: Cause, report: TestReport, style: Style) -> list[str]:
    finding, case = cause.finding, cause.case
    count = "in one case" if len(cause.cases) == 1 else f"in {len(cause.cases)} cases, the smallest is"
    lines = [f"{style('red', 'failed')} {count} {one_line(case.name)}: {_shown(finding.what)}"]
    if finding.where:
        lines.append(f"  {style('dim', '-->')} {one_line(str(finding.where))}")
    if finding.source_line:
        lines.append(f"  {style('dim', '  |')} {one_line(finding.source_line.strip())}")
    if finding.why:
        lines.append(f"  {_shown(finding.why)}")
    lines += [f"  {style('dim', '|')} {one_line(line)}" for line in _last_lines(finding.detail)]
    if finding.hint:
        lines.append(f"  {style('bold', 'hint:')} {_shown(finding.hint)}")
    again = f"{shlex.join(report.again)} {flags(report.shown({**report.given, **case.answers}))}"
    return [*lines, f"  {style('bold', 'again:')} {one_line(again.strip())}"]


def _last_lines(text: str) -> Sequence[str]:
    lines = text.splitlines()
    if len(lines) <= _MOST_LINES:
        return lines
    return [f"... {len(lines) - _MOST_LINES} earlier lines", *lines[-_MOST_LINES:]]


def _warnings(report: TestReport, style: Style) -> list[str]:
    lines = []
    warning = style("yellow", "warning:")
    unstable: dict[str, int] = {}
    for _, outcome in report.results:
        for file in outcome.unstable:
            unstable[file] = unstable.get(file, 0) + 1
    if unstable:
        lines.append(
            f"{warning} rendered differently a second time: {_few(unstable, len(unstable))} "
            "(random values or the current time; with --strict, this is a failure)"
        )
    if report.left_to_trust:
        shown = _few(report.left_to_trust, len(report.left_to_trust))
        lines.append(f"{warning} the template author's code did not run: {shown} (use --trust to run it)")
    return lines


def _coverage_lines(report: TestReport, style: Style, *, all_of_it: bool) -> list[str]:
    coverage = report.coverage
    reached = (
        f"{coverage.branches - len(coverage.unreached):,} of {coverage.branches:,} branches, "
        f"{coverage.files - len(coverage.files_left_out):,} of {coverage.files:,} files, "
        f"{coverage.settings - len(coverage.never_chosen):,} of {coverage.settings:,} values"
    )
    lines = [f"coverage {_percent(coverage.percentage)}: {reached}"]
    values = [f"{each.parameter}={each.value}" for each in coverage.never_chosen]
    for title, items in (
        ("never reached", list(map(str, coverage.unreached))),
        ("in no project", list(coverage.files_left_out)),
        ("never chosen", values),
    ):
        if items and all_of_it:
            lines += [f"  {style('bold', title)}", *(f"    {one_line(item)}" for item in items)]
        elif items:
            lines.append(f"  {title}: {_few(items, len(items), most=2, hint='--coverage')}")
    return lines


def _summary(report: TestReport, style: Style) -> list[str]:
    outcomes = [outcome for _, outcome in report.results]
    files = sum(outcome.files for outcome in outcomes)
    kind = _KINDS[report.kind]
    lines = [
        (
            f"{counted(len(outcomes), 'case')} ({kind}), {counted(files, 'file')} generated and compared "
            f"in {duration(report.seconds)}, {report.workers} at once"
        )
    ]
    if report.golden is not None:
        compared = sum(outcome.has_golden for outcome in outcomes)
        lines.append(f"{compared} of {len(outcomes)} have a golden tree in {one_line(str(report.golden))}")
    if report.keep is not None:
        lines.append(f"the projects are in {one_line(str(report.keep))}")
    failed = len(report.failed)
    passed = f"{len(outcomes) - failed:,} passed"
    return [*lines, f"{style('red', f'{failed:,} failed')}, {passed}" if failed else style("green", passed)]


def _percent(share: float) -> str:
    """Return a percentage, rounded down, so that only everything is 100 %."""
    return f"{int(share * 10) / 10:.1f} %" if share < 100 else "100 %"


def _few(items: Iterable[str], total: int, *, most: int = _FEW, hint: str = "") -> str:
    shown = ", ".join(one_line(item) for _, item in zip(range(most), items, strict=False))
    if total <= most:
        return shown
    return f"{shown} and {total - most} more" + (f" ({hint} lists them)" if hint else "")


def _shown(text: str) -> str:
    return printable(for_command_line(text)).replace("\n", "\n    ")
