"""What minting would change in a project: its files beside those that were rendered. Writes nothing, prints nothing."""

from __future__ import annotations

import os
import stat
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import CommitError, Location, OutputExistsError
from mintage.files.detect import has_nul_byte
from mintage.files.folders import Folders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# Larger files are compared, but nobody wants to read what is different in them.
_LARGEST_SHOWN = 16 * 1024 * 1024
_BLOCK = 1024 * 1024
_READ = os.O_RDONLY | os.O_NONBLOCK
_LINES_AROUND = 3

Opcode = tuple[str, int, int, int, int]


class FileVersion(Struct, frozen=True):
    """A file or link as it is, or would be."""

    mode: int
    """As git has it, 0o100644, 0o100755 or 0o120000."""
    size: int
    data: bytes | None
    """Its bytes, or where the link leads; None for a file that is too large to be shown."""

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return stat.S_ISLNK(self.mode)

    @property
    def is_binary(self) -> bool:
        """Whether it has no lines to show, by git's rule."""
        return self.data is None or (not self.is_link and has_nul_byte(self.data))

    @property
    def lines(self) -> list[bytes]:
        """Its lines with their ends, which are LF alone, as git and patch have it."""
        *whole, last = (self.data or b"").split(b"\n")
        return [line + b"\n" for line in whole] + ([last] if last else [])


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
        OutputExistsError: One is a folder.
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
        before, after = _version(old, target), _require(new, target)
        is_large = before is not None and before.data is None and after.data is None
        if before == after and not (is_large and not _same_bytes(old, new, target)):
            continue
        yield Change(target, before, after)


def _require(folders: Folders, target: str) -> FileVersion:
    version = _version(folders, target)
    assert version is not None  # its job is done
    return version


def _version(folders: Folders, target: str) -> FileVersion | None:
    """Return a file as it is; None if it is not there."""
    above, _, name = target.rpartition("/")
    try:
        folder = folders.descriptor(above)
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(target, error) from error
    if stat.S_ISLNK(status.st_mode):
        leads_to = os.fsencode(os.readlink(name, dir_fd=folder))
        return FileVersion(0o120000, len(leads_to), leads_to)
    if not stat.S_ISREG(status.st_mode):
        raise OutputExistsError(
            f"{target} is no file in the project, and one in the template", hint="move it out of the way"
        )
    data = None
    if status.st_size <= _LARGEST_SHOWN:
        try:
            with os.fdopen(folders.open(target, _READ), "rb") as file:
                data = file.read()
        except OSError as error:
            raise _unreadable(target, error) from error
    mode = 0o100755 if status.st_mode & stat.S_IXUSR else 0o100644
    return FileVersion(mode, status.st_size, data)


def _unreadable(target: str, error: OSError) -> CommitError:
    return CommitError(f"{target} cannot be read in the project: {error.strerror}", where=Location(target))


def _same_bytes(old: Folders, new: Folders, target: str) -> bool:
    with os.fdopen(old.open(target, _READ), "rb") as one, os.fdopen(new.open(target, _READ), "rb") as other:
        while block := one.read(_BLOCK):
            if block != other.read(_BLOCK):
                return False
        return not other.read(1)
