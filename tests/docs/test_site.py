"""The documentation's site: every page is in its navigation, no link is dead, nothing comes from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest

from docs.site.build import sphinx_arguments
from docs.site.reference import FOLDER, pages
from mintage.formats.native import schema
from mintage.settings import Settings
from tests.docs.reader import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_LOADED = re.compile(r"<(?:script|img|iframe|source)[^>]*\ssrc=\"([^\"]*)\"|<link[^>]*\shref=\"([^\"]*)\"")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
_TABLES: dict[str, type[msgspec.Struct]] = {
    "[template]": schema.TemplateTable,
    "[render]": schema.RenderTable,
    "[questions.NAME]": schema.QuestionTable,
    "[files]": schema.FilesTable,
    "[[each]]": schema.EachTable,
    "[[order]]": schema.OrderTable,
    "[[tasks]]": schema.TaskTable,
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("built") / "site"
    command = [sys.executable, "-m", "sphinx", *sphinx_arguments(place)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return place


def test_it_is_made_without_a_warning_and_loads_nothing_from_elsewhere(site: Path) -> None:
    loaded = [
        found[1] or found[2] for page in site.rglob("*.html") for found in _LOADED.finditer(page.read_text("utf-8"))
    ]
    assert loaded
    assert not [address for address in loaded if "//" in address]
    styles = [sheet.read_text("utf-8") for sheet in site.rglob("*.css")]
    assert not [found for style in styles for found in re.findall(r"url\(['\"]?(?:https?:)?//[^)]*", style)]


def test_its_first_page_leads_to_the_landing_page(site: Path) -> None:
    (target,) = re.findall(r"url=([\w/.]+)", (site / "index.html").read_text("utf-8"))
    assert (site / target).is_file()


def test_the_readme_links_to_what_is_there() -> None:
    links = _LINK.findall((ROOT / "README.md").read_text("utf-8"))
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]


@pytest.mark.parametrize("name", pages())
def test_the_reference_says_what_the_code_says(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == pages()[name], "`make docs` brings it up to date"


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
