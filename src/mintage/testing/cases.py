"""The cases of a test: the answers with which the template is minted. Mints nothing."""

from __future__ import annotations

import shlex
from fnmatch import fnmatchcase
from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.answers.given import read_data_file
from mintage.errors import Location, UsageError
from mintage.files.paths import validate_path
from mintage.testing.combinations import all_rows, pairwise_rows
from mintage.testing.interview import as_flag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from mintage.testing.combinations import Row, Setting
    from mintage.testing.interview import TemplateInterview

DEFAULTS = "defaults"
MOST_CASES = 1000


class Case(Struct, frozen=True):
    """One combination of answers."""

    name: str
    """The name, which its directory also has."""
    answers: Mapping[str, Any]
    """The answers that differ from the defaults."""

    @property
    def text(self) -> str:
        """The text that `-k` searches: the name and the answers."""
        return " ".join((self.name, *(f"{name}={as_flag(value)}" for name, value in self.answers.items())))


def flags(answers: Mapping[str, Any]) -> str:
    """Return answers as options of `mintage new`."""
    return " ".join(f"-d {shlex.quote(f'{name}={as_flag(value)}')}" for name, value in answers.items())


def combined_cases(interview: TemplateInterview, *, full: bool, most: int) -> tuple[tuple[Case, ...], tuple[Row, ...]]:
    """Return the cases that combine the answers, and the row of each.

    Args:
        interview: Answers the template's questions.
        full: Whether to use all combinations instead of all pairs.
        most: The maximum number of cases.

    Raises:
        UsageError: There are too many cases.
    """
    found = all_rows(interview) if full else pairwise_rows(interview)
    rows = tuple(islice(found, most + 1))
    if len(rows) > most:
        what = "all combinations" if full else "all pairs"
        instead = "test all pairs with `TestRequest(full=False)`, " if full else ""
        raise UsageError(
            f"{what} of answers would be more than {most:,} cases",
            hint=f"{instead}answer some questions with `data={{'NAME': VALUE}}`, "
            "or allow more with `TestRequest(most_cases=N)`",
        )
    kind = "all" if full else "pair"
    digits = len(str(len(rows) - 1))
    names = (DEFAULTS, *(f"{kind}-{number:0{digits}}" for number in range(1, len(rows))))
    return tuple(Case(name, interview.held(row).given) for name, row in zip(names, rows, strict=True)), rows


def cases_in(file: Path) -> tuple[Case, ...]:
    """Return the cases in a file, which has a table of answers for each case.

    Raises:
        UsageError: The file cannot be read or is invalid.
    """
    cases = []
    for name, answers in read_data_file(file).items():
        if not isinstance(answers, dict):
            raise UsageError(
                f"the case {name} is not a table of answers",
                where=Location(str(file)),
                hint="write [NAME], and below it QUESTION = ANSWER",
            )
        if "/" in name or validate_path(name, source=str(file)) != name or name.startswith("."):
            raise UsageError(
                f"{name!r} cannot be the name of a case, because it is not a valid directory name",
                where=Location(str(file)),
            )
        cases.append(Case(name, answers))
    if not cases:
        raise UsageError("the file has no cases", where=Location(str(file)))
    return tuple(cases)


def selected(cases: Sequence[Case], names: Iterable[str], pattern: str | None) -> tuple[Case, ...]:
    """Return the cases that have one of the names, and the pattern in their text.

    Args:
        cases: All cases.
        names: The names of the cases to return; empty for all.
        pattern: Text, or a pattern with wildcards; None for all cases.

    Raises:
        UsageError: There are no such cases.
    """
    wanted = list(names)
    known = {case.name for case in cases}
    for name in wanted:
        if name not in known:
            raise UsageError(f"there is no case {name!r}", hint=f"the cases are {_shown(cases)}")
    kept = tuple(
        case for case in cases if (not wanted or case.name in wanted) and (pattern is None or _fits(pattern, case.text))
    )
    if not kept:
        raise UsageError(f"no case has {pattern!r} in its name or answers", hint=f"the cases are {_shown(cases)}")
    return kept


def _fits(pattern: str, text: str) -> bool:
    return pattern in text or fnmatchcase(text, f"*{pattern}*")


def _shown(cases: Sequence[Case], most: int = 5) -> str:
    names = [case.name for case in cases[:most]]
    return ", ".join(names) + (f" and {len(cases) - most} more" if len(cases) > most else "")


def never_chosen(offered: Iterable[Setting], rows: Iterable[Row]) -> tuple[Setting, ...]:
    """Return the settings that no row has."""
    chosen = {step.setting for row in rows for step in row}
    return tuple(setting for setting in offered if setting not in chosen)
