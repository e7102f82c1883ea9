"""What no project may exceed, so that a broken or hostile template ends as an error. Imports only errors."""

from __future__ import annotations

import math

from msgspec import Struct

from mintage.errors import PlanError

_KIB = 1024


class Limits(Struct, frozen=True):
    """The limits for a project. Use `math.inf` for no limit."""

    file_size: float = 256 * _KIB**2
    """The maximum size of a rendered file, in bytes."""
    total_size: float = 64 * _KIB**3
    """The maximum size of all files together, in bytes."""
    files: float = 1_000_000
    """The maximum number of files and directories."""
    depth: float = 100
    """The maximum depth of nested directories."""
    name_length: float = 255
    """The maximum length of a file or directory name, in bytes."""
    render_time: float = 60
    """The maximum time for rendering one file, or one short text such as a default or a path, in seconds."""
    task_time: float = 3600
    """The maximum time for one hook or task, in seconds."""

    @property
    def render_seconds(self) -> float | None:
        """The limit for rendering; None for no limit."""
        return None if math.isinf(self.render_time) else self.render_time

    @property
    def task_seconds(self) -> float | None:
        """The limit for a hook or task; None for no limit."""
        return None if math.isinf(self.task_time) else self.task_time


class FileCount(Struct):
    """Counts files and directories during planning, to stop early if a template has no end of them."""

    most: float
    """The maximum number."""
    found: int = 0
    """The number so far."""

    def add(self) -> None:
        """Count one more.

        Raises:
            PlanError: There are too many.
        """
        self.found += 1
        if self.found > self.most:
            raise too_many_files(f"more than {self.most:,.0f}", self.most)


def too_many_files(found: str, most: float) -> PlanError:
    """Return the error for a project with more files than are allowed.

    Args:
        found: The number of files, as it is shown.
        most: The maximum number.
    """
    return PlanError(
        f"the project would have {found} files and directories, and {most:,.0f} are allowed",
        hint="raise the limit with `Options(limits=Limits(files=N))`",
    )
