"""Paths that lead out of the project, that two files share, or that Windows doesn't allow."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mintage.analysis.checks.findings import Severity, finding
from mintage.analysis.checks.rules.order import unmatched_repetitions
from mintage.errors import Location, MintageError, Problem, UnsafePathError
from mintage.files.paths import validate_path
from mintage.planning.names import NOT_ON_WINDOWS, why_not_on_windows
from mintage.template.layout import Collisions
from mintage.template.questions import QuestionType
from mintage.template.texts import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mintage.analysis.checks.context import CheckContext
    from mintage.analysis.checks.findings import Finding
    from mintage.analysis.checks.possible_paths import PossiblePath
    from mintage.template.questions import Question

_MOST_TRIALS = 8


def find(check: CheckContext) -> Iterator[Finding]:
    """Yield a finding for each path that is unsafe, shared by two files, or impossible on Windows."""
    possible_paths = check.possible_paths.all
    yield from _escaping(check, possible_paths)
    yield from _unchecked(check)
    yield from _colliding(check, possible_paths)
    yield from _not_on_windows(check)


def _escaping(check: CheckContext, possible_paths: Iterable[PossiblePath]) -> Iterator[Finding]:
    seen: set[str] = set()
    if (error := check.dry_layout.refusal) is not None and not unmatched_repetitions(check):
        rule = "escaping-path" if isinstance(error, UnsafePathError) else "impossible-layout"
        for problem in error.problems or [Problem(error.what, error.where, error.hint)]:
            where = problem.where or Location(check.survey.configuration)
            is_relative = where.file in {text.owner for text in check.survey.texts if text.place is Place.PATH}
            where = replace(where, file=check.survey.prefix + where.file) if is_relative else check.inside(where)
            yield finding(rule, where, problem.what, problem.hint)
    targets = [(each.file, each.target, each.answers) for each in possible_paths if each.is_certain]
    prefix = check.survey.prefix
    targets += [(prefix + entry.name, entry.target, {}) for entry in check.dry_layout.default_entries]
    for file, target, answers in targets:
        try:
            validate_path(target)
        except UnsafePathError as error:
            if file not in seen:
                seen.add(file)
                yield finding("escaping-path", Location(file), f"{error.what}{_with(answers)}", error.hint)
        except MintageError:
            pass  # such as one that is too long, which planning reports


def _unchecked(check: CheckContext) -> Iterator[Finding]:
    """Yield findings only where the format can restrict an answer and the template doesn't."""
    survey = check.survey
    free = {question.name: question for question in survey.template.questions if _may_be_any_text(check, question)}
    seen: set[str] = set()
    for read in check.reads:
        text = read.text
        is_whole_name = text.text.strip("{} \t-") == read.name
        if text.place is not Place.PATH or not is_whole_name or read.name not in free or read.name in seen:
            continue
        seen.add(read.name)
        yield finding(
            "unchecked-path",
            survey.questions[read.name],
            f"the answer to {read.name} becomes the name of {text.file}, and may be `..` or contain a slash",
            f"restrict it with `{survey.check_key}`",
        )


def _may_be_any_text(check: CheckContext, question: Question) -> bool:
    if not check.survey.check_key or not question.asked:
        return False
    if question.type not in (QuestionType.STR, QuestionType.PATH) or question.choices:
        return False
    is_checked = any(
        text.place is Place.CHECK and text.owner == question.name and text.text for text in check.survey.texts
    )
    return not (is_checked or question.pattern or question.check)


def _colliding(check: CheckContext, possible_paths: Iterable[PossiblePath]) -> Iterator[Finding]:
    by_target: dict[str, list[PossiblePath]] = {}
    for outcome in possible_paths:
        by_target.setdefault(outcome.target, []).append(outcome)
    collisions = check.survey.template.collisions
    severity = Severity.ERROR if collisions is Collisions.REFUSED else Severity.WARNING
    suffix = check.survey.suffix
    found: set[tuple[str, str]] = set()
    trials = 0
    for target, candidates in by_target.items():
        for first, second in combinations(candidates, 2):
            files = (first.file, second.file)
            if first.file == second.file or files in found or not _agree(first.answers, second.answers):
                continue
            if first.file.removesuffix(suffix) == second.file.removesuffix(suffix):
                continue  # the template of the two is taken, which is what suffixes are for
            answers = {**first.answers, **second.answers}
            trials += 1
            if trials > _MOST_TRIALS:
                return
            if _collide_really(check, files, answers):
                found.add(files)
                is_error = severity is Severity.ERROR
                what = "so no project can be generated" if is_error else "and only one of them is generated"
                yield finding(
                    "colliding-paths",
                    Location(second.file),
                    f"{second.file} and {first.file} both become {target}{_with(answers)}, {what}",
                    "make their conditions mutually exclusive",
                    severity=severity,
                )


def _agree(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    return all(second.get(name, value) == value for name, value in first.items())


def _collide_really(check: CheckContext, files: tuple[str, str], answers: Mapping[str, Any]) -> bool:
    """Return whether both files get one target when the template is laid out with the answers."""
    prefix = check.survey.prefix
    try:
        entries = check.dry_layout.entries(answers)
    except MintageError:
        return False
    targets: dict[str, set[str]] = {}
    for entry in entries or ():
        targets.setdefault(entry.target, set()).add(prefix + entry.name)
    if any(set(files) <= names for names in targets.values()):
        return True
    # Where the layout has already decided, only one of the two is left.
    names = {name for each in targets.values() for name in each}
    return check.survey.keeps_one_of_two and len(names & set(files)) == 1


def _not_on_windows(check: CheckContext) -> Iterator[Finding]:
    reported: set[str] = set()
    for text in check.survey.texts:
        bad = [character for character in text.text if character in NOT_ON_WINDOWS]
        if text.place is Place.PATH and bad:
            reported.add(text.file)
            yield finding(
                "windows-path",
                Location(text.file),
                f"the template cannot be checked out on Windows, where names must not contain {bad[0]}",
                _other_quotes(bad),
            )
    prefix = check.survey.prefix
    for entry in check.dry_layout.default_entries:
        why = why_not_on_windows(entry.target)
        if why and prefix + entry.name not in reported:
            yield finding("windows-path", Location(prefix + entry.name), f"{entry.target}: {why}")


def _other_quotes(bad: list[str]) -> str:
    return "use single quotes" if set(bad) == {'"'} else "compute it in the default of a question that is never asked"


def _with(answers: Mapping[str, Any]) -> str:
    if not answers:
        return ""
    return " with " + ", ".join(f"{name} = {value!r}" for name, value in answers.items())
