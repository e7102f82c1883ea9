"""Makes the plan of a run from a template and its answers, and refuses hopeless runs before questions are asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from mintage import formats
from mintage.engine import JobScheduler
from mintage.engine.limits import memory_bounded
from mintage.planning import PlanOptions, make_plan, may_write_into

if TYPE_CHECKING:
    from collections.abc import Callable

    from mintage.minting.options import Options
    from mintage.minting.preparation import AnsweredTemplate
    from mintage.planning import Plan
    from mintage.rendering.settings import Context, TextRenderer
    from mintage.template import Template
    from mintage.template.layout import LaidOut, Layout, LayoutRequest, TemplateFiles


def plan_for(
    answered: AnsweredTemplate,
    output: str | Path | None,
    options: Options,
    *,
    inspect_all: bool = True,
    previews: bool = False,
) -> Plan:
    """Make the plan of a run, without writing anything.

    Args:
        answered: The template with its answers.
        output: What the user gave as OUTPUT.
        options: How to generate the project.
        inspect_all: Whether to inspect every file now; otherwise, the jobs of small files do that.
        previews: Whether the plan is only shown, so that an existing project is no obstacle.

    Raises:
        MintageError: The template cannot be planned with these answers, or the project may not be written.
    """
    plan_options = PlanOptions(
        overwrite=options.overwrite,
        skip_existing=options.skip_existing,
        previews=previews,
        run_tasks=options.run_tasks,
        inspect_all=inspect_all,
        limits=options.limits,
        only=_missing(answered.destination(output)) if options.retry else None,
    )
    answered.steps.begin("plan")
    place = Path(output) if output is not None else None
    template = answered.template
    if answered.project is not None:
        template = with_destination(template, answered.project)
    with memory_bounded(options.own_memory_bytes), answered.redaction.hiding():
        plan = make_plan(template, answered.context, place, plan_options, answered.render)
    plan = replace(plan, redaction=answered.redaction)
    if any(job.depends_on for job in plan.jobs):  # a cycle is refused here, before anything is written
        JobScheduler(plan.jobs, enable_dependencies=options.enable_dependencies)
    return plan


def with_destination(template: Template, project: Path) -> Template:
    """Return the template with a layout for a given project directory, whatever the template would call it."""
    return replace(template, layout=_LayoutWithDestination(template.layout, project))


def refuse_early(output: str | Path | None, options: Options, warn: Callable[[str], None], template: Template) -> None:
    """Refuse an existing OUTPUT before questions are asked, if it would be refused with any answers.

    Args:
        output: What the user gave as OUTPUT.
        options: How to generate the project.
        warn: Called with each warning.
        template: The template.

    Raises:
        OutputExistsError: The project exists, and neither overwriting nor skipping was asked for.
    """
    if output is None or formats.makes_folder_in_output(template) or options.retry:
        return
    destination = Path(output).absolute()
    undo_interrupted_run(destination, warn)
    agreed = PlanOptions(options.overwrite, options.skip_existing)
    may_write_into(destination, agreed, adds_only=template.merges_into_existing)


def undo_interrupted_run(destination: Path, warn: Callable[[str], None]) -> None:
    """Restore the files that a killed run replaced in a project. Do this before reading anything in the project.

    Args:
        destination: The directory of the project; it need not exist.
        warn: Called with what was restored.
    """
    from mintage.files.recovery import undo_interrupted

    for undone in undo_interrupted(destination):
        warn(
            f"an earlier run was interrupted while it replaced files in {undone.destination}; "
            f"the original files were restored"
        )
        for file, aside in undone.conflicts.items():
            warn(f"{file} has changed since then and was left alone; the original is {aside}")


class _LayoutWithDestination(Struct, frozen=True):
    """A layout with a fixed project directory."""

    layout: Layout
    project: Path

    def destination(self, output: Path | None, render: TextRenderer, context: Context) -> Path:
        """See `template.layout.Layout`."""
        return self.project

    def lay_out(self, request: LayoutRequest) -> LaidOut:
        """See `template.layout.Layout`."""
        return self.layout.lay_out(request)

    def template_files(self, request: LayoutRequest) -> TemplateFiles:
        """See `template.layout.Layout`."""
        return self.layout.template_files(request)


def _missing(destination: Path) -> frozenset[str]:
    from mintage.projects.last_run import load_failures

    return load_failures(destination)
