"""Words of other tools are understood, or answered with what to type here; `--` ends options."""

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


@pytest.fixture
def template(write_tree: Write) -> Path:
    return write_tree({"mintage.toml": "", "a.txt": "new", "b.txt": "new"})


@pytest.fixture
def existing(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.txt").write_text("old")
    return tmp_path / "out"


@pytest.mark.parametrize("flag", ["--force", "-f", "--overwrite-if-exists", "--overwrite"])
def test_other_names_of_overwriting_are_understood(mintage: Run, template: Path, existing: Path, flag: str) -> None:
    assert mintage("new", template, "out", "--defaults", flag).returncode == 0
    assert (existing / "a.txt").read_text() == "new"


def test_skipping_files_has_another_name_too(mintage: Run, template: Path, existing: Path) -> None:
    assert mintage("new", template, "out", "--defaults", "--skip-if-file-exists").returncode == 0
    assert (existing / "a.txt").read_text() == "old"


@pytest.mark.parametrize("flag", ["--pretend", "-n", "--dry-run"])
@pytest.mark.parametrize("command", ["new", "plan"])
def test_a_preview_of_an_existing_project_shows_each_file(
    mintage: Run, template: Path, existing: Path, command: str, flag: str
) -> None:
    more = [flag, "--json"] if command == "new" else ["--as", "json"]
    done = mintage(command, template, "out", "--defaults", *more)
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    assert {file["target"]: file["replaces"] for file in plan["files"]} == {
        "a.txt": True,
        "b.txt": False,
        ".mintage.toml": False,
    }
    assert "out already exists: nothing is written unless you use --overwrite or --skip-existing" in done.stderr
    assert (existing / "a.txt").read_text() == "old"
    assert mintage("new", template, "out", "--defaults").returncode == 2


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("copy gh:a/b out", "did you mean `mintage new gh:a/b out`?"),
        ("update", "updated with Copier"),
        ("recopy", "updated with Copier"),
        ("new t -o out", "`mintage new TEMPLATE DIR`"),
        ("new t --output-dir=out", "`mintage new TEMPLATE DIR`"),
        ("new t --accept-hooks=no", "--skip-tasks"),
        ("new --list-installed", "`mintage list`"),
        ("new -- t o --defaults", "options must come before `--`"),
    ],
)
def test_words_that_mean_something_else_here_are_answered(mintage: Run, typed: str, hint: str) -> None:
    done = mintage(*typed.split())
    assert done.returncode == 2
    assert hint in done.stderr


def test_help_and_version_are_commands(mintage: Run) -> None:
    assert mintage("help").stdout == mintage("--help").stdout
    assert mintage("help", "new").stdout == mintage("new", "--help").stdout
    assert mintage("version").stdout == mintage("--version").stdout


@pytest.mark.parametrize("command", ["new", "plan", "check", "inspect", "test"])
def test_two_dashes_end_the_options(write_tree: Write, mintage: Run, tmp_path: Path, command: str) -> None:
    write_tree({"mintage.toml": "", "a.txt": ""}).rename(tmp_path / "-f")
    output = ["-o"] if command in ("new", "plan") else []
    options = ["--defaults"] if output else []
    done = mintage(command, *options, "--", "-f", *output)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "-o" / "a.txt").exists() is (command == "new")
