"""Mints the original and the native template with the same answers, and compares the projects byte for byte."""

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
    """A project that was minted for a comparison."""

    name: str = ""
    """The name of the project's directory."""
    files: Mapping[str, FileVersion] = {}
    """The files and directories by path."""
    failure: str = ""
    """Why there is no complete project; "" if there is one."""


class Comparing(Struct, frozen=True):
    """Compares two templates."""

    original: Source
    """The Cookiecutter template."""
    native: Path
    """The directory of the native template."""
    renamed: Mapping[str, str]
    """The native name of each of the original's questions."""
    given: Mapping[str, str]
    """The answers for all comparisons, as typed."""
    trust: bool
    """Whether the templates' extensions may run."""
    scratch: Path
    """A temporary directory for the projects."""
    cancellation: Cancellation
    """Ends a run from another thread."""

    def compare(self, answers: Answers) -> Comparison:
        """Mint both projects, and return what differs. Hooks and tasks do not run.

        Args:
            answers: The answers, by the original's names of the questions.
        """
        first = self._mint(self.original, "cookiecutter", GivenAnswers(flags=self.given, data=answers))
        second = self._mint(
            self.native, "native", GivenAnswers(flags=self._renamed(self.given), data=self._renamed(answers))
        )
        if first.failure:
            return Comparison(answers, unmade=first.failure)
        if second.failure:
            return Comparison(answers, failure=second.failure)
        found = _differences(first, second)
        unsteady: list[str] = []
        if found:
            again = self._mint(self.original, "cookiecutter", GivenAnswers(flags=self.given, data=answers))
            unsteady = sorted(found.keys() & _differences(first, again).keys())
        differences = [f"{path}: {what}" for path, what in sorted(found.items()) if path not in unsteady]
        return Comparison(answers, len(first.files), tuple(differences), tuple(unsteady))

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
        """Return the name of the project's directory when the user doesn't choose one, even if it exists."""
        generator = Generator(structs.replace(options, overwrite=True), cancellation=self.cancellation)
        return generator.plan(template, given=given).destination.name


def _why_not(outcome: ProjectOutcome) -> str:
    """Return why a project was not generated, or not completely."""
    if outcome.refusal:
        more = "; ".join(problem.what for problem in outcome.refusal.problems)
        return f"{outcome.refusal.failure.what}{f': {more}' if more else ''}"
    return f"{outcome.failed[0].failure.what} ({', '.join(sorted(each.name for each in outcome.failed))})"


def _contents(project: Path) -> dict[str, FileVersion]:
    """Return all files and directories of a project, except for the saved answers."""
    found = read_tree(project, exact_modes=True)
    found.pop(_SAVED_ANSWERS, None)
    for above, names, _ in os.walk(project):
        for name in names:
            path = os.path.relpath(os.path.join(above, name), project)
            found.setdefault(path, FileVersion(stat.S_IFDIR, 0, b""))
    return found


def _differences(first: Minted, second: Minted) -> dict[str, str]:
    """Return how each path differs that is not the same in both projects."""
    found: dict[str, str] = {}
    if first.name != second.name:
        found["."] = f"the project is called {second.name}, not {first.name}"
    for path in differing(first.files, second.files):
        if path not in second.files:
            found[path] = "is missing"
        elif path not in first.files:
            found[path] = "is not in the original's project"
        else:
            found[path] = _how(first.files[path], second.files[path])
    return found


def _how(first: FileVersion, second: FileVersion) -> str:
    """Return how two files differ: in their permissions, or from which line."""
    if first.mode != second.mode:
        return "has different permissions"
    lines = zip(first.lines, second.lines, strict=False)
    line = next(
        (number for number, (left, right) in enumerate(lines, 1) if left.rstrip(b"\n") != right.rstrip(b"\n")), None
    )
    return f"differs from line {line} on" if line else "differs at its end"


def sets_of_answers(questions: Iterable[Question], is_plain: Callable[[str], bool]) -> tuple[tuple[Answers, ...], bool]:
    """Return sets of answers: the defaults, and combinations in which every two choices occur together.

    Args:
        questions: The questions of the original.
        is_plain: Returns whether text has no tags.

    Returns:
        The sets, up to a maximum number, and whether these are all.
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
    """An `Interview` with questions that do not depend on each other."""

    values: Mapping[str, Sequence[Any]]
    """The values to choose from, by the name of the question."""

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
