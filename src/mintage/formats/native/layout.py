"""Which files a native template generates: path rules, repeated files, suffixes, saved answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.errors import Location, TemplateError, UsageError
from mintage.files.folders import require_no_link
from mintage.files.paths import validate_path
from mintage.files.patterns import GitignorePatterns
from mintage.formats.native import CONFIGURATION_FILE, SAVED_ANSWERS_FILE
from mintage.formats.shared.tree import PathRenderer, TreeItem, files_below, walk
from mintage.rendering.bounds import items_within
from mintage.template.layout import Entry, EntryKind, LaidOut
from mintage.template.limits import FileCount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mintage.formats.native.configuration import Configuration
    from mintage.formats.native.saved import SavedAnswers
    from mintage.formats.native.schema import EachTable
    from mintage.rendering.settings import Context, TextRenderer
    from mintage.template.layout import LayoutRequest, TemplateFiles

OWN_FILES = frozenset({CONFIGURATION_FILE, SAVED_ANSWERS_FILE})
"""Files that belong to the format, and never come from the template."""


class NativeLayout(Struct, frozen=True):
    """The layout of a native template."""

    root: Path
    """The directory with the project's files."""
    top: Path
    """The directory that links must not lead out of."""
    configuration: Configuration
    file: str
    """The path of the configuration file."""
    saved: SavedAnswers
    """Makes the file of saved answers."""
    not_of_the_project: frozenset[str] = frozenset()
    """Paths in `root` that only serve the template: scripts of tasks, the directory of included files."""

    def destination(self, output: Path | None, render: TextRenderer, context: Context) -> Path:
        """Return OUTPUT, which is the project's directory; without it, the template may name one."""
        if output is not None:
            return output
        named = self.configuration.template.output
        rendered = render.text(named, context, what="`output` of the template").strip() if named else ""
        if not rendered:
            raise UsageError(
                "the template doesn't name its project", hint="name its directory: mintage new TEMPLATE OUTPUT"
            )
        if "/" in rendered or validate_path(rendered, source=self.file) != rendered or rendered == ".":
            raise UsageError(
                f"`output` of the template must be the name of a directory, not {rendered!r}", where=Location(self.file)
            )
        require_no_link(Path(), rendered)
        return Path(rendered)

    def lay_out(self, request: LayoutRequest) -> LaidOut:
        """Walk the template, apply its rules, and add the saved answers."""
        rules = self.configuration.files
        excluded = GitignorePatterns(list(self._excluded(request)))
        copied = GitignorePatterns(rules.copy_only)
        repeated: dict[str, list[EachTable]] = {}
        for each in self.configuration.each:
            repeated.setdefault(each.file, []).append(each)

        def leaves_out(path: str, is_folder: bool) -> bool:
            return path in OWN_FILES or path in self.not_of_the_project or excluded.matches(path, is_folder=is_folder)

        entries: list[Entry] = []
        made = FileCount(request.limits.files)
        paths = PathRenderer(request.render, request.context)
        for item in walk(self.root, self.top, leaves_out):
            if item.path in repeated:
                for each in repeated.pop(item.path):
                    for entry in self._repeat(each, item, request, as_it_is=copied.matches(item.path)):
                        made.add()
                        entries.append(entry)
                continue
            target = paths.target(item.path)
            if target is not None and item.is_folder:
                entries.append(Entry(EntryKind.FOLDER, target, name=item.path))
            elif target is not None:
                entries.append(self._file(item, target, {}, as_it_is=copied.matches(item.path)))
        self._require_used(repeated, excluded)
        if not excluded.matches(SAVED_ANSWERS_FILE):
            content = self.saved.content(request.context)
            entries.append(Entry(EntryKind.CONTENT, SAVED_ANSWERS_FILE, name=SAVED_ANSWERS_FILE, content=content))
        return LaidOut(entries, skip_if_exists=GitignorePatterns(rules.skip_if_exists))

    def template_files(self, request: LayoutRequest) -> TemplateFiles:
        """Return every file that isn't left out with all answers."""
        always = [rule for rule in self.configuration.files.exclude if isinstance(rule, str)]
        excluded = GitignorePatterns(always)
        return files_below(
            self.root,
            self.top,
            lambda path, is_folder: path in OWN_FILES or excluded.matches(path, is_folder=is_folder),
        )

    def _excluded(self, request: LayoutRequest) -> Iterator[str]:
        for rule in self.configuration.files.exclude:
            if isinstance(rule, str):
                yield rule
            elif request.render.value(rule.when, request.context, what=f"`when` of the exclude rule {rule.match}"):
                yield from [rule.match] if isinstance(rule.match, str) else rule.match

    def _repeat(self, each: EachTable, item: TreeItem, request: LayoutRequest, *, as_it_is: bool) -> Iterator[Entry]:
        what = f"[[each]] for {each.file}"
        if each.when is not None and not request.render.value(each.when, request.context, what=f"`when` of {what}"):
            return
        items = request.render.value(each.items, request.context, what=f"`items` of {what}")
        if isinstance(items, str) or not hasattr(items, "__iter__"):
            kind = repr(items) if isinstance(items, str) else type(items).__name__
            raise TemplateError(f"`items` of {what} must be a list, not {kind}", where=Location(self.file))
        for value in items_within(items, request.limits.render_seconds, f"`items` of {what}"):
            variables = {each.as_: value}
            paths = PathRenderer(request.render, {**request.context, **variables})
            target = paths.target_at_once(each.path) if each.path else paths.target(each.file)
            if target is not None:
                yield self._file(item, target, variables, as_it_is=as_it_is)

    def _file(self, item: TreeItem, target: str, variables: Mapping[str, Any], *, as_it_is: bool) -> Entry:
        suffix = self.configuration.render.suffix
        kind = EntryKind.COPY if as_it_is else EntryKind.FILE
        if suffix and not as_it_is:
            if item.path.endswith(suffix):
                target = target.removesuffix(suffix)
            else:
                kind = EntryKind.COPY
        return Entry(kind, target, item.source, item.path, loader_name=item.path, variables=variables)

    def _require_used(self, unused: Iterable[str], excluded: GitignorePatterns) -> None:
        for file in unused:
            if not excluded.matches(file):
                raise TemplateError(
                    f"[[each]] names the file {file}, which doesn't exist in the template",
                    where=Location(self.file),
                    hint="`file` must be a path in the template, exactly as it is written there",
                )
