"""Which files come out of a bare directory: all, unless a part of their path renders to nothing."""

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
    """The directory becomes the project."""

    root: Path
    top: Path
    """Links may not lead out of it."""

    def destination(self, output: Path | None, render: TextRenderer, context: Context) -> Path:
        """OUTPUT is the project's directory."""
        if output is None:
            raise no_output()
        return output

    def lay_out(self, request: LayoutRequest) -> LaidOut:
        """Return everything in the directory, but for what belongs to version control."""
        paths = PathRenderer(request.render, request.context)
        entries: list[Entry] = []
        for item in walk(self.root, self.top):
            target = paths.target(item.path)
            if target is not None:
                kind = EntryKind.FOLDER if item.is_folder else EntryKind.FILE
                entries.append(Entry(kind, target, item.source, item.path, loader_name=item.path))
        return LaidOut(entries)

    def template_files(self, request: LayoutRequest) -> TemplateFiles:
        """Return all of them."""
        return files_below(self.root, self.top)


def no_output() -> UsageError:
    """Return the error for a bare directory without OUTPUT."""
    hint = "say where it should go: mintage new TEMPLATE OUTPUT"
    return UsageError("a bare directory has no name for the project", hint=hint)
