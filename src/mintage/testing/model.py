"""What a test is asked to do, and what it found: plain values."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - msgspec reads the annotations
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage.minting.options import Options
from mintage.template.questions import GivenAnswers
from mintage.testing.cases import MOST_CASES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mintage.testing.cases import Case
    from mintage.testing.coverage import Coverage
    from mintage.testing.outcome import CaseOutcome

HIDDEN = "..."


class TestRequest(Struct, frozen=True):
    """What to test, and how."""

    __test__ = False  # pytest would collect it otherwise

    template: str | Path
    """The template, as `mintage new` takes it."""
    given: GivenAnswers = field(default_factory=GivenAnswers)
    """Answers that are the same in all cases."""
    options: Options = field(default_factory=Options)
    """How to mint the cases; hooks and tasks run if the template is trusted."""
    full: bool = False
    """Whether to test all combinations of answers instead of all pairs."""
    most_cases: int = MOST_CASES
    """The maximum number of cases."""
    cases_file: Path | None = None
    """A file with cases to test instead; None combines the answers."""
    names: tuple[str, ...] = ()
    """The names of the cases to test; empty for all."""
    pattern: str | None = None
    """Text that the name or the answers of a case must contain; None for all cases."""
    keep: Path | None = None
    """The directory in which to keep the projects; None removes them."""
    strict: bool = False
    """Whether files that differ between two renders are failures."""
    golden: Path | None = None
    """The directory of the golden trees; None for the usual one, if it exists."""
    updates_golden: bool = False
    """Whether to write the golden trees."""
    commands: tuple[str, ...] = ()
    """Shell commands that must succeed in each project."""
    command_seconds: float | None = None
    """The time limit for each command, in seconds; None for no limit."""
    workers: int | None = None
    """The number of cases to run at once; None for the number of usable cores."""


class TestReport(Struct, frozen=True):
    """What a test found."""

    __test__ = False

    origin: str
    """What the user called the template."""
    format: str
    """The name of the template's format."""
    kind: str
    """Where the cases come from: "pairs", "all" or "file"."""
    results: tuple[tuple[Case, CaseOutcome], ...]
    """Each case with its outcome, in order."""
    again: tuple[str, ...]
    """The beginning of a command that generates a project as a case does."""
    given: Mapping[str, Any]
    """The answers that are the same in all cases."""
    secrets: frozenset[str]
    """The names of the questions whose answers are not shown."""
    coverage: Coverage
    """What the cases reached."""
    seconds: float
    """How long the test took, in seconds."""
    workers: int
    """How many cases ran at once."""
    left_to_trust: tuple[str, ...] = ()
    """The hooks and tasks that did not run because the template is not trusted."""
    golden: Path | None = None
    """The directory of the golden trees; None if there is none."""
    keep: Path | None = None
    """The directory in which the projects were kept; None if they were removed."""

    @property
    def failed(self) -> tuple[tuple[Case, CaseOutcome], ...]:
        """The cases with findings."""
        return tuple((case, outcome) for case, outcome in self.results if outcome.findings)

    def shown(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answers with the secret ones hidden."""
        return {name: HIDDEN if name in self.secrets else value for name, value in answers.items()}
