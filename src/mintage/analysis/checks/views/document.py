"""Findings as the JSON document of docs/json.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.analysis.checks.findings import Severity
from mintage.data.documents import VERSION, where_document
from mintage.report.hints import for_command_line

if TYPE_CHECKING:
    from mintage.analysis.checks.findings import Checked, Finding


def document(checked: Checked) -> dict[str, Any]:
    """Return the JSON document of kind `check`."""
    return {
        "kind": "check",
        "version": VERSION,
        "template": checked.template,
        "ok": checked.count(Severity.ERROR) == 0,
        "counts": {severity.value: checked.count(severity) for severity in Severity},
        "findings": [_finding(each) for each in checked.findings],
    }


def _finding(each: Finding) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "severity": each.severity.value,
        "where": where_document(each.where),
        "message": for_command_line(each.message),
        "suggestion": for_command_line(each.suggestion),
    }
