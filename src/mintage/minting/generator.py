"""The steps of a run, in order: source, format, answers, plan, engine, commit, report."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mintage import formats
from mintage.engine import Cancellation, JobScheduler, Stopwatch
from mintage.engine.failures import GenerationFailed, JobFailedError, RunStoppedError
from mintage.engine.limits import memory_bounded
from mintage.errors import MintageError
from mintage.minting.options import Options
from mintage.minting.preparation import Preparation
from mintage.minting.run import Run
from mintage.planning import PlanOptions, make_plan, may_write_into
from mintage.projects.last_run import store_failures
from mintage.rendering.dispatch import RenderedBy
from mintage.template.questions import GivenAnswers
from mintage.template.tasks import TaskStage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mintage.engine import Progress, Reporter
    from mintage.minting.preparation import AnsweredTemplate, AskableTemplate
    from mintage.planning import Plan
    from mintage.projects.differences import Change
    from mintage.rendering.settings import Context
    from mintage.report import Report
    from mintage.sources import Source
    from mintage.template import Template
    from mintage.template.questions import Asker
    from mintage.trust.consent import ConsentRequest, TrustReport


class Generator:
    """Makes projects. Holds no state between runs; one instance may serve several threads.

    reporter: told what happens. asker, ask_consent: reach a person at a terminal. warn: told what deserves attention.
    say: told what the template's author wants to say. on_plan: told what a run will do, before anything is made.
    task_output: a file descriptor for what hooks print; None leaves them the terminal.
    """

    def __init__(
        self,
        options: Options | None = None,
        *,
        reporter: Reporter | None = None,
        asker: Asker | None = None,
        cancellation: Cancellation | None = None,
        ask_consent: Callable[[ConsentRequest], bool] | None = None,
        warn: Callable[[str], None] | None = None,
        say: Callable[[str], None] | None = None,
        on_plan: Callable[[Plan], None] | None = None,
        task_output: int | None = None,
    ) -> None:
        self._options = options or Options()
        self._reporter = reporter
        self._cancellation = cancellation or Cancellation()
        self._warn = warn or (lambda _: None)
        self._say = say or (lambda _: None)
        self._on_plan = on_plan or (lambda _: None)
        self._preparation = Preparation(self._options, asker, ask_consent, warn=self._warn, say=self._say)
        self._task_output = task_output

    def plan(
        self,
        template: str | Path | Source,
        output: str | Path | None = None,
        *,
        given: GivenAnswers | None = None,
    ) -> Plan:
        """What `generate` would do. Nothing is written; raises the same errors up to that point."""
        with ExitStack() as scratch, self._cancellation.interrupting():
            prepared = self._preparation.prepared(template, output, given, scratch, minting=False)
            plan = self._plan(prepared, output)
            if plan.conflicts:
                warning = (
                    f"{len(plan.conflicts)} of the files are there already: if any of them comes out otherwise, "
                    f"nothing is written without --overwrite or --skip-existing"
                )
                plan = replace(plan, warnings=(*plan.warnings, warning))
            self._warn_of(plan)
            return plan

    def generate(
        self,
        template: str | Path | Source,
        output: str | Path | None = None,
        *,
        given: GivenAnswers | None = None,
    ) -> Report:
        """Make the project.

        template: a folder, git URL, short form, zip file or registered name, or what was fetched of one. output: see
        the template's format. Raises MintageError when the request cannot be carried out, was cancelled or took too
        long (nothing is left behind then), and GenerationFailed when some jobs failed; its `report` tells what was
        delivered.
        """
        with ExitStack() as scratch:
            with self._cancellation.interrupting():
                prepared = self._preparation.prepared(
                    template, output, given, scratch, minting=True, before_asking=partial(self._refuse_early, output)
                )
                # Tasks that run before or among the files run once: nothing may turn up later that starts a run anew.
                inspect_all = any(task.stage is not TaskStage.IN_PLACE for task in prepared.template.tasks)
                self._undo_interrupted(prepared.destination(output))
                plan = self._plan(prepared, output, inspect_all=inspect_all)
            self._warn_of(plan)
            self._remember(prepared.template, prepared.context)
            try:
                report = self._run(plan, prepared.steps)
            except RunStoppedError:  # a template turned out to change what others see, so that the order counts
                with self._cancellation.interrupting():
                    plan = self._plan(prepared, output)
                report = self._run(plan, prepared.steps)
            if report.rendered_by.get(RenderedBy.REFERENCE.value) and plan.renderer.code_cache:
                from mintage.rendering.code_cache import prune

                prune(plan.renderer.code_cache)
            self._say_farewell(prepared, report)
        if not self._options.isolated:
            store_failures(report)
        if report.failures:
            raise _failure(report)
        return report

    def _run(self, plan: Plan, steps: Stopwatch) -> Report:
        self._on_plan(plan)
        return self._new_run(plan, steps).execute()

    def _new_run(self, plan: Plan, steps: Stopwatch) -> Run:
        return Run(plan, self._options, self._reporter, self._cancellation, self._task_output, steps)

    def differences(
        self, template: str | Path, project: Path, *, given: GivenAnswers | None = None
    ) -> tuple[Plan, tuple[Change, ...]]:
        """What `generate` would change in a project's folder, which need not be there; and the plan of that.

        project: the project's own folder, whatever the template calls it. All files are rendered, into a scratch
        folder; no hook and no task runs, and nothing of the project is touched. Raises as `plan` does, and
        TemplateError if a file cannot be rendered.
        """
        from mintage.minting.preview import changes_of

        with self.planned(template, project, given=given) as (prepared, plan):
            return plan, changes_of(self._new_run(plan, prepared.steps))

    @contextmanager
    def planned(
        self, template: str | Path, project: Path, *, given: GivenAnswers | None = None
    ) -> Iterator[tuple[AnsweredTemplate, Plan]]:
        """A template with its answers and the plan for a project's own folder, for those who look at both."""
        with ExitStack() as scratch:
            with self._cancellation.interrupting():
                prepared = self._preparation.prepared(template, None, given, scratch, minting=False, project=project)
                plan = self._plan(prepared, None)
            self._warn_of(plan)
            yield prepared, plan

    @contextmanager
    def loaded(self, template: str | Path) -> Iterator[Template]:
        """A template before anything is asked. Nothing of its author's code runs."""
        with ExitStack() as scratch:
            with self._cancellation.interrupting():
                loaded = self._preparation.loaded_only(template, scratch).template
            yield loaded

    def fetch(self, template: str | Path, scratch: ExitStack) -> Source:
        """Get a template onto the disk, for `open`, `plan` and `generate`. scratch: removes what is temporary."""
        return self._preparation.fetched(template, scratch).source

    def open(self, source: Source, output: Path, given: GivenAnswers, scratch: ExitStack) -> AskableTemplate:
        """A template before anything is asked. No hook runs unless it is trusted; extensions need consent as usual."""
        return self._preparation.opened(source, output, given, scratch)

    def trust_report(self, template: str | Path) -> TrustReport:
        """What of the author's code `generate` would run, hooks and tasks included. Runs nothing, writes nothing."""
        with ExitStack() as scratch, self._cancellation.interrupting():
            return self._preparation.loaded_only(template, scratch).trust_report()

    def _say_farewell(self, prepared: AnsweredTemplate, report: Report) -> None:
        message = prepared.template.messages.after
        if message and not report.failures and (text := message(prepared.render, prepared.context)):
            self._say(text)

    def _plan(self, prepared: AnsweredTemplate, output: str | Path | None, *, inspect_all: bool = True) -> Plan:
        options = PlanOptions(
            self._options.overwrite,
            self._options.skip_existing,
            self._options.run_tasks,
            inspect_all,
            self._options.limits,
            self._missing(prepared.destination(output)) if self._options.retry else None,
        )
        prepared.steps.begin("plan")
        place = Path(output) if output is not None else None
        template = prepared.template
        if prepared.project is not None:
            from mintage.minting.preview import with_destination

            template = with_destination(template, prepared.project)
        with memory_bounded(self._options.own_memory_bytes), prepared.redaction.hiding():
            plan = make_plan(template, prepared.context, place, options, prepared.render)
        plan = replace(plan, redaction=prepared.redaction)
        if any(job.depends_on for job in plan.jobs):  # a cycle is refused here, before anything is written
            JobScheduler(plan.jobs, enable_dependencies=self._options.enable_dependencies)
        return plan

    def _refuse_early(self, output: str | Path | None, template: Template) -> None:
        """Refuse an OUTPUT that is there before anybody answers questions, if it would be refused whatever they say."""
        options = self._options
        if output is None or formats.makes_folder_in_output(template) or options.retry:
            return
        destination = Path(output).absolute()
        self._undo_interrupted(destination)
        agreed = PlanOptions(options.overwrite, options.skip_existing)
        may_write_into(destination, agreed, adds_only=template.merges_into_existing)

    def _undo_interrupted(self, destination: Path) -> None:
        """Put back what a run that was killed has replaced in this project, before anybody looks at it."""
        from mintage.files.recovery import undo_interrupted

        for undone in undo_interrupted(destination):
            self._warn(
                f"an earlier run was interrupted while it replaced files in {undone.destination}; "
                f"they are as they were before it"
            )
            for file, aside in undone.conflicts.items():
                self._warn(f"{file} was changed since then and is left alone; {aside} is how it was before that run")

    def _missing(self, destination: Path) -> frozenset[str]:
        from mintage.projects.last_run import load_failures

        return load_failures(destination)

    def _warn_of(self, plan: Plan) -> None:
        for warning in plan.warnings:
            self._warn(warning)

    def _remember(self, template: Template, context: Context) -> None:
        if template.remember is None or self._options.isolated:
            return
        try:
            template.remember(context)
        except (OSError, TypeError, ValueError) as error:  # JSON has no dates
            self._warn(f"the answers could not be saved for the next time: {error}")


