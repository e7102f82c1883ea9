"""Turns errors and reports into lines for people. The one place that formats them."""

from __future__ import annotations

import shlex
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from mintage.engine.failures import GenerationFailed, JobFailedError
from mintage.planning.model import PlannedFile
from mintage.report.hints import for_command_line
from mintage.terminal import Style, counted, duration, one_line, printable, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mintage.engine.job import JobResult
    from mintage.errors import Location, MintageError
    from mintage.report import Report

# How many failures with different reasons are shown, and how many names for one reason.
_REASONS = 20
_NAMES = 5
_KEEP_GOING = "fix this and run again, or use `Options(keep_going=True)` to write the files that did not fail"


def error_lines(error: MintageError, style: Style) -> list[str]:
    """Return what happened, where, why, and what to do."""
    lines = [f"{style('red', 'error:')} {_shown(error.what)}"]
    lines += _details(error.where, error.why, "", style)
    for problem in error.problems:
        place = f"{one_line(str(problem.where))}: " if problem.where else ""
        lines.append(f"  - {place}{_shown(problem.what)}")
    lines += _hints([error.hint, *(problem.hint for problem in error.problems)], style)
    return lines


def failed_lines(failed: GenerationFailed, style: Style) -> list[str]:
    """Return all failures, grouped by reason."""
    groups: dict[tuple[object, ...], list[JobFailedError]] = {}
    for error in _leaves(failed):
        failure = error.failure
        groups.setdefault((failure.reason, failure.kind, failure.why, failure.hint), []).append(error)
    lines: list[str] = []
    for errors in list(groups.values())[:_REASONS]:
        lines += _group_lines(errors, style)
    if len(groups) > _REASONS:
        lines.append(f"... and {len(groups) - _REASONS} more kinds of failure; --json lists all")
    return lines


def summary_lines(report: Report, style: Style, *, verbose: bool = False) -> list[str]:
    """Return at most ten lines on what was generated, how fast, and what is missing; the last one names the project."""
    lines = _how_it_was_run(report) if verbose else []
    lines.append(_what_was_made(report, verbose=verbose))
    if report.existing:
        lines.append(
            f"{counted(len(report.existing), 'file')} left as {'it was' if len(report.existing) == 1 else 'they were'}"
        )
    if report.failures:
        more = " (--json lists all)" if len(report.failures) > _NAMES else ""
        lines.append(style("red", f"{len(report.failures)} failed") + more)
    if report.skipped:
        skipped = f"{len(report.skipped)} skipped because something they depend on failed"
        lines.append(f"{style('yellow', skipped)}: {_some(map(_skip_reason, report.skipped), len(report.skipped))}")
    if verbose and (answers := _where_answers_are(report)):
        lines.append(f"answers in {answers}")
    return lines + _ending(report, style, verbose=verbose)


def _how_it_was_run(report: Report) -> list[str]:
    workers = f"{report.workers} workers" if report.workers > 1 else "one worker"
    template = one_line(" ".join(filter(None, (report.origin, report.version))))
    lines = [f"{template}, {report.format}", f"{report.executor}, {workers} ({_shown(report.reason)})"]
    if report.rendered_by:
        fast, compiled = report.rendered_by.get("fast", 0), report.rendered_by.get("jinja2", 0)
        lines.append(f"{counted(fast, 'template')} interpreted, {compiled:,} by Jinja2")
    return lines


def _what_was_made(report: Report, *, verbose: bool) -> str:
    made = f"{counted(report.files_written, 'file')}, {size(report.bytes_written)} in {duration(report.seconds)}"
    if not report.delivered and report.results:
        return f"{counted(report.files_written, 'file')} rendered in {duration(report.seconds)}"
    if not verbose:
        return f"{made}, from {one_line(report.version)}" if report.version else made
    if report.seconds > 0:
        made += f", {report.files_written / report.seconds:,.0f} files/s"
    if report.seconds_to_first_file is not None:
        made += f", the first after {duration(report.seconds_to_first_file)}"
    return made


def _where_answers_are(report: Report) -> str:
    """Return the answers file; "" if there is none, since a Copier template need not have one."""
    is_there = Path(report.answers_file).is_absolute() or any(
        result.job.name == report.answers_file for result in report.files
    )
    return one_line(report.answers_file) if is_there else ""


def _ending(report: Report, style: Style, *, verbose: bool) -> list[str]:
    """Return the next step, and then where the project is."""
    destination = one_line(str(report.destination))
    if not report.delivered and not report.results:
        return [f"the template generates nothing, so nothing was written to {destination}"]
    if not report.delivered:
        nothing = f"{style('red', 'nothing was written')} to {destination}"
        if report.plan.exists and report.files and report.failures:
            return [*_hints([_KEEP_GOING], style), f"{nothing}, which is as it was"]
        return [nothing]
    hints = _hints([_next_step(report, verbose=verbose)], style)
    if report.ok:
        return [*hints, f"{style('green', 'minted')} {destination}"]
    return [*hints, f"{style('yellow', 'minted with failures:')} {destination}"]


def _next_step(report: Report, *, verbose: bool) -> str:
    """Return what the user probably wants to do next; "" if that is obvious."""
    if any(isinstance(result.job.payload, PlannedFile) for result in report.failures):
        return "fix this, then run again with --retry to generate only what is missing"
    place = shlex.quote(one_line(str(report.destination)))
    if report.existed and (report.destination / ".git").exists():
        return f"git -C {place} diff shows what changed"
    return f"cd {place}" if verbose and report.ok else ""


def _group_lines(errors: Sequence[JobFailedError], style: Style) -> list[str]:
    failure = errors[0].failure
    names = _some((one_line(error.job_name) for error in errors), len(errors))
    lines = [f"{style('red', 'failed:')} {names}", f"  {_shown(failure.reason)}"]
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
    """Return the text safe to show, with flags in place of options, and its further lines indented."""
    return printable(for_command_line(text)).replace("\n", "\n    ")


def _some(texts: Iterable[str], total: int) -> str:
    more = f" and {total - _NAMES} more" if total > _NAMES else ""
    return ", ".join(islice(texts, _NAMES)) + more


def _leaves(group: GenerationFailed) -> list[JobFailedError]:
    return [error for error in group.exceptions if isinstance(error, JobFailedError)]
