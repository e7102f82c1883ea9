"""Which files a Copier template generates, and under which names."""

from __future__ import annotations

import math
import os
import re
import time
import unicodedata
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.errors import Location, TemplateError, UnsafePathError, UsageError
from mintage.files.patterns import compiled, plain_names
from mintage.formats.shared.tree import Walk
from mintage.rendering.bounds import items_within, took_too_long
from mintage.template.layout import Entry, EntryKind, LaidOut, TemplateFiles
from mintage.template.limits import FileCount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pathspec import PathSpec

    from mintage.formats.copier.configuration import Configuration
    from mintage.formats.shared.tree import TreeItem
    from mintage.rendering.settings import Context, TextRenderer
    from mintage.template.layout import LayoutRequest

LINE_END = re.compile(r"\r\n|\r|\n")
"""Separates the patterns that one text renders to."""
LOOP = "_mintage_loop"
"""The name under which the context of a path has a `Loop`."""
_UNTIDY = re.compile(r"//|(?:^|/)\.(?:/|$)|/$")  # what pathlib makes shorter
_NEVER_WALKED = frozenset({".git"})
_EXECUTABLE = 0o111
_PERMISSIONS = 0o777


class Loop(Struct):
    """The `yield` tag of a path, which is found while the path is rendered."""

    found: tuple[str, Any] | None = None
    """The variable and the items; None if there is no such tag."""


class CopierLayout(Struct, frozen=True):
    """The layout of a Copier template."""

    root: Path
    """The template's directory."""
    configuration: Configuration
    exclude: tuple[str, ...] = ()
    """The user's own patterns of files to leave out."""
    skip: tuple[str, ...] = ()
    """The user's own patterns of files to leave alone if they exist."""
    from_git: bool = False
    """Whether the template came from git."""
    links_may_lead_out: bool = False
    """Whether links that are kept may lead out of the project."""

    def destination(self, output: Path | None, render: TextRenderer, context: Context) -> Path:
        """Return OUTPUT, which is the project's directory."""
        if output is None:
            raise no_output()
        return output

    def lay_out(self, request: LayoutRequest) -> LaidOut:
        """Walk the template as Copier does. Empty directories are generated, too."""
        walk = _TemplateWalk(self, request)
        entries = walk.entries()
        patterns = (*self.skip, *map(str, self.configuration.settings.get("skip_if_exists") or ()))
        skipped = (request.render.text(each, request.context, what=each) for each in patterns)
        return LaidOut(
            entries,
            warnings=walk.warnings,
            skip_if_exists=CopierPatterns(skipped, partial(self.configuration.where, "_skip_if_exists")),
            always_replaced=frozenset({walk.answers_target}),
            makes_project=bool(entries),
        )

    def template_files(self, request: LayoutRequest) -> TemplateFiles:
        """Return every file that isn't excluded with all answers. The directory may depend on them."""
        walk = _TemplateWalk(self, request)
        patterns = (*self.configuration.exclude, *self.exclude)
        excluded = CopierPatterns(pattern for pattern in patterns if request.render.is_plain(pattern))
        files = {
            name: found.source
            for name, found in walk.all_files()
            if not excluded.matches(found.path.removesuffix(self.configuration.suffix))
        }
        return TemplateFiles(walk.top, files)


def _joined(parts: tuple[str, ...]) -> str:
    """Return the path that Copier makes from rendered parts with pathlib."""
    path = "/".join(parts)
    return str(PurePosixPath(*parts)) if _UNTIDY.search(path) else path


def no_output() -> UsageError:
    """Return the error for a Copier template without OUTPUT."""
    return UsageError(
        "a Copier template doesn't name its project", hint="name its directory: mintage new TEMPLATE OUTPUT"
    )


class CopierPatterns:
    """Gitignore patterns as Copier matches them: the last that matches decides, and directories above don't count.

    Args:
        patterns: The patterns.
        where: Returns the line with the patterns, for errors.
    """

    def __init__(self, patterns: Iterable[str], where: Callable[[], Location | None] = lambda: None) -> None:
        self._where = where
        self._patterns = [unicodedata.normalize("NFD", each) for each in patterns]
        self._names = plain_names(self._patterns)

    @cached_property
    def _spec(self) -> PathSpec[Any]:
        from pathspec import PathSpec

        return compiled(self._patterns, partial(PathSpec.from_lines, "gitignore"), self._where)

    def matches(self, path: str) -> bool:
        """Return whether a path matches."""
        if self._names is not None:
            return self._names.search(path) is not None
        return self._spec.match_file(path)


