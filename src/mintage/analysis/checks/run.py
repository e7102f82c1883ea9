"""Checks a whole template: loads it, takes it apart, and applies every rule."""

from __future__ import annotations

import os
from collections.abc import Callable  # noqa: TC003 - msgspec reads the annotations
from importlib import import_module
from pathlib import Path  # noqa: TC003
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from mintage.analysis.checks.context import CheckContext
from mintage.analysis.checks.dry_layout import DryLayout
from mintage.analysis.checks.findings import Finding, Severity, finding
from mintage.errors import Location, MintageError, Problem, SourceError, UsageError
from mintage.formats import survey_of
from mintage.formats.shared.survey import relative
from mintage.template import Template  # noqa: TC001
from mintage.template.questions import GivenAnswers
from mintage.terminal import say_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_RULES = ("configuration", "language", "names", "choices", "paths", "files", "order")


class CheckRequest(Struct, frozen=True):
    """A template to check."""

    load: Callable[[GivenAnswers, Callable[[Problem], None]], Template]
    """Loads it with given answers, and calls the second argument with each mistake that doesn't stop loading."""
    root: Path
    """The directory that was fetched."""
    project: Path
    """A directory that doesn't exist, for layouts."""
    may_load: Callable[[Template], bool]
    """Returns whether extensions of the template may be loaded."""
    directory: str = ""
    """The directory of the template in `root`, for formats that don't know it; "" for `root` itself."""


def check(request: CheckRequest) -> frozenset[Finding]:
    """Return everything that is wrong with a template, in no particular order.

    The files of findings are relative to the directory that was fetched.

    Raises:
        SourceError: The template cannot be fetched.
        UsageError: The template is not of the format that was asked for.
    """
    problems: list[Problem] = []
    found: list[Finding] = []
    try:
        template = request.load(GivenAnswers(), problems.append)
        found += _found_in(template, request)
    except (SourceError, UsageError):
        raise
    except MintageError as error:
        problems += error.problems or [Problem(error.what, error.where, error.hint or error.why)]
    return frozenset((*found, *(_of_problem(problem, request) for problem in problems)))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings sorted by file, line and column."""
    return tuple(sorted(findings, key=_order))


def _found_in(template: Template, request: CheckRequest) -> Iterator[Finding]:
    may_load = request.may_load(template)
    dry_layout = DryLayout(lambda given: request.load(given, say_nothing), request.project, may_load=may_load)
    check_context = CheckContext(survey_of(template), dry_layout, may_load=may_load)
    inside = relative(template.root, template.top) if template.top else request.directory
    for name in _RULES:
        for each in import_module(f"mintage.analysis.checks.rules.{name}").find(check_context):
            if each.where.line is not None and each.where.file in check_context.possible_paths.never_made:
                continue  # it is never rendered
            yield replace(each, where=_below(each.where, inside))


def _order(each: Finding) -> tuple[str, int, int, str, str]:
    return (each.where.file, each.where.line or 0, each.where.column or 0, each.rule, each.message)


def _of_problem(problem: Problem, request: CheckRequest) -> Finding:
    where = problem.where or Location("")
    if os.path.isabs(where.file):
        file = relative(where.file, str(request.root))
        # The file may be in a copy of the template, at the revision that is checked.
        where = replace(where, file=os.path.basename(file) if os.path.isabs(file) else file)
    rule = problem.rule or "invalid-configuration"
    return finding(rule, where, problem.what, problem.hint, severity=Severity.ERROR)


def _below(where: Location, folder: str) -> Location:
    return where if folder in ("", ".") else replace(where, file=f"{folder}/{where.file}")
