"""Explains bare templates: every file is generated, unless a part of its path renders to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.formats.bare.layout import BareLayout
from mintage.formats.explanations import LeftOut, empty_part
from mintage.formats.shared.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mintage.formats.explanations import ExplanationRequest, Rule
    from mintage.planning.model import PlannedFile


def left_out(request: ExplanationRequest) -> Iterator[LeftOut]:
    """See `Reasons`."""
    layout = request.template.layout
    assert isinstance(layout, BareLayout)
    for item in walk(layout.root, layout.top):
        if not item.is_folder and (why := empty_part(request, item.path)):
            yield LeftOut(item.path, item.path, "", why)


def rules(request: ExplanationRequest, file: PlannedFile) -> Iterator[Rule]:
    """Return nothing: bare templates have no rules."""
    return iter(())
