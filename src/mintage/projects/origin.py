"""What a project was made from: the template and revision that its saved answers name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import UsageError
from mintage.formats.native.saved import SAVED_ANSWERS_FILE, read_saved_template

if TYPE_CHECKING:
    from pathlib import Path

_COPIER_ANSWERS = ".copier-answers.yml"


class ProjectOrigin(Struct, frozen=True):
    """A project and its template."""

    project: Path
    """The directory of the project."""
    template: str
    """The template, as `mintage new` takes it."""
    ref: str | None = None
    """The branch, tag or commit of the template; None for the newest."""
    directory: str | None = None
    """The directory of the template in its source; None for the root."""


def origin_of(place: Path, answers_file: str | None = None) -> ProjectOrigin:
    """Return the origin of the project that contains a directory.

    Args:
        place: The project's directory, or one in it.
        answers_file: Where Copier's answers are, relative to the project; None for the usual place.

    Raises:
        UsageError: Neither this directory nor one above it has saved answers that name a template.
    """
    place = place.absolute()
    for folder in (place, *place.parents):
        if found := _native(folder) or _copier(folder, answers_file):
            return found
    raise UsageError(
        f"{place} is not a project with saved answers that name its template",
        hint="name the template: `mintage diff TEMPLATE`, or `mintage why --template TEMPLATE`",
    )


def _native(project: Path) -> ProjectOrigin | None:
    if not (project / SAVED_ANSWERS_FILE).is_file():
        return None
    saved = read_saved_template(project)
    template = saved.get("url") or saved.get("source")
    return ProjectOrigin(project, template, saved.get("ref"), saved.get("directory")) if template else None


def _copier(project: Path, answers_file: str | None) -> ProjectOrigin | None:
    """Copier takes the newest version of the template, whichever the project was made from."""
    if not (project / (answers_file or _COPIER_ANSWERS)).is_file():
        return None
    from mintage.formats.copier.answers import read_last_answers

    template = read_last_answers(project, answers_file).get("_src_path")
    return ProjectOrigin(project, str(template)) if template else None
