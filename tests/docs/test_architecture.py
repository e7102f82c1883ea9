"""The map of the code is true: what it names is there, and every package is on it."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import mintage
from tests.docs.reader import ROOT

PACKAGE = Path(mintage.__file__).parent
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
PAGES = {"docs/architecture.md": ROOT / "docs" / "architecture.md", "CONTRIBUTING.md": ROOT / "CONTRIBUTING.md"}
_NAME = re.compile(rf"`(?P<name>(?:{'|'.join(ROOMS)})(?:\.\w+)+)[`(]")
_PATH = re.compile(r"`(?P<path>(?:tests|docs|benchmarks|fuzz)/[\w/.]+)`")


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


@pytest.mark.parametrize("page", PAGES)
def test_every_module_and_name_that_a_page_mentions_exists(page: str) -> None:
    names = {each["name"] for each in _NAME.finditer(PAGES[page].read_text("utf-8"))}
    assert {name for name in names if not exists(name)} == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_mentions_exists(page: str) -> None:
    paths = {each["path"] for each in _PATH.finditer(PAGES[page].read_text("utf-8"))}
    assert {path for path in paths if not (ROOT / path).exists()} == set()


def test_every_room_is_on_the_map() -> None:
    rooms = PAGES["docs/architecture.md"].read_text("utf-8").partition("\n## The rooms\n")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", rooms, re.MULTILINE)
    assert sorted(rows) == ROOMS
