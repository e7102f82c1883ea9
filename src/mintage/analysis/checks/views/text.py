"""Findings as lines of text, grouped by file."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from mintage.analysis.checks.findings import Severity
from mintage.report.hints import for_command_line
from mintage.terminal import counted, one_line

if TYPE_CHECKING:
    from mintage.analysis.checks.findings import Checked, Finding
    from mintage.terminal import Style

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


def lines(checked: Checked, style: Style) -> list[str]:
    """Return a line or two for each finding, and a summary."""
    shown: list[str] = []
    for file, findings in groupby(checked.findings, key=lambda each: each.where.file):
        shown.append(style("bold", one_line(file or "(the template)")))
        for each in findings:
            shown += _lines_of(each, style)
        shown.append("")
    return [*shown, _summary(checked, style)]


def _lines_of(each: Finding, style: Style) -> list[str]:
    place = ":".join(str(number) for number in (each.where.line, each.where.column) if number is not None)
    severity = style(_COLOURS[each.severity], f"{each.severity.value:<7}")
    shown = [f"  {place:>7}  {severity}  {one_line(for_command_line(each.message))}  {style('dim', each.rule)}"]
    if each.suggestion:
        shown.append(f"  {'':>7}  {'':7}  {style('dim', one_line(for_command_line(each.suggestion)))}")
    return shown


def _summary(checked: Checked, style: Style) -> str:
    origin = one_line(checked.template)
    counts = [(severity, checked.count(severity)) for severity in Severity]
    shown = [style(_COLOURS[severity], counted(count, severity.value)) for severity, count in counts if count]
    if not shown:
        return f"{style('green', 'no problems found')} in {origin}"
    return f"{', '.join(shown)} in {origin}"
