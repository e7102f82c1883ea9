"""The parts of `cookiecutter.utils` that hooks and local extensions of templates use."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mintage.files.trees import remove_tree
from mintage.formats.shared.extensions import simple_filter

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["make_executable", "make_sure_path_exists", "rmtree", "simple_filter", "work_in"]


def rmtree(path: str | Path) -> None:
    """Remove a directory with everything in it, even read-only files.

    Raises:
        OSError: It doesn't exist, or can't be removed.
    """
    os.lstat(path)
    remove_tree(Path(path))
    if os.path.lexists(path):
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), str(path))


@contextmanager
def work_in(dirname: str | Path | None = None) -> Iterator[None]:
    """Change the working directory in the block."""
    before = os.getcwd()
    try:
        if dirname is not None:
            os.chdir(dirname)
        yield
    finally:
        os.chdir(before)


def make_sure_path_exists(path: str | Path) -> None:
    """Create a directory and its parents if they don't exist.

    Raises:
        OSError: They can't be created.
    """
    Path(path).mkdir(parents=True, exist_ok=True)


def make_executable(script_path: str | Path) -> None:
    """Make a file executable for its owner.

    Raises:
        OSError: Its permissions can't be changed.
    """
    os.chmod(script_path, os.stat(script_path).st_mode | stat.S_IEXEC)
