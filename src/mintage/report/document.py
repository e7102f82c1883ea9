"""Turns reports, plans and errors into JSON documents. docs/json.md describes the fields."""

from __future__ import annotations

import json
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any

from mintage.data.documents import VERSION, where_document
from mintage.engine.job import JobState
from mintage.errors import CycleError, MintageError
from mintage.report.hints import for_command_line

if TYPE_CHECKING:
    from mintage.engine.failures import JobFailure
    from mintage.engine.job import Job, JobResult
    from mintage.planning.model import Plan, PlannedFile, PlannedTask
    from mintage.redaction import Redaction
    from mintage.report import Report

_RESULTS = "results"
_STATES = {state: state.name.lower() for state in JobState}


def report_text(report: Report) -> str:
    """Return a finished run as JSON text. Results are added as lines, since dictionaries would need much memory."""
    document = {"kind": "report", "version": VERSION, **run_fields(report), _RESULTS: []}
    text = json.dumps(document, indent=2)
    lines = ",\n    ".join(map(_result, report.results))
    return text.replace(f'"{_RESULTS}": []', f'"{_RESULTS}": [\n    {lines}\n  ]', 1) if lines else text


def report_document(report: Report) -> dict[str, Any]:
    """Return a finished run as `--json` prints it."""
    document: dict[str, Any] = json.loads(report_text(report))
    return document


def run_fields(report: Report) -> dict[str, Any]:
    """Return the fields of a run, without the results of single files and tasks."""
    return {
        "ok": report.ok,
        "template": {"format": report.format, "origin": report.origin},
        "destination": str(report.destination),
        "delivered": report.delivered,
        "files_written": report.files_written,
        "bytes_written": report.bytes_written,
        "seconds": round(report.seconds, 6),
        "engine_seconds": round(report.engine_seconds, 6),
        "seconds_to_first_file": report.seconds_to_first_file,
        "executor": report.executor,
        "workers": report.workers,
        "reason": report.reason,
        "steps": [{"name": step.name, "seconds": round(step.ended - step.began, 6)} for step in report.steps],
        "renderers": report.rendered_by,
        "existing": list(report.existing),
        "failures": [
            {"name": result.job.name, **failure_fields(result.failure)} for result in report.failures if result.failure
        ],
        "skipped": [{"name": result.job.name, "because": result.skipped_because} for result in report.skipped],
        "warnings": list(map(for_command_line, report.warnings)),
    }


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return a plan as `mintage plan --json` prints it."""
    jobs = {job.name: job for job in plan.jobs}
    return {
        "kind": "plan",
        "version": VERSION,
        "template": {"format": plan.format, "origin": plan.origin},
        "destination": str(plan.destination),
        "exists": plan.exists,
        "folders": [folder.target for folder in plan.folders],
        "files": [_file(file, jobs.get(file.target)) for file in plan.files],
        "tasks": [_task(task, plan.redaction) for task in plan.tasks],
        "total_bytes": plan.total_bytes,
        "sequential_reason": plan.sequential_reason,
        "warnings": list(map(for_command_line, plan.warnings)),
    }


def error_document(error: MintageError) -> dict[str, Any]:
    """Return an error as `--json` prints it."""
    return {"kind": "error", "version": VERSION, **error_fields(error)}


def error_fields(error: MintageError) -> dict[str, Any]:
    """Return the fields of an error."""
    fields = {
        "error": type(error).__name__,
        "exit_code": error.exit_code,
        "what": error.what,
        "where": where_document(error.where),
        "why": for_command_line(error.why),
        "hint": for_command_line(error.hint),
        "problems": [
            {"what": problem.what, "where": where_document(problem.where), "hint": for_command_line(problem.hint)}
            for problem in error.problems
        ],
    }
    if isinstance(error, CycleError):
        fields["cycle"] = list(error.cycle)
    return fields


def _result(result: JobResult) -> str:
    """Return a result as JSON. Building dictionaries for `json` takes five times as long, and results can be many."""
    return (
        f'{{"name": {encode_basestring_ascii(result.job.name)}, "state": "{_STATES[result.state]}", '
        f'"bytes_written": {result.bytes_written}, "seconds": {round(result.seconds, 6)!r}, "worker": {result.worker}}}'
    )


def failure_fields(failure: JobFailure) -> dict[str, Any]:
    """Return the fields of a failure of a file or task."""
    return {
        "kind": failure.kind,
        "what": failure.what,
        "where": where_document(failure.where),
        "source_line": failure.source_line,
        "why": for_command_line(failure.why),
        "hint": for_command_line(failure.hint),
    }


def _file(file: PlannedFile, job: Job | None) -> dict[str, Any]:
    return {
        "target": file.target,
        "action": file.action.value,
        "reason": file.reason,
        "source": file.source,
        "size": file.size,
        "mode": f"{file.mode:04o}",
        "replaces": file.replaces,
        "priority": job.priority.name.lower() if job else None,
        "depends_on": list(job.depends_on) if job else [],
    }


def _task(task: PlannedTask, redaction: Redaction) -> dict[str, Any]:
    hidden = redaction.text
    command = hidden(task.command) if isinstance(task.command, str) else list(map(hidden, task.command))
    return {
        "name": task.name,
        "stage": task.stage.name.lower(),
        "command": command or None,
        "script": hidden(task.script) or None,
        "directory": hidden(task.working_directory),
        "depends_on": list(task.needs),
    }
