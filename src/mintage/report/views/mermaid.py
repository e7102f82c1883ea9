"""A plan's graph in the language of Mermaid, which GitHub shows in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.report.views.graph import graph_of
from mintage.terminal import one_line

if TYPE_CHECKING:
    from mintage.planning.model import Plan
    from mintage.report.views.graph import Node


# What Mermaid takes for markup, even in quotes; it is written as the number of the character.
_SPECIAL = frozenset('#&"<>`')


def show(plan: Plan) -> str:
    """Return a flowchart."""
    graph = graph_of(plan)
    numbers = {name: f"n{number}" for number, name in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    lines += [f"  {numbers[name]}{_shape(node)}" for name, node in graph.nodes.items()]
    lines += [f"  {numbers[before]} --> {numbers[after]}" for before, after in graph.edges]
    return "\n".join(lines)


def _shape(node: Node) -> str:
    name = one_line(node.label if node.kind == "task" else node.name)
    label = "".join(f"#{ord(char)};" if char in _SPECIAL else char for char in name)
    return f'{{{{"{label}"}}}}' if node.kind == "task" else f'["{label}"]'
