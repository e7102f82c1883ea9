"""Converts the files of a Cookiecutter template to those of a native one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2.exceptions import TemplateSyntaxError
from msgspec import Struct, field

from mintage.conversion.model import Note
from mintage.conversion.names import names_met
from mintage.conversion.questions import unrendered
from mintage.conversion.tags import tokens_of
from mintage.files.detect import BINARYORNOT_CHUNK, has_nul_byte, is_binary_name, is_binary_start
from mintage.files.patterns import FnmatchPatterns, GitignorePatterns
from mintage.formats.shared.tree import VERSION_CONTROL, Walk
from mintage.rendering.settings import Newlines
from mintage.rendering.text_files import newline_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jinja2 import Environment

    from mintage.conversion.names import Renaming
    from mintage.formats.shared.tree import TreeItem

_GLOB = "*?[]!#\\ "


class Found(Struct, frozen=True):
    """A file or directory in the template's project directory."""

    path: str
    """The path relative to the project directory."""
    source: str
    """The absolute path, with links resolved."""
    is_folder: bool
    """Whether it is a directory."""
    as_it_is: bool = False
    """Whether Cookiecutter copies it without rendering."""
    name_as_it_is: bool = False
    """Whether Cookiecutter doesn't render its name either, because it is in a directory that is copied."""
    text: str | None = None
    """The template text; None for anything that is not a template."""


class ProjectFolder(Struct):
    """Reads the template's project directory."""

    folder: Path
    """The directory."""
    top: Path
    """The directory that links may not lead out of."""
    copied: FnmatchPatterns
    """The patterns in `_copy_without_render`."""
    notes: list[Note] = field(default_factory=list)
    """Receives what the user should know."""
    _as_they_are: set[str] = field(default_factory=set)
    """The paths of directories that are copied."""

    def walk(self) -> Iterator[Found]:
        """Yield all files and directories, directories before their contents.

        Raises:
            UnsafePathError: A link leads out of `top`.
        """
        every = Walk(
            self.top, leaves_out=self._leaves_out, enters=self._enters, passed_over=frozenset(), links_may_dangle=True
        )
        for item in every.items(str(self.folder)):
            path, source = item.path, item.source
            copied = path.rpartition("/")[0] in self._as_they_are
            as_it_is = copied or self.copied.matches(path)
            if item.is_folder:
                if as_it_is:
                    self._as_they_are.add(path)
                yield Found(path, source, True, as_it_is, copied)
            elif os.path.isfile(source):
                text = None if as_it_is else self._template_text(source, path)
                yield Found(path, source, False, as_it_is, copied, text)
            else:
                self.notes.append(Note("it is neither a file nor a directory, and is left out", path))

    def _leaves_out(self, path: str, _is_folder: bool) -> bool:
        left_out = path.rpartition("/")[2] in VERSION_CONTROL
        if left_out:
            self.notes.append(Note("it is never part of a project", path, is_lost=False))
        return left_out

    def _enters(self, item: TreeItem) -> bool:
        enters = item.path in self._as_they_are or not item.entry.is_symlink()
        if not enters:
            what = "a link to a directory becomes an empty directory, as in Cookiecutter"
            self.notes.append(Note(what, item.path, is_lost=False))
        return enters

    def _template_text(self, source: str, path: str) -> str | None:
        """Return the text of a file that Cookiecutter would render; None for a binary one."""
        data = Path(source).read_bytes()
        if is_binary_name(path) or is_binary_start(data[:BINARYORNOT_CHUNK]):
            return None
        if has_nul_byte(data):
            self.notes.append(Note("it has a NUL byte, so it is now copied instead of rendered", path))
            return None
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            self.notes.append(
                Note("it is not UTF-8, which Cookiecutter refuses; it is now copied", path, is_lost=False)
            )
            return None


