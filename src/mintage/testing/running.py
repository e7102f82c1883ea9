"""Runs one case in the calling process: mints it twice, compares, runs commands. Knows no other cases."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from mintage.engine.job import Outcome as JobOutcome
from mintage.errors import Location
from mintage.files.trees import remove_tree
from mintage.minting.one_project import ProjectRequest, one_project
from mintage.projects.trees import differing, read_tree
from mintage.rendering.branches import BranchRecorder
from mintage.testing.commands import run_command
from mintage.testing.golden import differences, with_placeholders, write_golden
from mintage.testing.outcome import CaseFinding, CaseOutcome, Check

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mintage.engine.failures import JobFailure
    from mintage.engine.job import Job
    from mintage.minting.one_project import ProjectOutcome, Refusal
    from mintage.minting.options import Options
    from mintage.sources import Source
    from mintage.template.questions import GivenAnswers
    from mintage.testing.cases import Case

# The name of the project's directory, which templates can see, is the same for every case on every machine.
PROJECT = "project"


class CaseSettings(Struct, frozen=True):
    """What all cases have in common."""

    source: Source
    """The template."""
    options: Options
    """How to mint the template."""
    given: GivenAnswers
    """The answers that are the same in all cases."""
    scratch: Path
    """The directory that has a directory for each case."""
    keeps: bool = False
    """Whether to keep the projects there."""
    strict: bool = False
    """Whether files that differ between two renders are findings."""
    golden: Path | None = None
    """The directory of the golden trees; None if there is none."""
    updates_golden: bool = False
    """Whether to write the golden trees."""
    placeholders: Mapping[str, str] = {}
    """The placeholders in golden trees for text that differs between machines."""
    task_output: int | None = None
    """The file descriptor that hooks print to; None for the terminal."""
    commands: tuple[str, ...] = ()
    """Shell commands that must succeed in each project."""
    command_seconds: float | None = None
    """The time limit for each command, in seconds; None for no limit."""


class CaseRunner:
    """A `JobRunner` that takes a `Case` as a job's payload, and returns a `CaseOutcome` as its detail."""

    def __init__(self, settings: CaseSettings) -> None:
        self._settings = settings
        self._recorder = BranchRecorder()

    def run(self, job: Job) -> JobOutcome:
        """Run one case. What is wrong with the template is a finding, not an exception."""
        case: Case = job.payload
        began = time.perf_counter()
        folder = self._settings.scratch / case.name
        folder.mkdir(mode=0o700)
        run = _CaseRun(case, folder, self._settings, self._recorder)
        try:
            outcome = run.outcome()
        finally:
            if not self._settings.keeps:
                remove_tree(folder)
        outcome = replace(outcome, seconds=time.perf_counter() - began)
        return JobOutcome(outcome.bytes, outcome)


class _Minted(Struct, frozen=True):
    """A minted project."""

    outcome: ProjectOutcome
    """The outcome of generating it."""
    project: Path
    """The directory of the project; the case's directory if there is no project."""
    findings: tuple[CaseFinding, ...] = ()
    """What is wrong with it."""


