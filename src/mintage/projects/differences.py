"""What minting would change in a project: its files beside those that were rendered. Writes nothing, prints nothing."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.files.folders import Folders
from mintage.projects.trees import FileVersion, have_same_bytes, read_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_LINES_AROUND = 3

Opcode = tuple[str, int, int, int, int]


class Change(Struct, frozen=True, dict=True):
    """What would become of one file."""

    path: str
    before: FileVersion | None
    """None for a new one."""
    after: FileVersion

    @property
    def kind(self) -> str:
        """added, modified, mode (nothing else), or type (a link becomes a file, or a file a link)."""
        if self.before is None:
            return "added"
        if self.before.is_link != self.after.is_link:
            return "type"
        return "mode" if self.before.data == self.after.data and self.before.data is not None else "modified"

    @property
    def is_binary(self) -> bool:
        """Whether one of both has no lines."""
        return self.after.is_binary or (self.before is not None and self.before.is_binary)

    @cached_property
    def hunks(self) -> tuple[tuple[Opcode, ...], ...]:
        """What is different in the lines, with three lines around it, as `SequenceMatcher` tells it."""
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
        """How many lines come in."""
        return sum(end - start for hunk in self.hunks for tag, _, _, start, end in hunk if tag != "equal")

    @property
    def deletions(self) -> int:
        """How many lines go."""
        return sum(end - start for hunk in self.hunks for tag, start, end, _, _ in hunk if tag != "equal")


def differences(project: Path, rendered: Path, targets: Iterable[str]) -> tuple[Change, ...]:
    """Return the files of `rendered` that are not the same in `project`, which need not be there.

    Args:
        targets: Their paths in both, in the order in which they are told of.

    Raises:
        OutputExistsError: One is a directory.
        CommitError: One cannot be read.
        UnsafePathError: One is reached through a link.
    """
    with Folders(rendered) as new:
        if not project.is_dir():
            return tuple(Change(target, None, _require(new, target)) for target in targets)
        with Folders(project) as old:
            return tuple(_changes(old, new, targets))


def _changes(old: Folders, new: Folders, targets: Iterable[str]) -> Iterator[Change]:
    for target in targets:
        before, after = read_version(old, target), _require(new, target)
        is_large = before is not None and before.data is None and after.data is None
        if before == after and not (is_large and not have_same_bytes(old, new, target)):
            continue
        yield Change(target, before, after)


def _require(folders: Folders, target: str) -> FileVersion:
    version = read_version(folders, target)
    assert version is not None  # its job is done
    return version
