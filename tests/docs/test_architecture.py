"""The map of the code is true: what it names exists, every package is on it, its floors are those of the contract."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import mintage
from tests.docs.reader import ROOT

PACKAGE = Path(mintage.__file__).parent
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("_"))
PAGES = ("docs/architecture.md", "docs/security.md", "CONTRIBUTING.md", "SECURITY.md")
_DOTTED = re.compile(rf"`(?P<name>(?:{'|'.join((*ROOMS, *MODULES))})(?:\.\w+)+)[`(]")
_OF_A_CLASS = re.compile(r"`(?P<name>[A-Z]\w*[a-z]\w*(?:\.\w+)?)[`(]")
_PATH = re.compile(r"`(?P<path>(?:tests|docs|benchmarks|fuzz)/[\w/.-]+)`")
_RUN = re.compile(r"bin/pytest [-q ]*(?P<path>tests/[\w/.]+)(?:::(?P<test>\w+))?")
# Names of others that the pages mention.
_FOREIGN = {"MemoryError"}


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def exists(name: str) -> bool:
    """Whether a dotted name below `mintage` is a module, or something in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: Any = import_module(".".join(["mintage", *parts[:length]]))
        except ModuleNotFoundError:
            continue
        for each in parts[length:]:
            fields = getattr(found, "__struct_fields__", ())
            if not hasattr(found, each) and each not in fields:
                return False
            found = getattr(found, each, None)
        return True
    return False


@cache
def members_of_classes() -> dict[str, set[str]]:
    """The names of methods and fields of every class in the code, by the name of the class."""
    members: dict[str, set[str]] = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                members[node.name].update(_names_in(node))
    return members


def _names_in(definition: ast.ClassDef) -> set[str]:
    names = set()
    for node in definition.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return names


@pytest.mark.parametrize("page", PAGES)
def test_every_module_and_function_that_a_page_mentions_exists(page: str) -> None:
    names = {each["name"] for each in _DOTTED.finditer(text_of(page))}
    assert {name for name in names if not exists(name)} == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_class_that_a_page_mentions_exists_and_has_that_member(page: str) -> None:
    members = members_of_classes()
    names = {each["name"] for each in _OF_A_CLASS.finditer(text_of(page))} - _FOREIGN
    unknown = set()
    for name in names:
        kind, _, member = name.partition(".")
        if kind not in members or (member and member not in members[kind]):
            unknown.add(name)
    assert unknown == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_mentions_exists(page: str) -> None:
    paths = {each["path"] for each in _PATH.finditer(text_of(page))}
    assert {path for path in paths if not (ROOT / path).exists()} == set()


def test_the_tests_that_contributors_are_told_to_run_exist() -> None:
    runs = [each.group("path", "test") for each in _RUN.finditer(text_of("CONTRIBUTING.md"))]
    assert runs
    for path, test in runs:
        assert (ROOT / path).exists()
        assert test is None or f"def {test}(" in text_of(path)


def test_every_package_and_module_is_on_the_map() -> None:
    the_map = text_of("docs/architecture.md").partition("\n## The map\n")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", the_map, re.MULTILINE)
    assert sorted(rows) == sorted((*ROOMS, *MODULES))


def test_the_floors_of_the_page_are_those_of_the_contract() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (contract,) = (each for each in project["tool"]["importlinter"]["contracts"] if each["type"] == "layers")
    floors = "\n".join(each for each in contract["layers"] if not each.startswith("_"))
    assert f"```\n{floors}\n```" in text_of("docs/architecture.md")