class _CaseRun(Struct, frozen=True):
    """One run of one case."""

    case: Case
    """The case."""
    folder: Path
    """The directory of the case."""
    settings: CaseSettings
    """What all cases have in common."""
    recorder: BranchRecorder
    """Records which branches are taken."""

    def outcome(self) -> CaseOutcome:
        """Mint the project twice, compare both, and run the checks."""
        plainly = replace(self.settings.options, run_tasks=False)
        watched = self._mint(replace(plainly, branches=self.recorder), aside="watched")
        reached = self.recorder.take()
        # Hooks and tasks may change files in any way, so there is another run without them to compare with.
        other = self._mint(plainly, aside="without-tasks") if self.settings.options.run_tasks else None
        made = self._mint(self.settings.options)
        findings = made.findings
        unstable: tuple[str, ...] = ()
        has_golden = False
        if not findings:
            unstable, findings = _agreement(watched, other or made)
        for aside in filter(None, (watched, other)):
            if aside.project != self.folder:
                remove_tree(aside.project)
        if not findings:
            has_golden, findings = self._checks(made.project, unstable)
        if self.settings.strict:
            findings = (*findings, *map(_unstable, unstable))
        return CaseOutcome(
            findings=findings,
            unstable=unstable,
            files=len(made.outcome.template_files),
            bytes=made.outcome.bytes_written,
            made_of=tuple(dict.fromkeys(made.outcome.template_files)),
            branches=dict(self.recorder.branches),
            reached=reached,
            has_golden=has_golden,
        )

    def _mint(self, options: Options, *, aside: str = "") -> _Minted:
        """Mint the project.

        Args:
            options: How to mint it.
            aside: A new name for its directory, so that another project can take its place; "" to keep the name.
        """
        settings = self.settings
        answered = {name: value for name, value in settings.given.flags.items() if name not in self.case.answers}
        given = replace(settings.given, flags=answered, data={**settings.given.data, **self.case.answers})
        outcome = one_project(
            ProjectRequest(settings.source, self.folder / PROJECT, given, options, settings.task_output)
        )
        findings = tuple(_failed(each.name, each.failure) for each in outcome.failed)
        if outcome.refusal:
            findings = (self._refused(outcome.refusal),)
        if outcome.destination is None:
            return _Minted(outcome, self.folder, findings)
        project = outcome.destination
        if aside:
            project = project.rename(self.folder / aside)
        return _Minted(outcome, project, findings)

    def _refused(self, refusal: Refusal) -> CaseFinding:
        """Return the finding for a refusal, without the case's directory, so that it is equal for all cases."""
        failure, problems = refusal.failure, refusal.problems
        why = "\n".join((failure.why, *(str(problem.what) for problem in problems))).strip()
        here = f"{self.folder / PROJECT}"
        return CaseFinding(
            Check.MINTS,
            failure.what.replace(here, PROJECT),
            failure.kind,
            failure.where or next((problem.where for problem in problems), None),
            failure.source_line,
            why.replace(here, PROJECT),
            failure.hint or next((problem.hint for problem in problems), ""),
        )

    def _checks(self, project: Path, unstable: tuple[str, ...]) -> tuple[bool, tuple[CaseFinding, ...]]:
        """Return whether there is a golden tree, and what is wrong with the project."""
        findings: list[CaseFinding] = []
        golden = self.settings.golden / self.case.name if self.settings.golden else None
        if golden is not None and self.settings.updates_golden:
            write_golden(golden, with_placeholders(read_tree(project), self._placeholders))
        has_golden = golden is not None and golden.is_dir()
        if golden is not None and golden.is_symlink():
            what = f"the golden tree {golden.name} is a link, which is not followed"
            findings.append(CaseFinding(Check.GOLDEN, what, hint="replace it with the directory itself"))
        elif golden is not None and has_golden:
            found = differences(read_tree(golden), with_placeholders(read_tree(project), self._placeholders), unstable)
            findings += [CaseFinding(Check.GOLDEN, f"{each.file} {each.what}", detail=each.diff) for each in found]
        for command in self.settings.commands:
            if finding := run_command(command, project, self.settings.command_seconds):
                findings.append(finding)
        return has_golden, tuple(findings)

    @property
    def _placeholders(self) -> dict[str, str]:
        return {str(self.folder): "<output>", **self.settings.placeholders}


def _agreement(one: _Minted, other: _Minted) -> tuple[tuple[str, ...], tuple[CaseFinding, ...]]:
    """Return the files that differ between two runs with the same answers, and what is wrong if a run failed."""
    if not one.findings and not other.findings:
        return tuple(differing(read_tree(one.project), read_tree(other.project))), ()
    findings = (*one.findings, *other.findings)
    return (), tuple(replace(each, check=Check.AGREES) for each in findings)


def _unstable(file: str) -> CaseFinding:
    hint = "look for random values or the current time in its template, or in the answers that it uses"
    return CaseFinding(Check.AGREES, f"{file} differs when it is rendered again", hint=hint)


def _failed(name: str, failure: JobFailure) -> CaseFinding:
    return CaseFinding(
        Check.MINTS,
        failure.reason,
        failure.kind,
        failure.where or Location(name),
        failure.source_line,
        failure.why,
        failure.hint,
    )
