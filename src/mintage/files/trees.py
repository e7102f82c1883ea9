"""Removes folders that Mintage made. A leaf."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


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
