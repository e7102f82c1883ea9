"""The options of a run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.engine.choose_executor import EXECUTORS
from mintage.errors import UsageError

if TYPE_CHECKING:
    from concurrent.futures import Executor

DEFAULT_THRESHOLD = 24  # jobs
_LEAST = (("workers", 1), ("max_memory_mb", 1), ("buffer_size", 1), ("threshold", 0), ("grace_seconds", 0))


class ConcurrentOptions(Struct, frozen=True):
    """How to run jobs.

    Raises:
        UsageError: A value is out of range, or the executor is unknown.
    """

    workers: int | None = None
    """The maximum number of workers; None for the number of usable cores."""
    executor: str | Executor = "auto"
    """One of "auto", "sequential", "threads" or "processes"; or any `concurrent.futures.Executor`, which is not shut
    down."""
    max_memory_mb: int | None = None
    """The memory in MiB that this process and its workers may use together; None for no limit."""
    enable_dependencies: bool = True
    """Whether jobs wait for the jobs that they depend on; False ignores `depends_on`."""
    buffer_size: int = 1000
    """The maximum number of jobs that are dispatched at the same time."""
    threshold: int = DEFAULT_THRESHOLD
    """With the executor "auto", runs with fewer jobs than this are sequential."""
    timeout_seconds: float | None = None
    """The time in seconds after which the run is ended; None for no limit."""
    fail_fast: bool = False
    """Whether the first failure ends the run."""
    most_bytes: float = math.inf
    """The maximum number of bytes that all jobs together may write."""
    grace_seconds: float = 0.5
    """The time in seconds that running jobs have to finish when the run is ended early."""

    def __post_init__(self) -> None:
        is_executor = self.executor in EXECUTORS if isinstance(self.executor, str) else hasattr(self.executor, "submit")
        if not is_executor:
            raise UsageError(f"unknown executor {self.executor!r}", hint=f"choose one of {', '.join(EXECUTORS)}")
        for name, least in _LEAST:
            value = getattr(self, name)
            if value is not None and not value >= least:
                raise UsageError(f"{name} must be at least {least}, not {value}")
        if self.timeout_seconds is not None and not self.timeout_seconds > 0:
            raise UsageError(f"timeout_seconds must be more than 0, not {self.timeout_seconds}")
