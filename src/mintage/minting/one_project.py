"""Generates one project as a job: the request and the outcome are plain fields that can cross processes.

Asks no questions and prints nothing. A template that fails is an outcome, not an exception.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.engine.failures import GenerationFailed, JobFailure
from mintage.engine.job import Outcome
from mintage.errors import CancelledError, MintageError
from mintage.minting.generator import Generator
from mintage.planning.model import PlannedFile

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.engine import Cancellation, Job
    from mintage.errors import Problem
    from mintage.minting.options import Options
    from mintage.report import Report
    from mintage.sources import Source
    from mintage.template.questions import GivenAnswers


class ProjectRequest(Struct, frozen=True):
    """A project to generate."""

    template: str | Path | Source
    """A directory, git URL, short form, zip file or registered name, or a fetched source."""
    output: Path
    """The directory of the project; for Cookiecutter templates, the one in which that directory is made."""
    given: GivenAnswers
    """The answers; all other questions take their defaults."""
    options: Options
    """How to generate the project."""
    task_output: int | None = None
    """The file descriptor that hooks print to; None for the terminal."""


class Refusal(Struct, frozen=True):
    """Why a project was not generated at all."""

    failure: JobFailure
    """What happened, where, why, and what to do."""
    problems: tuple[Problem, ...] = ()
    """The individual problems, if there are several."""


class FailedJob(Struct, frozen=True):
    """A file or task of a project that failed."""

    name: str
    """The path of the file, or the name of the task."""
    failure: JobFailure
    """Why it failed."""


class ProjectOutcome(Struct, frozen=True):
    """The outcome of generating one project."""

    destination: Path | None = None
    """The project's directory; None if there is no project."""
    refusal: Refusal | None = None
    """Why nothing was generated; None if a run took place."""
    failed: tuple[FailedJob, ...] = ()
    """The jobs that failed; everything else was delivered."""
    template_files: tuple[str, ...] = ()
    """For each file of the project, the template's file that it was made from, in the order of the plan."""
    bytes_written: int = 0
    """How many bytes were written."""
    seconds: float = 0.0
    """How long it took, in seconds."""
    warnings: tuple[str, ...] = ()
    """What the user should know."""

    @property
    def ok(self) -> bool:
        """Whether everything was generated as planned."""
        return self.refusal is None and not self.failed


def one_project(request: ProjectRequest, *, cancellation: Cancellation | None = None) -> ProjectOutcome:
    """Generate one project, and return the outcome.

    Args:
        request: What to generate.
        cancellation: Ends the run from outside.

    Raises:
        CancelledError: The run was cancelled; nothing is left behind.
    """
    began = time.perf_counter()
    warnings: list[str] = []
    generator = Generator(
        request.options, cancellation=cancellation, warn=warnings.append, task_output=request.task_output
    )
    report: Report | None = None
    refusal: Refusal | None = None
    try:
        report = generator.generate(request.template, request.output, given=request.given)
    except GenerationFailed as failed:
        report = failed.report
    except CancelledError:
        raise
    except MintageError as error:
        refusal = Refusal(JobFailure.of(error), error.problems)
    seconds = time.perf_counter() - began
    if report is None:
        return ProjectOutcome(refusal=refusal, seconds=seconds, warnings=tuple(warnings))
    return ProjectOutcome(
        destination=report.destination if report.delivered else None,
        failed=tuple(FailedJob(each.job.name, each.failure) for each in report.failures if each.failure),
        template_files=tuple(
            each.job.payload.name for each in report.files if isinstance(each.job.payload, PlannedFile)
        ),
        bytes_written=report.bytes_written,
        seconds=seconds,
        warnings=tuple(warnings),
    )


class ProjectJobs:
    """A `JobRunner` that takes a `ProjectRequest` as a job's payload, and returns a `ProjectOutcome` as its detail."""

    def run(self, job: Job) -> Outcome:
        """Generate the project that a job requests."""
        outcome = one_project(job.payload)
        return Outcome(outcome.bytes_written, outcome)
