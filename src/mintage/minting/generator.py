"""Generates a project in steps: source, format, answers, plan, engine, commit, report."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mintage.engine import Cancellation, Stopwatch
from mintage.engine.failures import GenerationFailed, JobFailedError, RunStoppedError
from mintage.errors import MintageError
from mintage.minting.options import Options
from mintage.minting.plans import plan_for, refuse_early, undo_interrupted_run
from mintage.minting.preparation import Preparation
from mintage.minting.run import Run
from mintage.projects.last_run import store_failures
from mintage.template.questions import GivenAnswers
from mintage.template.tasks import TaskStage
from mintage.terminal import say_nothing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mintage.engine import Progress, Reporter
    from mintage.minting.preparation import AnsweredTemplate
    from mintage.planning import Plan
    from mintage.rendering.settings import Context
    from mintage.report import Report
    from mintage.sources import Source
    from mintage.template import Template
    from mintage.template.questions import Asker
    from mintage.trust.consent import ConsentRequest


class Generator:
    """Generates projects. Holds no state between runs, so several threads may use one instance.

    Args:
        options: How to generate projects.
        reporter: Receives the events of a run.
        asker: Asks questions at a terminal; None takes the defaults.
        cancellation: Ends a run from another thread.
        ask_consent: Asks whether the template author's code may run; None refuses.
        warn: Called with each warning.
        say: Called with the messages of the template's author.
        on_plan: Called with the plan before anything is written.
        task_output: The file descriptor that hooks print to; None for the terminal.
    """

    def __init__(
        self,
        options: Options | None = None,
        *,
        reporter: Reporter | None = None,
        asker: Asker | None = None,
        cancellation: Cancellation | None = None,
        ask_consent: Callable[[ConsentRequest], bool] | None = None,
        warn: Callable[[str], None] = say_nothing,
        say: Callable[[str], None] = say_nothing,
        on_plan: Callable[[Plan], None] = say_nothing,
        task_output: int | None = None,
    ) -> None:
        self._options = options or Options()
        self._reporter = reporter
        self._cancellation = cancellation or Cancellation()
        self._warn = warn
        self._say = say
        self._on_plan = on_plan
        self._preparation = Preparation(
            self._options, asker, ask_consent, warn=self._warn, say=self._say, cancellation=self._cancellation
        )
        self._task_output = task_output

    def plan(
        self,
        template: str | Path | Source,
        output: str | Path | None = None,
        *,
        given: GivenAnswers | None = None,
    ) -> Plan:
        """Return what `generate` would do, without writing anything.

        Args:
            template: A directory, git URL, short form, zip file or registered name, or a fetched source.
            output: The directory of the project; for Cookiecutter templates, the one in which that directory is made.
            given: The answers that are known without asking.

        Raises:
            MintageError: The request cannot be carried out, or was cancelled.
        """
        with ExitStack() as scratch, self._cancellation.interrupting():
            prepared = self._preparation.prepare(template, output, given, scratch, minting=False)
            plan = plan_for(prepared, output, self._options, previews=True)
            if warning := self._obstacle(plan, merges=prepared.template.merges_into_existing):
                plan = replace(plan, warnings=(*plan.warnings, warning))
            self._preparation.warn_all(plan.warnings)
            return plan

    def _obstacle(self, plan: Plan, *, merges: bool) -> str:
        """Return the warning for a plan that could not be carried out with these options; "" if it could."""
        options = self._options
        if not plan.exists or options.overwrite or options.skip_existing or options.retry:
            return ""
        unless = "unless you use `Options(overwrite=True)` or `Options(skip_existing=True)`"
        if not merges and any(plan.destination.iterdir()):
            return f"{plan.destination} already exists: nothing is written {unless}"
        if plan.conflicts:
            count = len(plan.conflicts)
            return f"{count} of the files already exist: if any of them would change, nothing is written {unless}"
        return ""

    def generate(
        self,
        template: str | Path | Source,
        output: str | Path | None = None,
        *,
        given: GivenAnswers | None = None,
    ) -> Report:
        """Generate a project.

        Args:
            template: A directory, git URL, short form, zip file or registered name, or a fetched source.
            output: The directory of the project; for Cookiecutter templates, the one in which that directory is made.
            given: The answers that are known without asking.

        Raises:
            MintageError: The request cannot be carried out, was cancelled or took too long; nothing is left behind.
            GenerationFailed: Some jobs failed; its `report` says what was delivered.
        """
        with ExitStack() as scratch:
            with self._cancellation.interrupting():
                prepared = self._preparation.prepare(
                    template,
                    output,
                    given,
                    scratch,
                    minting=True,
                    before_asking=partial(refuse_early, output, self._options, self._warn),
                )
                # Tasks before or among the files must run only once, so the run must not be restarted later.
                inspect_all = any(task.stage is not TaskStage.IN_PLACE for task in prepared.template.tasks)
                undo_interrupted_run(prepared.destination(output), self._warn)
                plan = plan_for(prepared, output, self._options, inspect_all=inspect_all)
            self._preparation.warn_all(plan.warnings)
            self._remember(prepared.template, prepared.context)
            try:
                report = self._run(plan, prepared.steps)
            except RunStoppedError:  # a template changes what others see, so the order matters
                with self._cancellation.interrupting():
                    plan = plan_for(prepared, output, self._options)
                report = self._run(plan, prepared.steps)
            self._say_farewell(prepared, report)
        if not self._options.isolated:
            store_failures(report)
        if report.failures:
            raise _failure(report)
        return report

    def _run(self, plan: Plan, steps: Stopwatch) -> Report:
        self._on_plan(plan)
        return Run(plan, self._options, self._reporter, self._cancellation, self._task_output, steps).execute()

    def _say_farewell(self, prepared: AnsweredTemplate, report: Report) -> None:
        message = prepared.template.messages.after
        if message and not report.failures and (text := message(prepared.render, prepared.context)):
            self._say(text)

    def _remember(self, template: Template, context: Context) -> None:
        if template.remember is None or self._options.isolated:
            return
        try:
            template.remember(context)
        except (OSError, TypeError, ValueError) as error:  # JSON has no dates
            self._warn(f"the answers could not be saved for later runs: {error}")


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
    """Generate a project without asking questions.

    Args:
        template: A directory, git URL, short form, zip file or registered name.
        output: The directory of the project; for Cookiecutter templates, the one in which that directory is made.
        data: The answers, by the names of the questions.
        options: How to generate the project.
        reporter: Receives the events of the run.
        on_progress: Called about ten times a second and when the run is over. Give either this or `reporter`.

    Raises:
        MintageError: The request cannot be carried out, was cancelled or took too long; nothing is left behind.
        GenerationFailed: Some jobs failed; its `report` says what was delivered.
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
    """Return what `generate` would do with the same arguments, without writing anything.

    Args:
        template: A directory, git URL, short form, zip file or registered name.
        output: The directory of the project; for Cookiecutter templates, the one in which that directory is made.
        data: The answers, by the names of the questions.
        options: How to generate the project.

    Raises:
        MintageError: The request cannot be carried out.
    """
    return Generator(options).plan(template, output, given=GivenAnswers(data=data or {}))


__all__ = ["Generator", "MintageError", "Options", "generate", "plan"]
