"""Puts together what fails for one cause: the same mistake in thirty cases is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.testing.cases import Case
    from mintage.testing.outcome import CaseFinding, CaseOutcome


class Cause(Struct, frozen=True):
    """Something that is wrong."""

    finding: CaseFinding
    """Of the smallest case."""
    case: Case
    cases: tuple[Case, ...]
    """All that have it, in order."""


def causes_of(failed: Sequence[tuple[Case, CaseOutcome]]) -> tuple[Cause, ...]:
    """Return every cause, those of the most cases first. The smallest case has the fewest answers that are no
    defaults.
    """
    found: dict[tuple[object, ...], list[tuple[Case, CaseFinding]]] = {}
    for case, outcome in failed:
        seen = set()
        for finding in outcome.findings:
            if finding.cause not in seen:
                seen.add(finding.cause)
                found.setdefault(finding.cause, []).append((case, finding))
    causes = []
    for each in found.values():
        smallest, finding = min(each, key=lambda one: len(one[0].answers))
        causes.append(Cause(finding, smallest, tuple(case for case, _ in each)))
    return tuple(sorted(causes, key=lambda cause: -len(cause.cases)))
