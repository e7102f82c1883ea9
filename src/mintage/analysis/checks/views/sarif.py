"""Findings as SARIF 2.1.0, which code hosts and editors show next to the lines in question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mintage._version import __version__
from mintage.analysis.checks.findings import RULES
from mintage.report.hints import for_command_line

if TYPE_CHECKING:
    from mintage.analysis.checks.findings import Checked, Finding

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"  # what paths are relative to: the directory, or the repository, of the template


def sarif(checked: Checked) -> dict[str, Any]:
    """Return a SARIF log with one run."""
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "mintage", "version": __version__, "rules": _rules()}},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {_ROOT: {"description": {"text": "The template."}}},
                "results": [_result(each) for each in checked.findings],
            }
        ],
    }


def _rules() -> list[dict[str, Any]]:
    return [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.summary},
            "defaultConfiguration": {"level": rule.severity.value},
        }
        for rule in RULES.values()
    ]


def _result(each: Finding) -> dict[str, Any]:
    text = f"{each.message}; {each.suggestion}" if each.suggestion else each.message
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(each.where.file or "."), "uriBaseId": _ROOT}}
    if each.where.line is not None:
        place["region"] = {"startLine": each.where.line}
        if each.where.column is not None:
            place["region"]["startColumn"] = each.where.column
    return {
        "ruleId": each.rule,
        "ruleIndex": list(RULES).index(each.rule),
        "level": each.severity.value,
        "message": {"text": for_command_line(text)},
        "locations": [{"physicalLocation": place}],
    }
