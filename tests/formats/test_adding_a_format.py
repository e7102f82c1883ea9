"""docs/formats.md adds a format; here is what comes of its text."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mintage import formats
from mintage.cli import run as run_command_line
from mintage.errors import TemplateError, UnsafePathError
from mintage.minting.generator import Generator, Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Write = Callable[..., Path]

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
PACKAGE = "recipe_format"
STEPS = "bake {{ name }}\n"
INDEX = "{% for made in outputs('**/steps.txt') %}{{ made.path }}: {{ made.text }}{% endfor %}"


@pytest.fixture(autouse=True)
def recipe_format(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The format of the page, registered as the page says. Yields its source."""
    modules = dict(re.findall(r"`recipe/(\w+)\.py`[^\n]*\n\n```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    assert modules.keys() == {"__init__", "survey", "reasons"}
    place = tmp_path_factory.mktemp("formats")
    (place / PACKAGE).mkdir()
    for name, text in modules.items():
        (place / PACKAGE / f"{name}.py").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(place)
    monkeypatch.setattr(formats, "FORMATS", {"recipe": PACKAGE, **formats.FORMATS})
    yield modules["__init__"]
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


@pytest.fixture
def write_recipe(write_tree: Write) -> Callable[..., Path]:
    """Write a recipe that asks for a `name`, with other texts for its two files if they are given."""

    def write(steps: str = STEPS, index: str = INDEX) -> Path:
        makes = {"{{ name }}/steps.txt": "steps.tmpl", "index": "index.tmpl"}
        configuration = json.dumps({"ask": {"name": "cake"}, "make": makes})
        return write_tree({"recipe.json": configuration, "steps.tmpl": steps, "index.tmpl": index})

    return write


def test_it_takes_under_a_hundred_lines(recipe_format: str) -> None:
    assert len(recipe_format.splitlines()) < 100


@pytest.mark.parametrize("executor", ["sequential", "threads", "processes"])
def test_projects_come_out_of_every_executor(write_recipe: Callable[..., Path], tmp_path: Path, executor: str) -> None:
    report = Generator(Options(executor=executor, concurrent_threshold=0)).generate(write_recipe(), tmp_path / "out")
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


def test_check_finds_nothing_wrong_with_a_good_recipe(
    write_recipe: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["check", str(write_recipe())]) == 0
    assert "no problems found" in capsys.readouterr().out


def test_check_finds_mistakes_in_a_recipe(
    write_recipe: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = write_recipe(steps="bake {{ naem }}\n", index="{% if %}")
    assert run_command_line(["check", str(recipe), "--json"]) == 1
    found = {(each["rule"], each["where"]["file"]) for each in json.loads(capsys.readouterr().out)["findings"]}
    assert found == {("undefined-variable", "steps.tmpl"), ("syntax-error", "index.tmpl")}


def test_why_explains_a_file_of_a_recipe(write_recipe: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    words = ["why", "pie/steps.txt", "--template", str(write_recipe()), "-d", "name=pie", "--json"]
    assert run_command_line(words) == 0
    explained = json.loads(capsys.readouterr().out)
    assert explained["template_file"] == "steps.tmpl"
    assert [rule["what"] for rule in explained["rules"]] == ["the recipe makes it from steps.tmpl"]
    assert [(answer["name"], answer["value"]) for answer in explained["answers"]] == [("name", "pie")]


def test_impact_names_the_files_that_read_an_answer(
    write_recipe: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["impact", "name", "--template", str(write_recipe()), "--json"]) == 0
    assert "steps.tmpl" in capsys.readouterr().out
