"""Any directory as a template: files and names are rendered, and the variables that they use are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.formats import LoadRequest, NamedTemplate
    from mintage.template import Template

TAKES_ANY_FOLDER = True
CHOOSES_VERSION = False
MAKES_FOLDER_IN_OUTPUT = False


def recognizes(root: Path) -> bool:
    """Return whether it is a directory; every directory can be a bare template."""
    return root.is_dir()


def load(request: LoadRequest) -> Template:
    """Find the variables that the directory's files and names use, and make the Template."""
    from mintage.formats.bare.loading import load_bare

    return load_bare(request)


def template_named_in(project: Path, answers_file: str | None) -> NamedTemplate | None:
    """Return None: nothing is saved in projects of bare templates."""
    return None
