"""Opens files below one directory by descriptors of the directories on the way, following no link. A leaf.

What is opened is in the directory that was the root at the beginning, even if it was renamed since.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import UnsafePathError
from mintage.files.closing import close_directory

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_INNER_FOLDER = _FOLDER | getattr(os, "O_PATH", 0) | getattr(os, "O_NOFOLLOW", 0)
_FILE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_LINK_IN_THE_WAY = (errno.ELOOP, errno.ENOTDIR)
# Descriptors that one instance keeps open; see `engine.limits` for how many a worker may have.
KEPT_OPEN = 8


class Identity(Struct, frozen=True):
    """Which directory it is, whatever it is called."""

    device: int
    inode: int


class ProjectFolder(Struct, frozen=True):
    """A directory of a project that is made before any file."""

    target: str
    mode: int | None = None
    """Permission bits, None for the usual ones."""


class Folders:
    """The directories below `root`. Paths are relative to it, in their shortest form and without "..". For one thread.

    Raises OSError as `os.open` does.

    Args:
        identity: What the root must be, else UnsafePathError is raised. Links in the path of the root itself are
            followed, unless an identity is given.
    """

    def __init__(self, root: str | os.PathLike[str], identity: Identity | None = None) -> None:
        self._root = os.fspath(root)
        self._descriptors: dict[str, int] = {}
        self._top = -1
        self._top = os.open(self._root, _FOLDER | (_FILE if identity else 0))
        self.identity = _identity(self._top)
        if identity is not None and self.identity != identity:
            self.close()
            raise UnsafePathError(f"{self._root} was replaced by another directory during the run")

    def __enter__(self) -> Folders:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if self._top >= 0:
            self.close()

    def open(self, path: str, flags: int, mode: int = 0o666) -> int:
        """Return a descriptor of a file.

        Raises:
            UnsafePathError: A directory on the way is a link.
            OSError: The file is.
        """
        folder, name = self.at(path)
        return os.open(name, flags | _FILE, mode, dir_fd=folder)

    def at(self, target: str) -> tuple[int, str]:
        """Return the descriptor of the directory that something is in, and its name there, for calls with `dir_fd`.

        Raises:
            UnsafePathError: A directory on the way is a link.
            OSError: A directory on the way doesn't exist.
        """
        folder, _, name = target.rpartition("/")
        return self.descriptor(folder), name

    def descriptor(self, folder: str) -> int:
        """Return a descriptor of a directory, to name files relative to it; kept and closed here. "" is the root."""
        if not folder:
            return self._top
        found = self._descriptors.get(folder)
        return self._opened(folder) if found is None else found

    def close(self) -> None:
        """Close all descriptors."""
        descriptors = [*self._descriptors.values(), self._top]
        self._descriptors.clear()
        self._top = -1
        _close_all(descriptor for descriptor in descriptors if descriptor >= 0)

    def _opened(self, folder: str) -> int:
        """Open a directory from the nearest one above it that is open."""
        above, _, _ = folder.rpartition("/")
        while above and above not in self._descriptors:
            above = above.rpartition("/")[0]
        descriptor = self._descriptors[above] if above else self._top
        passed: list[int] = []
        try:
            for name in folder[len(above) :].strip("/").split("/"):
                if name in ("", ".", ".."):
                    raise UnsafePathError(f"{folder!r} is not a path below {self._root}")
                descriptor = self._next(name, descriptor, folder)
                passed.append(descriptor)
        except BaseException:
            _close_all(passed)
            raise
        _close_all(passed[:-1])
        if len(self._descriptors) >= KEPT_OPEN:
            close_directory(self._descriptors.pop(next(iter(self._descriptors))))
        self._descriptors[folder] = descriptor
        return descriptor

    def _next(self, name: str, descriptor: int, folder: str) -> int:
        try:
            return os.open(name, _INNER_FOLDER, dir_fd=descriptor)
        except OSError as error:
            if error.errno in _LINK_IN_THE_WAY:
                raise UnsafePathError(
                    f"{self._root}/{folder} is reached through {name}, which is not a directory",
                    why="it is a link or a file; links are not followed there",
                ) from error
            raise


def require_no_link(base: Path, target: str) -> None:
    """Raise UnsafePathError if a part of `target`, which is below `base`, is a link: a template chose that path."""
    place = base
    for part in target.split("/"):
        place /= part
        if place.is_symlink():
            raise UnsafePathError(f"the project would be written through the link {place} to {os.path.realpath(place)}")


def _close_all(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        close_directory(descriptor)


def _identity(descriptor: int) -> Identity:
    status = os.fstat(descriptor)
    return Identity(status.st_dev, status.st_ino)
