"""What hooks and local extensions of templates take from `cookiecutter.utils`."""

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
    """Remove a directory and all in it, also what may only be read.

    Raises:
        OSError: It does not exist, or stays.
    """
    os.lstat(path)
    remove_tree(Path(path))
    if os.path.lexists(path):
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), str(path))


@contextmanager
def work_in(dirname: str | Path | None = None) -> Iterator[None]:
    """Another working directory for a while."""
    before = os.getcwd()
    try:
        if dirname is not None:
            os.chdir(dirname)
        yield
    finally:
        os.chdir(before)


def make_sure_path_exists(path: str | Path) -> None:
    """Make a directory and those above it, if they do not exist. Raises OSError."""
    Path(path).mkdir(parents=True, exist_ok=True)


def make_executable(script_path: str | Path) -> None:
    """Let the file's owner run it. Raises OSError."""
    os.chmod(script_path, os.stat(script_path).st_mode | stat.S_IEXEC)
