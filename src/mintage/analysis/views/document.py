"""Findings as the JSON document that docs/json.md describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.analysis.findings import Severity

if TYPE_CHECKING:
    from mintage.analysis.findings import Checked, Finding


def document(checked: Checked) -> dict[str, Any]:
    """The document of kind `check`."""
    return {
        "kind": "check",
        "version": 1,
        "template": checked.template,
        "ok": checked.count(Severity.ERROR) == 0,
        "counts": {severity.value: checked.count(severity) for severity in Severity},
        "findings": [_finding(each) for each in checked.findings],
    }


def _finding(each: Finding) -> dict[str, Any]:
    where = each.where
    return {
        "rule": each.rule,
        "severity": each.severity.value,
        "where": {"file": where.file, "line": where.line, "column": where.column},
        "message": each.message,
        "suggestion": each.suggestion,
    }
