"""What programs read: reports, plans and errors as JSON. The page that describes the fields is part of the promise."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mintage.errors import AnswerError, CycleError, Location, MintageError, Problem, TimedOutError
from mintage.report.document import error_document, plan_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from mintage.engine import JobFailure
    from mintage.planning import Plan, PlannedTask
    from mintage.report import Report

PAGE = Path(__file__).parents[2] / "docs" / "json.md"


def _described(kind: str) -> set[str]:
    """Every word that the page's section for a kind of document has in code quotes."""
    section = PAGE.read_text().partition(f'## `"kind": "{kind}"`')[2].partition("\n## ")[0]
    return set(re.findall(r"`([a-z_]+)`", section))


def _keys(value: Any) -> set[str]:
    """Every key of a document, at any depth, but for those of places."""
    if isinstance(value, dict):
        if set(value) == {"file", "line", "column"}:
            return set()
        return set(value).union(*map(_keys, value.values()))
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()


@pytest.fixture
def report(report_of: Callable[..., Report], undefined: Callable[[str], JobFailure]) -> Report:
    """One in which something of every kind happened."""
    return report_of(("a",), {"b": undefined("b")}, {"c": "b"}, existing=("d",), warnings=("w",))


@pytest.fixture
def plan(plan_of: Callable[..., Plan], task: Callable[..., PlannedTask]) -> Plan:
    """One with a directory, a dependency and a task."""
    return plan_of({"d/a": (), "b": ("d/a",)}, staged=(task("t", "b"),))


def test_the_page_describes_every_field_of_every_document(report: Report, plan: Plan) -> None:
    documents = [report.to_dict(), plan_document(plan), error_document(CycleError(["a", "b", "a"]))]
    for document in documents:
        undescribed = _keys(document) - _described(document["kind"]) - {"kind", "version", "format", "origin"}
        assert not undescribed, document["kind"]


def test_a_report_counts_and_names_what_happened(report: Report) -> None:
    document = json.loads(report.as_json())
    assert (document["ok"], document["delivered"]) == (False, True)
    assert (document["files_written"], document["bytes_written"]) == (1, 100)
    assert [(each["name"], each["state"]) for each in document["results"]] == [
        ("a", "done"),
        ("b", "failed"),
        ("c", "skipped"),
    ]
    assert document["skipped"] == [{"name": "c", "because": "b"}]
    assert document["existing"] == ["d"]
    (failure,) = document["failures"]
    assert failure["where"] == {"file": "b", "line": 2, "column": None}
    assert failure["source_line"] == "{{ x }}"


def test_a_report_without_failures_is_ok_only_if_the_project_is_there(report_of: Callable[..., Report]) -> None:
    assert report_of(("a",)).ok
    assert not report_of(("a",), delivered=False).ok


def test_a_plan_tells_of_each_file_what_happens_to_it_and_when(plan: Plan) -> None:
    document = plan_document(plan)
    assert document["folders"] == ["d"]
    assert [(each["target"], each["depends_on"], each["priority"]) for each in document["files"]] == [
        ("d/a", [], "high"),
        ("b", ["d/a"], "high"),
    ]
    assert document["tasks"] == [
        {
            "name": "t",
            "stage": "staging",
            "command": "make all",
            "script": None,
            "directory": ".",
            "depends_on": ["b"],
        }
    ]


@pytest.mark.parametrize(
    "error",
    [
        MintageError("plain"),
        TimedOutError("late", why="slow", hint="wait"),
        AnswerError("bad", where=Location("f", 1, 2), problems=[Problem("p", Location("g"), "h")]),
    ],
)
def test_an_error_says_its_class_and_exit_code_and_everything_it_knows(error: MintageError) -> None:
    document = json.loads(json.dumps(error_document(error)))
    assert document["error"] == type(error).__name__
    assert document["exit_code"] == error.exit_code
    assert (document["what"], document["why"], document["hint"]) == (error.what, error.why, error.hint)
    assert len(document["problems"]) == len(error.problems)


def test_a_cycle_is_listed_in_order() -> None:
    assert error_document(CycleError(["a", "b", "a"]))["cycle"] == ["a", "b", "a"]


def test_names_that_are_no_text_do_not_break_a_document(report_of: Callable[..., Report]) -> None:
    assert json.loads(report_of(("caf\udce9",)).as_json().encode())["results"][0]["name"] == "caf\udce9"
