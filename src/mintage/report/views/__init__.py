"""Views of a plan: a tree, a table, a graph, or a document. Each is a pure function from Plan to text."""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING

from mintage.report.document import plan_document

if TYPE_CHECKING:
    from mintage.planning.model import Plan

VIEWS = ("tree", "table", "json", "dot", "mermaid", "svg")


def show(plan: Plan, view: str) -> str:
    """Return the plan in one of VIEWS, with a newline at the end."""
    if view == "json":
        return json.dumps(plan_document(plan), indent=2) + "\n"
    module = import_module(f"mintage.report.views.{view}")
    text: str = module.show(plan)
    return text if text.endswith("\n") else text + "\n"
