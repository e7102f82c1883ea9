"""The steps of a run, in order: source, format, answers, plan, engine, commit, report."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from mintage import formats, sources
from mintage.answers import collect
from mintage.cookiecutter_settings import load_cookiecutter_settings
from mintage.engine import Cancellation, ConcurrentOptions, ConcurrentProcessor, JobScheduler, JobState
from mintage.errors import GenerationFailed, JobFailedError, MintageError, RunStoppedError, TemplateError
from mintage.files.staging import Staging, remove_tree
from mintage.formats import CURRENT_REF, CookiecutterOptions, CopierOptions, LoadRequest
from mintage.paths import lies_in
from mintage.planning import PlannedFile, PlanOptions, make_plan
from mintage.planning.tasks import in_place_jobs, task_job
from mintage.rendering.roads import Road
from mintage.rendering.text import JinjaText
from mintage.report import Report
from mintage.runner import ProjectRunner
from mintage.settings import load_settings, trusts
from mintage.template import GivenAnswers, TaskStage
from mintage.trust import Consent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from mintage.engine import Job, JobResult, Reporter, RunResult
    from mintage.planning import Plan
    from mintage.settings import Settings
    from mintage.template import Asker, Context, Template

_MIB = 1024 * 1024
DEFAULT_THRESHOLD = 24


class Options(Struct, frozen=True):
    """How to make a project.

    concurrent: False renders one file after the other. concurrent_threshold: so do fewer files than this.
    max_workers: None for the usable cores. executor: "auto", "sequential", "threads", "processes", or any Executor.
    processing_timeout: seconds. max_memory_mb: MiB, for the process and its workers together; None for no limit.
    buffer_size: jobs and results in flight. enable_dependencies: False ignores all order.
    fail_fast: stop at the first failure and deliver nothing.
    overwrite, skip_existing: what to do with a project that is there. trust: run the template author's code.
    run_tasks: False leaves out hooks and tasks. keep_on_failure: keep the project when a hook fails.
    use_defaults: ask nothing. ref, directory: which revision and folder of the source. offline: contact nobody.
    renderer: "auto" renders what it can without compiling it; "jinja2" compiles every template.
    code_cache: keep compiled templates in the user's cache folder, for the next run.
    format: "native", "cookiecutter", "copier" or "bare"; None for what the folder looks like.
    """

    concurrent: bool = True
    concurrent_threshold: int = DEFAULT_THRESHOLD
    max_workers: int | None = None
    executor: str | Executor = "auto"
    processing_timeout: float | None = None
    max_memory_mb: int | None = 1024
    buffer_size: int = 100
    enable_dependencies: bool = True
    fail_fast: bool = False
    overwrite: bool = False
    skip_existing: bool = False
    trust: bool = False
    run_tasks: bool = True
    keep_on_failure: bool = False
    use_defaults: bool = True
    ref: str | None = None
    directory: str | None = None
    offline: bool = False
    format: str | None = None
    renderer: str = "auto"
    code_cache: bool = True
    cookiecutter: CookiecutterOptions = field(default_factory=CookiecutterOptions)
    copier: CopierOptions = field(default_factory=CopierOptions)


class _Prepared(Struct, frozen=True):
    """A template with its answers. render: for its short texts."""

    template: Template
    context: Context
    render: JinjaText


class Generator:
    """Makes projects. Holds no state between runs; one instance may serve several threads.

    reporter: told what happens. asker, confirm: reach a person at a terminal. warn: told what deserves attention.
    say: told what the template's author wants to say.
    task_output: a file descriptor for what hooks print; None leaves them the terminal.
    """

    def __init__(
        self,
        options: Options | None = None,
        *,
        reporter: Reporter | None = None,
        asker: Asker | None = None,
        cancellation: Cancellation | None = None,
        confirm: Callable[[str], bool] | None = None,
        warn: Callable[[str], None] | None = None,
        say: Callable[[str], None] | None = None,
        task_output: int | None = None,
    ) -> None:
        self._options = options or Options()
        self._reporter = reporter
        self._asker = asker
        self._cancellation = cancellation or Cancellation()
        self._confirm = confirm
        self._warn = warn or (lambda _: None)
        self._say = say or (lambda _: None)
        self._task_output = task_output

    def plan(
        self, template: str | Path, output: str | Path | None = None, *, given: GivenAnswers | None = None
    ) -> Plan:
        """What `generate` would do. Nothing is written; raises the same errors up to that point."""
        with ExitStack() as scratch, self._cancellation.interrupting():
            prepared = self._prepare(template, output, given, scratch, minting=False)
            plan = self._plan(prepared, output)
            self._warn_of(plan)
            return plan

    def generate(
        self, template: str | Path, output: str | Path | None = None, *, given: GivenAnswers | None = None
    ) -> Report:
        """Make the project.

        template: a folder, git URL, short form, zip file or registered name. output: see the template's format.
        Raises MintageError when the request cannot be carried out, was cancelled or took too long (nothing is left
        behind then), and GenerationFailed when some jobs failed; its `report` tells what was delivered.
        """
        with ExitStack() as scratch:
            with self._cancellation.interrupting():
                prepared = self._prepare(template, output, given, scratch, minting=True)
                # Tasks that run before or among the files run once: nothing may turn up later that starts a run anew.
                looks_into_all = any(task.stage is not TaskStage.IN_PLACE for task in prepared.template.tasks)
                plan = self._plan(prepared, output, looks_into_all=looks_into_all)
            self._warn_of(plan)
            self._remember(prepared.template, prepared.context)
            try:
                report = self._run(plan)
            except RunStoppedError:  # a template turned out to change what others see, so that the order counts
                report = self._run(self._plan(prepared, output))
            if report.roads.get(Road.REFERENCE.value) and plan.renderer.code_cache:
                from mintage.rendering.code_cache import prune

                prune(plan.renderer.code_cache)
            if not report.failures and (message := prepared.template.messages.after):
                self._tell(message(prepared.render, prepared.context))
        if report.failures:
            raise _failure(report)
        return report

    def _run(self, plan: Plan) -> Report:
        return _Run(plan, self._options, self._reporter, self._cancellation, self._task_output).mint()

    def _prepare(
        self,
        template: str | Path,
        output: str | Path | None,
        given: GivenAnswers | None,
        scratch: ExitStack,
        *,
        minting: bool,
    ) -> _Prepared:
        """Fetch, load, get consent, and ask."""
        options = self._options
        settings = load_settings()
        given = given or GivenAnswers()
        given = replace(given, user_defaults={**settings.defaults, **given.user_defaults})
        source = sources.fetch(
            template,
            ref=None if options.ref == CURRENT_REF else options.ref,
            directory=options.directory,
            settings=settings,
            cookiecutter=lambda: load_cookiecutter_settings(
                config_file=options.cookiecutter.config_file, default_config=options.cookiecutter.default_config
            ),
            scratch=scratch,
            offline=options.offline,
            warn=self._warn,
        )
        consent = self._consent(settings, source.origin)
        asker = None if options.use_defaults else self._asker
        loaded = formats.load(
            LoadRequest(
                warn=self._warn,
                source=source,
                scratch=scratch,
                output=Path(output) if output is not None else None,
                given=given,
                asker=asker,
                consent=consent,
                run_tasks=options.run_tasks,
                overwrite=options.overwrite,
                cookiecutter=options.cookiecutter,
                copier=replace(options.copier, ref=options.ref),
            ),
            options.format,
        )
        loaded = self._with_code_cache(loaded, output)
        # A plan renders names, and so runs extensions, but neither hooks nor tasks.
        wanted = [capability for capability in loaded.capabilities if minting or capability.kind == "extension"]
        consent.require(wanted, loaded.origin)
        render = JinjaText(loaded.renderer, may_be_fast=options.renderer == "auto")
        if any(capability.kind == "extension" for capability in loaded.capabilities):
            render.require_environment()
        if minting and (message := loaded.messages.before):
            self._tell(message(render))
        answers = collect(loaded, given, asker=asker, use_defaults=options.use_defaults, render=render)
        return _Prepared(loaded, loaded.context(answers), render)

    def _with_code_cache(self, template: Template, output: str | Path | None) -> Template:
        if not self._options.code_cache:
            return template
        from mintage.settings import cache_folder

        folder = os.path.realpath(cache_folder() / "code")
        theirs = (template.root, template.renderer.loader_top, *([os.fspath(output)] if output is not None else []))
        if any(lies_in(folder, os.path.realpath(each)) for each in theirs if each):
            return template  # a template must not bring code for itself
        return replace(template, renderer=replace(template.renderer, code_cache=folder))

    def _tell(self, text: str) -> None:
        if text:
            self._say(text)

    def _consent(self, settings: Settings, origin: sources.Origin) -> Consent:
        trusted = self._options.trust or trusts(settings, origin.reference, origin.url)
        return Consent(trusted, self._confirm)

    def _plan(self, prepared: _Prepared, output: str | Path | None, *, looks_into_all: bool = True) -> Plan:
        options = PlanOptions(
            self._options.overwrite, self._options.skip_existing, self._options.run_tasks, looks_into_all
        )
        place = Path(output) if output is not None else None
        plan = make_plan(prepared.template, prepared.context, place, options, prepared.render)
        if any(job.depends_on for job in plan.jobs):  # a cycle is refused here, before anything is written
            JobScheduler(plan.jobs, enable_dependencies=self._options.enable_dependencies)
        return plan

    def _warn_of(self, plan: Plan) -> None:
        for warning in plan.warnings:
            self._warn(warning)

    def _remember(self, template: Template, context: Context) -> None:
        if template.remember is None:
            return
        try:
            template.remember(context)
        except OSError as error:
            self._warn(f"the answers could not be saved for the next time: {error}")


class _Run(Struct):
    """One run of one plan: the staging, the phases, the results so far."""

    plan: Plan
    options: Options
    reporter: Reporter | None
    cancellation: Cancellation
    task_output: int | None
    results: list[JobResult] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    def mint(self) -> Report:
        """Stage, commit, run what comes after. Raises when it was cancelled, took too long, or a first hook refused."""
        plan = self.plan
        with Staging(plan.destination) as staging:
            self._run_before(plan.destination if plan.exists else staging.project)
            staging.make_folders(plan.folders)
            files = self._process(plan.jobs, staging.project, self._files_executor(), reporter=self.reporter)
            self.results.extend(files.results)
            delivered = self._commit(staging, files)
        removed = delivered and self._run_in_place()
        return Report(
            format=plan.format,
            origin=plan.origin,
            destination=plan.destination,
            delivered=delivered and not removed,
            results=tuple(self.results),
            existing=tuple(sorted(plan.existing)),
            executor=files.executor,
            workers=files.workers,
            reason=files.reason,
            seconds=time.perf_counter() - self.started,
            engine_seconds=files.seconds,
            seconds_to_first_file=files.first_result_seconds,
            warnings=plan.warnings,
        )

    def _files_executor(self) -> dict[str, Any]:
        if self.plan.sequential_reason:
            return {"executor": "sequential", "why_sequential": self.plan.sequential_reason}
        if not self.options.concurrent:
            return {"executor": "sequential"}
        return {"executor": self.options.executor}

    def _run_before(self, project: Path) -> None:
        for task in self.plan.before:
            run = self._process([task_job(task)], project, {"executor": "sequential"})
            if failure := run.results[0].failure:
                raise TemplateError(f"{failure.what}; nothing was written", why=failure.why, hint=failure.hint)

    def _commit(self, staging: Staging, files: RunResult) -> bool:
        """Put what was staged in its place; False if there is nothing to deliver."""
        failed = [result for result in files.results if result.state is not JobState.DONE]
        if failed and (self.options.fail_fast or len(failed) == len(files.results)):
            return False
        staging.discard(result.job.payload.target for result in failed if isinstance(result.job.payload, PlannedFile))
        if self.plan.exists:
            staging.commit_into_existing(self.plan.folders, self._to_commit(staging))
        else:
            staging.commit_new(self.plan.folders)
        return True

    def _to_commit(self, staging: Staging) -> list[str]:
        staged = staging.staged_files()
        if not self.options.skip_existing:
            return staged
        return [target for target in staged if not (self.plan.destination / target).exists()]

    def _run_in_place(self) -> bool:
        """Run the tasks that want the finished project. Returns whether a failure of theirs removed it again."""
        jobs, blocked = in_place_jobs(self.plan.in_place, self.results)
        self.results.extend(blocked)
        if not jobs:
            return False
        removable = not self.plan.exists and not self.options.keep_on_failure
        try:
            executor = "sequential" if len(jobs) == 1 else "processes"
            done = self._process(jobs, self.plan.destination, {"executor": executor})
        except BaseException:
            if removable:
                remove_tree(self.plan.destination)
            raise
        self.results.extend(done.results)
        failed = [result.job.payload for result in done.results if result.state is JobState.FAILED]
        if removable and any(task.removes_project for task in failed):
            remove_tree(self.plan.destination)
            return True
        return False

    def _process(
        self, jobs: Sequence[Job], project: Path, how: dict[str, Any], *, reporter: Reporter | None = None
    ) -> RunResult:
        """Run jobs in a folder. Raises what ended the run early."""
        options = self.options
        limit = options.max_memory_mb
        runner = ProjectRunner(
            project,
            self.plan.context,
            self.plan.renderer,
            destination=self.plan.destination,
            existing=self.plan.existing,
            max_file_bytes=limit * _MIB if limit is not None else None,
            task_output=self.task_output,
            # A template that changes the context counts on every other seeing it as Jinja2 does.
            may_be_fast=options.renderer == "auto" and not self.plan.sequential_reason,
        )
        remaining = None
        if options.processing_timeout is not None:
            remaining = max(0.001, options.processing_timeout - (time.perf_counter() - self.started))
        why_sequential = how.get("why_sequential", "")
        concurrency = ConcurrentOptions(
            workers=options.max_workers,
            executor=how["executor"],
            max_memory_mb=limit,
            enable_dependencies=options.enable_dependencies,
            buffer_size=options.buffer_size,
            threshold=options.concurrent_threshold,
            timeout_seconds=remaining,
            fail_fast=options.fail_fast,
        )
        run = ConcurrentProcessor(concurrency, reporter=reporter, cancellation=self.cancellation).run(jobs, runner)
        if run.ended_by:
            raise run.ended_by
        return replace(run, reason=why_sequential) if why_sequential else run


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
) -> Report:
    """Make a project, asking nothing.

    template: a folder, git URL, short form, zip file or registered name. output: the project's folder; for Cookiecutter
    templates the folder in which it is made. data: answers by question. Raises MintageError or GenerationFailed.
    """
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
