"""Plans a run from a template and its answers: which files to generate, how, and in which order. Writes nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mintage.engine.job import JobPriority
from mintage.errors import Location, OutputExistsError, Problem, TemplateError
from mintage.planning.collisions import Targets
from mintage.planning.dependencies import file_dependencies
from mintage.planning.files import ExistingFiles, FilePlanner, context_changers
from mintage.planning.model import Action, Plan, PlannedFile, PlannedTask, PlanOptions
from mintage.planning.tasks import plan_tasks, task_job
from mintage.rendering.jinja_text import JinjaText
from mintage.template.layout import LayoutRequest
from mintage.template.tasks import TASK_PREFIX, TaskStage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mintage.engine.job import Job
    from mintage.planning.files import Decision
    from mintage.rendering.settings import Context
    from mintage.template import Template
    from mintage.template.layout import LaidOut

__all__ = [
    "Action",
    "Plan",
    "PlanOptions",
    "PlannedFile",
    "PlannedTask",
    "files_in_the_way",
    "make_plan",
]


_USE_OVERWRITE = "use `Options(overwrite=True)` to replace"
_OR_ADD = "`Options(skip_existing=True)` to add only what is missing, or another OUTPUT"


def make_plan(
    template: Template,
    context: Context,
    output: Path | None,
    options: PlanOptions,
    render: JinjaText | None = None,
) -> Plan:
    """Plan a run, and write nothing.

    Args:
        template: What the project is generated from.
        context: The names that its files and paths can use.
        output: The OUTPUT that the user chose; None for the default.
        options: What to do with files that already exist, and the limits.
        render: A renderer made from the template's settings, to share it.

    Raises:
        OutputExistsError: The destination exists, and no option says what to do with its files. Lists all of them.
        UnsafePathError: A path is outside the project.
        PlanError: Entries collide, or files can't be read. Lists all of them.
        RenderError: A path or a task can't be rendered.
        TemplateError: The template's directory can't be read.
    """
    render = render or JinjaText(template.renderer)
    destination = template.layout.destination(output, render, context).absolute()
    exists = may_write_into(destination, options, adds_only=template.merges_into_existing or options.previews)
    laid_out = _lay_out(template, LayoutRequest(render, context, destination, exists, options.limits))
    targets = Targets(template.collisions, options.limits)
    targets.fill(laid_out.entries)

    only = _with_renamed(options.only, targets, destination)
    existing = ExistingFiles(
        destination if exists else None, options.overwrite, options.skip_existing, laid_out.skip_if_exists
    )
    planner = FilePlanner(
        template, context, render, existing, inspect_all=options.inspect_all, limits=options.limits, only=only
    )
    decisions = planner.decide_all(targets.files)
    files = tuple(decision.file for decision in decisions)
    tasks = plan_tasks(template, context, render, files, options)
    conflicts: frozenset[str] = frozenset()
    if exists and not options.overwrite and only is None:
        conflicts = frozenset(file.target for file in files if file.replaces) - laid_out.always_replaced
        if conflicts and not options.previews:
            _require_known_conflicts(conflicts, tasks, destination)
    sequential_reason = _sequential_reason(template, decisions)
    staged = _in_stage(tasks, TaskStage.STAGING)
    return Plan(
        format=template.format,
        origin=template.origin,
        destination=destination,
        exists=exists,
        context=context,
        renderer=template.renderer,
        folders=tuple(targets.folders.values()),
        files=files,
        jobs=tuple(_jobs(template, decisions, staged, in_order=bool(sequential_reason))),
        before=_in_stage(tasks, TaskStage.BEFORE),
        in_place=_in_stage(tasks, TaskStage.IN_PLACE),
        sequential_reason=sequential_reason,
        warnings=(*template.warnings, *laid_out.warnings, *targets.warnings),
        makes_project=laid_out.makes_project or bool(tasks),
        source_top=template.top or template.root,
        conflicts=conflicts,
        significant_modes=template.significant_modes,
        version=template.version,
        answers_file=template.answers_file(context),
    )


def may_write_into(destination: Path, options: PlanOptions, *, adds_only: bool) -> bool:
    """Return whether the destination exists and will be written into.

    Args:
        destination: The directory of the project.
        options: The options of the run.
        adds_only: Whether the template only adds files to existing projects.

    Raises:
        OutputExistsError: It is not a directory, or it has files and no option says what to do with them.
    """
    _refuse_dangling_link(destination)
    if not destination.exists():
        return False
    if not destination.is_dir():
        raise OutputExistsError(f"{destination} already exists and is not a directory", hint="choose another OUTPUT")
    is_wanted = options.overwrite or options.skip_existing or options.only is not None
    if is_wanted or adds_only or not any(destination.iterdir()):
        return True
    raise OutputExistsError(
        f"{destination} already exists, and nothing was written",
        hint=f"{_USE_OVERWRITE} its files, {_OR_ADD}",
    )


def _refuse_dangling_link(destination: Path) -> None:
    for place in (destination, *destination.parents):
        if place.exists():
            return
        if place.is_symlink():
            raise OutputExistsError(
                f"{place} is a link that leads to nothing, at {os.readlink(place)}",
                hint="remove the link, create its target, or choose another OUTPUT",
            )


def files_in_the_way(destination: Path, targets: Sequence[str]) -> OutputExistsError:
    """Return the error for existing files that would be replaced although no option allows it."""
    return OutputExistsError(
        f"{destination} has files that would be replaced, and nothing was written",
        problems=[Problem(target) for target in targets],
        hint=f"{_USE_OVERWRITE} them, {_OR_ADD}",
    )


def _lay_out(template: Template, request: LayoutRequest) -> LaidOut:
    try:
        return template.layout.lay_out(request)
    except OSError as error:
        raise TemplateError(
            f"can't read the template: {error.strerror}", where=Location(str(error.filename or template.root))
        ) from error


def _with_renamed(only: frozenset[str] | None, targets: Targets, destination: Path) -> frozenset[str] | None:
    """Add all missing files if the template no longer has a wanted one, which may have been renamed."""
    if only is None or all(name in targets.files or name.startswith(TASK_PREFIX) for name in only):
        return only
    return only | {target for target in targets.files if not os.path.lexists(destination / target)}


def _in_stage(tasks: Sequence[PlannedTask], stage: TaskStage) -> tuple[PlannedTask, ...]:
    return tuple(task for task in tasks if task.stage is stage)


def _require_known_conflicts(conflicts: frozenset[str], tasks: Sequence[PlannedTask], destination: Path) -> None:
    """Raise OutputExistsError if a task would run before it is known whether existing files would change."""
    if any(task.stage is not TaskStage.IN_PLACE for task in tasks):
        raise files_in_the_way(destination, sorted(conflicts))


def _sequential_reason(template: Template, decisions: Sequence[Decision]) -> str:
    if template.stateful_reason:
        return template.stateful_reason
    changers = context_changers(decisions)
    return f"{changers[0]} changes answers that other files may use" if changers else ""


def _jobs(
    template: Template, decisions: Sequence[Decision], staged: Sequence[PlannedTask], *, in_order: bool
) -> list[Job]:
    """Return the jobs of the files, then those of the tasks among them.

    Args:
        in_order: Whether to keep the order of the template, instead of starting with small files.
    """
    jobs = [decision.job for decision in decisions if decision.job is not None]
    files = [decision.file for decision in decisions]
    waits = file_dependencies(files, template.order, [task.name for task in staged], template.task_names)
    if waits:
        jobs = [replace(job, depends_on=waits[job.name]) if job.name in waits else job for job in jobs]
    if in_order:
        jobs = [replace(job, priority=JobPriority.NORMAL) for job in jobs]
    return [*jobs, *map(task_job, staged)]
