"""Reads template files and writes the project's, for one thread. Decides nothing, and renders nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mintage.errors import Location, RenderError, UnsafePathError
from mintage.files.copying import copy_contents, write_all
from mintage.files.folders import Folders

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.errors import MintageError
    from mintage.files.folders import Identity
    from mintage.planning.model import PlannedFile

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
_SOURCE = os.O_RDONLY | os.O_NONBLOCK
_PERMISSIONS = 0o7777
_BLOCKS_OF_LARGE_FILES = 1024 * 1024


class ProjectFiles:
    """Opens files by descriptors of their directories, which it keeps open. For one thread only.

    All methods raise OSError, UnsafePathError for a file that is elsewhere or behind a link, and RenderError for a
    template file that has changed since it was planned.

    Args:
        project: The directory that is written to.
        source_top: The directory that all template files are in.
        identity: Identifies the project's directory, so that no other can take its place.
    """

    def __init__(self, project: Path, source_top: str, identity: Identity | None = None) -> None:
        self.targets = Folders(project, identity)
        self._sources = Folders(source_top)
        # Planning resolves the links that it follows, so sources may begin with either path.
        tops = dict.fromkeys((source_top, os.path.realpath(source_top)))
        self._source_prefixes = tuple(f"{top.rstrip('/')}/" for top in tops)

    def read(self, file: PlannedFile) -> bytes:
        """Return the contents of a template file, which must have the planned size."""
        size = file.size
        source = self._open_source(file)
        try:
            data = os.read(source, size + 1)
            if len(data) < size:  # one read returns at most 2 GiB
                blocks = [data]
                while block := os.read(source, _BLOCKS_OF_LARGE_FILES):
                    blocks.append(block)
                data = b"".join(blocks)
        finally:
            os.close(source)
        if len(data) != size:
            raise _changed(file)
        return data

    def write(self, file: PlannedFile, data: bytes) -> int:
        """Write a file, and return its size in bytes."""
        target = self._open_target(file)
        try:
            write_all(target, data)
        finally:
            os.close(target)
        return len(data)

    def copy(self, file: PlannedFile) -> int:
        """Copy a template file in constant memory, and return its size in bytes."""
        source = self._open_source(file)
        try:
            target = self._open_target(file)
            try:
                copied = copy_contents(source, target)
            finally:
                os.close(target)
        finally:
            os.close(source)
        if copied != file.size:
            raise _changed(file)
        return copied

    def link(self, file: PlannedFile) -> int:
        """Make a symbolic link. It may exist already, if the worker that made it was killed before it reported that."""
        folder, name = self.targets.at(file.target)
        try:
            os.symlink(os.fsdecode(file.content), name, dir_fd=folder)
        except FileExistsError:
            os.unlink(name, dir_fd=folder)
            os.symlink(os.fsdecode(file.content), name, dir_fd=folder)
        return 0

    def _open_target(self, file: PlannedFile) -> int:
        """Create a file with its permissions, and return a descriptor of it."""
        mode = file.mode
        target = self.targets.open(file.target, _NEW_FILE, mode)
        if os.fstat(target).st_mode & _PERMISSIONS != mode:  # because of the umask; fstat costs a tenth of fchmod
            os.fchmod(target, mode)
        return target

    def _open_source(self, file: PlannedFile) -> int:
        """Return a descriptor of a template file, which must be the one that was planned."""
        path = file.source
        for top in self._source_prefixes:
            if path.startswith(top):
                source = self._sources.open(path[len(top) :], _SOURCE)
                break
        else:
            raise UnsafePathError(f"{file.name} is outside the template, at {path}")
        status = os.fstat(source)
        if status.st_size != file.size or status.st_mtime_ns != file.mtime_ns:
            os.close(source)
            raise _changed(file)
        return source


def _changed(file: PlannedFile) -> MintageError:
    return RenderError(
        f"{file.name} changed while the project was generated",
        where=Location(file.name),
        hint="run again when nothing else writes to the template",
    )
