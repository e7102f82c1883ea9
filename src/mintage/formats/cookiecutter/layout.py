"""Which files a Cookiecutter template generates, in Cookiecutter's order and with its peculiarities.

Everything that Cookiecutter does while it writes is simulated here: directories that already exist, files whose names
render to that of a directory, directories that are copied as a whole.
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from posixpath import normpath
from typing import TYPE_CHECKING

from msgspec import Struct, field

from mintage.errors import Location, OutputExistsError, PlanError, TemplateError, UnsafePathError
from mintage.files.folders import require_no_link
from mintage.files.paths import validate_path
from mintage.files.patterns import FnmatchPatterns
from mintage.formats.shared.tree import FoldersEntered, Walk, contained, files_below, is_folder, listing, within
from mintage.template.layout import Entry, EntryKind, LaidOut, LayoutRequest

if TYPE_CHECKING:
    from mintage.rendering.settings import Context, RendererSettings, TextRenderer
    from mintage.template.layout import TemplateFiles


def find_project_folder(root: Path, settings: RendererSettings, top: Path) -> Path:
    """Return the directory that becomes the project: the first with a `cookiecutter` variable in its name.

    Raises:
        UnsafePathError: It is a link that leads out of `top`.
    """
    start = str(settings.options.get("variable_start_string", "{{"))
    end = str(settings.options.get("variable_end_string", "}}"))
    for name in os.listdir(root):
        if "cookiecutter" in name and start in name and end in name:
            real = within(os.path.join(root, name), name, os.path.realpath(top))
            if os.path.isdir(real):
                return root / name
            raise TemplateError(f"{name} is not a directory, so it can't be the project", where=Location(str(root)))
    raise TemplateError(
        "the template has no project directory",
        where=Location(str(root)),
        hint=f"add a directory with a name such as {start}cookiecutter.project_slug{end}",
    )


class CookiecutterLayout(Struct, frozen=True):
    """The layout of a Cookiecutter template."""

    project_folder: Path
    """The directory of the template that becomes the project."""
    top: Path
    """The directory that links must not lead out of."""

    def destination(self, output: Path | None, render: TextRenderer, context: Context) -> Path:
        """Return the project's directory, which is created in OUTPUT."""
        name = self.project_folder.name
        rendered = render.text(name, context, what=f"the project directory's name {name}")
        if not rendered.strip():
            raise PlanError(f"the project directory's name {name} rendered to nothing", where=Location(name))
        target = validate_path(rendered, source=name)
        if target == ".":
            raise UnsafePathError(f"the project directory's name {name} rendered to {rendered!r}", where=Location(name))
        require_no_link(output or Path(), target)
        return (output or Path()) / target

    def lay_out(self, request: LayoutRequest) -> LaidOut:
        """Walk the template's project directory as Cookiecutter does."""
        patterns = request.context["cookiecutter"].get("_copy_without_render", ())
        walk = _ProjectWalk(self, request, FnmatchPatterns([str(pattern) for pattern in patterns]))
        walk.level("")
        return LaidOut(walk.entries, warnings=walk.warnings)

    def template_files(self, request: LayoutRequest) -> TemplateFiles:
        """Return every file in the template's project directory."""
        return files_below(self.project_folder, self.top)


