"""Walks trees of files that Mintage made, and removes them. A leaf."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from itertools import count, filterfalse
from typing import TYPE_CHECKING

from mintage.files.closing import close_directory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)

_ATTEMPTS = 2  # what has failed once may succeed the second time


def files_below(folder: Path) -> list[str]:
    """Return every file and every link below a directory, by relative path, sorted.

    Raises:
        OSError: A directory cannot be listed.
    """
    found: list[str] = []
    for above, folders, names in os.walk(folder, onerror=_raise):
        relative = os.path.relpath(above, folder)
        names += [name for name in folders if os.path.islink(f"{above}/{name}")]
        found.extend(name if relative == "." else f"{relative}/{name}" for name in names)
    return sorted(found)


def _raise(error: OSError) -> None:
    """A directory that cannot be read is not an empty one, as which `os.walk` takes it if nobody stops it."""
    raise error


def remove_tree(folder: Path) -> None:
    """Remove a directory that Mintage made, with files and directories that are read-only. Never raises.

    Each directory in it is first moved to the top, so that it does not matter how deep it lies.
    """
    with suppress(OSError):
        os.rmdir(folder)  # what was staged is in its place: nothing is left in it
        return
    for _ in range(_ATTEMPTS):
        with suppress(OSError), _opened(os.fspath(folder)) as top:
            _remove_contents(top)
        with suppress(OSError):
            os.rmdir(folder)
            return


def _remove_contents(top: int) -> None:
    free = filterfalse(set(os.listdir(top)).__contains__, map(str, count()))
    waiting = _remove_files(top)
    while waiting:
        name = waiting.pop()
        with suppress(OSError):  # of a directory that cannot be removed; the others can
            with _opened(name, top) as folder:
                for inner in _remove_files(folder):
                    place = next(free)
                    _let_write(inner, folder)  # else it could not be moved
                    with suppress(OSError):
                        os.rename(inner, place, src_dir_fd=folder, dst_dir_fd=top)
                        waiting.append(place)
            os.rmdir(name, dir_fd=top)


def _remove_files(folder: int) -> list[str]:
    """Remove what is not a directory; returns the names of the directories."""
    with os.scandir(folder) as found:
        items = list(found)
    folders: list[str] = []
    for item in items:
        if item.is_dir(follow_symlinks=False):
            folders.append(item.name)
        else:
            with suppress(OSError):
                os.unlink(item.name, dir_fd=folder)
    return folders


@contextmanager
def _opened(folder: str, above: int | None = None) -> Iterator[int]:
    """Yield a descriptor of a directory, in which everything may be removed."""
    try:
        descriptor = os.open(folder, _FOLDER, dir_fd=above)
    except PermissionError:
        _let_write(folder, above)
        descriptor = os.open(folder, _FOLDER, dir_fd=above)
    try:
        with suppress(OSError):
            os.fchmod(descriptor, stat.S_IRWXU)
        yield descriptor
    finally:
        close_directory(descriptor)


def _let_write(folder: str, above: int | None) -> None:
    """Most directories could be written to before; whether that is enough, the next call tells."""
    with suppress(OSError):
        os.chmod(folder, stat.S_IRWXU, dir_fd=above)