class _TemplateWalk(Struct, dict=True):
    """One walk through a template. Renders the name of each directory once."""

    layout: CopierLayout
    request: LayoutRequest

    def __post_init__(self) -> None:
        self.warnings: list[str] = []
        self._root = os.path.realpath(self.layout.root)
        self._suffix = self.layout.configuration.suffix
        self._keeps_links = bool(self.layout.configuration.settings.get("preserve_symlinks"))
        self._folders: dict[str, list[tuple[tuple[str, ...], Mapping[str, Any]]]] = {"": [((), {})]}
        self._made = FileCount(self.request.limits.files)
        self._until = math.inf

    @cached_property
    def answers_file(self) -> str:
        """The answers file, relative to the project, as the template spells it."""
        return str(self.request.context["_copier_conf"]["answers_file"])

    @cached_property
    def answers_target(self) -> str:
        """The answers file as the target of an entry."""
        return str(PurePosixPath(self.answers_file))

    @cached_property
    def top(self) -> str:
        """The directory that is walked: the template's, or its subdirectory."""
        named = self.layout.configuration.subdirectory
        rendered = self.request.render.text(named, self.request.context, what="_subdirectory")
        where = self.layout.configuration.where("_subdirectory")
        try:
            top = os.path.realpath(os.path.join(self._root, rendered))
        except ValueError as error:  # for a name that no file can have
            raise TemplateError(
                f"_subdirectory is not a directory in the template: {rendered!r}", where=where
            ) from error
        if not Path(top).is_relative_to(self._root):
            raise UnsafePathError(f"_subdirectory leads out of the template: {rendered}", where=where)
        if not os.path.isdir(top):
            raise TemplateError(f"_subdirectory is not a directory in the template: {rendered}", where=where)
        return top

    @cached_property
    def _below_root(self) -> str:
        """What paths begin with, relative to the template's root; "" if all of it is walked."""
        return "" if self.top == self._root else f"{os.path.relpath(self.top, self._root)}/"

    @cached_property
    def _excluded(self) -> CopierPatterns:
        context = {**self.request.context, "_copier_operation": "copy"}
        patterns = (*self.layout.configuration.exclude, *self.layout.exclude)
        rendered = (self.request.render.text(each, context, what=f"_exclude: {each}") for each in patterns)
        lines = (line for each in rendered for line in LINE_END.split(each))
        return CopierPatterns(lines, partial(self.layout.configuration.where, "_exclude"))

    def entries(self) -> list[Entry]:
        """Return all entries, sorted. Of two files with one target, Copier keeps the last one that it finds."""
        folders: list[Entry] = []
        files: dict[str, Entry] = {}
        for entry in self._found_entries():
            if entry.kind is EntryKind.FOLDER:
                folders.append(entry)
                continue
            earlier = files.get(entry.target)
            files[entry.target] = entry
            if earlier is not None and entry.target != self.answers_target:
                self.warnings.append(f"{entry.name} replaces {earlier.name}: both become {entry.target}")
        return sorted((*folders, *files.values()), key=lambda entry: entry.target.split("/"))

    def all_files(self) -> Iterator[tuple[str, TreeItem]]:
        """Yield every file, with its path relative to the template's root."""
        for found in self._walk():
            if not found.is_folder:
                yield self._below_root + found.path, found

    def _found_entries(self) -> Iterator[Entry]:
        for found in self._walk():
            self._until = time.monotonic() + self.request.limits.render_time
            for parts, variables in self._targets(found):
                target = _joined(parts)
                if not self._excluded.matches(target):
                    if variables:
                        self._made.add()
                    yield self._entry(found, target, variables)

    def _walk(self) -> Iterator[TreeItem]:
        """Yield everything, but not a file next to a template with its name and the suffix."""
        every = Walk(
            self._root,
            passed_over=_NEVER_WALKED,
            by_name=False,  # the directory's own order decides for Copier which of two files wins
            keeps_links=self._keeps_links,
            links_may_dangle=True,
        )
        for item in every.items(self.top):
            template = item.entry.name + self._suffix
            if not (self._suffix and template in item.siblings and os.path.exists(item.entry.path + self._suffix)):
                yield item

    def _targets(self, found: TreeItem) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
        """Yield the paths that a path of the template becomes: none, one, or with `yield` many."""
        folder, _, name = found.path.rpartition("/")
        is_template = name.endswith(self._suffix)
        if is_template and self._suffix:
            dot = name.rfind(".")  # where pathlib's suffix begins, if anything is on both sides
            name = name[:dot] if 0 < dot < len(name) - 1 else name
        for above, variables in self._rendered_folder(folder):
            for rendered, inner in self._rendered_name(name, found.path, variables):
                if rendered == self.answers_file:
                    yield (self.answers_file,), inner
                elif is_template or not self._has_template((*above, rendered), found.path):
                    yield (*above, rendered), inner

    def _rendered_folder(self, folder: str) -> list[tuple[tuple[str, ...], Mapping[str, Any]]]:
        if folder not in self._folders:
            parent, _, name = folder.rpartition("/")
            self._folders[folder] = [
                ((*above, rendered), inner)
                for above, variables in self._rendered_folder(parent)
                for rendered, inner in self._rendered_name(name, folder, variables)
            ]
        return self._folders[folder]

    def _rendered_name(
        self, name: str, path: str, variables: Mapping[str, Any]
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield what a name becomes; nothing if it renders to nothing."""
        if self.request.render.is_plain(name):
            yield name, variables
            return
        loop = Loop()
        rendered = self._text(name, path, variables, loop)
        if loop.found is None:
            if rendered:
                yield rendered, variables
            return
        variable, items = loop.found
        if not hasattr(items, "__iter__"):
            raise TemplateError(f"`yield` in {path} needs a list, not {type(items).__name__}", where=Location(path))
        for item in items_within(items, self.request.limits.render_seconds, f"the path {path}"):
            if time.monotonic() > self._until:
                raise took_too_long(f"the path {path}", self.request.limits.render_time)
            inner = {**variables, variable: item}
            if rendered := self._text(name, path, inner, Loop()):
                yield rendered, inner

    def _text(self, name: str, path: str, variables: Mapping[str, Any], loop: Loop) -> str:
        context = {**self.request.context, **variables, LOOP: loop}
        return self.request.render.text(name, context, what=f"the path {path}")

    def _has_template(self, parts: tuple[str, ...], path: str) -> bool:
        """Return whether a template with that very name generates the file instead."""
        rendered = "/".join(parts)
        if rendered == path and self.top == self._root:
            return False  # the walk has already looked for it
        return os.path.exists(f"{self._root}/{rendered}{self._suffix}")

    def _entry(self, found: TreeItem, target: str, variables: Mapping[str, Any]) -> Entry:
        name = self._below_root + found.path
        if found.entry.is_symlink() and self._keeps_links:
            return self._link(found, target, name)
        if found.is_folder:
            return Entry(EntryKind.FOLDER, target, name=name)
        if found.entry.is_symlink() and not os.path.exists(found.source):
            raise TemplateError(f"the link {name} leads to nothing", where=Location(name))
        kind = EntryKind.FILE if found.path.endswith(self._suffix) else EntryKind.COPY
        mode = None
        if found.entry.is_symlink() and self.layout.from_git:
            # Copier takes executable bits from git's index, where a link has none.
            mode = os.stat(found.source).st_mode & _PERMISSIONS & ~_EXECUTABLE
        return Entry(kind, target, found.source, name, loader_name=name, variables=variables, mode=mode)

    def _link(self, found: TreeItem, target: str, name: str) -> Entry:
        leads_to = str(Path(os.readlink(found.source)))
        if found.path.endswith(self._suffix):
            text = self.request.render.text(leads_to, self.request.context, what=f"the link {name}")
            leads_to = str(Path(text))
        end = os.path.normpath(os.path.join("/project", os.path.dirname(target), leads_to))
        if end != "/project" and not end.startswith("/project/"):
            if not self.layout.links_may_lead_out:
                raise UnsafePathError(
                    f"{target} would be a link that leads out of the project, to {leads_to}",
                    where=Location(name),
                    hint="if you trust the template, run again with `Options(trust=True)`",
                )
            self.warnings.append(f"{target} is a link that leads out of the project, to {leads_to}")
        return Entry(EntryKind.LINK, target, found.source, name, content=os.fsencode(leads_to))