class _ProjectWalk(Struct, dict=True):
    """The state of one walk: what has been laid out so far, and which directories then exist."""

    layout: CookiecutterLayout
    request: LayoutRequest
    copied: FnmatchPatterns
    entries: list[Entry] = field(default_factory=list)
    folders: set[str] = field(default_factory=lambda: {""})
    warnings: list[str] = field(default_factory=list)
    entered: FoldersEntered = field(default_factory=FoldersEntered)

    @cached_property
    def top(self) -> str:
        """The directory that links must not lead out of, with its own links resolved."""
        return os.path.realpath(self.layout.top)

    def level(self, inside: str) -> None:
        """Lay out a directory: first directories that are copied, then others, files, and what others contain."""
        folders: list[os.DirEntry[str]] = []
        files: list[os.DirEntry[str]] = []
        found = listing(_join(str(self.layout.project_folder), inside), inside)
        for item in sorted(found, key=lambda item: item.name):
            (folders if is_folder(item) else files).append(item)
        rendered: list[tuple[str, os.DirEntry[str]]] = []
        for item in folders:
            path = _join(inside, item.name)
            if self.copied.matches(path):
                self._copy_folder(path)
            else:
                rendered.append((path, item))
        for path, _ in rendered:
            self._make_folder(path)
        for item in files:
            self._add_file(_join(inside, item.name), item)
        for path, item in rendered:
            if not item.is_symlink():  # Cookiecutter creates an empty directory for a linked one
                self.level(path)

    def _make_folder(self, path: str) -> None:
        target = self._render(path)
        if target in self.folders and not self.request.exists:
            raise OutputExistsError(
                f"two directories of the template become {target or 'the project directory itself'}",
                where=Location(path),
                hint="Cookiecutter allows this only when it may overwrite; use `Options(overwrite=True)`",
            )
        self._add_folder(path, target, None)

    def _add_folder(self, path: str, target: str, mode: int | None) -> None:
        self.entries.append(Entry(EntryKind.FOLDER, target or ".", name=path, mode=mode))
        while target and target not in self.folders:
            self.folders.add(target)
            target = target.rpartition("/")[0]

    def _add_file(self, path: str, item: os.DirEntry[str]) -> None:
        target = self._render(path)
        as_it_is = self.copied.matches(path)
        if not as_it_is and (target in self.folders or self._is_folder(target)):
            self._leave_out(path, target)
            return
        parent = target.rpartition("/")[0]
        if parent not in self.folders and not target.startswith(("/", "..")) and not self._is_folder(parent):
            raise PlanError(
                f"{target} would be written to the directory {parent!r}, which nothing in the template creates",
                where=Location(path),
            )
        source = contained(item.path, path, self.top) if item.is_symlink() else item.path
        self._add(EntryKind.COPY if as_it_is else EntryKind.FILE, path, target, source)

    def _leave_out(self, path: str, target: str) -> None:
        """Leave out a file whose name is empty, which is usually intended, or is that of a directory, which is not."""
        name = self.request.render.text(path, self.request.context, what=f"the path {path}")
        if name and not name.endswith("/"):
            self.warnings.append(f"{path} is left out: {target or 'the project itself'} is a directory")

    def _copy_folder(self, path: str) -> None:
        """Copy a directory without rendering, in place of what was laid out there before. Links are followed."""
        target = self._render(path)
        if target in ("", "."):
            raise PlanError(f"the directory {path} would replace the project itself", where=Location(path))
        self.entries = [entry for entry in self.entries if not _is_within(entry.target, target)]
        source = contained(_join(str(self.layout.project_folder), path), path, self.top)
        self.entered.enter(source, path, ())
        self._add_folder(path, target, _mode(source))
        for item in Walk(self.top, passed_over=frozenset(), entered=self.entered).items(source, path):
            inner = target + item.path.removeprefix(path)
            if item.is_folder:
                self._add_folder(item.path, inner, _mode(item.source))
            else:
                self._add(EntryKind.COPY, item.path, inner, item.source)

    def _add(self, kind: EntryKind, path: str, target: str, source: str) -> None:
        self.entries.append(Entry(kind, target, source=source, name=path, loader_name=path))

    def _render(self, path: str) -> str:
        if self.request.render.is_plain(path):
            return path  # made by the walk, so it is already in its shortest form
        rendered = self.request.render.text(path, self.request.context, what=f"the path {path}")
        shortest = normpath(rendered) if rendered else ""
        return "" if shortest == "." else shortest

    def _is_folder(self, target: str) -> bool:
        if target in self.folders:
            return True
        return self.request.exists and (self.request.destination / target).is_dir()


def _mode(folder: str) -> int:
    return os.stat(folder).st_mode & 0o777


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and name else folder or name


def _is_within(target: str, folder: str) -> bool:
    return target == folder or target.startswith(folder + "/")
