"""What the commands print with `--json` is what docs/schemas says, and the schemas say all of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mintage.cli.commands import COMMANDS, command_module

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Mintage = Callable[..., subprocess.CompletedProcess[str]]
    Write = Callable[..., Path]
    Described = Callable[..., None]

EVERYTHING = {
    "mintage.toml": """
        [questions.name]
        default = "atlas"
        [questions.key]
        type = "secret"
        default = ""
        [[order]]
        files = ["b.txt"]
        after = ["a.txt"]
        [[tasks]]
        name = "build"
        run = ["true", "{{ name }}"]
        [[tasks]]
        name = "among"
        run = "true"
        where = "staging"
    """,
    "a.txt": "{{ name }}",
    "b.txt": "b",
    "docs/{{ name }}.txt": "\n{{ nobody }}",
}


@pytest.mark.parametrize(
    ("kind", "exit_code", "arguments"),
    [
        ("report", 1, "new template out --defaults --trust --json"),
        ("report", 1, "new template out --defaults --skip-tasks --json -q"),
        ("plan", 0, "plan template out --json"),
        ("plan", 0, "new template out --defaults --dry-run --json"),
        ("why", 0, "why b.txt --template template --json"),
        ("error", 2, "why nothing --template template --json"),
        ("impact", 0, "impact name --template template --json"),
        ("inspect", 0, "inspect template --json"),
        ("diff", 0, "diff good project --json"),
        ("error", 2, "diff template project --json"),
        ("error", 2, "new nowhere out --json"),
        ("error", 2, "plan template out -d nobody=1 --json"),
        ("error", 2, "new --json"),
        ("error", 3, "new template out --defaults --json"),
        ("init", 0, "init begun --defaults --json"),
        ("check", 1, "check template --json"),
        ("test", 1, "test template --json"),
        ("conversion", 0, "convert cookie native --json"),
        ("trust_report", 0, "check template --trust-report --json"),
        ("recovery", 0, "recover . --json"),
        ("templates", 0, "list --json"),
        ("templates", 0, "add mine template --json"),
        ("error", 2, "remove mine --json"),
    ],
)
def test_a_document_is_as_its_schema_says(
    mintage: Mintage, write_tree: Write, require_described: Described, kind: str, exit_code: int, arguments: str
) -> None:
    write_tree(EVERYTHING)
    write_tree({**EVERYTHING, "docs/{{ name }}.txt": "{{ name }}"}, "good")
    write_tree({"b.txt": "other"}, "project")
    write_tree({"cookiecutter.json": '{"a": "x", "_d": 1}', "{{cookiecutter.a}}/f": "{{cookiecutter.a}}"}, "cookie")
    done = mintage(*arguments.split())
    assert done.returncode == exit_code
    document = json.loads(done.stdout)
    assert document["kind"] == kind
    require_described(document)


def test_a_cycle_is_in_the_schema_of_errors(mintage: Mintage, write_tree: Write, require_described: Described) -> None:
    write_tree({"a": "{{ output('b') }}", "b": "{{ output('a') }}"})
    document = json.loads(mintage("plan", "template", "out", "--json").stdout)
    assert document["cycle"]
    require_described(document)


def test_templates_are_listed_after_each_change(
    mintage: Mintage, write_tree: Write, require_described: Described
) -> None:
    write_tree({"a": ""})
    mintage("add", "mine", "template", "--directory", "sub")
    documents = [json.loads(mintage(*line.split(), "--json").stdout) for line in ("list", "remove mine")]
    assert [len(document["templates"]) for document in documents] == [1, 0]
    for document in documents:
        require_described(document)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "completion"])
def test_every_command_has_json(command: str) -> None:
    from argparse import ArgumentParser

    parser = ArgumentParser()
    command_module(command).add_arguments(parser)
    assert "--json" in parser.format_help()
