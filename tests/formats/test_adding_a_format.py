"""docs/formats.md adds a format; here is what comes of its text."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from mintage import formats
from mintage.errors import TemplateError, UnsafePathError
from mintage.minting.generator import Generator, Options

if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[..., Path]

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"


@pytest.fixture(autouse=True)
def recipe_format(monkeypatch: pytest.MonkeyPatch) -> str:
    """The format of the page, registered as the page says. Returns its source."""
    found = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    module = ModuleType("recipe_format")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(found[1], str(PAGE), "exec"), module.__dict__)
    monkeypatch.setattr(formats, "FORMATS", {"recipe": module.__name__, **formats.FORMATS})
    return found[1]


@pytest.fixture
def recipe(write_tree: Write) -> Path:
    makes = {"{{ name }}/steps.txt": "steps.tmpl", "index": "index.tmpl"}
    return write_tree(
        {
            "recipe.json": json.dumps({"ask": {"name": "cake"}, "make": makes}),
            "steps.tmpl": "bake {{ name }}\n",
            "index.tmpl": "{% for made in outputs('**/steps.txt') %}{{ made.path }}: {{ made.text }}{% endfor %}",
        }
    )


def test_it_takes_under_a_hundred_lines(recipe_format: str) -> None:
    assert len(recipe_format.splitlines()) < 100


@pytest.mark.parametrize("executor", ["sequential", "threads", "processes"])
def test_projects_come_out_of_every_executor(recipe: Path, tmp_path: Path, executor: str) -> None:
    report = Generator(Options(executor=executor, concurrent_threshold=0)).generate(recipe, tmp_path / "out")
    assert report.format == "recipe"
    assert (tmp_path / "out" / "cake" / "steps.txt").read_text() == "bake cake\n"
    assert (tmp_path / "out" / "index").read_text() == "cake/steps.txt: bake cake\n"


def test_a_mistake_is_told_with_its_line(write_tree: Write, tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        Generator().generate(write_tree({"recipe.json": '{\n"ask": ]}'}), tmp_path / "out")
    assert str(caught.value.where) == "recipe.json:2:8"


def test_paths_that_lead_out_are_refused_without_the_formats_help(write_tree: Write, tmp_path: Path) -> None:
    text = json.dumps({"ask": {}, "make": {"../out.txt": "a"}})
    with pytest.raises(UnsafePathError):
        Generator().generate(write_tree({"recipe.json": text, "a": ""}), tmp_path / "out")
