"""Carries out a plan: stages the project, makes all files, commits, runs the tasks. Knows no format."""

from __future__ import annotations

import math
import os
import time
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from mintage.engine import ConcurrentOptions, ConcurrentProcessor, JobState
from mintage.engine.forking import can_fork
from mintage.engine.limits import memory_bounded
from mintage.engine.progress import WithoutProgress
from mintage.errors import CommitError, Problem, TemplateError
from mintage.files.staging import Staging
from mintage.files.trees import remove_tree
from mintage.minting.runner import ProjectRunner
from mintage.planning import PlannedFile, files_in_the_way
from mintage.planning.tasks import in_place_jobs, task_job
from mintage.rendering.dispatch import RenderedBy
from mintage.report import Report
from mintage.report.hints import for_library

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from mintage.engine import Cancellation, Job, JobResult, Reporter, RunResult, Stopwatch
    from mintage.files.folders import Identity
    from mintage.minting.options import Options
    from mintage.planning import Plan

_MIB = 1024 * 1024


class How(Struct, frozen=True):
    """How to run some jobs."""

    executor: str | Executor
    """One of "auto", "sequential", "threads" and "processes", or the caller's own executor."""
    workers: int | None = None
    """The number of workers; None for the number of usable cores."""
    reason: str = ""
    """The reason for the report; "" leaves that to the engine."""


