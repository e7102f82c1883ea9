"""Copies file contents by the kernel, in constant memory. Knows descriptors only."""

from __future__ import annotations

import errno
import os

_CHUNK = 64 * 1024 * 1024
_BUFFER = 1024 * 1024
# What copy_file_range answers where a file system (or two different ones) cannot do it.
_UNSUPPORTED = {errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM, errno.EBADF}


def copy_contents(source_fd: int, target_fd: int) -> int:
    """Copy everything from one descriptor to the other; both stand at their start. Returns the number of bytes."""
    copied = 0
    if hasattr(os, "copy_file_range"):
        try:
            while count := _copy_range(source_fd, target_fd):
                copied += count
        except OSError as error:
            if copied or error.errno not in _UNSUPPORTED:
                raise
    # Some file systems (procfs, some FUSE ones) report nothing to copy_file_range, so reading has the last word.
    while block := os.read(source_fd, _BUFFER):
        write_all(target_fd, block)
        copied += len(block)
    return copied


def _copy_range(source_fd: int, target_fd: int) -> int:
    while True:
        try:
            return os.copy_file_range(source_fd, target_fd, _CHUNK)
        except InterruptedError:  # by a signal; unlike others, this function of Python's does not go on by itself
            continue


def write_all(fd: int, data: bytes | memoryview) -> None:
    """Write all of `data`, however many calls that takes."""
    written = os.write(fd, data)
    if written < len(data):
        rest = memoryview(data)[written:]
        while rest:
            rest = rest[os.write(fd, rest) :]
