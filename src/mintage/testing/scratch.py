"""The temporary directory in which cases are minted, which is in memory where possible."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mintage.errors import CommitError, Location, OutputExistsError
from mintage.files.closing import close_directory
from mintage.files.recovery import new_staging_folder
from mintage.files.trees import remove_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - only a directory of our own in it is used
_LEAST_FREE_BYTES = 1024**3
_LEVELS_TO_CASES = 2


@contextmanager
def scratch_folder(keep: Path | None, *, runs_programs: bool) -> Iterator[Path]:
    """Yield a new directory, and remove it afterwards.

    Args:
        keep: A new or empty directory to use and to keep instead; None for a temporary one.
        runs_programs: Whether programs in the directory will be run.

    Raises:
        OutputExistsError: The directory to keep is not empty.
        CommitError: The directory cannot be written.
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
        # Each case looks for leftovers of killed runs two directories up, and would wait for our lock there.
        cases = folder.joinpath(*["cases"] * _LEVELS_TO_CASES)
        cases.mkdir(parents=True)
        yield cases
    finally:
        remove_tree(folder)
        if held is not None:
            close_directory(held)


def _kept(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise CommitError(f"{folder} cannot be used: {error.strerror}", where=Location(str(folder))) from error
    if not is_empty:
        raise OutputExistsError(f"{folder} is not empty", hint="keep the projects in a new or empty directory")
    return folder.absolute()


def _best_place(*, runs_programs: bool) -> Path:
    """Return the user's choice, or else memory, if there is enough of it and programs may run there."""
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
