"""`mintage inspect`: what a template asks, to read and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Mintage = Callable[..., subprocess.CompletedProcess[str]]
    Write = Callable[..., Path]

NATIVE = {
    "mintage.toml": """
        [questions.name]
        help = "What it is called"
        pattern = "[a-z]+"
        [questions.database]
        type = "choice"
        choices = ["none", {value = "pg", label = "PostgreSQL"}]
        default = "none"
        [questions.url]
        type = "secret"
        when = "database == 'pg'"
        [questions.key]
        type = "secret"
        default = "hunter22"
    """
}


def test_people_read_a_table(mintage: Mintage, write_tree: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    write_tree(NATIVE)
    done = mintage("inspect", "template")
    assert (done.returncode, done.stderr) == (0, "")
    heading, titles, _, *rows = done.stdout.splitlines()
    assert heading == "template (native) asks:"
    assert titles.split() == ["question", "type", "default", "choices", "notes"]
    shown = [row.split(maxsplit=3) for row in rows]
    assert shown[0] == ["name", "str", "(none)", "What it is called"]
    assert ["database", "choice", "none", "none"] in shown
    assert ["url", "secret", "(none)", "only if database == 'pg'"] in shown
    assert ["key", "secret", "***"] in shown
    assert "hunter22" not in done.stdout


def test_a_narrow_terminal_loses_nothing(mintage: Mintage, write_tree: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    default = "{{ 'abcdefghijklmnopqrstuvwxyz' | upper }}"
    write_tree({"mintage.toml": f'[questions.a_name_of_some_length]\ndefault = "{default}"\n'})
    shown = mintage("inspect", "template").stdout
    assert max(map(len, shown.splitlines())) <= 60
    assert "abcdefghijklmnopqrstuvwxyz" in "".join(line.split()[-1] for line in shown.splitlines()[3:])


def test_a_template_may_ask_nothing(mintage: Mintage, write_tree: Write) -> None:
    assert mintage("inspect", write_tree({"mintage.toml": ""})).stdout.endswith(" has no questions\n")


@pytest.mark.parametrize(
    "files",
    [
        NATIVE,
        {"copier.yml": "name: {type: str}\nport: 80\n"},
        {"cookiecutter.json": '{"name": "x", "kind": ["a", "b"]}', "{{cookiecutter.name}}/a": ""},
        {"a": "{{ name }}"},
    ],
)
def test_programs_get_a_schema_in_a_document(
    mintage: Mintage, write_tree: Write, require_described: Callable[..., None], files: dict[str, str]
) -> None:
    document = json.loads(mintage("inspect", write_tree(files), "--json").stdout)
    require_described(document)
    assert "name" in document["schema"]["properties"]
    assert "hunter22" not in json.dumps(document)


def test_what_stands_in_a_template_does_not_steer_the_terminal(mintage: Mintage, write_tree: Write) -> None:
    write_tree({"mintage.toml": '[questions.a]\nhelp = "\\u001b[2J [bold]x[/bold]"\n'})
    done = mintage("inspect", "template")
    assert "\x1b" not in done.stdout
    assert "[bold]x[/bold]" in done.stdout


def test_nothing_of_the_author_runs(mintage: Mintage, write_tree: Write, tmp_path: Path) -> None:
    template = write_tree(
        {
            "cookiecutter.json": '{"name": "{{ 1 }}", "_extensions": ["local.Foo"]}',
            "local.py": f"open({str(tmp_path / 'ran')!r}, 'w')",
            "hooks/pre_prompt.py": f"open({str(tmp_path / 'ran')!r}, 'w')",
            "{{cookiecutter.name}}/a": "",
        }
    )
    assert mintage("inspect", template).returncode == 0
    assert not (tmp_path / "ran").exists()
