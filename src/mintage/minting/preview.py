"""A project that is rendered apart, only to be looked at: nothing is committed, and no hook or task runs."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from mintage.errors import Problem, TemplateError
from mintage.files.trees import remove_tree
from mintage.projects.differences import Change, differences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mintage.engine import JobResult
    from mintage.minting.run import Run
    from mintage.rendering.settings import Context, TextRenderer
    from mintage.template import Template
    from mintage.template.layout import LaidOut, Layout, LayoutRequest


def with_destination(template: Template, project: Path) -> Template:
    """The template for a project that has its folder already, whatever the template would call it."""
    return replace(template, layout=_LayoutInto(template.layout, project))


def changes_of(run: Run) -> tuple[Change, ...]:
    """What a run would change at its destination. Raises TemplateError if a file cannot be rendered."""
    destination = run.plan.destination
    with _scratch_folder(destination.name) as folder:
        results = run.render_into(folder)
        if failed := [result for result in results if result.failure]:
            raise _not_rendered(failed)
        return differences(destination, folder, sorted(result.job.name for result in results))


class _LayoutInto(Struct, frozen=True):
    """A layout, and the folder of its project."""

    layout: Layout
    project: Path

    def destination(self, output: Path | None, render: TextRenderer, context: Context) -> Path:
        """See `template.Layout`."""
        return self.project

    def lay_out(self, request: LayoutRequest) -> LaidOut:
        """See `template.Layout`."""
        return self.layout.lay_out(request)


@contextmanager
def _scratch_folder(name: str) -> Iterator[Path]:
    """A folder of a name, in a new one that is removed with it."""
    top = Path(tempfile.mkdtemp(prefix="mintage-"))
    try:
        folder = top / (name or "project")
        folder.mkdir()
        yield folder
    finally:
        remove_tree(top)


def _not_rendered(failed: Sequence[JobResult]) -> TemplateError:
    failures = [result.failure for result in failed if result.failure]
    return TemplateError(
        "some files cannot be rendered, so that nothing can be said of the project",
        problems=[Problem(failure.what, failure.where, failure.hint) for failure in failures],
    )
