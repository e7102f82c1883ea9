"""Reads the files in a directory, and compares those of two directories. Writes nothing, follows no link."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import CommitError, Location, OutputExistsError
from mintage.files.detect import has_nul_byte
from mintage.files.folders import Folders
from mintage.files.trees import files_below

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Larger files are compared, but their differences are not shown.
LARGEST_SHOWN = 16 * 1024 * 1024

_READ = os.O_RDONLY | os.O_NONBLOCK
_LINK, _EXECUTABLE, _PLAIN = 0o120000, 0o100755, 0o100644


class FileVersion(Struct, frozen=True):
    """A file or link as it is, or would be."""

    mode: int
    """The mode as git stores it: 0o100644, 0o100755 or 0o120000."""
    size: int
    """The size in bytes."""
    data: bytes | None
    """The contents, or where the link leads; None for a file that is too large to show."""

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return stat.S_ISLNK(self.mode)

    @property
    def is_executable(self) -> bool:
        """Whether the owner may execute it."""
        return not self.is_link and bool(self.mode & stat.S_IXUSR)

    @property
    def is_binary(self) -> bool:
        """Whether git would consider it a binary file."""
        return self.data is None or (not self.is_link and has_nul_byte(self.data))

    @property
    def lines(self) -> list[bytes]:
        """The lines with their LF, which is the only line ending for git and patch."""
        *complete, last = (self.data or b"").split(b"\n")
        return [line + b"\n" for line in complete] + ([last] if last else [])


def read_tree(directory: Path, *, exact_modes: bool = False) -> dict[str, FileVersion]:
    """Read every file and link below a directory, and return them by path. Skip pipes, sockets and devices.

    Args:
        directory: The directory to read.
        exact_modes: Whether to use the modes of the file system instead of those that git stores.

    Raises:
        OSError: A file cannot be read.
    """
    found: dict[str, FileVersion] = {}
    with Folders(directory) as folders:
        for path in files_below(directory):
            status = _status(folders, path)
            if stat.S_ISLNK(status.st_mode) or stat.S_ISREG(status.st_mode):
                version = _read(folders, path, status)
                found[path] = FileVersion(status.st_mode, version.size, version.data) if exact_modes else version
    return found


def differing(one: Mapping[str, FileVersion], other: Mapping[str, FileVersion]) -> list[str]:
    """Return the sorted paths of files that are in only one of two trees, or differ between them."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def read_version(folders: Folders, target: str) -> FileVersion | None:
    """Read one file of a project; None if it doesn't exist. The contents of large files are not read.

    Args:
        folders: The project's directory.
        target: The path in the project.

    Raises:
        OutputExistsError: The path is neither a file nor a link.
        CommitError: The file cannot be read.
        UnsafePathError: A directory in the path is a link.
    """
    try:
        status = _status(folders, target)
        if not stat.S_ISLNK(status.st_mode) and not stat.S_ISREG(status.st_mode):
            raise OutputExistsError(
                f"{target} is a file in the template, but not in the project", hint="move it out of the way"
            )
        return _read(folders, target, status, LARGEST_SHOWN)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CommitError(
            f"{target} cannot be read in the project: {error.strerror}", where=Location(target)
        ) from error


def _status(folders: Folders, target: str) -> os.stat_result:
    folder, name = folders.at(target)
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def _read(folders: Folders, target: str, status: os.stat_result, largest: int | None = None) -> FileVersion:
    if stat.S_ISLNK(status.st_mode):
        folder, name = folders.at(target)
        leads_to = os.fsencode(os.readlink(name, dir_fd=folder))
        return FileVersion(_LINK, len(leads_to), leads_to)
    data = None
    if largest is None or status.st_size <= largest:
        with os.fdopen(folders.open(target, _READ), "rb") as file:
            data = file.read()
    return FileVersion(_EXECUTABLE if status.st_mode & stat.S_IXUSR else _PLAIN, status.st_size, data)
