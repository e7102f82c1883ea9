"""When each worker did what: as events, and as a page."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from mintage.errors import UsageError
from mintage.minting.generator import Generator
from mintage.minting.options import Options
from mintage.report.trace import timeline, trace_events, write_trace

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.report import Report


@pytest.fixture
def template(tmp_path: Path) -> Path:
    root = tmp_path / "template"
    root.mkdir()
    for number in range(30):
        (root / f"{number}.txt").write_text("{{ 'x' | upper }}" if number % 2 else "plain")
    return root


def report_of(template: Path, output: Path, executor: str = "processes", **options: Any) -> Report:
    return Generator(Options(format="bare", executor=executor, trace=True, **options)).generate(template, output)


def events_by(trace: dict[str, Any], category: str) -> list[dict[str, Any]]:
    return [event for event in trace["traceEvents"] if event.get("cat") == category]


@pytest.mark.parametrize("executor", ["sequential", "threads", "processes"])
def test_every_job_is_on_the_lane_of_its_worker_with_its_parts(template: Path, tmp_path: Path, executor: str) -> None:
    report = report_of(template, tmp_path / "out", executor, max_workers=2)
    trace = trace_events(report)
    jobs = {event["name"]: event for event in events_by(trace, "job")}
    assert set(jobs) == {f"{number}.txt" for number in range(30)}
    parts = events_by(trace, "part")
    assert {part["name"] for part in parts} == {"reading", "rendering", "writing", "copying"}
    for part in parts:
        assert any(
            job["tid"] == part["tid"]
            and job["ts"] <= part["ts"]
            and part["ts"] + part["dur"] <= job["ts"] + job["dur"] + 0.2  # both are rounded
            for job in jobs.values()
        )


def test_jobs_of_one_worker_do_not_overlap_and_gaps_are_waiting(template: Path, tmp_path: Path) -> None:
    trace = trace_events(report_of(template, tmp_path / "out", max_workers=2))
    for lane in {event["tid"] for event in events_by(trace, "job")}:
        taken = sorted(
            (event["ts"], event["ts"] + event["dur"])
            for event in [*events_by(trace, "job"), *events_by(trace, "waiting")]
            if event["tid"] == lane
        )
        for (_, ended), (began, _) in pairwise(taken):
            assert -0.2 <= began - ended <= 60  # microseconds


def test_the_steps_of_the_run_follow_each_other(template: Path, tmp_path: Path) -> None:
    report = report_of(template, tmp_path / "out")
    names = ["fetch", "load", "answers", "plan", "stage", "make files", "commit", "run tasks"]
    assert [step.name for step in report.steps] == names
    assert [event["name"] for event in events_by(trace_events(report), "step")] == names


def test_nothing_is_measured_unless_asked_for(template: Path, tmp_path: Path) -> None:
    report = Generator(Options(format="bare")).generate(template, tmp_path / "out")
    assert not any(result.spans for result in report.results)


def test_a_job_that_failed_is_there_too(template: Path, tmp_path: Path) -> None:
    (template / "bad.txt").write_text("{{ 1 / 0 }}")
    with pytest.raises(ExceptionGroup) as failed:
        report_of(template, tmp_path / "out", executor="sequential")
    report: Report = failed.value.report  # type: ignore[attr-defined]
    bad = next(event for event in events_by(trace_events(report), "job") if event["name"] == "bad.txt")
    assert bad["args"]["state"] == "failed"


def test_the_page_holds_everything_and_no_name_can_end_its_script(template: Path, tmp_path: Path) -> None:
    trace = trace_events(report_of(template, tmp_path / "out"))
    trace["traceEvents"][-1]["name"] = "</script><script>alert(1)"
    page = timeline(trace)
    assert page.count("</script>") == 1
    assert "http" not in page
    data = page.split("const trace = ", 1)[1].split(";\n", 1)[0]
    assert json.loads(data) == trace


def test_both_are_written(template: Path, tmp_path: Path) -> None:
    report = report_of(template, tmp_path / "out")
    write_trace(report, tmp_path / "run.json")
    assert json.loads((tmp_path / "run.json").read_text()) == json.loads(json.dumps(trace_events(report)))
    assert (tmp_path / "run.html").read_text().startswith("<!DOCTYPE html>")


def test_only_the_page_if_that_is_asked_for(template: Path, tmp_path: Path) -> None:
    write_trace(report_of(template, tmp_path / "out"), tmp_path / "run.html")
    assert not (tmp_path / "run.json").exists()


def test_a_place_that_cannot_be_written_is_named(template: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't write the trace"):
        write_trace(report_of(template, tmp_path / "out"), tmp_path / "nowhere" / "run.json")
