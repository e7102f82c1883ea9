"""What runs that were killed have left beside a project: staging directories, some with a journal. Asks nobody.

A staging directory is held by its run as long as that lives: one that can be held here belongs to nobody any more.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import CommitError, Location
from mintage.files.closing import close_directory
from mintage.files.folders import Folders
from mintage.files.locking import exclusive_if_possible, hold
from mintage.files.paths import STAGING_NAME, STAGING_PREFIX
from mintage.files.trees import remove_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_PERMISSIONS = 0o700
_LEVELS_ABOVE = 2


class Recovered(Struct, frozen=True):
    """A commit that was interrupted, and what has become of it now."""

    destination: str
    finished: bool
    """The new files are in their places; else the old ones are."""
    files: int
    conflicts: Mapping[str, str]
    """Files that somebody has changed since and that were left alone, and what their other versions are called now."""


def new_staging_folder(beside: Path) -> tuple[Path, int | None]:
    """Return a directory that nobody else has and nobody else may look into, and a descriptor that holds it, if there
    are locks.

    What runs that were killed have left there is removed, unless it has a journal.

    Raises OSError.
    """
    for above in beside.parents[:_LEVELS_ABOVE]:  # where it was, if directories on the way were missing then
        _remove_abandoned(above)
    with exclusive_if_possible(beside):
        _remove_abandoned(beside, is_held=True)
        folder = _new_folder(beside)
        try:
            return folder, hold(folder)
        except OSError:
            remove_tree(folder)
            raise


def _remove_abandoned(beside: Path, *, is_held: bool = False) -> None:
    """Remove staging directories of runs that were killed, but for those with a journal."""
    with nullcontext() if is_held else exclusive_if_possible(beside):
        for folder in _abandoned(beside):
            if not _has_journal(folder):
                remove_tree(folder)


def undo_interrupted(destination: Path) -> list[Recovered]:
    """Undo commits into this project that were interrupted: all its files are the old ones. Raises CommitError."""
    return _recover(destination, finish=False, only=os.path.realpath(destination))


def recover(place: Path, *, finish: bool) -> list[Recovered]:
    """Finish or undo every interrupted commit into the directory `place`, or into one in it. Raises CommitError."""
    return _recover(place, finish=finish, only=None)


def _recover(place: Path, *, finish: bool, only: str | None) -> list[Recovered]:
    recovered: list[Recovered] = []
    for beside in dict.fromkeys((nearest_existing(place.absolute().parent), nearest_existing(place.absolute()))):
        with exclusive_if_possible(beside):
            for folder in _abandoned(beside):
                settled = _settle(folder, place, finish=finish, only=only)
                if settled is not None:
                    remove_tree(folder)
                    recovered.append(settled)
    return recovered


def _settle(folder: Path, place: Path, *, finish: bool, only: str | None) -> Recovered | None:
    """Finish or undo what the journal in a staging directory says, if it is about the place. Raises CommitError."""
    from mintage.files.journal import Commit, read_journal

    with _described(folder, "the interrupted run can't be recovered"), Folders(folder) as top:
        journal = read_journal(top)
        if journal is None or not _concerns(journal.destination, place, only):
            return None
        with Folders(journal.destination) as project:
            commit = Commit(journal, top, project)
            (commit.finish if finish else commit.undo)()
            commit.end()
    return Recovered(journal.destination, finish, len(journal.replacements), commit.conflicts)


def nearest_existing(place: Path) -> Path:
    """Return the place, or the nearest one above it that is there."""
    while not place.exists():
        place = place.parent
    return place


def _concerns(destination: str, place: Path, only: str | None) -> bool:
    if only is not None:
        return destination == only
    real = os.path.realpath(place)
    return destination == real or destination.startswith(real.rstrip("/") + "/")


def _abandoned(beside: Path) -> Iterator[Path]:
    """Staging directories whose run is gone. Each is held while it is looked at."""
    try:
        names = [name for name in os.listdir(beside) if STAGING_NAME.fullmatch(name)]
    except OSError:
        return
    for name in names:
        folder = beside / name
        try:
            descriptor = hold(folder)
        except OSError:  # a link, a file, somebody else's, or gone
            continue
        if descriptor is None:
            continue
        try:
            status = os.fstat(descriptor)
            # As mintage makes it. What comes out of a repository or an archive has other permissions.
            if status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) == _PERMISSIONS:
                yield folder
        finally:
            close_directory(descriptor)


def _has_journal(folder: Path) -> bool:
    from mintage.files.journal import JOURNAL

    return os.path.lexists(folder / JOURNAL)


@contextmanager
def _described(folder: Path, what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError) as error:
        raise CommitError(
            what,
            where=Location(str(folder)),
            why=str(error),
            hint="fix the cause and run `mintage recover`; until then the files are in that directory",
        ) from error


def _new_folder(beside: Path) -> Path:
    """(To import `tempfile` takes milliseconds.)"""
    while True:
        folder = beside / f"{STAGING_PREFIX}{os.urandom(6).hex()}"
        try:
            folder.mkdir(_PERMISSIONS)
        except FileExistsError:
            continue
        return folder
