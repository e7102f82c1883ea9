"""One test of a template, from the template to the report."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from mintage.analysis.checks.rules.files import HOW_TO_RENDER, unrendered
from mintage.engine import (
    Cancellation,
    ConcurrentOptions,
    ConcurrentProcessor,
    Job,
    JobState,
    SilentReporter,
    usable_cores,
)
from mintage.engine.forking import can_fork
from mintage.errors import TimedOutError
from mintage.formats import survey_of
from mintage.rendering.bounds import within_seconds
from mintage.terminal import say_nothing
from mintage.testing.cases import cases_in, combined_cases, never_chosen, selected
from mintage.testing.combinations import settings_offered
from mintage.testing.coverage import coverage_of
from mintage.testing.golden import claim_golden
from mintage.testing.interview import IN, OUT, as_flag
from mintage.testing.model import TestReport
from mintage.testing.reporting import CasesReporter, outcome_of
from mintage.testing.running import CaseRunner, CaseSettings
from mintage.testing.scratch import scratch_folder
from mintage.testing.template_under_test import load_template

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mintage.engine import Reporter
    from mintage.testing.cases import Case
    from mintage.testing.combinations import Parameter, Row, Setting
    from mintage.testing.coverage import Coverage
    from mintage.testing.interview import TemplateInterview
    from mintage.testing.model import TestRequest
    from mintage.testing.outcome import CaseOutcome
    from mintage.testing.template_under_test import TemplateUnderTest
    from mintage.trust.consent import ConsentRequest

_CASE_SECONDS = 1.0  # makes each case a batch


class _Planned(Struct, frozen=True):
    """The cases, and what the questions offer."""

    cases: tuple[Case, ...]
    rows: tuple[Row, ...]
    """What each case chooses."""
    offered: tuple[Setting, ...]
    """All values that the questions offer."""


def run_test(
    request: TestRequest,
    *,
    reporter: Reporter | None = None,
    cancellation: Cancellation | None = None,
    ask_consent: Callable[[ConsentRequest], bool] | None = None,
    warn: Callable[[str], None] = say_nothing,
    task_output: int | None = None,
) -> TestReport:
    """Mint a template with many combinations of answers, and report what is wrong with the results.

    Args:
        request: What to test, and how.
        reporter: Receives the events of the run; each case is a job.
        cancellation: Ends the test from another thread.
        ask_consent: Asks whether the template author's code may run; None refuses.
        warn: Called with each warning.
        task_output: The file descriptor that hooks print to; None for the terminal.

    Raises:
        MintageError: The test cannot be run, was cancelled or took too long; nothing is left behind.
    """
    cancellation = cancellation or Cancellation()
    began = time.perf_counter()
    timeout = request.options.processing_timeout
    with ExitStack() as scratch:
        with cancellation.interrupting(), within_seconds(timeout, "to find the cases", _timed_out):
            tested = load_template(request, scratch, ask_consent, warn)
            planned = _plan(tested, request)
            settings = _settings(tested, request, scratch, task_output)
            for file in survey_of(tested.interview.template).files:
                if file.tag:
                    warn(f"{file.path}: {unrendered(file)}; {HOW_TO_RENDER}")
        left = None if timeout is None else max(0.001, timeout - (time.perf_counter() - began))
        results, workers = _run(planned.cases, settings, request, reporter, cancellation, seconds=left)
        with cancellation.interrupting():
            coverage = _coverage(tested, planned, results)
    template = tested.interview.template
    return TestReport(
        origin=template.origin,
        format=template.format,
        kind="file" if request.cases_file else "all" if request.full else "pairs",
        results=results,
        again=tested.command(request),
        given={**request.given.data, **request.given.flags},
        secrets=template.secrets | {question.name for question in template.questions if question.secret},
        coverage=coverage,
        seconds=time.perf_counter() - began,
        workers=workers,
        left_to_trust=tested.left_to_trust,
        golden=settings.golden,
        keep=request.keep,
    )


def _timed_out(what: str, seconds: float) -> TimedOutError:
    return TimedOutError(
        f"{what} took longer than {seconds:g} seconds",
        hint="raise the limit with `Options(processing_timeout=SECONDS)`",
    )


def cases_of(request: TestRequest) -> tuple[Case, ...]:
    """Return the cases that `run_test` would mint, without minting any. Raises what `run_test` would raise."""
    with ExitStack() as scratch:
        return _plan(load_template(request, scratch, None, say_nothing), request).cases


def _plan(tested: TemplateUnderTest, request: TestRequest) -> _Planned:
    """Return the cases.

    Raises:
        AnswerError: Questions without a default were not answered.
        UsageError: There are too many cases, or none.
    """
    interview = tested.interview
    first = interview.held(interview.hold({}))
    if first.lacks_answer:
        tested.require_answers(replace(request.given, data={**request.given.data, **first.given}))
    if request.cases_file is not None:
        cases = cases_in(request.cases_file)
        rows = tuple(_row_of(interview, case) for case in cases)
        return _Planned(selected(cases, request.names, request.pattern), rows, tuple(settings_offered(interview)))
    cases, rows = combined_cases(interview, full=request.full, most=request.most_cases)
    kept = selected(cases, request.names, request.pattern)
    chosen = [row for case, row in zip(cases, rows, strict=True) if case in kept]
    offered = dict.fromkeys(setting for row in rows for step in row for setting in step.settings)
    return _Planned(kept, tuple(chosen), tuple(offered))


def _row_of(interview: TemplateInterview, case: Case) -> Row:
    """Return what a case from the user's file chooses, as far as it can be chosen."""
    wanted: dict[Parameter, str] = {}
    for step in interview.hold({}):
        parameter = step.parameter
        answer = case.answers.get(parameter.question)
        if parameter.question not in case.answers:
            continue
        if parameter.option:
            several = answer if isinstance(answer, list) else []
            wanted[parameter] = IN if parameter.option in map(as_flag, several) else OUT
        else:
            wanted[parameter] = as_flag(answer)
    return interview.hold(wanted)


