"""Turns errors and reports into lines for people. The one place that formats them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.errors import GenerationFailed, JobFailedError, MintageError
from mintage.planning.model import PlannedFile
from mintage.terminal import Style, duration, one_line, printable, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mintage.engine.job import JobResult
    from mintage.errors import Location
    from mintage.report import Report

# How many failures with different reasons are shown, and how many names for one reason.
_REASONS = 20
_NAMES = 5


def error_lines(error: MintageError, style: Style) -> list[str]:
    """What happened, where, why, and what to do."""
    lines = [f"{style('red', 'error:')} {_shown(error.what)}"]
    lines += _details(error.where, error.why, "", style)
    for problem in error.problems:
        place = f"{one_line(str(problem.where))}: " if problem.where else ""
        lines.append(f"  - {place}{_shown(problem.what)}")
    lines += _hints([error.hint, *(problem.hint for problem in error.problems)], style)
    return lines


def failed_lines(failed: GenerationFailed, style: Style) -> list[str]:
    """Every failure, those with one reason together."""
    groups: dict[tuple[object, ...], list[JobFailedError]] = {}
    for error in _leaves(failed):
        failure = error.failure
        groups.setdefault((failure.reason, failure.kind, failure.why, failure.hint), []).append(error)
    lines: list[str] = []
    for errors in list(groups.values())[:_REASONS]:
        lines += _group_lines(errors, style)
    if len(groups) > _REASONS:
        lines.append(f"... and {len(groups) - _REASONS} more kinds of failure; --json lists all of them")
    return lines


def summary_lines(report: Report, style: Style, *, verbose: bool = False) -> list[str]:
    """What was made, how fast, what is missing. The last line says where the project is."""
    lines: list[str] = []
    if verbose:
        workers = f"{report.workers} workers" if report.workers > 1 else "one worker"
        lines.append(f"{report.executor}, {workers} ({_shown(report.reason)})")
        if report.roads:
            fast, compiled = report.roads.get("fast", 0), report.roads.get("jinja2", 0)
            lines.append(f"{_count(fast, 'template')} rendered without compiling, {compiled:,} by Jinja2")
    made = f"{_count(report.files_written, 'file')}, {size(report.bytes_written)} in {duration(report.seconds)}"
    if verbose and report.seconds_to_first_file is not None:
        made += f", the first after {duration(report.seconds_to_first_file)}"
    lines.append(made)
    if report.existing:
        lines.append(
            f"{_count(len(report.existing), 'file')} left as {'it was' if len(report.existing) == 1 else 'they were'}"
        )
    if report.failures:
        lines.append(style("red", f"{len(report.failures)} failed"))
    if report.skipped:
        lines.append(style("yellow", f"{len(report.skipped)} skipped, because something they need failed"))
        lines += [f"  {_skip_reason(result)}" for result in report.skipped[:_NAMES]]
        if len(report.skipped) > _NAMES:
            lines.append(f"  and {len(report.skipped) - _NAMES} more")
    return lines + _ending(report, style)


def _ending(report: Report, style: Style) -> list[str]:
    """Where the project is, after what can be done about a part of it that is missing."""
    destination = one_line(str(report.destination))
    if not report.delivered and not report.results:
        return [f"the template makes nothing, and nothing was written to {destination}"]
    if not report.delivered:
        return [f"{style('red', 'nothing was delivered')} to {destination}"]
    if report.ok:
        return [f"{style('green', 'minted')} {destination}"]
    lacks_files = any(isinstance(result.job.payload, PlannedFile) for result in report.failures)
    hint = "when that is mended, run again with --retry to make what is missing" if lacks_files else ""
    return [*_hints([hint], style), f"{style('yellow', 'minted with failures:')} {destination}"]


def _group_lines(errors: Sequence[JobFailedError], style: Style) -> list[str]:
    failure = errors[0].failure
    shown = ", ".join(one_line(error.job_name) for error in errors[:_NAMES])
    more = f" and {len(errors) - _NAMES} more" if len(errors) > _NAMES else ""
    lines = [f"{style('red', 'failed:')} {shown}{more}", f"  {_shown(failure.reason)}"]
    lines += _details(failure.where, failure.why, failure.source_line, style)
    return lines + _hints([failure.hint], style)


def _details(where: Location | None, why: str, source_line: str, style: Style) -> list[str]:
    lines = []
    if where:
        lines.append(f"  {style('dim', '-->')} {one_line(str(where))}")
    if source_line:
        shown = one_line(source_line.strip())
        lines.append(f"  {style('dim', '  |')} {shown}")
        indented = len(source_line) - len(source_line.lstrip())
        if where and where.column and where.column > indented and shown == source_line.strip():
            lines.append(f"  {style('dim', '  |')} {' ' * (where.column - indented - 1)}{style('red', '^')}")
    if why:
        lines.append(f"  {_shown(why)}")
    return lines


def _hints(hints: Iterable[str], style: Style) -> list[str]:
    return [f"  {style('bold', 'hint:')} {_shown(hint)}" for hint in dict.fromkeys(hints) if hint]


def _skip_reason(result: JobResult) -> str:
    return f"{one_line(result.job.name)} (needs {one_line(str(result.skipped_because))})"


def _shown(text: str) -> str:
    """Safe, and indented where it goes over several lines."""
    return printable(text).replace("\n", "\n    ")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _leaves(group: GenerationFailed) -> list[JobFailedError]:
    return [error for error in group.exceptions if isinstance(error, JobFailedError)]
