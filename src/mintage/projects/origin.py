"""What a project was generated from: the template and revision that its saved answers name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from mintage import formats
from mintage.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


class ProjectOrigin(Struct, frozen=True):
    """A project and its template, as `mintage new` takes them."""

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
        answers_file: The path of Copier's answers, relative to the project; None for the usual path.

    Raises:
        UsageError: Neither this directory nor one above it has saved answers that name a template.
    """
    place = place.absolute()
    for folder in (place, *place.parents):
        if named := formats.template_named_in(folder, answers_file):
            return ProjectOrigin(folder, named.template, named.ref, named.directory)
    raise UsageError(
        f"{place} is not a project with saved answers that name its template",
        hint="name the template: `mintage diff TEMPLATE`, or `mintage why --template TEMPLATE`",
    )
