"""How a plan is shown: as a tree, a table, a graph, a picture."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mintage.planning import Action, PlannedFile
from mintage.report.views import VIEWS, show
from mintage.report.views.graph import graph_of, layers
from mintage.template.tasks import TaskStage

if TYPE_CHECKING:
    from collections.abc import Callable

    from mintage.planning import Plan, PlannedTask

    PlanMaker = Callable[..., Plan]

SVG = "{http://www.w3.org/2000/svg}"


def test_the_tree_shows_action_size_priority_and_dependencies_in_columns(plan_of: PlanMaker) -> None:
    plan = plan_of({"a.txt": (), "src/main.py": ("a.txt",)}, size=2048)
    assert show(plan, "tree").splitlines() == [
        "/project/",
        "├── a.txt        render  2.0 KiB  high",
        "└── src/",
        "    └── main.py  render  2.0 KiB  high  after a.txt",
        "2 files (2 to render), 4.0 KiB to read",
    ]


def test_the_tree_says_what_is_left_alone_and_what_is_replaced(plan_of: PlanMaker) -> None:
    kept = PlannedFile("kept", Action.SKIP)
    tree = show(plan_of({"new": ()}, more=(kept,)), "tree")
    assert "└── new   render" in tree.replace("├", "└")
    assert "kept  skip   it already exists" in tree


def test_the_tree_names_tasks_their_moment_and_their_command(
    plan_of: PlanMaker, task: Callable[..., PlannedTask]
) -> None:
    plan = plan_of(
        {"a": ()}, staged=(task("build", "a"),), in_place=(task("install", "task:build", stage=TaskStage.IN_PLACE),)
    )
    tree = show(plan, "tree")
    assert "task build (among the files): make all  after a" in tree
    assert "task install (at the end): make all  after build" in tree


def test_a_long_list_of_dependencies_is_cut_in_the_tree_and_whole_in_the_table(plan_of: PlanMaker) -> None:
    names = tuple(f"f{n}" for n in range(5))
    plan = plan_of({**dict.fromkeys(names, ()), "all": names})
    assert "after f0, f1, f2 and 2 more" in show(plan, "tree")
    assert "f0, f1, f2, f3, f4" in show(plan, "table")


def test_the_table_has_aligned_columns(plan_of: PlanMaker) -> None:
    header, rule, *rows = show(plan_of({"a": (), "much/longer/name": ("a",)}), "table").splitlines()
    start = header.index("file")
    assert rule[start:].startswith("----")
    assert [row[start:].split()[0] for row in rows] == ["a", "much/longer/name"]


def test_the_reason_for_one_after_the_other_is_shown(plan_of: PlanMaker) -> None:
    assert "sequentially: it counts" in show(plan_of({"a": ()}, sequential_reason="it counts"), "tree")


def test_graphs_have_an_edge_for_each_dependency(plan_of: PlanMaker, task: Callable[..., PlannedTask]) -> None:
    plan = plan_of({"a": (), "b": ("a",), "c": ("task:t",)}, staged=(task("t", "b"),))
    dot = show(plan, "dot")
    assert [line.strip() for line in dot.splitlines() if "->" in line] == [
        '"b" -> "task:t";',
        '"a" -> "b";',
        '"task:t" -> "c";',
    ]
    assert show(plan, "mermaid").count("-->") == 3


def test_the_picture_holds_every_file_once_and_every_edge(plan_of: PlanMaker) -> None:
    plan = plan_of({"a": (), "b & <c>": ("a",), "d": ("a", "b & <c>")})
    root = ElementTree.fromstring(show(plan, "svg"))
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert [texts.count(name) for name in ("a", "b & <c>", "d")] == [1, 1, 1]
    assert len(list(root.iter(f"{SVG}path"))) == 3


def test_in_the_picture_a_file_stands_right_of_what_it_waits_for_and_no_boxes_overlap(plan_of: PlanMaker) -> None:
    plan = plan_of({**{f"f{n}": () for n in range(200)}, "last": ("f7",)})
    root = ElementTree.fromstring(show(plan, "svg"))
    boxes = [
        tuple(float(box.get(side, "0")) for side in ("x", "y", "width", "height"))
        for box in root.iter(f"{SVG}rect")
        if box.get("rx")
    ]
    assert len(boxes) == 201
    assert len({(x, y) for x, y, _, _ in boxes}) == 201
    columns = sorted({(x, x + width) for x, _, width, _ in boxes})
    assert all(left[1] <= right[0] for left, right in pairwise(columns))
    assert boxes[-1][0] == max(x for x, _, _, _ in boxes)


@pytest.mark.parametrize("view", VIEWS)
def test_names_cannot_steer_the_terminal_nor_break_lines(plan_of: PlanMaker, view: str) -> None:
    shown = show(plan_of({"evil\x1b[2J\nname\t\u202e\udcff": ()}), view)
    assert "\x1b" not in shown
    assert "evil\nname" not in shown
    if view != "json":
        assert "evil\ufffd[2J\ufffdname" in shown
    shown.encode()


def test_mermaid_and_dot_quote_what_they_would_take_for_markup(plan_of: PlanMaker) -> None:
    plan = plan_of({'a"b<i>#1;`c`\\': ()})
    assert 'n0["a#34;b#60;i#62;#35;1;#96;c#96;\\"]' in show(plan, "mermaid")
    assert r'"a\"b<i>#1;`c`\\"' in show(plan, "dot")


@pytest.mark.parametrize("view", VIEWS)
def test_an_empty_plan_can_be_shown(plan_of: PlanMaker, view: str) -> None:
    assert show(plan_of({}), view).endswith("\n")


@pytest.mark.parametrize("view", VIEWS)
def test_chains_and_folders_may_be_deeper_than_pythons_calls(plan_of: PlanMaker, view: str) -> None:
    chain = {f"f{n}": (f"f{n - 1}",) if n else () for n in range(1500)}
    deep = "/".join("d" * 1500)
    assert "f1499" in show(plan_of({**chain, deep: ()}), view)


def test_files_that_wait_for_each_other_can_still_be_drawn(plan_of: PlanMaker) -> None:
    plan = plan_of({"a": ("b",), "b": ("a",), "free": ()})
    assert "free" in show(plan, "svg")


def test_the_json_view_is_one_document(plan_of: PlanMaker) -> None:
    assert json.loads(show(plan_of({"a": ()}), "json"))["kind"] == "plan"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(0, 30), max_size=4), max_size=25))
def test_layers_hold_every_file_once_and_after_what_it_waits_for(plan_of: PlanMaker, waits: list[list[int]]) -> None:
    files = {
        f"f{number}": tuple(dict.fromkeys(f"f{need % number}" for need in needs)) if number else ()
        for number, needs in enumerate(waits)
    }
    found = layers(graph_of(plan_of(files)))
    layer_of = {name: number for number, layer in enumerate(found) for name in layer}
    assert sorted(name for layer in found for name in layer) == sorted(files)
    assert all(layer_of[need] < layer_of[name] for name, needs in files.items() for need in needs)
