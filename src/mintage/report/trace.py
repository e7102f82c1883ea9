"""Writes what each worker did when, as trace events for Perfetto and Chrome, and as an HTML page."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from mintage.errors import Location, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mintage.engine.job import JobResult
    from mintage.report import Report

_MICROSECONDS = 1e6
_STEPS = 0  # the lane of the run itself; the workers' lanes follow
_SHORTEST_WAIT_SECONDS = 50e-6
_PLACE_OF_DATA = "/*TRACE*/null"


def write_trace(report: Report, file: Path) -> None:
    """Write the trace of a run, and beside it a page that shows it (`run.json`, `run.html`).

    Args:
        report: A run with `Options.trace`.
        file: Where to write the trace.

    Raises:
        UsageError: A file cannot be written.
    """
    trace = trace_events(report)
    page = file.with_suffix(".html")
    try:
        if page != file:
            file.write_text(json.dumps(trace) + "\n", "utf-8")
        page.write_text(timeline(trace), "utf-8")
    except OSError as error:
        raise UsageError(
            f"can't write the trace: {error.strerror}",
            where=Location(str(error.filename or file)),
            hint="the project was generated; choose another file for the trace",
        ) from error


def trace_events(report: Report) -> dict[str, Any]:
    """Return the trace in Chrome's JSON format: a lane for the steps of the run, and one for each worker.

    Times are microseconds since the first step. A job's event contains those of its parts (reading, rendering,
    writing); `waiting` means that a worker had no work.
    """
    start = report.steps[0].began if report.steps else 0.0
    lanes = {_STEPS: "run", **{result.worker + 1: f"worker {result.worker + 1}" for result in _that_ran(report)}}
    events: list[dict[str, Any]] = [
        {"ph": "M", "name": "thread_name", "pid": 1, "tid": lane, "args": {"name": name}}
        for lane, name in sorted(lanes.items())
    ]
    events.extend(_event(step.name, "step", step.began, step.ended, lane=_STEPS, start=start) for step in report.steps)
    free_since: dict[int, float] = {}
    for result in sorted(_that_ran(report), key=lambda result: result.began):
        free = free_since.get(result.worker)
        if free is not None and result.began - free > _SHORTEST_WAIT_SECONDS:
            events.append(_event("waiting", "waiting", free, result.began, lane=result.worker + 1, start=start))
        events.extend(_events_of(result, start))
        free_since[result.worker] = result.began + result.seconds
    return {
        "displayTimeUnit": "ms",
        "otherData": {"executor": report.executor, "workers": report.workers, "reason": report.reason},
        "traceEvents": events,
    }


def timeline(trace: dict[str, Any]) -> str:
    """Return an HTML page that shows a trace and loads nothing from elsewhere."""
    page = files("mintage.report").joinpath("timeline.html").read_text("utf-8")
    data = json.dumps(trace, separators=(",", ":")).replace("<", "\\u003c")  # so that no file name can end the script
    return page.replace(_PLACE_OF_DATA, data)


def _that_ran(report: Report) -> Iterator[JobResult]:
    return (result for result in report.results if result.began)


def _events_of(result: JobResult, start: float) -> Iterator[dict[str, Any]]:
    lane = result.worker + 1
    event = _event(result.job.name, "job", result.began, result.began + result.seconds, lane=lane, start=start)
    event["args"] = {
        "state": result.state.name.lower(),
        "priority": result.job.priority.name.lower(),
        "bytes": result.bytes_written,
        "dispatched ms before": round(1000 * (result.began - result.handed_out), 3),
    }
    if isinstance(result.detail, str) and result.detail in ("fast", "jinja2"):
        event["args"]["renderer"] = result.detail
    yield event
    for span in result.spans:
        yield _event(span.name, "part", span.began, span.ended, lane=lane, start=start)


def _event(name: str, category: str, began: float, ended: float, *, lane: int, start: float) -> dict[str, Any]:
    return {
        "ph": "X",
        "name": name,
        "cat": category,
        "pid": 1,
        "tid": lane,
        "ts": round((began - start) * _MICROSECONDS, 1),
        "dur": round((ended - began) * _MICROSECONDS, 1),
    }