class FileWriter(Struct):
    """Writes files into a directory of the new template."""

    folder: Path
    """The directory."""
    renaming: Renaming
    """Rewrites template text with the new names."""
    newlines: str
    """The line ending for all files; "" keeps theirs."""
    renders_names: bool = True
    """Whether names are template text."""
    paths: list[str] = field(default_factory=list)
    """The paths of the files written so far."""
    copy_only: list[str] = field(default_factory=list)
    """Patterns for the files written so far that must not be rendered."""
    _new_paths: dict[str, str] = field(default_factory=lambda: {"": ""})
    """The new path of each path."""

    @property
    def written(self) -> int:
        """The number of files written so far."""
        return len(self.paths)

    def write(self, found: Iterable[Found]) -> None:
        """Write files and directories under their new names."""
        for each in found:
            path = self._path(each)
            place = self.folder / path
            if each.is_folder:
                self._note_on_condition(each)
                place.mkdir(exist_ok=True, parents=True)
                continue
            place.parent.mkdir(exist_ok=True, parents=True)
            self.paths.append(path)
            if each.text is None:
                shutil.copyfile(each.source, place)
                if _is_rendered(place, self.renaming.environment):
                    self.copy_only.append(_pattern(path))
            else:
                text = self.renaming.text(each.text, each.path)
                place.write_bytes(self._with_one_line_ending(text, each.text).encode("utf-8"))
            shutil.copymode(each.source, place)

    def _note_on_condition(self, folder: Found) -> None:
        if self.renaming.environment.block_start_string in folder.path.rpartition("/")[2] and not folder.name_as_it_is:
            what = "if the name is empty, its contents are left out; Cookiecutter puts them into the parent directory"
            self.renaming.notes.append(Note(what, folder.path, is_lost=False))

    def _with_one_line_ending(self, text: str, original: str) -> str:
        """Return a text with one kind of line ending.

        Cookiecutter does that for every file, but the native format leaves files without tags alone.
        """
        if "\r" not in original and self.newlines in ("", "\n"):
            return text
        ending = self.newlines or newline_of(original.encode("utf-8"), Newlines.FIRST_SEEN)
        return ending.join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

    def _path(self, found: Found) -> str:
        above, _, name = found.path.rpartition("/")
        if not self.renders_names:
            new_name = name
        else:
            new_name = unrendered(name, self.renaming) if found.name_as_it_is else self._part(name, found.path)
        path = f"{self._new_paths[above]}/{new_name}".lstrip("/")
        self._new_paths[found.path] = path
        return path

    def _part(self, part: str, path: str) -> str:
        environment = self.renaming.environment
        kinds = _kinds_of_tokens(part, environment)
        if sum(kind.endswith("_begin") for kind in kinds) != sum(kind.endswith("_end") for kind in kinds):
            what = "a tag in the name spans several directories, which must be named in a different way"
            self.renaming.notes.append(Note(what, path))
        return self.renaming.text(part, path)


def _kinds_of_tokens(part: str, environment: Environment) -> list[str]:
    try:
        return [token.kind for token in tokens_of(part, environment)]
    except TemplateSyntaxError:
        return []


def _is_rendered(place: Path, environment: Environment) -> bool:
    """Return whether the native format would render a file without a `copy_only` pattern."""
    data = place.read_bytes()
    starts = (environment.variable_start_string, environment.block_start_string, environment.comment_start_string)
    return not has_nul_byte(data) and any(start.encode() in data for start in starts)


def _pattern(path: str) -> str:
    """Return a gitignore pattern that matches exactly one path."""
    return "/" + "".join(f"\\{character}" if character in _GLOB else character for character in path)


def shortest_patterns(wanted: Sequence[str], patterns: Sequence[str], all_paths: Sequence[str]) -> list[str]:
    """Return the patterns of `_copy_without_render` if they have the same effect here, or else one for each file.

    Args:
        wanted: A pattern for each file that must not be rendered.
        patterns: The patterns of `_copy_without_render`.
        all_paths: The paths of all files.
    """
    offered = GitignorePatterns([pattern for pattern in patterns if pattern and not pattern.startswith(("!", "#"))])
    if not wanted:
        return []
    taken = [_pattern(path) for path in all_paths if offered.matches(path)]
    return list(offered.patterns) if set(taken) == set(wanted) else list(wanted)


def names_in(found: Iterable[Found], environment: Environment) -> set[str]:
    """Return all names besides the answers that occur in templates and in paths."""
    met: set[str] = set()
    for each in found:
        for text in (each.text, None if each.name_as_it_is else each.path.rpartition("/")[2]):
            if text is not None:
                try:
                    met |= names_met(tokens_of(text, environment))
                except TemplateSyntaxError:
                    continue  # reported when the text is rewritten, if it uses an answer
    return met
