"""Mints the original and the native template with the same answers, and compares what comes out, to the byte."""

from __future__ import annotations

import os
import stat
import tempfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from mintage.conversion.model import Comparison
from mintage.files.trees import remove_tree
from mintage.minting.generator import Generator
from mintage.minting.one_project import ProjectRequest, one_project
from mintage.minting.options import Options
from mintage.projects.trees import FileVersion, differing, read_tree
from mintage.template.questions import GivenAnswers, QuestionType
from mintage.testing.combinations import Parameter, Step, pairwise_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mintage.engine import Cancellation
    from mintage.minting.one_project import ProjectOutcome
    from mintage.sources import Source
    from mintage.template.questions import Answers, Question
    from mintage.testing.combinations import Row

_MOST_SETS = 24
_SAVED_ANSWERS = ".mintage.toml"


class Minted(Struct, frozen=True):
    """What came out of a template."""

    name: str = ""
    files: Mapping[str, FileVersion] = {}
    """What tells each apart."""
    failure: str = ""
    """Why nothing did."""


class Comparing(Struct, frozen=True):
    """Both templates."""

    original: Source
    native: Path
    renamed: Mapping[str, str]
    """From the questions of the original to those of the native one."""
    given: Mapping[str, str]
    """Typed answers."""
    trust: bool
    scratch: Path
    """A directory for the projects, which somebody removes in the end."""
    cancellation: Cancellation

    def compare(self, answers: Answers) -> Comparison:
        """Make both projects in a scratch directory, and say what differs. Hooks and tasks do not run."""
        first = self._mint(self.original, "cookiecutter", GivenAnswers(flags=self.given, data=answers))
        second = self._mint(
            self.native, "native", GivenAnswers(flags=self._renamed(self.given), data=self._renamed(answers))
        )
        if first.failure:
            return Comparison(answers, unmade=first.failure)
        if second.failure:
            return Comparison(answers, failure=second.failure)
        differing = _differing(first, second)
        unsteady: list[str] = []
        if differing:
            once_more = self._mint(self.original, "cookiecutter", GivenAnswers(flags=self.given, data=answers))
            again = _differing(first, once_more)
            unsteady = sorted(path for path in differing if path in again)
        told = [f"{path}: {what}" for path, what in sorted(differing.items()) if path not in unsteady]
        return Comparison(answers, len(first.files), tuple(told), tuple(unsteady))

    def _renamed(self, answers: Mapping[str, Any]) -> Answers:
        return {self.renamed.get(name, name): value for name, value in answers.items()}

    def _mint(self, template: Source | Path, form: str, given: GivenAnswers) -> Minted:
        options = Options(format=form, run_tasks=False, trust=self.trust, isolated=True, offline=True)
        scratch = Path(tempfile.mkdtemp(dir=self.scratch))
        try:
            output = scratch if form == "cookiecutter" else scratch / "project"
            outcome = one_project(ProjectRequest(template, output, given, options), cancellation=self.cancellation)
            if not outcome.ok:
                return Minted(failure=_why_not(outcome))
            if outcome.destination is None:
                return Minted()
            name = outcome.destination.name if form == "cookiecutter" else self._name(template, options, given)
            return Minted(name, _contents(outcome.destination))
        finally:
            remove_tree(scratch)

    def _name(self, template: Source | Path, options: Options, given: GivenAnswers) -> str:
        """Return what a project is called where nobody says it, whatever already exists."""
        generator = Generator(structs.replace(options, overwrite=True), cancellation=self.cancellation)
        return generator.plan(template, given=given).destination.name


def _why_not(outcome: ProjectOutcome) -> str:
    """Return why nothing, or not everything, came out of a template."""
    if outcome.refusal:
        more = "; ".join(problem.what for problem in outcome.refusal.problems)
        return f"{outcome.refusal.failure.what}{f': {more}' if more else ''}"
    return f"{outcome.failed[0].failure.what} ({', '.join(sorted(each.name for each in outcome.failed))})"


def _contents(project: Path) -> dict[str, FileVersion]:
    """Return everything in a project but the saved answers, directories included."""
    found = read_tree(project, exact_modes=True)
    found.pop(_SAVED_ANSWERS, None)
    for above, names, _ in os.walk(project):
        for name in names:
            path = os.path.relpath(os.path.join(above, name), project)
            found.setdefault(path, FileVersion(stat.S_IFDIR, 0, b""))
    return found


def _differing(first: Minted, second: Minted) -> dict[str, str]:
    """Return what differs, by path."""
    found: dict[str, str] = {}
    if first.name != second.name:
        found["."] = f"the project is called {second.name}, not {first.name}"
    for path in differing(first.files, second.files):
        if path not in second.files:
            found[path] = "is missing"
        elif path not in first.files:
            found[path] = "is one too many"
        else:
            found[path] = _how(first.files[path], second.files[path])
    return found


def _how(first: FileVersion, second: FileVersion) -> str:
    """Return where two files begin to differ."""
    if first.mode != second.mode:
        return "has other permissions"
    lines = zip(first.lines, second.lines, strict=False)
    line = next(
        (number for number, (left, right) in enumerate(lines, 1) if left.rstrip(b"\n") != right.rstrip(b"\n")), None
    )
    return f"differs from line {line} on" if line else "differs at its end"


def sets_of_answers(questions: Iterable[Question], is_plain: Callable[[str], bool]) -> tuple[tuple[Answers, ...], bool]:
    """Return the defaults, and combinations of choices in which every two meet; of very many the first.

    Also whether these are all.
    """
    offered: dict[str, Sequence[Any]] = {}
    for question in questions:
        if question.asked and question.type is QuestionType.BOOL:
            offered[question.name] = (True, False)
        elif question.asked and question.type is QuestionType.CHOICE:
            values = [choice.value for choice in question.choices]
            if all(isinstance(value, str) and is_plain(value) for value in values):
                offered[question.name] = values
    offer = _Offer(offered)
    rows = tuple(islice(pairwise_rows(offer), _MOST_SETS + 1)) if offered else ()
    return ({}, *map(offer.answers, rows[:_MOST_SETS])), len(rows) <= _MOST_SETS


class _Offer(Struct, frozen=True):
    """An `Interview` about questions that do not depend on each other."""

    values: Mapping[str, Sequence[Any]]
    """Of each, by its name."""

    def hold(self, wanted: Mapping[Parameter, str]) -> Row:
        """See `testing.combinations.Interview`."""
        return tuple(
            self._step(Parameter(name), tuple(map(str, values)), wanted) for name, values in self.values.items()
        )

    def _step(self, parameter: Parameter, offered: tuple[str, ...], wanted: Mapping[Parameter, str]) -> Step:
        chosen = offered.index(wanted[parameter]) if wanted.get(parameter) in offered else 0
        return Step(parameter, offered, chosen, chosen)

    def answers(self, row: Row) -> Answers:
        """Return the answers that a row stands for."""
        return {step.parameter.question: self.values[step.parameter.question][step.chosen] for step in row}
