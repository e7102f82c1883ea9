"""Whether two directories hold the same file: its contents, what it is, and the permissions that count."""

from __future__ import annotations

import os
import stat

_CHUNK = 1024 * 1024
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def is_same_file(name: str, one: int, other: int, *, mode_bits: int) -> bool:
    """Return whether the file of this name is the same in two directories, given by their descriptors. Follows no link.

    Args:
        mode_bits: The permissions in which they must agree. What is missing or cannot be read is not the same.
    """
    try:
        first = os.stat(name, dir_fd=one, follow_symlinks=False)
        second = os.stat(name, dir_fd=other, follow_symlinks=False)
        if stat.S_IFMT(first.st_mode) != stat.S_IFMT(second.st_mode) or first.st_size != second.st_size:
            return False
        if stat.S_ISLNK(first.st_mode):
            return os.readlink(name, dir_fd=one) == os.readlink(name, dir_fd=other)
        if not stat.S_ISREG(first.st_mode) or (first.st_mode ^ second.st_mode) & mode_bits:
            return False
        return have_same_bytes(name, one, other)
    except (FileNotFoundError, PermissionError):
        return False


def have_same_bytes(name: str, one: int, other: int) -> bool:
    """Return whether the regular file with this name has the same contents in two directories, given by descriptors."""
    with (
        open(os.open(name, _READ, dir_fd=one), "rb", buffering=0) as first,
        open(os.open(name, _READ, dir_fd=other), "rb", buffering=0) as second,
    ):
        while True:
            chunk = first.read(_CHUNK)
            if chunk != second.read(_CHUNK):
                return False
            if not chunk:
                return True
