"""Keys of the configuration that the tool whose format it is silently ignores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.analysis.checks.findings import Severity, finding
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mintage.analysis.checks.context import CheckContext
    from mintage.analysis.checks.findings import Finding


def find(check: CheckContext) -> Iterator[Finding]:
    """Yield a finding for each unknown key."""
    read = {each.name for each in check.reads}
    for key in check.survey.unknown_keys:
        suggestion = suggest(key.name, [*key.known], most=1, likeness=key.likeness)
        if key.may_be_read and (key.name in read or not suggestion):
            continue
        severity = Severity.NOTE if key.may_be_meant and not suggestion else Severity.WARNING
        if key.lists_known and not suggestion:
            suggestion = f"known keys: {', '.join(key.known)}"
        yield finding("unknown-key", key.where, key.what, suggestion, severity=severity)
