"""`mintage init` begins a template that works."""

from __future__ import annotations

import os
import sys
import tomllib
from itertools import product
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

import mintage
from mintage.minting.options import Options
from mintage.minting.preparation import Preparation

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Mintage = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def begun(mintage: Mintage, tmp_path: Path) -> Path:
    """A template, as `mintage init` makes it."""
    assert mintage("init", "begun", "--defaults").returncode == 0
    return tmp_path / "begun"


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_what_it_begins_can_be_minted_at_once(mintage: Mintage, begun: Path, tmp_path: Path) -> None:
    run = mintage("new", begun, "my-project", "--defaults")
    assert (run.returncode, run.stderr) == (0, "")
    assert _files(tmp_path / "my-project") == {
        ".mintage.toml",
        "LICENSE",
        "README.md",
        "docs/index.md",
        "docs/installation.md",
        "docs/first-steps.md",
    }
    assert tomllib.loads((begun / "mintage.toml").read_text())["template"]["name"] == "begun"


def test_it_runs_no_code_of_its_author(begun: Path) -> None:
    assert Preparation(Options()).trust_report(begun).capabilities == ()


def test_every_answer_gives_a_project_and_so_do_its_own_cases(begun: Path, tmp_path: Path) -> None:
    combined: list[dict[str, Any]] = [
        {"license": one, "docs": docs} for one, docs in product(("MIT", "none"), (True, False))
    ]
    own = tomllib.loads((begun / "tests" / "cases.toml").read_text())
    for number, answers in enumerate((*combined, *own.values())):
        report = mintage.generate(begun, tmp_path / str(number), data=answers)
        made = _files(report.destination)
        assert ("LICENSE" in made) == (answers.get("license") != "none")
        assert ("docs/index.md" in made) == answers.get("docs", True)
        text = "".join((report.destination / path).read_text() for path in made)
        assert "{{" not in text
        assert "{%" not in text


def test_it_says_what_to_do_next_with_what_was_typed(mintage: Mintage) -> None:
    printed = mintage("init", "a/b", "--defaults").stdout
    assert "a/b is now a template of 7 files" in printed
    assert "mintage new a/b my-project --defaults" in printed


def test_a_repository_that_is_there_is_no_obstacle(mintage: Mintage, tmp_path: Path) -> None:
    (tmp_path / "here" / ".git").mkdir(parents=True)
    (tmp_path / "here" / "notes.txt").write_text("mine")
    assert mintage("init", "here", "--defaults").returncode == 0
    assert (tmp_path / "here" / "notes.txt").read_text() == "mine"
    assert "mintage.toml" in _files(tmp_path / "here")


@pytest.mark.parametrize(
    "there", ["mintage.toml", "cookiecutter.json", "copier.yml", "README.md", "files/docs/index.md"]
)
def test_nothing_that_is_there_is_touched(mintage: Mintage, tmp_path: Path, there: str) -> None:
    (tmp_path / "here" / there).parent.mkdir(parents=True)
    (tmp_path / "here" / there).write_text("mine")
    run = mintage("init", "here", "--defaults")
    assert run.returncode == 2
    assert there in run.stderr
    assert _files(tmp_path / "here") == {there}
    assert (tmp_path / "here" / there).read_text() == "mine"


def test_a_name_may_hold_anything_but_what_toml_has_for_itself(mintage: Mintage, tmp_path: Path) -> None:
    assert mintage("init", "a", "--name", "Größe {{ x }} 'y'", "--defaults").returncode == 0
    assert tomllib.loads((tmp_path / "a" / "mintage.toml").read_text())["template"]["name"] == "Größe {{ x }} 'y'"
    assert mintage("init", "b", "--name", 'a "quoted" one', "--defaults").returncode == 2
    assert not (tmp_path / "b").exists()


def test_in_a_terminal_it_asks_for_the_name_alone(tmp_path: Path) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "mintage", "init", "begun"],
        cwd=str(tmp_path),
        env={**os.environ, "TERM": "xterm"},
        encoding="utf-8",
        timeout=30,
    )
    child.expect("name")
    child.send("other\r")
    child.expect("is now a template of")
    child.expect(pexpect.EOF)
    assert tomllib.loads((tmp_path / "begun" / "mintage.toml").read_text())["template"]["name"] in (
        "other",
        "begunother",
    )
