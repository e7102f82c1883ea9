"""Puts staged files into a project that already exists: all of them or none, also when the process is killed.

Before the first file is replaced, a journal says which ones will be, and the old ones are kept beside it until all is
done. Whoever finds a journal whose process is gone can finish what it says, or undo it. The order of the steps is that
of a package manager (dpkg): unpack beside, give the old file a second name, rename the new one over it.
"""

from __future__ import annotations

import json
import os
import stat
from itertools import count
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from mintage.data.parsing import parse_json
from mintage.errors import CommitError, Location
from mintage.files.folders import ProjectFolder
from mintage.files.paths import validate_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mintage.files.folders import Folders

JOURNAL = "journal.json"
_OLD = "old"
_VERSION = 1
_PERMISSIONS = 0o777


class FileState(Struct, frozen=True):
    """Identifies a file and its unchanged state."""

    device: int
    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, name: str, folder: int) -> FileState | None:
        """Return the file of this name in a directory given by its descriptor; None if there is none."""
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


class Replacement(Struct, frozen=True):
    """One file to move into place."""

    target: str
    new: FileState
    """The staged file."""
    old: FileState | None = None
    """What it replaces, None if there is nothing."""


class Journal(Struct, frozen=True):
    """What a commit does."""

    destination: str
    staged: str
    """The directory, beside the journal, that the new files are in."""
    replacements: tuple[Replacement, ...]
    made: tuple[ProjectFolder, ...]
    version: int = _VERSION


