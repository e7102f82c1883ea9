"""Copier templates, as Copier 9.19.1 understands them. Knows nothing of what happens to a `Template`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mintage.formats import NamedTemplate

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.formats import LoadRequest
    from mintage.template import Template

DEFAULT_ANSWERS_FILE = ".copier-answers.yml"
TAKES_ANY_FOLDER = True
CHOOSES_VERSION = True
MAKES_FOLDER_IN_OUTPUT = False
_SUFFIX = re.compile(r"\.ya?ml", re.IGNORECASE)


def recognizes(root: Path) -> bool:
    """Return whether the directory has a `copier.yml` or `copier.yaml`."""
    return bool(configuration_files(root))


def configuration_files(root: Path) -> list[Path]:
    """Return the files that Copier accepts as the configuration of a template, in any spelling (copier.YML)."""
    return sorted(path for path in root.glob("copier.*") if _SUFFIX.match(path.suffix) and path.is_file())


def load(request: LoadRequest) -> Template:
    """Read copier.yml, choose the version, and make the Template."""
    from mintage.formats.copier.loading import load_copier

    return load_copier(request)


def template_named_in(project: Path, answers_file: str | None) -> NamedTemplate | None:
    """Return the template that the answers file of a project names.

    No revision: Copier takes the newest version, whichever the project was generated from.
    """
    if not (project / (answers_file or DEFAULT_ANSWERS_FILE)).is_file():
        return None
    from mintage.formats.copier.answers import read_last_answers

    template = read_last_answers(project, answers_file).get("_src_path")
    return NamedTemplate(str(template)) if template else None
