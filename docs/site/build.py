"""How Sphinx is called."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def sphinx_arguments(place: Path, root: Path = ROOT) -> list[str]:
    """What `python -m sphinx` needs to make the site in `place`, of the pages in `root`. Warnings are errors."""
    options = ["--fail-on-warning", "--keep-going", "--quiet", "--fresh-env"]
    return [*options, "-c", str(Path(__file__).parent), "-d", str(place.with_name("site-cache")), str(root), str(place)]
