"""Cookiecutter templates, as Cookiecutter 2.7.1 understands them. Knows nothing of what happens to a `Template`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.formats import LoadRequest, NamedTemplate
    from mintage.template import Template

CONFIGURATION_FILE = "cookiecutter.json"
TAKES_ANY_FOLDER = False
CHOOSES_VERSION = False
MAKES_FOLDER_IN_OUTPUT = True


def recognizes(root: Path) -> bool:
    """Return whether the directory has a `cookiecutter.json`."""
    return (root / CONFIGURATION_FILE).is_file()


def load(request: LoadRequest) -> Template:
    """Read cookiecutter.json, run the pre_prompt hook, choose a nested template, and make the Template."""
    from mintage.formats.cookiecutter.loading import load_cookiecutter

    return load_cookiecutter(request)


def template_named_in(project: Path, answers_file: str | None) -> NamedTemplate | None:
    """Return None: Cookiecutter's projects don't record what they were generated from."""
    return None
