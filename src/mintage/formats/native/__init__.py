"""Mintage's own format: a directory with a `mintage.toml`, described in docs/native-format.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.formats import NamedTemplate

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.formats import LoadRequest
    from mintage.template import Template

CONFIGURATION_FILE = "mintage.toml"
SAVED_ANSWERS_FILE = ".mintage.toml"
TAKES_ANY_FOLDER = False
CHOOSES_VERSION = False
MAKES_FOLDER_IN_OUTPUT = False


def recognizes(root: Path) -> bool:
    """Return whether the directory has a `mintage.toml`."""
    return (root / CONFIGURATION_FILE).is_file()


def load(request: LoadRequest) -> Template:
    """Read mintage.toml and make the Template.

    Raises:
        TemplateError: The configuration is wrong; with every mistake and its line.
    """
    from mintage.formats.native.loading import load_native

    return load_native(request)


def template_named_in(project: Path, answers_file: str | None) -> NamedTemplate | None:
    """Return the template that the saved answers of a project name."""
    if not (project / SAVED_ANSWERS_FILE).is_file():
        return None
    from mintage.formats.native.saved import read_saved_template

    saved = read_saved_template(project)
    template = saved.get("url") or saved.get("source")
    return NamedTemplate(template, saved.get("ref"), saved.get("directory")) if template else None
