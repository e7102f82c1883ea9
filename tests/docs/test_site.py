"""The documentation's site: every page is in its navigation, no link is dead, nothing comes from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from docs.site.build import sphinx_arguments
from tests.docs.reader import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_LOADED = re.compile(r"<(?:script|img|iframe|source)[^>]*\ssrc=\"([^\"]*)\"|<link[^>]*\shref=\"([^\"]*)\"")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


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


def test_a_page_in_no_navigation_and_a_link_that_leads_nowhere_are_errors(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Begin\n\n[here](nowhere.md)\n")
    (tmp_path / "docs" / "stray.md").write_text("# Stray\n")
    command = [sys.executable, "-m", "sphinx", *sphinx_arguments(tmp_path / "site", tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "stray.md: WARNING: document isn't included in any toctree" in done.stderr
    assert "cross-reference target not found: 'nowhere.md'" in done.stderr


def test_its_first_page_leads_to_the_landing_page(site: Path) -> None:
    (target,) = re.findall(r"url=([\w/.]+)", (site / "index.html").read_text("utf-8"))
    assert (site / target).is_file()


def test_the_readme_links_to_what_is_there() -> None:
    links = _LINK.findall((ROOT / "README.md").read_text("utf-8"))
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]
