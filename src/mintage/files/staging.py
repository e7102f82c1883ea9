"""The staging directory: where a project is built before it is moved into place.

Knows directories and files, not templates. Like dpkg and git, everything is written under another name first; what has
its final name is whole.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import CommitError, Location
from mintage.files.closing import close_directory
from mintage.files.comparison import is_same_file
from mintage.files.folders import Folders, Identity, ProjectFolder
from mintage.files.recovery import nearest_existing, new_staging_folder
from mintage.files.trees import files_below, remove_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType

    from mintage.files.journal import Commit, Journal

_SOMETHING_IS_THERE = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EISDIR)


class Staging(Struct):
    """A context manager that owns a temporary directory beside `destination` and removes it whatever happens.

    Attributes:
        project: The directory in which the project is built; it has the destination's name, so that code which runs in
            it
            sees the right one.
        identity: Which directory that is, for those who open it by its name. Directories above the destination that are
            not
            there yet are staged too.
    """

    destination: Path
    _inside: str = ""
    _top: Path | None = None
    _held: int | None = None
    _folders: Folders | None = None

    def __enter__(self) -> Staging:
        beside = _place_for_staging(self.destination)
        try:
            self._top, self._held = new_staging_folder(beside)
            self._inside = _path_to_stage(self.destination, beside)
            self.project.mkdir(parents=True)
            self._folders = Folders(self.project)
        except OSError as error:
            self._remove()
            raise CommitError.unwritable(beside, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._remove()

    @property
    def project(self) -> Path:
        """The staged project."""
        if self._top is None:
            raise RuntimeError("the staging directory is not open")
        return self._top / self._inside

    @property
    def identity(self) -> Identity:
        """Which directory `project` is."""
        return self._opened.identity

    @property
    def _opened(self) -> Folders:
        if self._folders is None:
            raise RuntimeError("the staging directory is not open")
        return self._folders

    def make_folders(self, folders: Iterable[ProjectFolder]) -> None:
        """Make all directories, parents first. Their final permissions come with the commit."""
        with _nothing_else_changed():
            for folder in folders:
                above, name = self._opened.at(folder.target)
                try:
                    os.mkdir(name, dir_fd=above)
                except FileExistsError:  # a hook that ran before the files made it
                    self._opened.descriptor(folder.target)  # raises if that is a link or a file

    def discard(self, targets: Iterable[str]) -> None:
        """Remove what jobs that failed may have left."""
        with _nothing_else_changed():
            for target in targets:
                with suppress(FileNotFoundError):
                    above, name = self._opened.at(target)
                    os.unlink(name, dir_fd=above)

    def commit_new(self, folders: Iterable[ProjectFolder]) -> None:
        """Make the staged project appear at the destination by one rename."""
        try:
            self._set_modes(folders)
            self._rename_to_place()
        except OSError as error:
            appeared = error.errno in _SOMETHING_IS_THERE
            raise CommitError(
                f"can't move the project into place: {error.strerror}",
                where=Location(str(self.destination)),
                why="something else has appeared there during the run; nothing was written"
                if appeared
                else "nothing was written",
                hint="fix the cause and run the same command again",
            ) from error

    def _rename_to_place(self) -> None:
        """Use one rename even if parent directories are missing; use those that appeared in the meantime."""
        assert self._top is not None
        beside = self._top.parent
        parts = Path(self._inside).parts
        if len(parts) == 1:
            self.destination.parent.mkdir(parents=True, exist_ok=True)
            self.project.rename(self.destination)
            return
        depth = 1
        while depth < len(parts) and beside.joinpath(*parts[:depth]).is_dir():
            depth += 1
        self._top.joinpath(*parts[:depth]).rename(beside.joinpath(*parts[:depth]))

    def commit_into_existing(self, folders: Iterable[ProjectFolder], targets: Sequence[str]) -> None:
        """Move every staged file into place: all of them, or none if something goes wrong.

        Each is renamed over what was there; of a hard-linked file, the other names keep the old contents. Links on the
        way are refused, before anything is changed. A run that is killed meanwhile leaves a journal to finish or undo
        it by, which the next one does (see `files.leftovers`).
        """
        from mintage.files.journal import Commit, plan_commit

        assert self._top is not None
        real, staged = os.path.realpath(self.destination), self.destination.name
        try:
            with Folders(self._top) as top, Folders(self.destination) as place:
                journal = plan_commit(real, staged, top, place, folders=folders, targets=targets)
                commit = Commit(journal, top, place)
                commit.begin()
                self._carry_out(commit, journal)
        except OSError as error:  # before the first file was replaced
            raise self._nothing_replaced(error) from error

    def _carry_out(self, commit: Commit, journal: Journal) -> None:
        try:
            commit.carry_out()
            commit.end()
        except BaseException as error:
            try:
                commit.undo()
            except OSError as second:
                raise self._half_done(second, journal) from error
            if isinstance(error, OSError):
                raise self._nothing_replaced(error) from error
            raise

    def _nothing_replaced(self, error: OSError) -> CommitError:
        place = self.destination / str(error.filename or "")
        if error.errno == errno.EXDEV:
            return CommitError(
                f"can't move the files into place: {place.parent} is a file system of its own",
                where=Location(str(place)),
                why="nothing was replaced: every file is as it was",
                hint="generate the project elsewhere and copy the files, or move that directory into the project",
            )
        return CommitError(
            f"can't move the files into place: {error.strerror}",
            where=Location(str(place)),
            why="nothing was replaced: every file is as it was",
            hint="fix the cause and run the same command again",
        )

    def _half_done(self, error: OSError, journal: Journal) -> CommitError:
        kept, self._top = self._top, None  # the old files are in it
        return CommitError(
            f"some of {len(journal.replacements)} files were replaced and can't be restored: {error.strerror}",
            where=Location(str(self.destination)),
            why=f"the original files are in {kept}",
            hint="fix the cause, then run `mintage recover` to restore them, or `mintage recover --finish` to finish",
        )

    def staged_files(self) -> list[str]:
        """Return all files in the staged project, by relative path, including those that hooks made."""
        with _nothing_else_changed():
            return files_below(self.project)

    def changed_files(self, mode_bits: int) -> list[str]:
        """Return those of `staged_files` that are not at the destination already, just as they are.

        Args:
            mode_bits: The permissions that count.

        Raises:
            CommitError: A directory on the way is a link.
            UnsafePathError: A directory on the way is a link.
        """
        staged = self.staged_files()
        try:
            with Folders(self.destination) as place:
                return [target for target in staged if not self._is_there(target, place, mode_bits)]
        except OSError as error:
            raise self._nothing_replaced(error) from error

    def _is_there(self, target: str, place: Folders, mode_bits: int) -> bool:
        try:
            there, name = place.at(target)
        except FileNotFoundError:
            return False
        staged, _ = self._opened.at(target)
        return is_same_file(name, staged, there, mode_bits=mode_bits)

    def _set_modes(self, folders: Iterable[ProjectFolder]) -> None:
        for folder in folders:
            if folder.mode is not None:
                above, name = self._opened.at(folder.target)
                os.chmod(name, folder.mode, dir_fd=above)

    def _remove(self) -> None:
        if self._folders is not None:
            self._folders.close()
            self._folders = None
        if self._top is not None:
            remove_tree(self._top)
            self._top = None
        if self._held is not None:
            close_directory(self._held)
            self._held = None


@contextmanager
def _nothing_else_changed() -> Iterator[None]:
    """Report errors while the project is being built: nothing outside the staging directory has changed."""
    try:
        yield
    except OSError as error:
        raise CommitError(
            f"can't build the project: {error.strerror}",
            where=Location(str(error.filename)) if error.filename else None,
            why="only the staging directory was written, and it is removed",
            hint="fix the cause and run the same command again",
        ) from error


def _path_to_stage(destination: Path, beside: Path) -> str:
    """Return the project's path in the staging directory: with the directories above it that are missing."""
    if destination.parent == beside or destination.is_dir() or not destination.is_relative_to(beside):
        return destination.name
    inside = destination.relative_to(beside)
    return destination.name if ".." in inside.parts else str(inside)


def _place_for_staging(destination: Path) -> Path:
    """Beside the destination; in it where only that is writable, or where it is a file system of its own."""
    if not destination.is_dir():
        return nearest_existing(destination.parent)
    real = Path(os.path.realpath(destination))
    is_mounted = real.stat().st_dev != real.parent.stat().st_dev
    return real if is_mounted or not os.access(real.parent, os.W_OK | os.X_OK) else real.parent