class Run(Struct):
    """One run of one plan."""

    plan: Plan
    """What to generate."""
    options: Options
    """How to generate it."""
    reporter: Reporter | None
    """Receives the events of the run."""
    cancellation: Cancellation
    """Ends the run from another thread."""
    task_output: int | None
    """The file descriptor that hooks print to; None for the terminal."""
    steps: Stopwatch
    """Records when each phase begins."""
    results: list[JobResult] = field(default_factory=list)
    """The results of files and tasks so far."""
    started: float = field(default_factory=time.perf_counter)
    """When the run began, as returned by `time.perf_counter`."""

    def execute(self) -> Report:
        """Stage and make all files, commit them, and run the tasks.

        Raises:
            MintageError: The run was cancelled, took too long, or was refused by a task that runs before the files.
        """
        plan = self.plan
        self.steps.begin("stage")
        with Staging(plan.destination) as staging:
            self._run_before(plan.destination if plan.exists else staging.project)
            staging.make_folders(plan.folders)
            self.steps.begin("make files")
            files = self._process(
                plan.jobs,
                staging.project,
                self._how_files_are_made(),
                identity=staging.identity,
                reporter=self.reporter,
            )
            self.results.extend(files.results)
            self.steps.begin("commit")
            delivered = self._commit(staging, files)
        self.steps.begin("run tasks")
        removed = self._run_in_place(delivered=delivered)
        report = Report(
            plan=plan,
            results=tuple(self.results),
            files_run=files,
            delivered=delivered and not removed,
            seconds=time.perf_counter() - self.started,
            steps=self.steps.take(),
        )
        if plan.renderer.code_cache and report.rendered_by.get(RenderedBy.REFERENCE.value):
            from mintage.rendering.code_cache import prune

            prune(plan.renderer.code_cache)
        return report

    def render_into(self, folder: Path) -> Sequence[JobResult]:
        """Make all files in an empty directory instead of the staging. Nothing is committed, and no tasks run."""
        for each in self.plan.folders:
            (folder / each.target).mkdir(parents=True, exist_ok=True)
        return self._process(self.plan.jobs, folder, self._how_files_are_made(), reporter=self.reporter).results

    @property
    def _task_reporter(self) -> Reporter | None:
        """The reporter for tasks that may print. It does not display progress."""
        return WithoutProgress(self.reporter) if self.reporter else None

    def _how_files_are_made(self) -> How:
        if self.plan.sequential_reason:
            # Extensions may use the working directory (`jinja2_git`), which this process must not change.
            apart = self.plan.renderer.working_directory and can_fork()
            return How("processes" if apart else "sequential", 1, self.plan.sequential_reason)
        return How(self.options.executor if self.options.concurrent else "sequential", self.options.max_workers)

    def _run_before(self, project: Path) -> None:
        for task in self.plan.before:
            run = self._process([task_job(task)], project, How("sequential"), reporter=self._task_reporter)
            if failure := run.results[0].failure:
                raise TemplateError(f"{failure.what}; nothing was written", why=failure.why, hint=failure.hint)

    def _commit(self, staging: Staging, files: RunResult) -> bool:
        """Move what was staged to its place. Return whether there is a project to deliver."""
        done = JobState.DONE
        failed = [result for result in files.results if result.state is not done]
        if failed and (self.options.fail_fast or len(failed) == len(files.results) or not self._may_be_partial):
            return False
        if not self.plan.makes_project:
            return self.plan.exists
        try:
            self._deliver(staging, failed)
        except CommitError as error:  # report earlier failures, too
            error.problems = (*error.problems, *(_problem(each) for each in failed if each.failure))
            raise
        return True

    @property
    def _may_be_partial(self) -> bool:
        """Whether files are delivered although others failed: in a new project, or where the user asks for that."""
        if self.options.keep_going or self.options.retry or not self.plan.exists:
            return True
        return not os.listdir(self.plan.destination)

    def _deliver(self, staging: Staging, failed: Sequence[JobResult]) -> None:
        staging.discard(result.job.payload.target for result in failed if isinstance(result.job.payload, PlannedFile))
        if self.plan.exists:
            staging.commit_into_existing(self.plan.folders, self._to_commit(staging))
        else:
            staging.commit_new(self.plan.folders)

    def _to_commit(self, staging: Staging) -> list[str]:
        """Return the staged files that the project doesn't have yet, or that differ there.

        Raises:
            OutputExistsError: A file would be replaced without the user's consent.
        """
        if self.options.skip_existing:
            staged = staging.staged_files()
            return [target for target in staged if not os.path.lexists(self.plan.destination / target)]
        changed = staging.changed_files(self.plan.significant_modes)
        if in_the_way := self.plan.conflicts.intersection(changed):
            raise files_in_the_way(self.plan.destination, sorted(in_the_way))
        return changed

    def _run_in_place(self, *, delivered: bool) -> bool:
        """Run the tasks that need the finished project. Return whether one failed and the project was removed."""
        if not self.plan.in_place:
            return False
        jobs, blocked = in_place_jobs(self.plan.in_place, self.results, delivered=delivered)
        self.results.extend(blocked)
        if self._task_reporter:
            for result in blocked:
                self._task_reporter.job_finished(result)
        if not jobs:
            return False
        removable = not self.plan.exists and not self.options.keep_on_failure
        try:
            how = How("sequential" if len(jobs) == 1 else "processes", self.options.max_workers)
            done = self._process(jobs, self.plan.destination, how, reporter=self._task_reporter)
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
        self,
        jobs: Sequence[Job],
        project: Path,
        how: How,
        *,
        identity: Identity | None = None,
        reporter: Reporter | None = None,
    ) -> RunResult:
        """Run jobs in a project directory.

        Args:
            jobs: The files or tasks.
            project: The directory.
            how: How to run the jobs.
            identity: Identifies the directory, so that no other can take its place.
            reporter: Receives the events of the run.

        Raises:
            MintageError: The run was ended early.
        """
        options = self.options
        limit = options.max_memory_mb
        runner = ProjectRunner(
            project,
            self.plan.context,
            self.plan.renderer,
            identity=identity,
            source_top=self.plan.source_top,
            destination=self.plan.destination,
            existing=self.plan.existing,
            most_bytes=min(options.limits.file_size, math.inf if limit is None else limit * _MIB),
            task_output=self.task_output,
            redaction=self.plan.redaction,
            # If a template changes the context, others rely on seeing that as with Jinja2.
            may_be_fast=options.renderer == "auto" and not self.plan.sequential_reason,
            traces=options.trace,
        )
        remaining = None
        if options.processing_timeout is not None:
            remaining = max(0.001, options.processing_timeout - (time.perf_counter() - self.started))
        concurrency = ConcurrentOptions(
            workers=how.workers,
            executor=how.executor,
            max_memory_mb=limit,
            enable_dependencies=options.enable_dependencies,
            buffer_size=options.buffer_size,
            threshold=options.concurrent_threshold,
            timeout_seconds=remaining,
            most_bytes=options.limits.total_size,
            fail_fast=options.fail_fast,
        )
        with memory_bounded(options.own_memory_bytes):
            run = ConcurrentProcessor(concurrency, reporter=reporter, cancellation=self.cancellation).run(jobs, runner)
        if run.ended_by:
            run.ended_by.hint = for_library(run.ended_by.hint)
            raise run.ended_by
        if any(result.failure for result in run.results):
            run = replace(run, results=tuple(map(_for_library, run.results)))
        return replace(run, reason=how.reason) if how.reason else run


def _for_library(result: JobResult) -> JobResult:
    """Return a result whose hint, if it failed, names the library's options."""
    if result.failure is None:
        return result
    return replace(result, failure=replace(result.failure, hint=for_library(result.failure.hint)))


def _problem(failed: JobResult) -> Problem:
    assert failed.failure is not None
    return Problem(f"{failed.job.name} had failed: {failed.failure.reason}", failed.failure.where, failed.failure.hint)
