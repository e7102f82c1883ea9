"""Renders tasks: what exactly would run, after what. Runs nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mintage.engine.job import Job, JobResult, JobState
from mintage.errors import Location, TemplateError
from mintage.files.paths import validate_path
from mintage.planning.dependencies import TASK_PREFIX, task_dependencies
from mintage.planning.model import PlannedTask
from mintage.template.conditions import applies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.planning.model import PlannedFile
    from mintage.rendering.settings import Context
    from mintage.rendering.text import JinjaText
    from mintage.template import Template
    from mintage.template.limits import Limits
    from mintage.template.tasks import Task

# A task's run time cannot be known; a second keeps it from sharing a batch with anything else.
_TASK_SECONDS = 1.0


def plan_tasks(
    template: Template, context: Context, render: JinjaText, files: Sequence[PlannedFile], limits: Limits
) -> list[PlannedTask]:
    """Return the tasks whose `when` is true, with commands and scripts rendered.

    Args:
        limits: For the time that each may take.
    """
    wanted = [
        task
        for task in template.tasks
        if applies(task.when, render, {**context, **task.variables}, what=f"the task {task.name}")
    ]
    needs = task_dependencies(template.tasks, files)
    kept = {TASK_PREFIX + task.name for task in wanted}
    dropped = {TASK_PREFIX + task.name for task in template.tasks} - kept
    return [
        replace(
            _planned(task, context, render, tuple(name for name in needs[task.name] if name not in dropped)),
            timeout_seconds=limits.task_seconds,
        )
        for task in wanted
    ]


def task_job(task: PlannedTask) -> Job:
    """Return the job of a task among the files."""
    return Job(TASK_PREFIX + task.name, task, depends_on=task.needs, cost_seconds=_TASK_SECONDS)


def _planned(task: Task, context: Context, render: JinjaText, needs: tuple[str, ...]) -> PlannedTask:
    what = f"the task {task.name}"
    context = {**context, **task.variables}
    working_directory = render.text(task.working_directory, context, what=what)
    command: str | tuple[str, ...]
    if isinstance(task.command, str):
        command = render.text(task.command, context, what=what)
    else:
        command = tuple(render.text(part, context, what=what) for part in task.command)
    script = ""
    if task.script:
        script = render.text(_read_script(task.script), context, what=f"the hook {task.name}")
    return PlannedTask(
        name=task.name,
        stage=task.stage,
        command=command,
        script=script,
        suffix=os.path.splitext(task.script)[1] if task.script else "",
        needs=needs,
        working_directory=working_directory if task.roams else validate_path(working_directory),
        environment={
            name: render.text(value, context, what=f"the variable {name} of {what}")
            for name, value in task.environment.items()
        },
        removes_project=task.removes_project,
    )


def _read_script(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"the hook cannot be read: {error}", where=Location(path)) from error


def in_place_jobs(tasks: Sequence[PlannedTask], results: Sequence[JobResult]) -> tuple[list[Job], list[JobResult]]:
    """Jobs for the tasks that run in the finished project, and results for those that cannot.

    A task whose needs failed is skipped, and so is every task that needs it.
    """
    culprits = {
        result.job.name: result.skipped_because or result.job.name
        for result in results
        if result.state is not JobState.DONE
    }
    ready = {TASK_PREFIX + task.name: task for task in tasks}
    blocked: list[JobResult] = []
    while True:
        found = next((name for name, task in ready.items() if any(need in culprits for need in task.needs)), None)
        if found is None:
            break
        task = ready.pop(found)
        culprits[found] = culprits[next(need for need in task.needs if need in culprits)]
        blocked.append(JobResult(task_job(task), JobState.SKIPPED, skipped_because=culprits[found]))
    jobs = [
        replace(task_job(task), depends_on=tuple(need for need in task.needs if need in ready))
        for task in ready.values()
    ]
    return jobs, blocked
