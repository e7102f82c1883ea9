"""What became of a run. Holds values; `report.text` and `report.document` turn them into something to read."""

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
    from mintage.engine.spans import Span


class Report(Struct, frozen=True, dict=True):
    """The outcome of one run.

    format, origin, version: of the template. answers_file: where the answers are kept, in the project or outside of it.
    had_been_there: the project was there before the run.
    destination: the project's folder. delivered: whether the project is there now.
    results: one for each file and task. existing: targets that were there before and were left alone.
    executor, workers, reason: how the jobs were run, and why so. seconds: the whole run, from the plan to the end.
    engine_seconds: the files alone.
    steps: what the run consisted of, in order: fetch, load, answers, plan, stage, make files, commit, run tasks.
    seconds_to_first_file: until the first file was staged, from the start of the engine; None if there is none.
    """

    format: str
    origin: str
    destination: Path
    delivered: bool
    results: tuple[JobResult, ...]
    existing: tuple[str, ...] = ()
    executor: str = "sequential"
    workers: int = 1
    reason: str = ""
    seconds: float = 0.0
    engine_seconds: float = 0.0
    seconds_to_first_file: float | None = None
    warnings: tuple[str, ...] = ()
    steps: tuple[Span, ...] = ()
    version: str = ""
    answers_file: str = ""
    had_been_there: bool = False

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
        """How many templates were rendered on which road: "fast", or "jinja2"."""
        return dict(Counter(result.detail for result in self.files if result.detail))

    @property
    def bytes_written(self) -> int:
        """Bytes in all files that were made."""
        return sum([result.bytes_written for result in self.files])

    @cached_property
    def failures(self) -> tuple[JobResult, ...]:
        """What failed."""
        return self._in_state(JobState.FAILED)

    @cached_property
    def skipped(self) -> tuple[JobResult, ...]:
        """What was not done because something that it depends on failed."""
        return self._in_state(JobState.SKIPPED)

    def _in_state(self, state: JobState) -> tuple[JobResult, ...]:
        return tuple([result for result in self.results if result.state is state])

    @property
    def ok(self) -> bool:
        """Whether everything that was planned is there."""
        return not self.failures and (self.delivered or not self.results)

    def to_dict(self) -> dict[str, Any]:
        """The report as `--json` prints it; see docs/json.md."""
        from mintage.report.document import report_document

        return report_document(self)

    def as_json(self) -> str:
        """The same as text."""
        from mintage.report.document import report_text

        return report_text(self)
