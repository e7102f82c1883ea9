"""Reads small files of a template or a project: nothing outside of it, and nothing that is not a file. A leaf."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from mintage.errors import Location, TemplateError, UnsafePathError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 64 * 1024 * 1024


def read_contained(file: Path, top: Path) -> bytes:
    """Return the bytes of a configuration or of saved answers.

    A link is followed if it leads to a file within `top`.

    Raises:
        UnsafePathError: It is a link that leads out.
        TemplateError: It is not a regular file or larger than any configuration.
        OSError: The file cannot be read.
    """
    real, real_top = os.path.realpath(file), os.path.realpath(top)
    if os.path.commonpath([real, real_top]) != real_top:
        raise UnsafePathError(f"{file.name} is a link that leads out, to {real}", where=Location(str(file)))
    # Not to wait for a writer, if it is a FIFO.
    descriptor = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as opened:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(f"{file.name} is a directory")
        if not stat.S_ISREG(status.st_mode):
            raise TemplateError(f"{file.name} is not a regular file", where=Location(str(file)))
        data = opened.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise TemplateError(f"{file.name} is larger than {MOST_BYTES:,} bytes", where=Location(str(file)))
    return data
