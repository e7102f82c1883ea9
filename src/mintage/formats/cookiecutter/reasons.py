"""Explains Cookiecutter templates: names that render to nothing, and `_copy_without_render`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.errors import Location
from mintage.files.patterns import FnmatchPatterns
from mintage.formats.cookiecutter import CONFIGURATION_FILE
from mintage.formats.cookiecutter.layout import CookiecutterLayout
from mintage.formats.cookiecutter.survey import written_configuration
from mintage.formats.explanations import LeftOut, Rule
from mintage.formats.shared.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mintage.formats.explanations import ExplanationRequest
    from mintage.planning.model import PlannedFile

_COPIED = "_copy_without_render"


def left_out(request: ExplanationRequest) -> Iterator[LeftOut]:
    """See `Reasons`. A file whose own name is empty is left out; what is in a directory without a name is not."""
    layout = request.template.layout
    assert isinstance(layout, CookiecutterLayout)
    for item in walk(layout.project_folder, layout.top):
        name = item.path.rpartition("/")[2]
        if not item.is_folder and not request.text(name, f"the path {item.path}"):
            place = f"{layout.project_folder.name}/{item.path}"
            yield LeftOut(place, item.path, "", Rule(f"{name} renders to nothing", Location(place)))


def rules(request: ExplanationRequest, file: PlannedFile) -> Iterator[Rule]:
    """See `Reasons`."""
    written = written_configuration(request.template).get(_COPIED)
    for pattern in written.texts() if written else ():
        parts = file.name.split("/")
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
        if any(FnmatchPatterns([str(pattern.value)]).matches(each) for each in above):
            what = f"{_COPIED} lists {pattern.value}, so it is copied without rendering"
            yield Rule(what, Location(CONFIGURATION_FILE, pattern.line, pattern.column))
