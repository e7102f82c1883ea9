"""Replaces a file so that nobody ever sees part of the new text. A leaf: knows nothing of what it says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def replace_text(file: Path, text: str, *, mode: int = 0o600) -> None:
    """Write the text under another name and rename that: `file` has the old text or all of the new one. Raises OSError.

    Args:
        mode: Permission bits of a file that does not exist yet, less the umask; another keeps its own.
    """
    new = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as opened:
            if file.exists():
                os.fchmod(opened.fileno(), file.stat().st_mode & 0o777)
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(new, file)
    finally:
        new.unlink(missing_ok=True)
