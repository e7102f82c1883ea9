"""What minting would change in a project: compares its files with rendered ones. Writes nothing, prints nothing."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.files.comparison import have_same_bytes
from mintage.files.folders import Folders
from mintage.projects.trees import FileVersion, read_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_LINES_AROUND = 3

Opcode = tuple[str, int, int, int, int]


class Change(Struct, frozen=True, dict=True):
    """How one file would change."""

    path: str
    """The path in the project."""
    before: FileVersion | None
    """The file in the project; None if it would be added."""
    after: FileVersion
    """The rendered file."""

    @property
    def kind(self) -> str:
        """One of "added", "modified", "mode" (only the mode), and "type" (a link replaces a file, or the reverse)."""
        if self.before is None:
            return "added"
        if self.before.is_link != self.after.is_link:
            return "type"
        return "mode" if self.before.data == self.after.data and self.before.data is not None else "modified"

    @property
    def is_binary(self) -> bool:
        """Whether either version is a binary file."""
        return self.after.is_binary or (self.before is not None and self.before.is_binary)

    @cached_property
    def hunks(self) -> tuple[tuple[Opcode, ...], ...]:
        """The changed lines with three lines of context, as groups of opcodes of `SequenceMatcher`."""
        if self.is_binary:
            return ()
        before = self.before.lines if self.before else []
        matcher = SequenceMatcher(None, before, self.after.lines)
        return tuple(
            tuple(group)
            for group in matcher.get_grouped_opcodes(_LINES_AROUND)
            if any(code[0] != "equal" for code in group)
        )

    @property
    def insertions(self) -> int:
        """The number of lines that would be added."""
        return sum(end - start for hunk in self.hunks for tag, _, _, start, end in hunk if tag != "equal")

    @property
    def deletions(self) -> int:
        """The number of lines that would be removed."""
        return sum(end - start for hunk in self.hunks for tag, start, end, _, _ in hunk if tag != "equal")


def differences(project: Path, rendered: Path, targets: Iterable[str]) -> tuple[Change, ...]:
    """Return how files in a project would change if they were replaced with rendered ones.

    Args:
        project: The project's directory, which need not exist.
        rendered: The directory with the rendered files.
        targets: The paths of the files in both directories, in the order of the result.

    Raises:
        OutputExistsError: A path is not a file in the project.
        CommitError: A file in the project cannot be read.
        UnsafePathError: A directory in a path is a link.
    """
    with Folders(rendered) as new:
        if not project.is_dir():
            return tuple(Change(target, None, _require(new, target)) for target in targets)
        with Folders(project) as old:
            return tuple(_changes(old, new, targets))


def _changes(old: Folders, new: Folders, targets: Iterable[str]) -> Iterator[Change]:
    for target in targets:
        before, after = read_version(old, target), _require(new, target)
        if before != after or (after.data is None and not _have_same_bytes(old, new, target)):
            yield Change(target, before, after)


def _have_same_bytes(old: Folders, new: Folders, target: str) -> bool:
    in_old, name = old.at(target)
    in_new, _ = new.at(target)
    return have_same_bytes(name, in_old, in_new)


def _require(folders: Folders, target: str) -> FileVersion:
    version = read_version(folders, target)
    assert version is not None  # it was rendered
    return version
