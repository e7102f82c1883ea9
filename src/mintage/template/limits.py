"""What no project may exceed: so that a template that is wrong, or hostile, ends as an error. A leaf."""

from __future__ import annotations

import math

from msgspec import Struct

from mintage.errors import PlanError

_KIB = 1024


class Limits(Struct, frozen=True):
    """How much is allowed. Sizes in bytes; infinity for no limit."""

    file_size: float = 256 * _KIB**2
    """What one template may render to, in bytes."""
    total_size: float = 64 * _KIB**3
    """All files of the project together, in bytes."""
    files: float = 1_000_000
    """How many files and directories the project may have."""
    depth: float = 100
    """How many directories may lie within each other."""
    name_length: float = 255
    """The length of one file's or directory's name, in bytes."""
    render_time: float = 60
    """Rendering one file, or one short text such as a default or a path, in seconds."""
    task_time: float = 3600
    """One hook or task, in seconds."""

    @property
    def render_seconds(self) -> float | None:
        """The limit for rendering, None if there is none."""
        return None if math.isinf(self.render_time) else self.render_time

    @property
    def task_seconds(self) -> float | None:
        """The limit for a hook or task, None if there is none."""
        return None if math.isinf(self.task_time) else self.task_time


class FileCount(Struct):
    """Counts files and directories while they are found out, so that a template which has no end of them is stopped
    early.
    """

    most: float
    """How many there may be."""
    found: int = 0

    def add(self) -> None:
        """There is one more.

        Raises:
            PlanError: That is one too many.
        """
        self.found += 1
        if self.found > self.most:
            raise too_many_files(f"more than {self.most:,.0f}", self.most)


def too_many_files(found: str, most: float) -> PlanError:
    """Return the error for a project of more files than are allowed.

    Args:
        found: How many, as the message says it.
    """
    return PlanError(
        f"the project would have {found} files and directories, and {most:,.0f} are allowed",
        hint="raise the limit with `Options(limits=Limits(files=N))`",
    )
