"""The directory in which cases are minted: in memory where that can be had, and gone afterwards."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mintage.errors import CommitError, Location, OutputExistsError
from mintage.files.recovery import new_staging_folder
from mintage.files.trees import remove_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - only a directory of our own in it is used
_LEAST_FREE_BYTES = 1024**3
_LEVELS_TO_CASES = 2


@contextmanager
def scratch_folder(keep: Path | None, *, runs_programs: bool) -> Iterator[Path]:
    """Yield a new directory.

    Args:
        keep: One of the user's, which stays; it must be new or empty.
        runs_programs: Those in it.

    Raises:
        OutputExistsError: A directory with something in it.
        CommitError: Nothing can be written.
    """
    if keep is not None:
        yield _kept(keep)
        return
    beside = _best_place(runs_programs=runs_programs)
    try:
        folder, held = new_staging_folder(beside)
    except OSError as error:
        raise CommitError.unwritable(beside, error, "name another directory for temporary files in TMPDIR") from error
    try:
        # Each case looks two directories up for what runs that were killed have left, and would wait there for our
        # lock.
        cases = folder.joinpath(*["cases"] * _LEVELS_TO_CASES)
        cases.mkdir(parents=True)
        yield cases
    finally:
        remove_tree(folder)
        if held is not None:
            os.close(held)


def _kept(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise CommitError(f"{folder} cannot be used: {error.strerror}", where=Location(str(folder))) from error
    if not is_empty:
        raise OutputExistsError(f"{folder} has something in it", hint="keep the projects in a new or empty folder")
    return folder.absolute()


def _best_place(*, runs_programs: bool) -> Path:
    """Return the user's choice; else memory, if there is enough of it and programs may be run there."""
    if not os.environ.get("TMPDIR") and _is_usable(runs_programs=runs_programs):
        return _IN_MEMORY
    return Path(tempfile.gettempdir())


def _is_usable(*, runs_programs: bool) -> bool:
    try:
        status = os.statvfs(_IN_MEMORY)
    except OSError:
        return False
    if runs_programs and status.f_flag & os.ST_NOEXEC:
        return False
    return os.access(_IN_MEMORY, os.W_OK | os.X_OK) and status.f_bavail * status.f_frsize >= _LEAST_FREE_BYTES