class Commit:
    """One commit: from the directory with the journal and the staged files, `top`, into the project's, `place`.

    Attributes:
        conflicts: Files that somebody has changed since the journal was written, and what their other version, which
            would have replaced them, is called now.
    """

    def __init__(self, journal: Journal, top: Folders, place: Folders) -> None:
        self._journal = journal
        self._top = top
        self._place = place
        self.conflicts: dict[str, str] = {}

    def begin(self) -> None:
        """Write the journal: from now on, any run can finish or undo the commit. Raises OSError."""
        top = self._top.descriptor("")
        os.mkdir(_OLD, 0o700, dir_fd=top)
        new = f"{JOURNAL}.new"
        with open(self._top.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            json.dump(msgspec.to_builtins(self._journal), file)  # escapes names that are not UTF-8, unlike msgspec
            file.flush()
            os.fsync(file.fileno())
        os.rename(new, JOURNAL, src_dir_fd=top, dst_dir_fd=top)

    def carry_out(self) -> None:
        """Make the directories, and move every staged file into place.

        Raises:
            OSError: A file cannot be replaced.
            CommitError: A file was changed by another program.
        """
        for folder in self._journal.made:
            self._make_folder(folder)
        for number, each in enumerate(self._journal.replacements):
            try:
                is_put = self._put(number, each)
            except OSError as error:
                raise OSError(error.errno, error.strerror, each.target) from error
            if not is_put:
                raise CommitError(f"{each.target} was changed by another program in the meantime")

    def finish(self) -> None:
        """Finish a commit that was interrupted. What is in place stays, and so does what was changed since then."""
        for folder in self._journal.made:
            self._make_folder(folder)
        for number, each in enumerate(self._journal.replacements):
            if self._is_staged(each) and not self._put(number, each):
                staged, name = self._staged_at(each.target)
                self._set_aside(each, name, staged, "minted")

    def undo(self) -> None:
        """Put the old files back, and remove the new ones and the directories that were made. Raises OSError."""
        for number, each in reversed(list(enumerate(self._journal.replacements))):
            self._take_back(number, each)
        for folder in reversed(self._journal.made):
            try:
                above, name = self._place.at(folder.target)
                os.rmdir(name, dir_fd=above)
            except OSError:
                continue  # it was never made, or another program has put something into it

    def end(self) -> None:
        """Remove the journal when everything is in place, so that it isn't undone. Raises OSError."""
        os.unlink(JOURNAL, dir_fd=self._top.descriptor(""))

    def _make_folder(self, folder: ProjectFolder) -> None:
        parent, name = self._place.at(folder.target)
        try:
            os.mkdir(name, dir_fd=parent)
        except FileExistsError:
            self._place.descriptor(folder.target)  # raises if that is not a directory
            return
        if folder.mode is not None:
            os.chmod(name, folder.mode, dir_fd=parent)

    def _put(self, number: int, each: Replacement) -> bool:
        """Move a staged file into place, unless the present file is not the one in the journal."""
        into, name = self._place.at(each.target)
        present = FileState.of(name, into)
        if present is not None:
            if present != each.old:
                return False
            self._keep(number, name, into)
        staged, _ = self._staged_at(each.target)
        os.rename(name, name, src_dir_fd=staged, dst_dir_fd=into)
        return True

    def _take_back(self, number: int, each: Replacement) -> None:
        try:
            into, name = self._place.at(each.target)
        except FileNotFoundError:
            return  # it was never made
        present = FileState.of(name, into)
        kept = FileState.of(str(number), self._top.descriptor(_OLD))
        if self._is_staged(each):
            if present is None and kept is not None:
                self._give_back(number, name, into)
        elif present is not None and present != each.new:
            if kept is not None:
                self._set_aside(each, str(number), self._top.descriptor(_OLD), "before")
        elif kept is not None:
            self._give_back(number, name, into)
        elif present is not None:
            os.unlink(name, dir_fd=into)

    def _is_staged(self, each: Replacement) -> bool:
        staged, name = self._staged_at(each.target)
        return FileState.of(name, staged) is not None

    def _staged_at(self, target: str) -> tuple[int, str]:
        """Return the same as `Folders.at`, for the staged file."""
        return self._top.at(f"{self._journal.staged}/{target}")

    def _keep(self, number: int, name: str, folder: int) -> None:
        """Give the old file a second name; where the file system has no hard links, its only one."""
        old = self._top.descriptor(_OLD)
        try:
            os.link(name, str(number), src_dir_fd=folder, dst_dir_fd=old, follow_symlinks=False)
        except FileExistsError:
            return  # by the run that was interrupted
        except (OSError, NotImplementedError):
            os.rename(name, str(number), src_dir_fd=folder, dst_dir_fd=old)

    def _set_aside(self, each: Replacement, name: str, folder: int, ending: str) -> None:
        """Put a file beside the one that it should not replace."""
        into, target = self._place.at(each.target)
        aside = next(
            aside for number in count() if FileState.of(aside := f"{target}.{ending}{number or ''}", into) is None
        )
        os.rename(name, aside, src_dir_fd=folder, dst_dir_fd=into)
        self.conflicts[each.target] = each.target.removesuffix(target) + aside

    def _give_back(self, number: int, name: str, folder: int) -> None:
        os.rename(str(number), name, src_dir_fd=self._top.descriptor(_OLD), dst_dir_fd=folder)


def plan_commit(
    destination: str,
    staged: str,
    top: Folders,
    place: Folders,
    *,
    folders: Iterable[ProjectFolder],
    targets: Sequence[str],
) -> Journal:
    """Look at everything that a commit will touch, and change nothing.

    Raises:
        CommitError: Something is in the way.
        UnsafePathError: A directory on the way is a link.
    """
    made: dict[str, ProjectFolder] = {}
    present = {""}
    for folder in (*folders, *(ProjectFolder(above) for target in targets for above in _folders_above(target))):
        if folder.target in made or folder.target in present:
            continue
        if _is_folder(place, folder.target):
            present.add(folder.target)
        else:
            made[folder.target] = folder
    replacements: list[Replacement] = []
    for target in targets:
        staged_in, name = top.at(f"{staged}/{target}")
        new = FileState.of(name, staged_in)
        if new is None:
            raise CommitError(f"{target} has vanished from the staging directory", where=Location(target))
        old = None if target.rpartition("/")[0] in made else _replaceable(place, target)
        replacements.append(Replacement(target, new, old))
    return Journal(destination, staged, tuple(replacements), tuple(made.values()))


def read_journal(top: Folders) -> Journal | None:
    """Return the journal of an interrupted commit; None if there is none.

    Raises:
        ValueError: It makes no sense.
        UnsafePathError: It names what is outside of the project: whoever gave the user this directory may have
            written it.
    """
    try:
        descriptor = top.open(JOURNAL, os.O_RDONLY)
    except FileNotFoundError:
        return None
    with open(descriptor, encoding="ascii") as file:
        document = parse_json(file.read())
    journal = msgspec.convert(document, Journal)
    if journal.version != _VERSION:
        raise ValueError(f"unknown journal version {journal.version}")
    for target in (*(each.target for each in journal.replacements), *(each.target for each in journal.made)):
        if validate_path(target) != target or target == ".":
            raise ValueError(f"{target!r} is not a path in a project")
    if "/" in journal.staged or journal.staged in ("", ".", ".."):
        raise ValueError(f"{journal.staged!r} is not a directory's name")
    if os.path.realpath(journal.destination) != journal.destination:
        raise ValueError(f"{journal.destination!r} is not the real path of a directory")
    for folder in journal.made:
        if folder.mode is not None and folder.mode & ~_PERMISSIONS:
            raise ValueError(f"{folder.mode:o} are not permissions of a directory")
    return journal


def _folders_above(target: str) -> list[str]:
    """Return the outermost first."""
    parts = target.split("/")[:-1]
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


def _is_folder(place: Folders, target: str) -> bool:
    """Return whether the directory is there.

    Raises:
        CommitError: It is a file.
        UnsafePathError: It is a link.
    """
    try:
        above, name = place.at(target)
        status = os.stat(name, dir_fd=above, follow_symlinks=False)
    except FileNotFoundError:
        return False
    if stat.S_ISREG(status.st_mode):
        raise CommitError(f"{target} should be a directory, but a file is there", where=Location(target))
    place.descriptor(target)
    return True


def _replaceable(place: Folders, target: str) -> FileState | None:
    folder, name = place.at(target)
    state = FileState.of(name, folder)
    if state is not None and stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        raise CommitError(
            f"{target} should be a file, but a directory is there",
            where=Location(target),
            hint="move that directory away, or choose another OUTPUT",
        )
    return state
