"""What the way to a first file imports: of what is slow to import, only what the command needs."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]

# What takes a millisecond or more to import, alone or with what it imports itself. Whoever needs one of these on the
# way to a first file imports it late, where it is used, and only a command that gets there pays for it.
HEAVY = frozenset(
    {
        # what mintage depends on
        "argcomplete",
        "arrow",
        "binaryornot",
        "jinja2",
        "jinja2_ansible_filters",
        "msgspec",
        "packaging",
        "pathspec",
        "platformdirs",
        "prompt_toolkit",
        "psutil",
        "questionary",
        "rich",
        "slugify",
        "tomli_w",
        "tomlkit",
        "yaml",
        # the standard library
        "argparse",
        "asyncio",
        "concurrent.futures",
        "difflib",
        "hashlib",
        "http",
        "logging",
        "multiprocessing",
        "sqlite3",
        "ssl",
        "subprocess",
        "tempfile",
        "tomllib",
        "urllib.request",
        "zipfile",
        # our own, for commands and options that a plain run does not use
        "mintage.analysis",
        "mintage.conversion",
        "mintage.progress.live",
        "mintage.projects.differences",
        "mintage.prompts",
        "mintage.sources.git",
        "mintage.testing",
    }
)
_EVERY_COMMAND = {"argparse", "msgspec"}
_JINJA2 = {"jinja2", "hashlib", "tempfile"}  # the last two are imported by it
_NATIVE = {"mintage.toml": '[questions.name]\ndefault = "x"\n', "template/{{ name }}.txt": "{{ name }}\n"}
_COOKIECUTTER = {"cookiecutter.json": '{"name": "x"}', "{{ cookiecutter.name }}/a.txt": "{{ cookiecutter.name }}\n"}
_COPIER = {"copier.yml": "name: x\n", "{{ name }}.txt.jinja": "{{ name }}\n"}


@pytest.fixture
def heavy_imports(tmp_path: Path) -> Callable[..., set[str]]:
    """Run an interpreter with arguments that must succeed, and return what of `HEAVY` it has imported."""

    def imports(*arguments: str) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-X", "importtime", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
        return {*HEAVY.intersection(line.rpartition("|")[2].strip() for line in lines)}

    return imports


def test_import_mintage_imports_nothing_heavy(heavy_imports: Callable[..., set[str]]) -> None:
    assert heavy_imports("-c", "import mintage") == set()


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_printed_without_anything_heavy(heavy_imports: Callable[..., set[str]], option: str) -> None:
    assert heavy_imports("-m", "mintage", option) == set()


@pytest.mark.parametrize("arguments", [("--help",), ("new", "--help"), ("list",)], ids=" ".join)
def test_help_and_short_names_need_the_parser_alone(
    heavy_imports: Callable[..., set[str]], arguments: tuple[str, ...]
) -> None:
    assert heavy_imports("-m", "mintage", *arguments) == _EVERY_COMMAND


@pytest.mark.parametrize(
    ("files", "needed"),
    [
        pytest.param({"a.txt": "plain\n"}, {"difflib"}, id="bare, without tags: only to warn of the unknown answer"),
        pytest.param(
            {"a.txt": "plain\n", "b.txt": "{{ name }}\n"}, _JINJA2, id="bare: its variables are found by Jinja2"
        ),
        pytest.param(_NATIVE, {"tomllib", "tomli_w"}, id="native: TOML is read, and the answers are saved in it"),
        pytest.param(_COOKIECUTTER, set(), id="cookiecutter"),
        pytest.param(_COPIER, {"yaml", "platformdirs", "tempfile"}, id="copier: YAML, and its user settings"),
    ],
)
def test_a_small_run_imports_what_its_format_needs(
    heavy_imports: Callable[..., set[str]], write_tree: Write, files: dict[str, str], needed: set[str]
) -> None:
    write_tree(files)
    run = ("-m", "mintage", "new", "template", "project", "--defaults", "-d", "name=x", "-q")
    assert heavy_imports(*run) == _EVERY_COMMAND | needed
