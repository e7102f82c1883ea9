"""From a template and a context to a plan: which files come out, how, and in which order. Touches no output."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from mintage.engine.job import JobPriority
from mintage.errors import Location, OutputExistsError, Problem, TemplateError
from mintage.planning.collisions import Targets
from mintage.planning.dependencies import TASK_PREFIX, file_dependencies
from mintage.planning.files import ExistingFiles, FilePlanner, context_changers
from mintage.planning.model import Action, Plan, PlannedFile, PlannedTask
from mintage.planning.tasks import plan_tasks, task_job
from mintage.rendering.text import JinjaText
from mintage.template.layout import LayoutRequest
from mintage.template.limits import Limits
from mintage.template.tasks import TaskStage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mintage.engine.job import Job
    from mintage.planning.files import Decision
    from mintage.rendering.settings import Context
    from mintage.template import Template

__all__ = [
    "Action",
    "Plan",
    "PlanOptions",
    "PlannedFile",
    "PlannedTask",
    "files_in_the_way",
    "make_plan",
]


class PlanOptions(Struct, frozen=True):
    """What planning needs to know of a run's options."""

    overwrite: bool = False
    """Whether files of an existing project may be replaced."""
    skip_existing: bool = False
    """Whether files of an existing project are left as they are."""
    run_tasks: bool = True
    """False leaves tasks out."""
    inspect_all: bool = True
    """Read every file; else what happens to small ones is left to their jobs (`Action.DECIDE`)."""
    limits: Limits = field(default_factory=Limits)
    """What the project may not exceed."""
    only: frozenset[str] | None = None
    """Names of the jobs that are wanted, None for all; what is in the way of these is replaced."""


_USE_OVERWRITE = "use `Options(overwrite=True)` to replace"
_OR_ADD = "`Options(skip_existing=True)` to add only what is missing, or another OUTPUT"


def make_plan(
    template: Template,
    context: Context,
    output: Path | None,
    options: PlanOptions,
    render: JinjaText | None = None,
) -> Plan:
    """Plan the run.

    Args:
        output: What the user gave as OUTPUT.
        render: Made from the template's settings, to be shared.

    Raises:
        OutputExistsError: (all collisions, all unreadable files).
        UnsafePathError: (all collisions, all unreadable files).
        PlanError: (all collisions, all unreadable files).
        RenderError: (a path that cannot be rendered); nothing is written in any case.
    """
    render = render or JinjaText(template.renderer)
    destination = template.layout.destination(output, render, context).absolute()
    exists = may_write_into(destination, options, adds_only=template.merges_into_existing)
    try:
        laid_out = template.layout.lay_out(LayoutRequest(render, context, destination, exists, options.limits))
    except OSError as error:
        raise TemplateError(
            f"the template cannot be read: {error.strerror}", where=Location(str(error.filename or template.root))
        ) from error
    targets = Targets(template.collisions, options.limits)
    targets.fill(laid_out.entries)

    existing = ExistingFiles(
        destination if exists else None,
        options.overwrite,
        options.skip_existing,
        laid_out.skip_if_exists,
    )
    only = _with_renamed(options.only, targets, destination)
    planner = FilePlanner(
        template, context, render, existing, inspect_all=options.inspect_all, limits=options.limits, only=only
    )
    decisions = planner.decide_all(targets.files)
    files = tuple(decision.file for decision in decisions)
    tasks = plan_tasks(template, context, render, files, options.limits) if options.run_tasks else []
    if only is not None:
        tasks = [task for task in tasks if TASK_PREFIX + task.name in only and task.stage is not TaskStage.BEFORE]
    conflicts: frozenset[str] = frozenset()
    if exists and not options.overwrite and only is None:
        conflicts = frozenset(file.target for file in files if file.replaces) - laid_out.always_replaced
        # Files that come out as they are change nothing; but a task may have done something before that is known.
        if conflicts and any(task.stage is not TaskStage.IN_PLACE for task in tasks):
            raise files_in_the_way(destination, sorted(conflicts))
    staged = [task for task in tasks if task.stage is TaskStage.STAGING]
    sequential_reason = _sequential_reason(template, decisions)
    jobs = _file_jobs(template, decisions, staged)
    if sequential_reason:  # then the template's own order counts, and not what is small
        jobs = [replace(job, priority=JobPriority.NORMAL) for job in jobs]
    return Plan(
        format=template.format,
        origin=template.origin,
        destination=destination,
        exists=exists,
        context=context,
        renderer=template.renderer,
        folders=tuple(targets.folders.values()),
        files=files,
        jobs=(*jobs, *(task_job(task) for task in staged)),
        before=tuple(task for task in tasks if task.stage is TaskStage.BEFORE),
        in_place=tuple(task for task in tasks if task.stage is TaskStage.IN_PLACE),
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
    """Return whether the destination exists.

    Raises:
        OutputExistsError: Nobody said what to do with what is in it.
    """
    if not destination.is_symlink() and not destination.exists():
        return False
    if not destination.is_dir():
        raise OutputExistsError(f"{destination} is there already, and it is not a folder", hint="choose another OUTPUT")
    is_wanted = options.overwrite or options.skip_existing or options.only is not None
    if is_wanted or adds_only or not any(destination.iterdir()):
        return True
    raise OutputExistsError(
        f"{destination} is there already, and nothing was written",
        hint=f"{_USE_OVERWRITE} its files, {_OR_ADD}",
    )


def _with_renamed(only: frozenset[str] | None, targets: Targets, destination: Path) -> frozenset[str] | None:
    """If the template does not make one of these any more, it may have another name now: then all that is missing."""
    if only is None or all(name in targets.files or name.startswith(TASK_PREFIX) for name in only):
        return only
    return only | {target for target in targets.files if not os.path.lexists(destination / target)}


def files_in_the_way(destination: Path, targets: Sequence[str]) -> OutputExistsError:
    """Return the refusal to replace files of which nobody said that they may be."""
    return OutputExistsError(
        f"{destination} has files that would be replaced, and nothing was written",
        problems=[Problem(target) for target in targets],
        hint=f"{_USE_OVERWRITE} them, {_OR_ADD}",
    )


def _file_jobs(template: Template, decisions: Sequence[Decision], staged: Sequence[PlannedTask]) -> list[Job]:
    jobs = [decision.job for decision in decisions if decision.job is not None]
    files = [decision.file for decision in decisions]
    waits = file_dependencies(files, template.order, [task.name for task in staged])
    if not waits:
        return jobs
    return [replace(job, depends_on=waits[job.name]) if job.name in waits else job for job in jobs]


def _sequential_reason(template: Template, decisions: Sequence[Decision]) -> str:
    if template.stateful_reason:
        return template.stateful_reason
    changers = context_changers(decisions)
    return f"{changers[0]} changes answers that other files may use" if changers else ""
