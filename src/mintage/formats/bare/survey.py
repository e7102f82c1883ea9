"""Takes bare templates apart: the contents and names of all files are template text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.errors import Location
from mintage.formats.bare.layout import BareLayout
from mintage.formats.shared.survey import Folder
from mintage.formats.shared.tree import walk
from mintage.rendering.settings import OUTPUT_FUNCTIONS
from mintage.template.possible_answers import possible_answers
from mintage.template.texts import Survey

if TYPE_CHECKING:
    from mintage.template import Template


def survey(template: Template) -> Survey:
    """See `formats.survey_of`."""
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
        possible_answers=possible_answers(template.questions),
        known=OUTPUT_FUNCTIONS,
        how_to_copy="use a format that can copy files without rendering",
    )
