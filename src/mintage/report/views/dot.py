"""Shows a plan's graph in the language of Graphviz."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mintage.report.views.graph import Node, graph_of
from mintage.terminal import one_line

if TYPE_CHECKING:
    from mintage.planning.model import Plan

_SHAPES = {"render": "box", "copy": "note", "write": "box", "link": "cds", "skip": "plaintext", "task": "hexagon"}


def show(plan: Plan) -> str:
    """Return a digraph, with one cluster for each directory."""
    graph = graph_of(plan)
    lines = ["digraph plan {", "  rankdir=LR;", '  node [fontname="sans-serif", fontsize=10];']
    groups: dict[str, list[Node]] = {}
    for node in graph.nodes.values():
        groups.setdefault(node.group, []).append(node)
    for number, (group, nodes) in enumerate(groups.items()):
        declared = [
            f"{_quoted(node.name)} [label={_quoted(node.label)}, shape={_SHAPES[node.kind]}];" for node in nodes
        ]
        if group:
            lines.append(f"  subgraph cluster_{number} {{ label={_quoted(group)};")
            lines += [f"    {line}" for line in declared]
            lines.append("  }")
        else:
            lines += [f"  {line}" for line in declared]
    lines += [f"  {_quoted(before)} -> {_quoted(after)};" for before, after in graph.edges]
    lines.append("}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return json.dumps(one_line(text), ensure_ascii=False)
