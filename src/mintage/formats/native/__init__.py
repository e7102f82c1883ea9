"""Mintage's own format: a folder with a `mintage.toml`. Described in docs/native-format.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.formats import LoadRequest
    from mintage.template import Template

CONFIGURATION_FILE = "mintage.toml"
TAKES_ANY_FOLDER = False
CHOOSES_VERSION = False
MAKES_FOLDER_IN_OUTPUT = False


def recognises(root: Path) -> bool:
    """Return a folder with a `mintage.toml` file."""
    return (root / CONFIGURATION_FILE).is_file()


def load(request: LoadRequest) -> Template:
    """Read mintage.toml and make the Template.

    Raises:
        TemplateError: With every mistake and its line.
    """
    from mintage.formats.native.loading import load_native

    return load_native(request)