def _settings(
    tested: TemplateUnderTest, request: TestRequest, scratch: ExitStack, task_output: int | None
) -> CaseSettings:
    golden = tested.golden_folder(request)
    if golden is not None and request.updates_golden:
        claim_golden(golden)
    runs_programs = bool(request.commands) or tested.options.run_tasks
    origin = tested.source.origin
    places = [str(tested.source.root), *([origin.reference] if "/" in origin.reference else [])]
    placeholders = {**dict.fromkeys(places, "<template>"), **({origin.commit: "<commit>"} if origin.commit else {})}
    return CaseSettings(
        source=tested.source,
        options=tested.options,
        given=request.given,
        scratch=scratch.enter_context(scratch_folder(request.keep, runs_programs=runs_programs)),
        keeps=request.keep is not None,
        strict=request.strict,
        golden=golden,
        updates_golden=request.updates_golden,
        placeholders=placeholders,
        task_output=task_output,
        commands=request.commands,
        command_seconds=request.command_seconds,
    )


def _run(
    cases: Sequence[Case],
    settings: CaseSettings,
    request: TestRequest,
    reporter: Reporter | None,
    cancellation: Cancellation,
    *,
    seconds: float | None,
) -> tuple[tuple[tuple[Case, CaseOutcome], ...], int]:
    """Run all cases. Return the outcome of each, and how many ran at once.

    Args:
        seconds: The time limit for all cases together; None for no limit.
    """
    workers = min(request.workers or usable_cores(), len(cases))
    options = ConcurrentOptions(
        workers=workers,
        executor="processes" if workers > 1 and can_fork() else "sequential",
        timeout_seconds=seconds,
    )
    jobs = [Job(case.name, case, cost_seconds=_CASE_SECONDS) for case in cases]
    # Also cancelled by a case with findings (`fail_fast`): to the engine, its job has succeeded.
    ending = Cancellation()

    def end() -> None:
        ending.cancel(cancellation.signal_number)

    if cancellation.is_cancelled:
        end()
    cases_reporter = CasesReporter(reporter or SilentReporter(), at_failure=end if request.options.fail_fast else None)
    with cancellation.waking(end):
        run = ConcurrentProcessor(options, reporter=cases_reporter, cancellation=ending).run(jobs, CaseRunner(settings))
    if run.ended_by is not None and (cancellation.is_cancelled or not cases_reporter.has_ended_it):
        if isinstance(run.ended_by, TimedOutError) and request.options.processing_timeout is not None:
            raise _timed_out("it", request.options.processing_timeout)  # the whole limit, not what was left of it
        raise run.ended_by
    done = [result for result in run.results if result.state is not JobState.CANCELLED]
    return tuple((result.job.payload, outcome_of(result)) for result in done), run.workers


def _coverage(tested: TemplateUnderTest, planned: _Planned, results: Sequence[tuple[Case, CaseOutcome]]) -> Coverage:
    files: dict[str, str] = {}
    for found in tested.files(planned.rows):
        files.update(found.files)
    return coverage_of(
        [outcome for _, outcome in results],
        files,
        tested.interview.template.renderer,
        planned.offered,
        never_chosen(planned.offered, planned.rows),
    )
