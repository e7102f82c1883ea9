"""Plans are made here from a hand-made layout, so that no format takes part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mintage.planning import Plan, PlanOptions, make_plan
from mintage.rendering.settings import RendererSettings
from mintage.template import Template
from mintage.template.layout import Entry, EntryKind, LaidOut, TemplateFiles

if TYPE_CHECKING:
    from mintage.rendering.settings import Context, TextRenderer
    from mintage.template.layout import LayoutRequest, PathPatterns


@dataclass
class ListedLayout:
    """Lays out what it was given."""

    entries: list[Entry] = field(default_factory=list)
    skip_if_exists: PathPatterns | None = None

    def destination(self, output: Path | None, render: TextRenderer, context: Context) -> Path:
        return output or Path("project")

    def template_files(self, request: LayoutRequest) -> TemplateFiles:
        return TemplateFiles("", {entry.name: entry.source for entry in self.entries})

    def lay_out(self, request: LayoutRequest) -> LaidOut:
        return LaidOut(self.entries, skip_if_exists=self.skip_if_exists)


PlanMaker = Callable[..., Plan]


@pytest.fixture
def plan_of(tmp_path: Path) -> PlanMaker:
    """Plan the files {target: content}; keywords go to the Template, `into` is an existing project."""
    source = tmp_path / "template"
    source.mkdir()

    def make(
        files: dict[str, str | bytes],
        *,
        context: dict[str, Any] | None = None,
        entries: Sequence[Entry] = (),
        into: Path | None = None,
        overwrite: bool = False,
        skip_existing: bool = False,
        settings: RendererSettings | None = None,
        skip_if_exists: PathPatterns | None = None,
        **template: Any,
    ) -> Plan:
        laid_out: list[Entry] = []
        for number, (target, content) in enumerate(files.items()):
            place = source / f"{number}.txt"
            place.write_bytes(content.encode() if isinstance(content, str) else content)
            laid_out.append(Entry(EntryKind.FILE, target, str(place), name=f"{target}.tmpl", loader_name=target))
        settings = settings or RendererSettings(options={"keep_trailing_newline": True}, reads_outputs=True)
        layout = ListedLayout([*laid_out, *entries], skip_if_exists)
        made = Template("test", str(source), "test", layout, settings, **template)
        options = PlanOptions(overwrite=overwrite, skip_existing=skip_existing)
        return make_plan(made, context or {}, into or tmp_path / "project", options)

    return make
