"""The reference: what is made from the code, and what is written by hand and must agree with it."""

from __future__ import annotations

import re
import subprocess
import sys

import msgspec
import pytest

import mintage
from docs.site.markdown import field_docstrings, parsed
from docs.site.reference import FOLDER, pages
from mintage.cli.commands import COMMANDS
from mintage.formats.native import schema
from mintage.user.settings import Settings
from tests.docs.reader import ROOT

_TABLES: dict[str, type[msgspec.Struct]] = {
    "[template]": schema.TemplateTable,
    "[render]": schema.RenderTable,
    "[questions.NAME]": schema.QuestionTable,
    "[files]": schema.FilesTable,
    "[[each]]": schema.EachTable,
    "[[order]]": schema.OrderTable,
    "[[tasks]]": schema.TaskTable,
}


@pytest.mark.parametrize("name", pages())
def test_the_reference_says_what_the_code_says(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == pages()[name], "`make docs` brings it up to date"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_that_help_shows_is_there(command: str) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "mintage", command, "--help"], capture_output=True, text=True, check=True
    ).stdout
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", shown)) - {"--help"}
    section = pages()["cli.md"].partition(f"\n## mintage {command}\n")[2].partition("\n## ")[0]
    assert options <= set(re.findall(r"--[a-z][a-z-]*", section))


def test_every_public_name_is_there() -> None:
    headings = set(re.findall(r"^### (\w+)$", pages()["api.md"], re.MULTILINE))
    assert headings == set(mintage.__all__) - {"__version__"}


def test_a_docstring_is_cut_into_its_sections() -> None:
    sections = "Args:\n    first: What\n        it is.\n    second: That: this.\n\nRaises:\n    Error: It fails.\n"
    text = f"Does it.\n\nMore.\n\n{sections}"
    assert parsed(text) == (
        "Does it.\n\nMore.",
        {"first": "What it is.", "second": "That: this."},
        {"Error": "It fails."},
    )
    assert parsed("Says: nothing of names.") == ("Says: nothing of names.", {}, {})


def test_what_stands_under_a_field_describes_it() -> None:
    assert field_docstrings(Settings)["trust"].startswith("Exact sources")


@pytest.mark.parametrize("table", _TABLES)
def test_every_key_of_the_native_format_is_described(table: str) -> None:
    """And no key that is none."""
    page = (ROOT / "docs" / "native-format.md").read_text("utf-8")
    heading = next(line for line in page.splitlines() if line.startswith("#") and f"`{table}`" in line)
    section = page.partition(f"{heading}\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z_]+)(?:\.[a-z]+)?`", "".join(re.findall(r"^\| ([^|]*) \|", section, re.MULTILINE))))
    named |= set(re.findall(r"`(\w+) = \[\.\.\.\]`", section))
    assert named == {field.encode_name for field in msgspec.structs.fields(_TABLES[table])}


def test_every_setting_is_described() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert set(Settings.__struct_fields__) == set(re.findall(r"^## `(\w+)`", page, re.MULTILINE))
