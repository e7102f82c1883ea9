"""A test's report as a JSON document. The fields are described in docs/json.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.data.documents import VERSION, where_document
from mintage.report.hints import for_command_line
from mintage.testing.cases import flags
from mintage.testing.causes import causes_of

if TYPE_CHECKING:
    from mintage.testing.cases import Case
    from mintage.testing.causes import Cause
    from mintage.testing.coverage import Coverage
    from mintage.testing.model import TestReport
    from mintage.testing.outcome import CaseOutcome


def test_document(report: TestReport) -> dict[str, Any]:
    """Return the document that `test --json` prints."""
    return {
        "kind": "test",
        "version": VERSION,
        "ok": not report.failed,
        "template": {"format": report.format, "origin": report.origin},
        "combinations": report.kind,
        "seconds": round(report.seconds, 6),
        "workers": report.workers,
        "golden": str(report.golden) if report.golden else None,
        "keep": str(report.keep) if report.keep else None,
        "left_to_trust": list(report.left_to_trust),
        "cases": [_case(report, case, outcome) for case, outcome in report.results],
        "failures": [_cause(cause) for cause in causes_of(report.failed)],
        "coverage": _coverage(report.coverage),
    }


def _case(report: TestReport, case: Case, outcome: CaseOutcome) -> dict[str, Any]:
    answers = report.shown(case.answers)
    return {
        "name": case.name,
        "answers": answers,
        "flags": flags(answers),
        "ok": not outcome.findings,
        "files": outcome.files,
        "bytes": outcome.bytes,
        "seconds": round(outcome.seconds, 6),
        "nondeterministic": list(outcome.unstable),
        "has_golden": outcome.has_golden,
    }


def _cause(cause: Cause) -> dict[str, Any]:
    finding = cause.finding
    return {
        "check": finding.check.name.lower(),
        "what": finding.what,
        "kind": finding.kind,
        "where": where_document(finding.where),
        "source_line": finding.source_line,
        "why": for_command_line(finding.why),
        "hint": for_command_line(finding.hint),
        "detail": finding.detail,
        "smallest": cause.case.name,
        "cases": [case.name for case in cause.cases],
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "percentage": round(coverage.percentage, 3),
        "branches": coverage.branches,
        "never_reached": [
            {"file": each.file, "line": each.branch.line, "what": each.branch.unless} for each in coverage.unreached
        ],
        "files": coverage.files,
        "in_no_project": list(coverage.files_left_out),
        "values": coverage.settings,
        "never_chosen": [
            {"question": each.parameter.question, "option": each.parameter.option or None, "value": each.value}
            for each in coverage.never_chosen
        ],
    }
