"""One test of a template, from the template to the report."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from mintage import formats
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
from mintage.errors import AnswerError, Location, MintageError, TimedOutError, UnsafePathError, UsageError
from mintage.minting.generator import Generator
from mintage.minting.options import Options
from mintage.minting.preparation import Preparation
from mintage.rendering.bounds import within_seconds
from mintage.template.layout import LayoutRequest
from mintage.template.questions import GivenAnswers
from mintage.terminal import say_nothing
from mintage.testing.cases import MOST_CASES, cases_in, combined_cases, never_chosen, selected
from mintage.testing.combinations import settings_offered
from mintage.testing.coverage import Coverage, coverage_of
from mintage.testing.golden import claim_golden
from mintage.testing.interview import IN, OUT, TemplateInterview, as_flag
from mintage.testing.reporting import CasesReporter, outcome_of
from mintage.testing.running import PROJECT, CaseRunner, CaseSettings
from mintage.testing.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mintage.engine import Reporter
    from mintage.sources import Source
    from mintage.template.layout import TemplateFiles
    from mintage.testing.cases import Case
    from mintage.testing.combinations import Parameter, Row, Setting
    from mintage.testing.outcome import CaseOutcome
    from mintage.trust.consent import ConsentRequest

HIDDEN = "..."
_CASE_SECONDS = 1.0  # so that each case is a batch of its own
_GOLDEN = "tests/golden"
_HEAD = "HEAD"


class TestRequest(Struct, frozen=True):
    """What to test, and how."""

    __test__ = False  # for pytest, which else takes it for a test

    template: str | Path
    """As for `mintage new`."""
    given: GivenAnswers = field(default_factory=GivenAnswers)
    """Answers for all cases, which are not varied."""
    options: Options = field(default_factory=Options)
    """How cases are minted; hooks and tasks run if it trusts the template."""
    full: bool = False
    """All combinations instead of all pairs, of at most `most_cases`."""
    most_cases: int = MOST_CASES
    cases_file: Path | None = None
    """Cases of the user's own instead."""
    names: tuple[str, ...] = ()
    """Only these of them."""
    pattern: str | None = None
    """Only these of them."""
    keep: Path | None = None
    """A directory in which the projects stay."""
    strict: bool = False
    """A file that is not the same when it is rendered again is a failure."""
    golden: Path | None = None
    """The directory of golden trees."""
    updates_golden: bool = False
    """Write them."""
    commands: tuple[str, ...] = ()
    """Shell lines to run in each project, each for at most command_seconds."""
    command_seconds: float | None = None
    workers: int | None = None
    """Cases at once; None for the usable cores."""


