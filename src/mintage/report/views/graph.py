"""The graph of a plan: jobs and tasks are nodes, edges say what waits for what. Draws nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.template.tasks import TASK_PREFIX

if TYPE_CHECKING:
    from mintage.planning.model import Plan


class Node(Struct, frozen=True):
    """One file or task."""

    name: str
    """The path of the file, or the name of the task."""
    label: str
    """What is shown of the name."""
    kind: str
    """The action of the file, or "task"."""
    group: str = ""
    """The directory of the file; "" for that of the project."""


class Graph(Struct, frozen=True):
    """Jobs and tasks, and what waits for what."""

    nodes: dict[str, Node]
    """By name."""
    edges: tuple[tuple[str, str], ...]
    """Pairs of names: what comes first, and what waits for it."""


def graph_of(plan: Plan) -> Graph:
    """Return the graph of all files and tasks of a plan."""
    nodes: dict[str, Node] = {}
    edges: list[tuple[str, str]] = []
    for file in plan.files:
        folder, _, label = file.target.rpartition("/")
        nodes[file.target] = Node(file.target, label, file.action.value, folder)
    for task in plan.tasks:
        nodes[TASK_PREFIX + task.name] = Node(TASK_PREFIX + task.name, task.name, "task")
        edges += [(need, TASK_PREFIX + task.name) for need in task.needs]
    for job in plan.jobs:
        edges += [(need, job.name) for need in job.depends_on]
    known = [(before, after) for before, after in edges if before in nodes and after in nodes]
    return Graph(nodes, tuple(dict.fromkeys(known)))


def layers(graph: Graph) -> list[list[str]]:
    """Return the names in layers, by the length of the chain that comes before them; the first layer waits for nothing.

    What is in a cycle stands where the cycle begins: it cannot run, but a picture of it is still wanted.
    """
    after: dict[str, list[str]] = {}
    waits = dict.fromkeys(graph.nodes, 0)
    for first, then in graph.edges:
        after.setdefault(first, []).append(then)
        waits[then] += 1
    depth = dict.fromkeys(graph.nodes, 0)
    ready = [name for name, count in waits.items() if not count]
    for name in ready:  # grows while it is walked
        for then in after.get(name, ()):
            depth[then] = max(depth[then], depth[name] + 1)
            waits[then] -= 1
            if not waits[then]:
                ready.append(then)
    found: list[list[str]] = [[] for _ in range(1 + max(depth.values(), default=-1))]
    for name, layer in depth.items():
        found[layer].append(name)
    return [layer for layer in found if layer]
