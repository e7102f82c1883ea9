"""How the site looks. Its pages are the repository's Markdown files, as they are; `navigation.toml` orders them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from mintage import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_HERE = Path(__file__).parent

project = "Mintage"
author = "The Mintage maintainers"
release = version = __version__
language = "en"
highlight_language = "text"

extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = ["docs/**.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
exclude_patterns = [".*", "build", "examples", "src", "tests"]
myst_heading_anchors = 4

html_theme = "furo"
html_title = f"Mintage {release}"
html_additional_pages = {"index": "to-the-landing-page.html"}
html_static_path = ["static"]
html_css_files = ["mintage.css"]
templates_path = ["templates"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_use_index = False
smartquotes = False
pygments_style = "friendly"
pygments_dark_style = "github-dark"


def _add_navigation(_: Sphinx, page: str, source: list[str]) -> None:
    """GitHub's readers go by links; those of the site have all pages beside the text."""
    if page != root_doc:
        return
    for part in tomllib.loads((_HERE / "navigation.toml").read_text("utf-8"))["part"]:
        pages = "\n".join(f"/{each.removesuffix('.md')}" for each in part["pages"])
        source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {part['title']}\n\n{pages}\n```\n"


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _add_navigation)
