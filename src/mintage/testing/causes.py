"""Groups failures by their cause, so that the same mistake in thirty cases is reported once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.testing.cases import Case
    from mintage.testing.outcome import CaseFinding, CaseOutcome


class Cause(Struct, frozen=True):
    """Something that is wrong in one or more cases."""

    finding: CaseFinding
    """The finding in the smallest case."""
    case: Case
    """The smallest case: the one with the fewest answers that differ from the defaults."""
    cases: tuple[Case, ...]
    """All cases with this cause, in order."""


def causes_of(failed: Sequence[tuple[Case, CaseOutcome]]) -> tuple[Cause, ...]:
    """Return all causes, those with the most cases first."""
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
