"""Which files a bare template generates: all, unless a part of their path renders to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import UsageError
from mintage.formats.shared.tree import PathRenderer, files_below, walk
from mintage.template.layout import Entry, EntryKind, LaidOut

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.rendering.settings import Context, TextRenderer
    from mintage.template.layout import LayoutRequest, TemplateFiles


class BareLayout(Struct, frozen=True):
    """The layout of a bare template, whose directory becomes the project."""

    root: Path
    """The template's directory."""
    top: Path
    """The directory that links must not lead out of."""

    def destination(self, output: Path | None, render: TextRenderer, context: Context) -> Path:
        """Return OUTPUT, which is the project's directory."""
        if output is None:
            raise no_output()
        return output

    def lay_out(self, request: LayoutRequest) -> LaidOut:
        """Return everything in the directory except what belongs to version control."""
        paths = PathRenderer(request.render, request.context)
        entries: list[Entry] = []
        for item in walk(self.root, self.top):
            target = paths.target(item.path)
            if target is not None:
                kind = EntryKind.FOLDER if item.is_folder else EntryKind.FILE
                entries.append(Entry(kind, target, item.source, item.path, loader_name=item.path))
        return LaidOut(entries)

    def template_files(self, request: LayoutRequest) -> TemplateFiles:
        """Return everything in the directory except what belongs to version control."""
        return files_below(self.root, self.top)


def no_output() -> UsageError:
    """Return the error for a bare template without OUTPUT."""
    hint = "name its directory: mintage new TEMPLATE OUTPUT"
    return UsageError("a bare template doesn't name its project", hint=hint)
