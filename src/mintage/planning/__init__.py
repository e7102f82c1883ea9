"""From a template and a context to a plan: which files come out, how, and in which order. Touches no output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.engine.job import Job
from mintage.errors import OutputExistsError, Problem
from mintage.planning.collisions import Targets
from mintage.planning.dependencies import file_dependencies
from mintage.planning.files import ExistingFiles, FilePlanner, context_changers
from mintage.planning.model import Action, Plan, PlannedFile, PlannedFolder, PlannedTask
from mintage.planning.tasks import plan_tasks, task_job
from mintage.rendering.text import JinjaText
from mintage.template import LayoutRequest, TaskStage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mintage.planning.files import Decision
    from mintage.template import Context, Template

__all__ = ["Action", "Plan", "PlanOptions", "PlannedFile", "PlannedFolder", "PlannedTask", "make_plan"]


class PlanOptions(Struct, frozen=True):
    """overwrite, skip_existing: what to do when the project's folder is there. run_tasks: False leaves tasks out."""

    overwrite: bool = False
    skip_existing: bool = False
    run_tasks: bool = True


def make_plan(
    template: Template,
    context: Context,
    output: Path | None,
    options: PlanOptions,
    render: JinjaText | None = None,
) -> Plan:
    """Plan the run.

    output: what the user gave as OUTPUT. render: made from the template's settings, to be shared.
    Raises OutputExistsError, UnsafePathError, PlanError (all collisions, all unreadable files) and RenderError (a path
    that cannot be rendered); nothing is written in any case.
    """
    render = render or JinjaText(template.renderer)
    destination = template.layout.destination(output, render, context).absolute()
    exists = _may_write_into(destination, options, adds_only=template.adds_to_existing)
    laid_out = template.layout.lay_out(LayoutRequest(render, context, destination, exists))
    targets = Targets(template.collisions)
    targets.fill(laid_out.entries)

    existing = ExistingFiles(
        destination if exists else None,
        options.overwrite,
        options.skip_existing,
        laid_out.skip_if_exists,
    )
    decisions = FilePlanner(template, context, render, existing).decide_all(targets.files)
    files = tuple(decision.file for decision in decisions)
    if exists and not options.overwrite:
        _require_agreement([file.target for file in files if file.replaces], laid_out.always_replaced, destination)
    tasks = plan_tasks(template, context, render, files) if options.run_tasks else []
    staged = [task for task in tasks if task.stage is TaskStage.STAGING]
    return Plan(
        format=template.format,
        origin=template.origin,
        destination=destination,
        exists=exists,
        context=context,
        renderer=template.renderer,
        folders=tuple(targets.folders.values()),
        files=files,
        jobs=(*_file_jobs(template, decisions, staged), *(task_job(task) for task in staged)),
        before=tuple(task for task in tasks if task.stage is TaskStage.BEFORE),
        in_place=tuple(task for task in tasks if task.stage is TaskStage.IN_PLACE),
        sequential_reason=_sequential_reason(template, decisions),
        warnings=(*template.warnings, *laid_out.warnings, *targets.warnings),
    )


def _may_write_into(destination: Path, options: PlanOptions, *, adds_only: bool) -> bool:
    """Whether the destination exists; refuses it if it has something in it and nobody said what to do with that."""
    if not destination.is_symlink() and not destination.exists():
        return False
    if not destination.is_dir():
        raise OutputExistsError(f"{destination} is there already, and it is not a folder", hint="choose another OUTPUT")
    if options.overwrite or options.skip_existing or adds_only or not any(destination.iterdir()):
        return True
    raise OutputExistsError(
        f"{destination} is there already, and nothing was written",
        hint="use --overwrite to replace its files, --skip-existing to add only what is missing, or another OUTPUT",
    )


def _require_agreement(replaced: Sequence[str], always_replaced: frozenset[str], destination: Path) -> None:
    """Refuse to replace files if nobody said that they may be."""
    in_the_way = [target for target in replaced if target not in always_replaced]
    if in_the_way:
        raise OutputExistsError(
            f"{destination} has files that would be replaced, and nothing was written",
            problems=[Problem(target) for target in in_the_way],
            hint="use --overwrite to replace them, --skip-existing to add only what is missing, or another OUTPUT",
        )


def _file_jobs(template: Template, decisions: Sequence[Decision], staged: Sequence[PlannedTask]) -> list[Job]:
    active = [decision for decision in decisions if decision.file.action is not Action.SKIP]
    existing = frozenset(decision.file.target for decision in decisions if decision.file.action is Action.SKIP)
    names = [task.name for task in staged]
    waits = file_dependencies([decision.file for decision in active], template.order, names, existing=existing)
    return [
        Job(
            name=decision.file.target,
            payload=decision.file,
            size_bytes=decision.file.size,
            priority=decision.priority,
            depends_on=waits.get(decision.file.target, ()),
            cost_seconds=decision.cost_seconds,
            memory_bytes=decision.memory_bytes,
        )
        for decision in active
    ]


def _sequential_reason(template: Template, decisions: Sequence[Decision]) -> str:
    if template.stateful_reason:
        return template.stateful_reason
    changers = context_changers(decisions)
    return f"{changers[0]} changes answers that other files may use" if changers else ""
