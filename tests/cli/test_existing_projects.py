"""An existing project is replaced as a whole or stays as it was, unless the user asks for what could be made."""

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

FORMATS: dict[str, tuple[dict[str, str], str]] = {
    "native": (
        {
            "mintage.toml": "[[tasks]]\nname = 't'\nrun = 'touch ran'\n",
            "good": "new",
            "added": "",
            "bad": "{{ nobody.x }}",
        },
        "out",
    ),
    "copier": (
        {"copier.yml": "_tasks: [touch ran]\n", "good.jinja": "new", "added.jinja": "", "bad.jinja": "{{ nobody.x }}"},
        "out",
    ),
    "cookiecutter": (
        {
            "cookiecutter.json": '{"name": "out"}',
            "hooks/post_gen_project.py": "open('ran', 'w')",
            "{{cookiecutter.name}}/good": "new",
            "{{cookiecutter.name}}/added": "",
            "{{cookiecutter.name}}/bad": "{{ nobody.x }}",
        },
        ".",
    ),
}
BEFORE = {"good": "old", "bad": "old", "mine": "mine"}


@pytest.fixture(params=FORMATS)
def broken(request: pytest.FixtureRequest, write_tree: Write, tmp_path: Path) -> tuple[Path, str]:
    """A template of which one file fails, and what to give as OUTPUT for the existing project `out`."""
    files, output = FORMATS[request.param]
    (tmp_path / "out").mkdir()
    for name, text in BEFORE.items():
        (tmp_path / "out" / name).write_text(text)
    return write_tree(files), output


def files_in(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.name[0] != "."}


@pytest.mark.parametrize("how", ["--overwrite", "--skip-existing"])
def test_a_project_stays_as_it_was_when_a_file_fails(
    broken: tuple[Path, str], mintage: Run, tmp_path: Path, how: str
) -> None:
    template, output = broken
    if how == "--skip-existing":
        (tmp_path / "out" / "bad").unlink()
    before = files_in(tmp_path / "out")
    done = mintage("new", template, output, "--defaults", "--trust", how)
    assert done.returncode == 1
    assert files_in(tmp_path / "out") == before
    assert "nothing was written" in done.stdout
    assert "--keep-going" in done.stdout
    assert "rendered in" in done.stdout
    report = json.loads(mintage("new", template, output, "--defaults", "--trust", how, "--json", "-q").stdout)
    assert report["delivered"] is False
    states = {each["name"]: each["state"] for each in report["results"]}
    assert {state for name, state in states.items() if name.startswith("task:")} == {"skipped"}


def test_a_project_gets_what_was_made_when_the_user_asks_for_that(
    broken: tuple[Path, str], mintage: Run, tmp_path: Path
) -> None:
    template, output = broken
    done = mintage("new", template, output, "--defaults", "--trust", "--overwrite", "--keep-going")
    assert done.returncode == 1
    assert files_in(tmp_path / "out") == {**BEFORE, "good": "new", "added": ""}
    assert "minted with failures" in done.stdout


def test_a_new_project_has_what_was_made(broken: tuple[Path, str], mintage: Run, tmp_path: Path) -> None:
    template, output = broken
    for path in (tmp_path / "out").iterdir():
        path.unlink()
    assert mintage("new", template, output, "--defaults", "--trust", "--overwrite").returncode == 1
    assert files_in(tmp_path / "out") == {"good": "new", "added": ""}


def test_what_failed_before_can_still_be_retried_after_a_run_that_changed_nothing(
    write_tree: Write, mintage: Run, tmp_path: Path
) -> None:
    template = write_tree({"mintage.toml": "", "good": "1", "bad": "{{ nobody.x }}"})
    assert mintage("new", template, "out", "--defaults").returncode == 1
    assert mintage("new", template, "out", "--defaults", "--overwrite").returncode == 1
    write_tree({"bad": "2"})
    assert mintage("new", template, "out", "--defaults", "--retry").returncode == 0
    assert files_in(tmp_path / "out") == {"good": "1", "bad": "2"}