class TestReport(Struct, frozen=True):
    """What came of it."""

    __test__ = False

    origin: str
    """The template."""
    format: str
    kind: str
    """"pairs", "all" or "file"."""
    results: tuple[tuple[Case, CaseOutcome], ...]
    """Of each case, in order."""
    again: tuple[str, ...]
    """The beginning of a command that makes a project as a case does."""
    given: Mapping[str, Any]
    """The answers of all cases."""
    secrets: frozenset[str]
    """Answers that are not shown."""
    coverage: Coverage
    seconds: float
    workers: int
    left_to_trust: tuple[str, ...] = ()
    """What did not run, because nobody has agreed."""
    golden: Path | None = None
    """The directory of golden trees, if there is one."""
    keep: Path | None = None

    @property
    def failed(self) -> tuple[tuple[Case, CaseOutcome], ...]:
        """Cases that something is wrong with."""
        return tuple((case, outcome) for case, outcome in self.results if outcome.findings)

    def shown(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return answers without those that are secret."""
        return {name: HIDDEN if name in self.secrets else value for name, value in answers.items()}


class _Loaded(Struct, frozen=True):
    """A template that can be asked."""

    source: Source
    interview: TemplateInterview
    options: Options
    """For minting it, with hooks and tasks only if they may run."""
    left_to_trust: tuple[str, ...]


class _Planned(Struct, frozen=True):
    """The cases, and what the questions offer."""

    cases: tuple[Case, ...]
    rows: tuple[Row, ...]
    """What each case chooses."""
    offered: tuple[Setting, ...]


def run_test(
    request: TestRequest,
    *,
    reporter: Reporter | None = None,
    cancellation: Cancellation | None = None,
    ask_consent: Callable[[ConsentRequest], bool] | None = None,
    warn: Callable[[str], None] = say_nothing,
    task_output: int | None = None,
) -> TestReport:
    """Mint a template with many combinations of answers, and say what is wrong with the results.

    Args:
        reporter: Told of each case as a job. The others are those of `Generator`.

    Raises:
        MintageError: It cannot be carried out, was cancelled or took too long; nothing is left behind then.
    """
    cancellation = cancellation or Cancellation()
    began = time.perf_counter()
    timeout = request.options.processing_timeout
    with ExitStack() as scratch:
        with cancellation.interrupting(), within_seconds(timeout, "to find the cases", _timed_out):
            loaded = _load(request, scratch, ask_consent, warn)
            planned = _plan(loaded, request)
            settings = _settings(loaded, request, planned, scratch, task_output)
        left = None if timeout is None else max(0.001, timeout - (time.perf_counter() - began))
        results, workers = _run(planned.cases, settings, request, reporter, cancellation, seconds=left)
        with cancellation.interrupting():
            coverage = _coverage(loaded, planned, results)
    template = loaded.interview.template
    return TestReport(
        origin=template.origin,
        format=template.format,
        kind="file" if request.cases_file else "all" if request.full else "pairs",
        results=results,
        again=_again(request, loaded),
        given={**request.given.data, **request.given.flags},
        secrets=template.secrets | {question.name for question in template.questions if question.secret},
        coverage=coverage,
        seconds=time.perf_counter() - began,
        workers=workers,
        left_to_trust=loaded.left_to_trust,
        golden=settings.golden,
        keep=request.keep,
    )


def _timed_out(what: str, seconds: float) -> TimedOutError:
    return TimedOutError(
        f"{what} took longer than {seconds:g} seconds",
        hint="raise the limit with `Options(processing_timeout=SECONDS)`",
    )


def cases_of(request: TestRequest) -> tuple[Case, ...]:
    """Return the cases that a test would have. Mints nothing; raises what `run_test` would raise by then."""
    with ExitStack() as scratch:
        return _plan(_load(request, scratch, None, say_nothing), request).cases


def fetch_as_it_is(
    template: str | Path, options: Options, scratch: ExitStack, warn: Callable[[str], None] = say_nothing
) -> tuple[Source, Options]:
    """Return a template, and options for minting it as a test does.

    One after the other, independent of the user's settings, and what its author works on: of a repository on this
    machine, Copier would take the newest version instead.
    """
    options = replace(options, isolated=True, use_defaults=True, concurrent=False, max_memory_mb=None)
    source = Preparation(options, warn=warn).fetch(template, scratch).source
    if options.ref is None and source.repository is not None and source.repository.is_local:
        options = replace(options, ref=_HEAD)
    return source, options


def _load(
    request: TestRequest,
    scratch: ExitStack,
    ask_consent: Callable[[ConsentRequest], bool] | None,
    warn: Callable[[str], None],
) -> _Loaded:
    source, options = fetch_as_it_is(request.template, request.options, scratch, warn)
    preparation = Preparation(options, None, ask_consent, warn=warn)
    opened = preparation.open(source, Path(PROJECT), request.given, scratch)
    tasks = [str(each) for each in opened.template.capabilities if each.kind != "extension"]
    options = replace(options, run_tasks=opened.trusted and bool(tasks), processing_timeout=None, fail_fast=False)
    interview = TemplateInterview(opened.template, request.given, opened.render)
    return _Loaded(source, interview, options, () if opened.trusted else tuple(tasks))


def _plan(loaded: _Loaded, request: TestRequest) -> _Planned:
    """Return the cases.

    Raises:
        AnswerError: Questions without answer, default and choices.
    """
    interview = loaded.interview
    first = interview.held(interview.hold({}))
    if first.lacks_answer:
        _require_answers(loaded, replace(request.given, data={**request.given.data, **first.given}))
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
    """Return what a case of the user's chooses, as far as it can be chosen."""
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


def _require_answers(loaded: _Loaded, given: GivenAnswers) -> None:
    try:
        Generator(loaded.options).plan(loaded.source, Path(PROJECT), given=given)
    except AnswerError:
        raise
    except MintageError:
        return  # each case tells


def _settings(
    loaded: _Loaded, request: TestRequest, planned: _Planned, scratch: ExitStack, task_output: int | None
) -> CaseSettings:
    golden = _golden_folder(loaded, request)
    if golden is not None and request.updates_golden:
        claim_golden(golden)
    runs_programs = bool(request.commands) or loaded.options.run_tasks
    origin = loaded.source.origin
    places = [str(loaded.source.root), *([origin.reference] if "/" in origin.reference else [])]
    placeholders = {**dict.fromkeys(places, "<template>"), **({origin.commit: "<commit>"} if origin.commit else {})}
    return CaseSettings(
        source=loaded.source,
        options=loaded.options,
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


def _golden_folder(loaded: _Loaded, request: TestRequest) -> Path | None:
    """Return the one that was named, or `tests/golden` of a template whose files do not lie around it."""
    if request.golden is not None:
        return request.golden.absolute()
    origin, root = loaded.source.origin, loaded.source.root
    usual = Path(origin.url) / (loaded.source.directory or "") / _GOLDEN
    is_ours = loaded.source.repository is None or loaded.source.repository.is_local
    if is_ours and Path(origin.url).is_dir() and not _comes_out(loaded, root / _GOLDEN):
        _require_within(Path(origin.url), usual)
        return usual if usual.is_dir() or request.updates_golden else None
    if request.updates_golden:
        raise UsageError(
            "there is no usual place for the golden trees of this template",
            why="in its directory they would be files of the template, or it is no directory of yours",
            hint="name a directory for them with `TestRequest(golden=DIR)`",
        )
    return None


def _require_within(template: Path, golden: Path) -> None:
    """Raise UnsafePathError if links lead from the template elsewhere: to compare with that is to show it."""
    if not golden.resolve().is_relative_to(template.resolve()):
        raise UnsafePathError(
            f"{_GOLDEN} leads out of the template, to {golden.resolve()}",
            where=Location(str(golden)),
            hint="if that is what you want, name it with `TestRequest(golden=DIR)`",
        )


def _comes_out(loaded: _Loaded, place: Path) -> bool:
    """Return whether what lies in a place of the template's directory would be part of its projects."""
    folders = {files.folder for files in _files(loaded, [loaded.interview.hold({})])}
    return any(place.is_relative_to(folder) for folder in folders)


def _again(request: TestRequest, loaded: _Loaded) -> tuple[str, ...]:
    """`mintage new` with what it takes to make a project as the cases do; without the answers."""
    asked, origin = request.options, loaded.source.origin
    words = ["mintage", "new", origin.reference, "OUTPUT", "--defaults"]
    # The others take the directory as it is; for them the option would mean what is committed.
    ref = loaded.options.ref if formats.chooses_version(loaded.interview.template) else asked.ref
    for option, value in (("--ref", ref), ("--directory", asked.directory), ("--format", asked.format)):
        words += [option, value] if value else []
    if asked.trust:
        words.append("--trust")
    if loaded.left_to_trust:
        words.append("--skip-tasks")
    return tuple(words)


def _run(
    cases: Sequence[Case],
    settings: CaseSettings,
    request: TestRequest,
    reporter: Reporter | None,
    cancellation: Cancellation,
    *,
    seconds: float | None,
) -> tuple[tuple[tuple[Case, CaseOutcome], ...], int]:
    """Carry out all cases; returns what became of each, and how many were carried out at once.

    Args:
        seconds: At most.
    """
    workers = min(request.workers or usable_cores(), len(cases))
    options = ConcurrentOptions(
        workers=workers,
        executor="processes" if workers > 1 and can_fork() else "sequential",
        timeout_seconds=seconds,
    )
    jobs = [Job(case.name, case, cost_seconds=_CASE_SECONDS) for case in cases]
    ending = Cancellation()  # also by a case that fails, which is not a failed job

    def end() -> None:
        ending.cancel(cancellation.signal_number)

    if cancellation.is_cancelled:
        end()
    told = CasesReporter(reporter or SilentReporter(), at_failure=end if request.options.fail_fast else None)
    with cancellation.waking(end):
        run = ConcurrentProcessor(options, reporter=told, cancellation=ending).run(jobs, CaseRunner(settings))
    if run.ended_by is not None and (cancellation.is_cancelled or not told.has_ended_it):
        if isinstance(run.ended_by, TimedOutError) and request.options.processing_timeout is not None:
            raise _timed_out("it", request.options.processing_timeout)  # with what there was to begin with
        raise run.ended_by
    done = [result for result in run.results if result.state is not JobState.CANCELLED]
    return tuple((result.job.payload, outcome_of(result)) for result in done), run.workers


def _coverage(loaded: _Loaded, planned: _Planned, results: Sequence[tuple[Case, CaseOutcome]]) -> Coverage:
    files: dict[str, str] = {}
    for found in _files(loaded, planned.rows):
        files.update(found.files)
    return coverage_of(
        [outcome for _, outcome in results],
        files,
        loaded.interview.template.renderer,
        planned.offered,
        never_chosen(planned.offered, planned.rows),
    )


def _files(loaded: _Loaded, rows: Iterable[Row]) -> Iterator[TemplateFiles]:
    """Yield what may come out, by the answers of each row; nothing for rows that fail."""
    interview = loaded.interview
    template = interview.template
    for row in rows:
        answers = interview.held(row).answers
        if answers is None:
            continue
        context = template.context(answers)
        with suppress(MintageError):
            yield template.layout.template_files(LayoutRequest(interview.render, context, Path(PROJECT)))
