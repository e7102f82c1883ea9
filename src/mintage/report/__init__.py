"""The outcome of a run. Holds values; `report.text` and `report.document` turn them into something to read."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.engine.job import JobState
from mintage.planning.model import PlannedFile

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.engine.job import JobResult
    from mintage.engine.processor import RunResult
    from mintage.engine.spans import Span
    from mintage.planning.model import Plan


class Report(Struct, frozen=True, dict=True):
    """The outcome of one run."""

    plan: Plan
    """What the run should do."""
    results: tuple[JobResult, ...]
    """The result of each file and each task."""
    files_run: RunResult
    """How the files were made: by which executor, with how many workers, and how fast."""
    delivered: bool
    """Whether the project exists now."""
    seconds: float = 0.0
    """How many seconds the run took, once it was planned."""
    steps: tuple[Span, ...] = ()
    """The steps of the run, in order: fetch, load, answers, plan, stage, make files, commit, run tasks."""

    @property
    def format(self) -> str:
        """The format of the template."""
        return self.plan.format

    @property
    def origin(self) -> str:
        """The template as the user named it."""
        return self.plan.origin

    @property
    def version(self) -> str:
        """The revision of the template, for people; "" if it has none."""
        return self.plan.version

    @property
    def destination(self) -> Path:
        """The directory of the project."""
        return self.plan.destination

    @property
    def existed(self) -> bool:
        """Whether the project's directory existed before the run."""
        return self.plan.exists

    @property
    def existing(self) -> tuple[str, ...]:
        """Files that existed before and were left alone, as sorted paths relative to the project."""
        return tuple(sorted(self.plan.existing))

    @property
    def answers_file(self) -> str:
        """The file that keeps the answers: relative to the project, or absolute outside of it; "" if there is none."""
        return self.plan.answers_file

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings of the plan."""
        return self.plan.warnings

    @property
    def executor(self) -> str:
        """How the files were made: "sequential", "threads", "processes", or the name of an executor's class."""
        return self.files_run.executor

    @property
    def workers(self) -> int:
        """How many workers made the files."""
        return self.files_run.workers

    @property
    def reason(self) -> str:
        """Why this executor was chosen."""
        return self.files_run.reason

    @property
    def engine_seconds(self) -> float:
        """How many seconds it took to make the files, without planning and committing."""
        return self.files_run.seconds

    @property
    def seconds_to_first_file(self) -> float | None:
        """How many seconds after the engine started the first file was made; None if none was."""
        return self.files_run.first_result_seconds

    @cached_property
    def files(self) -> tuple[JobResult, ...]:
        """The files that were made."""
        return tuple(result for result in self._in_state(JobState.DONE) if isinstance(result.job.payload, PlannedFile))

    @property
    def files_written(self) -> int:
        """How many files were made."""
        return len(self.files)

    @cached_property
    def rendered_by(self) -> dict[str, int]:
        """How many templates were rendered by each renderer: "fast" (the interpreter) or "jinja2"."""
        return dict(Counter(result.detail for result in self.files if result.detail))

    @property
    def bytes_written(self) -> int:
        """How many bytes the files have that were made."""
        return sum([result.bytes_written for result in self.files])

    @cached_property
    def failures(self) -> tuple[JobResult, ...]:
        """The files and tasks that failed."""
        return self._in_state(JobState.FAILED)

    @cached_property
    def skipped(self) -> tuple[JobResult, ...]:
        """The files and tasks that were skipped because something that they depend on failed."""
        return self._in_state(JobState.SKIPPED)

    def _in_state(self, state: JobState) -> tuple[JobResult, ...]:
        return tuple([result for result in self.results if result.state is state])

    @property
    def ok(self) -> bool:
        """Whether everything that was planned was delivered."""
        return not self.failures and (self.delivered or not self.results)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as `--json` prints it; see docs/json.md."""
        from mintage.report.document import report_document

        return report_document(self)

    def as_json(self) -> str:
        """Return the report as the text that `--json` prints."""
        from mintage.report.document import report_text

        return report_text(self)
