"""One process or thread at a time: an exclusive lock on a directory. A leaf: knows nothing of what the directory holds.

The system frees a lock when the last process that has it is gone, however it ended.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from mintage.files.closing import close_directory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Make the directory if needed and lock it; waits for the process that has locked it."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, _FOLDER)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        close_directory(descriptor)


@contextmanager
def exclusive_if_possible(folder: Path) -> Iterator[None]:
    """Hold a directory that is there, or do without where it may not be opened, or the file system has no locks."""
    try:
        descriptor = os.open(folder, _FOLDER)
    except OSError:
        yield
        return
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        close_directory(descriptor)


def hold(folder: str | os.PathLike[str]) -> int | None:
    """Return a descriptor that holds a directory until it is closed.

    None if somebody else holds it, or if the file system has no locks, so that nobody can tell.

    Raises:
        OSError: The directory cannot be opened.
    """
    descriptor = os.open(folder, _FOLDER | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        close_directory(descriptor)
        return None
    return descriptor
