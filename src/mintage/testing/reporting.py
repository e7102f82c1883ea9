"""Turns the engine's results into outcomes of cases, for displays and for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from mintage.engine import JobFailure, JobState, SilentReporter
from mintage.engine.progress import wants_job_events
from mintage.testing.outcome import CaseFinding, CaseOutcome, Check

if TYPE_CHECKING:
    from collections.abc import Callable

    from mintage.engine import JobResult, Progress, Reporter


def outcome_of(result: JobResult) -> CaseOutcome:
    """Return the outcome of a case, even if its worker process died."""
    if isinstance(result.detail, CaseOutcome):
        return result.detail
    failure = result.failure or JobFailure("it was not run")
    return CaseOutcome(
        (CaseFinding(Check.MINTS, failure.what, failure.kind, failure.where, "", failure.why, failure.hint),)
    )


class CasesReporter(SilentReporter):
    """Reports cases with findings to a display as failed jobs, although they are done for the engine.

    Args:
        display: Receives the events.
        at_failure: Called when the first case with findings has finished.
    """

    def __init__(self, display: Reporter, *, at_failure: Callable[[], None] | None = None) -> None:
        self._display = display
        self._display_wants_cases = wants_job_events(display)
        self._at_failure = at_failure
        self._failed = 0

    @property
    def has_ended_it(self) -> bool:
        """Whether `at_failure` was called."""
        return self._at_failure is not None and self._failed > 0

    def started(self, total: int) -> None:
        """Pass on that the run has started."""
        self._display.started(total)

    def job_finished(self, result: JobResult) -> None:
        """Pass on a finished case."""
        findings = outcome_of(result).findings if result.state is JobState.DONE else ()
        if findings:
            self._failed += 1
            if self._failed == 1 and self._at_failure is not None:
                self._at_failure()
            first = findings[0]
            failure = JobFailure(first.what, first.kind, first.where)
            result = replace(result, state=JobState.FAILED, failure=failure)
        if self._display_wants_cases:
            self._display.job_finished(result)

    def tick(self, progress: Progress) -> None:
        """Pass on the progress."""
        self._display.tick(self._corrected(progress))

    def finished(self, progress: Progress) -> None:
        """Pass on that the run has finished."""
        self._display.finished(self._corrected(progress))

    def _corrected(self, progress: Progress) -> Progress:
        return replace(progress, done=progress.done - self._failed, failed=progress.failed + self._failed)
