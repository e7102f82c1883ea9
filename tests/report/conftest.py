"""Plans and reports are made by hand here, so that only their views are tested."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mintage.engine import Job, JobFailure, JobPriority, JobResult, JobState, RunResult
from mintage.engine.failures import GenerationFailed, JobFailedError
from mintage.errors import Location
from mintage.files.folders import ProjectFolder
from mintage.planning import Action, Plan, PlannedFile, PlannedTask
from mintage.planning.tasks import task_job
from mintage.rendering.settings import RendererSettings
from mintage.report import Report
from mintage.template.tasks import TaskStage

_OF_RUNS = {"executor", "workers", "reason", "engine_seconds", "seconds_to_first_file"}
_OF_REPORTS = {"results", "delivered", "seconds", "steps"}

PlanMaker = Callable[..., Plan]
ReportMaker = Callable[..., Report]


@pytest.fixture
def plan_of() -> PlanMaker:
    """A plan of files ({target: names it depends on}), more planned files without a job, and tasks."""

    def make(
        files: dict[str, tuple[str, ...]],
        *,
        action: Action = Action.RENDER,
        size: int = 10,
        more: tuple[PlannedFile, ...] = (),
        staged: tuple[PlannedTask, ...] = (),
        in_place: tuple[PlannedTask, ...] = (),
        **fields: Any,
    ) -> Plan:
        planned = {target: PlannedFile(target, action, f"/template/{target}", size=size) for target in files}
        jobs = [Job(target, file, size, JobPriority.HIGH, depends_on=files[target]) for target, file in planned.items()]
        folders = {target.rpartition("/")[0]: None for target in files if "/" in target}
        return Plan(
            format=fields.pop("format", "test"),
            origin=fields.pop("origin", "/template"),
            destination=fields.pop("destination", Path("/project")),
            exists=fields.pop("exists", False),
            context={},
            renderer=RendererSettings(),
            folders=tuple(ProjectFolder(folder) for folder in folders),
            files=(*planned.values(), *more),
            jobs=(*jobs, *(task_job(task) for task in staged)),
            in_place=in_place,
            **fields,
        )

    return make


@pytest.fixture
def task() -> Callable[..., PlannedTask]:
    """A task with a command."""

    def make(name: str, *needs: str, stage: TaskStage = TaskStage.STAGING) -> PlannedTask:
        return PlannedTask(name, stage, command="make all", needs=needs)

    return make


@pytest.fixture
def report_of(plan_of: PlanMaker) -> ReportMaker:
    """A report: names of files that were made, failures by name, what was skipped by what it needed."""

    def make(
        done: tuple[str, ...] = (),
        failures: dict[str, JobFailure] | None = None,
        skipped: dict[str, str] | None = None,
        **fields: Any,
    ) -> Report:
        def job(name: str) -> Job:
            return Job(name, PlannedFile(name, Action.RENDER))

        results = [JobResult(job(name), JobState.DONE, bytes_written=100) for name in done]
        results += [JobResult(job(name), JobState.FAILED, failure=why) for name, why in (failures or {}).items()]
        results += [
            JobResult(job(name), JobState.SKIPPED, skipped_because=need) for name, need in (skipped or {}).items()
        ]
        run = {name: fields.pop(name) for name in _OF_RUNS & fields.keys()}
        whole = {name: fields.pop(name) for name in _OF_REPORTS & fields.keys()}
        if "existing" in fields:
            fields["more"] = tuple(PlannedFile(target, Action.SKIP) for target in fields.pop("existing"))
        files_run = RunResult(
            tuple(results),
            run.get("executor", "sequential"),
            run.get("workers", 1),
            run.get("reason", "because"),
            run.get("engine_seconds", 0.0),
            run.get("seconds_to_first_file"),
        )
        return Report(
            plan=plan_of({}, **fields),
            results=tuple(whole.get("results", results)),
            files_run=files_run,
            delivered=whole.get("delivered", True),
            seconds=whole.get("seconds", 0.25),
            steps=whole.get("steps", ()),
        )

    return make


@pytest.fixture
def undefined() -> Callable[[str], JobFailure]:
    """The failure of a file in which a name is not defined."""

    def make(file: str) -> JobFailure:
        return JobFailure(
            f"{file}: 'x' is undefined",
            "UndefinedError",
            Location(file, 2),
            hint="give it a value",
            source_line="{{ x }}",
        )

    return make


@pytest.fixture
def failed() -> Callable[[dict[str, JobFailure]], GenerationFailed]:
    """What a run raises when these jobs failed."""

    def make(failures: dict[str, JobFailure]) -> GenerationFailed:
        return GenerationFailed("some failed", [JobFailedError(name, failure) for name, failure in failures.items()])

    return make
