"""Bare folders: every file and every name in them is template text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.analysis.survey.folder import Folder
from mintage.analysis.texts import Survey
from mintage.errors import Location
from mintage.formats.bare import BareLayout
from mintage.formats.tree import walk

if TYPE_CHECKING:
    from mintage.template import Template

OUTPUT_FUNCTIONS = frozenset({"output", "outputs", "sha256"})


def survey(template: Template) -> Survey:
    """See `analysis.survey`."""
    assert isinstance(template.layout, BareLayout)
    folder = Folder(template.renderer)
    for item in walk(template.layout.root, template.layout.top):
        folder.add_name(item.path)
        if not item.is_folder:
            folder.add_file(item.path, item.source, rendered=True)
    return Survey(
        template,
        tuple(folder.texts),
        tuple(folder.files),
        {question.name: Location("") for question in template.questions},
        known=OUTPUT_FUNCTIONS,
    )