def _failure(report: Report) -> GenerationFailed:
    errors = [JobFailedError(result.job.name, result.failure) for result in report.failures if result.failure]
    total = len(report.results)
    group = GenerationFailed(f"{len(errors)} of {total} failed", errors)
    group.report = report
    return group


def generate(
    template: str | Path,
    output: str | Path | None = None,
    *,
    data: dict[str, Any] | None = None,
    options: Options | None = None,
    reporter: Reporter | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> Report:
    """Make a project, asking nothing.

    template: a folder, git URL, short form, zip file or registered name. output: the project's folder; for Cookiecutter
    templates the folder in which it is made. data: answers by question. reporter: told what happens. on_progress:
    called about ten times a second and when the run is over; one of the two. Raises MintageError or GenerationFailed.
    """
    if on_progress is not None:
        from mintage.progress.callback import CallbackReporter

        reporter = CallbackReporter(on_progress)
    return Generator(options, reporter=reporter).generate(template, output, given=GivenAnswers(data=data or {}))


def plan(
    template: str | Path,
    output: str | Path | None = None,
    *,
    data: dict[str, Any] | None = None,
    options: Options | None = None,
) -> Plan:
    """What `generate` with the same arguments would do. Writes nothing."""
    return Generator(options).plan(template, output, given=GivenAnswers(data=data or {}))


__all__ = ["Generator", "MintageError", "Options", "generate", "plan"]
