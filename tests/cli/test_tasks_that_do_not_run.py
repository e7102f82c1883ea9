"""Tasks that don't run because of their condition, an option or a failure, and what waits for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]
    Run = Callable[..., subprocess.CompletedProcess[str]]

TREE = {
    "mintage.toml": """
[questions.git]
type = "bool"
default = false

[[order]]
files = ["b.txt"]
after = ["task:count", "task:greet"]

[[tasks]]
name = "greet"
run = "true"
where = "before"
when = "git"

[[tasks]]
name = "count"
run = "touch counted"
where = "staging"
when = "git"
after = ["a.txt", "task:greet"]

[[tasks]]
name = "sort"
run = "touch sorted"
where = "staging"
after = ["task:count"]

[[tasks]]
name = "init"
run = "touch init"
when = "git"

[[tasks]]
name = "commit"
run = "touch commit"
after = ["task:init", "task:sort", "task:greet"]
""",
    "a.txt": "{{ git }}",
    "b.txt": "b",
}


@pytest.fixture
def template(write_tree: Write) -> Path:
    return write_tree(TREE)


@pytest.mark.parametrize("answers", [(), ("-d", "git=yes")])
@pytest.mark.parametrize(
    "command",
    [
        "new TEMPLATE out --skip-tasks",
        "new TEMPLATE out --trust",
        "new TEMPLATE out --trust --executor sequential",
        "new TEMPLATE out --trust --executor processes",
        "new TEMPLATE out --trust --dry-run",
        "plan TEMPLATE out",
        "plan TEMPLATE out --as dot",
        "why b.txt --template TEMPLATE",
        "inspect TEMPLATE",
        "check TEMPLATE",
        "impact git --template TEMPLATE",
        "test TEMPLATE --trust",
        "test TEMPLATE",
    ],
)
def test_a_declared_task_that_does_not_run_counts_as_done(
    mintage: Run, template: Path, command: str, answers: tuple[str, ...]
) -> None:
    words = [str(template) if word == "TEMPLATE" else word for word in command.split()]
    takes_answers = words[0] in ("new", "plan", "why", "test")
    defaults = ["--defaults"] if words[0] in ("new", "plan", "why") else []
    done = mintage(*words, *defaults, *(answers if takes_answers else ()))
    assert "no task is called" not in done.stdout + done.stderr
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("more", "made"),
    [
        (["--skip-tasks"], []),
        (["--trust"], ["commit", "sorted"]),
        (["--trust", "-d", "git=yes"], ["commit", "counted", "init", "sorted"]),
    ],
)
def test_only_the_tasks_that_apply_run(
    mintage: Run, template: Path, tmp_path: Path, more: list[str], made: list[str]
) -> None:
    assert mintage("new", template, "out", "--defaults", *more).returncode == 0
    found = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert [name for name in found if name in ("commit", "counted", "init", "sorted")] == made


def test_a_project_is_compared_with_a_template_whose_tasks_do_not_run(mintage: Run, template: Path) -> None:
    assert mintage("new", template, "out", "--defaults", "--trust").returncode == 0
    done = mintage("diff", "out")
    assert done.returncode == 0, done.stdout + done.stderr


FAILING = {
    "mintage.toml": """
[[tasks]]
name = "publish"
run = "ls > published"

[[tasks]]
name = "announce"
run = "touch announced"
after = ["task:publish"]

[[tasks]]
name = "lint"
run = "touch linted"
after = ["good.txt"]
""",
    "good.txt": "good",
    "bad.txt": "{{ nobody }}",
}


def test_a_task_that_waits_for_nothing_in_particular_is_skipped_when_a_file_failed(
    write_tree: Write, mintage: Run, tmp_path: Path
) -> None:
    template = write_tree(FAILING)
    first = mintage("new", template, "out", "--defaults", "--trust", "--json")
    assert first.returncode == 1
    states = {each["name"]: each["state"] for each in json.loads(first.stdout)["results"]}
    assert states == {
        ".mintage.toml": "done",
        "good.txt": "done",
        "bad.txt": "failed",
        "task:lint": "done",
        "task:publish": "skipped",
        "task:announce": "skipped",
    }
    assert not (tmp_path / "out" / "published").exists()

    write_tree({"bad.txt": "better"})
    second = mintage("new", template, "out", "--defaults", "--trust", "--retry", "--json")
    assert second.returncode == 0, second.stderr
    states = {each["name"]: each["state"] for each in json.loads(second.stdout)["results"]}
    assert states == {"bad.txt": "done", "task:publish": "done", "task:announce": "done"}
    assert {"bad.txt", "good.txt"} <= {*(tmp_path / "out" / "published").read_text().split()}


def test_tasks_are_reported_as_skipped_when_nothing_is_delivered(write_tree: Write, mintage: Run) -> None:
    template = write_tree(FAILING)
    done = mintage("new", template, "out", "--defaults", "--trust", "--fail-fast", "--json")
    assert done.returncode == 1
    states = {each["name"]: each["state"] for each in json.loads(done.stdout)["results"]}
    assert {states[name] for name in ("task:lint", "task:publish", "task:announce")} == {"skipped"}


def test_a_task_that_waits_for_a_task_that_does_not_apply_needs_all_files(
    write_tree: Write, mintage: Run, tmp_path: Path
) -> None:
    toml = FAILING["mintage.toml"].replace('run = "ls > published"', 'run = "true"\nwhen = "false"')
    template = write_tree({**FAILING, "mintage.toml": toml})
    assert mintage("new", template, "out", "--defaults", "--trust").returncode == 1
    assert not (tmp_path / "out" / "announced").exists()


TASK = '[[tasks]]\nname = "t"\nrun = "true"\n'


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (
            TASK + '[[order]]\nfiles = ["a"]\nafter = [\n"task:t"]\n',
            "files can't wait for task:t",
        ),
        (
            TASK + '[[tasks]]\nname = "s"\nrun = "true"\nwhere = "staging"\nafter = ["task:t"]\n',
            "the task s can't wait for task:t",
        ),
        (
            TASK + 'where = "before"\nafter = ["a"]\n',
            "the task t runs before all files",
        ),
    ],
)
@pytest.mark.parametrize(
    "command", [("new", "--defaults", "--trust"), ("new", "--defaults", "--skip-tasks"), ("check",)]
)
def test_what_can_never_wait_is_a_mistake_in_the_template(
    write_tree: Write, mintage: Run, toml: str, said: str, command: tuple[str, ...]
) -> None:
    template = write_tree({"mintage.toml": toml, "a": ""})
    done = mintage(command[0], template, *(["out"] if command[0] == "new" else []), *command[1:])
    assert said in done.stdout + done.stderr
    line = toml[: toml.rindex("after")].count("\n") + 1
    if command == ("check",):
        assert f"{line}  error" in done.stdout
        assert done.returncode == 1
    else:
        assert f"mintage.toml:{line}" in done.stderr
        assert done.returncode == 2
