"""Plans tasks: what each runs, when, and after which jobs. Runs nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mintage.engine.job import Job, JobResult, JobState
from mintage.errors import Location, TemplateError
from mintage.files.paths import validate_path
from mintage.planning.dependencies import task_dependencies
from mintage.planning.model import PlannedTask
from mintage.template.conditions import applies
from mintage.template.tasks import TASK_PREFIX, TaskStage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.planning.model import PlannedFile, PlanOptions
    from mintage.rendering.jinja_text import JinjaText
    from mintage.rendering.settings import Context
    from mintage.template import Template
    from mintage.template.tasks import Task

# The time that a task takes is unknown; a second keeps it from sharing a batch with other jobs.
_TASK_SECONDS = 1.0


def plan_tasks(
    template: Template,
    context: Context,
    render: JinjaText,
    files: Sequence[PlannedFile],
    options: PlanOptions,
) -> list[PlannedTask]:
    """Return the tasks that run, with commands and scripts rendered.

    Args:
        template: The template that they belong to.
        context: The names that their texts may use.
        render: Renders their texts.
        files: All files of the plan.
        options: Which tasks run at all, and how long they may take.
    """
    wanted = [
        task
        for task in template.tasks
        if _is_wanted(task, options)
        and applies(task.when, render, {**context, **task.variables}, what=f"the task {task.name}")
    ]
    needs = task_dependencies(wanted, files, template.task_names)
    return [
        replace(_planned(task, context, render, needs[task.name]), timeout_seconds=options.limits.task_seconds)
        for task in wanted
    ]


def _is_wanted(task: Task, options: PlanOptions) -> bool:
    if options.only is None:
        return options.run_tasks
    return options.run_tasks and TASK_PREFIX + task.name in options.only and task.stage is not TaskStage.BEFORE


def task_job(task: PlannedTask) -> Job:
    """Return the job of a task."""
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
        raise TemplateError(f"can't read the hook: {error}", where=Location(path)) from error


def in_place_jobs(
    tasks: Sequence[PlannedTask], results: Sequence[JobResult], *, delivered: bool
) -> tuple[list[Job], list[JobResult]]:
    """Return jobs for the tasks that run in the finished project, and results for those that cannot run.

    A task whose needs failed is skipped, and so is every task that needs it. A task without declared needs depends on
    everything before it.

    Args:
        tasks: The tasks that run in the finished project.
        results: The results of the files and tasks before them.
        delivered: Whether the project is at its destination; otherwise, no task can run.
    """
    culprits = {
        result.job.name: result.skipped_because or result.job.name
        for result in results
        if result.state is not JobState.DONE
    }
    everything = list(culprits)[:1]
    ready = {TASK_PREFIX + task.name: task for task in tasks}
    blocked: list[JobResult] = []
    while True:
        needs = {name: task.needs if task.needs and delivered else everything for name, task in ready.items()}
        found = next((name for name in ready if any(need in culprits for need in needs[name])), None)
        if found is None:
            break
        task = ready.pop(found)
        culprits[found] = culprits[next(need for need in needs[found] if need in culprits)]
        blocked.append(JobResult(task_job(task), JobState.SKIPPED, skipped_because=culprits[found]))
    jobs = [
        replace(task_job(task), depends_on=tuple(need for need in task.needs if need in ready))
        for task in ready.values()
    ]
    return jobs, blocked
