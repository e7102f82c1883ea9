"""The staging folder: where a project is built before anybody sees it, and how it gets to its place.

Knows folders and files, not templates. Like dpkg and git, everything is written under another name first; what has its
final name is whole.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import CommitError, Location, UnsafePathError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

    from mintage.planning.model import PlannedFolder

PREFIX = ".mintage-"


class Staging(Struct):
    """A context manager that owns a temporary folder beside `destination` and removes it whatever happens.

    project: the folder in which the project is built; it has the destination's name, so that code which runs in it
    sees the right one.
    """

    destination: Path
    _top: Path | None = None

    def __enter__(self) -> Staging:
        beside = self.destination.parent
        while not beside.exists():
            beside = beside.parent
        try:
            self._top = _new_folder_in(beside)
            self.project.mkdir()
        except OSError as error:
            self._remove()
            raise CommitError(
                f"nothing can be written to {beside}: {error.strerror}",
                where=Location(str(beside)),
                hint="choose another OUTPUT, or make that folder writable",
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._remove()

    @property
    def project(self) -> Path:
        """The staged project."""
        if self._top is None:
            raise RuntimeError("the staging folder is not open")
        return self._top / self.destination.name

    def make_folders(self, folders: Iterable[PlannedFolder]) -> None:
        """Make all folders, parents first. Their final permissions come with the commit."""
        project = os.fspath(self.project)
        for folder in folders:
            try:
                os.mkdir(f"{project}/{folder.target}")
            except FileExistsError:  # a hook that ran before the files made it
                if not os.path.isdir(f"{project}/{folder.target}"):
                    raise

    def discard(self, targets: Iterable[str]) -> None:
        """Remove what jobs that failed may have left."""
        for target in targets:
            (self.project / target).unlink(missing_ok=True)

    def commit_new(self, folders: Iterable[PlannedFolder]) -> None:
        """Make the staged project appear at the destination by one rename."""
        self._set_modes(folders)
        try:
            self.destination.parent.mkdir(parents=True, exist_ok=True)
            self.project.rename(self.destination)
        except OSError as error:
            raise CommitError(
                f"the project could not be put in its place: {error.strerror}",
                where=Location(str(self.destination)),
                hint="something else appeared there during the run; nothing was written",
            ) from error

    def commit_into_existing(self, folders: Iterable[PlannedFolder], files: Iterable[str]) -> list[str]:
        """Put every staged file in its place, each by one rename that replaces what was there.

        Returns the targets that were put there. Folders are made as needed; a link in the destination is replaced if it
        stands for the file itself, and refused if a folder on the way is one that leads out.
        """
        root = os.path.realpath(self.destination)
        for folder in folders:
            _make_folder_within(root, folder)
        done: list[str] = []
        try:
            for target in files:
                _refuse_outside(root, os.path.dirname(f"{root}/{target}"), target)
                os.replace(self.project / target, f"{root}/{target}")
                done.append(target)
        except OSError as error:
            raise CommitError(
                f"{target} could not be put in its place: {error.strerror}",
                where=Location(str(self.destination / target)),
                why=f"{len(done)} files were replaced before it, the others are as they were",
                hint="mend the cause and run the same command again",
            ) from error
        return done

    def staged_files(self) -> list[str]:
        """Everything that is in the staged project, by relative path, whoever made it."""
        found: list[str] = []
        for folder, folders, names in os.walk(self.project):
            relative = os.path.relpath(folder, self.project)
            names += [name for name in folders if os.path.islink(f"{folder}/{name}")]
            found.extend(name if relative == "." else f"{relative}/{name}" for name in names)
        return sorted(found)

    def _set_modes(self, folders: Iterable[PlannedFolder]) -> None:
        for folder in folders:
            if folder.mode is not None:
                (self.project / folder.target).chmod(folder.mode)

    def _remove(self) -> None:
        if self._top is not None:
            remove_tree(self._top)
            self._top = None


def _new_folder_in(beside: Path) -> Path:
    """A folder that nobody else has, and nobody else may look into. (To import `tempfile` takes milliseconds.)"""
    while True:
        folder = beside / f"{PREFIX}{os.urandom(6).hex()}"
        try:
            folder.mkdir(0o700)
        except FileExistsError:
            continue
        return folder


def remove_tree(folder: Path) -> None:
    """Remove a folder that Mintage made, with files and folders that are read-only. Never raises."""

    def make_removable(_function: object, path: str, _error: object) -> None:
        try:
            os.chmod(os.path.dirname(path), stat.S_IRWXU)
            os.chmod(path, stat.S_IRWXU, follow_symlinks=False)
        except (OSError, NotImplementedError):
            return

    try:
        os.rmdir(folder)  # what was staged is in its place: nothing is left in it
    except OSError:
        pass
    if folder.is_dir():
        import shutil

        shutil.rmtree(folder, onerror=make_removable)
        if folder.is_dir():  # what could be made removable is removed now
            shutil.rmtree(folder, ignore_errors=True)


def _make_folder_within(root: str, folder: PlannedFolder) -> None:
    path = f"{root}/{folder.target}"
    if not os.path.isdir(path):
        if os.path.lexists(path):
            raise CommitError(f"{folder.target} shall be a folder, but a file is there", where=Location(path))
        _refuse_outside(root, os.path.dirname(path), folder.target)
        os.mkdir(path)
        if folder.mode is not None:
            os.chmod(path, folder.mode)
    _refuse_outside(root, path, folder.target)


def _refuse_outside(root: str, folder: str, target: str) -> None:
    real = os.path.realpath(folder)
    if real != root and not real.startswith(root + os.sep):
        raise UnsafePathError(f"{target} would be written through a link that leads out, to {real}")
