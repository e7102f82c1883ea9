"""Limits what runs at once: memory, open files, processors. Knows only the estimates of jobs."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.engine.failures import JobFailure
from mintage.errors import MintageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mintage.engine.job import Job

MIB = 1024 * 1024
# A job that needs this much ends its batch, and its memory is returned to the system after it.
LARGE_JOB = 4 * MIB
# What a worker needs besides its jobs. A forked one shares the rest with its parent.
WORKER_MEMORY = 12 * MIB
# A file runner keeps up to nine directories open on either side (`files.folders.KEPT_OPEN`), and opens two files.
FILES_PER_WORKER = 24
_FILES_OF_OUR_OWN = 64
# Address space that threads and allocators reserve without using it.
_UNTOUCHED = 512 * MIB
# Small jobs run even where the program itself has used up the limit, as in a large notebook.
_LEAST_FOR_JOBS = 16 * MIB


def usable_cores() -> int:
    """Return how many processors this process may use, by its affinity and the quota of its control group."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = cgroup_quota()
    return max(1, min(cores, round(quota)) if quota else cores)


def workers_by_open_files() -> int:
    """Return how many workers fit below the limit of open files."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return 64
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return 1024
    return max(1, (soft - _FILES_OF_OUR_OWN) // FILES_PER_WORKER)


def resident_bytes(pids: Iterable[int]) -> int:
    """Return the memory of these processes together. Memory that they share is counted for each of them."""
    return sum(map(_resident, pids))


def tree_exceeds(limit_bytes: int, pids: Iterable[int]) -> bool:
    """Return whether these processes together use more than this. Memory that they share is counted once."""
    members = tuple(pids)
    if resident_bytes(members) <= limit_bytes:  # cheap to read, and never too little
        return False
    return sum(map(_proportional, members)) > limit_bytes


def hand_back_memory() -> None:
    """Return freed memory to the system; otherwise the allocator keeps what a large job needed."""
    if sys.platform != "linux":
        return
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:  # musl has none
        trim(0)


@contextmanager
def memory_bounded(more_bytes: int | None) -> Iterator[None]:
    """Raise MemoryError in the block when this process uses too much memory, before the machine runs out of it.

    Does nothing where the system doesn't report how much a process uses.

    Args:
        more_bytes: How much more the process may use than now; None for no limit.
    """
    used = _data_bytes()
    if more_bytes is None or used is None:
        yield
        return
    with _soft_limit(used + more_bytes + _UNTOUCHED):
        yield


@contextmanager
def memory_unbounded() -> Iterator[None]:
    """Lift the limit of `memory_bounded` in the block, so that programs started there don't inherit it."""
    with _soft_limit(None):
        yield


@contextmanager
def _soft_limit(wanted: int | None) -> Iterator[None]:
    try:
        import resource
    except ImportError:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    new = hard if wanted is None else min(each for each in (wanted, soft, hard) if each != resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_DATA, (new, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _data_bytes() -> int | None:
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return None


def needs_too_much_memory(job: Job, budget: MemoryBudget) -> JobFailure:
    """Return the failure of a job that doesn't fit into the memory limit even when it runs alone."""
    needed, available = -(-job.memory_bytes // MIB), (budget.available_bytes or 0) // MIB
    return JobFailure(
        f"it would need about {needed} MiB of memory, and {available} MiB are left for jobs",
        "MemoryLimit",
        why=f"the limit is {(budget.limit_bytes or 0) // MIB} MiB; the program itself needs the rest",
        hint="raise the limit with `ConcurrentOptions(max_memory_mb=MIB)`, or have the file copied without rendering",
    )


def wrote_too_much(most_bytes: float) -> MintageError:
    """Return the error for jobs that together wrote more than is allowed."""
    return MintageError(
        f"the project has more than {most_bytes:,.0f} bytes, and nothing was written",
        hint="if it's meant to be this large, raise the limit with `ConcurrentOptions(most_bytes=BYTES)`",
    )


class MemoryBudget(Struct):
    """Admits jobs while their estimates together fit into what is left of the limit."""

    limit_bytes: int | None
    """The limit for the complete process tree, in bytes; None for no limit."""
    base_bytes: int = 0
    """What the process tree uses when no job runs, in bytes."""
    available_bytes: int | None = None
    """What all jobs together may use, in bytes; computed from the other two."""
    used_bytes: int = 0
    """The sum of the estimates of all running jobs."""
    _running: int = 0
    _is_over: bool = False

    def __post_init__(self) -> None:
        self.reserve(0)

    def reserve(self, base_bytes: int) -> None:
        """Reserve memory for the program itself, which leaves less for jobs."""
        self.base_bytes += base_bytes
        if self.limit_bytes is not None:
            self.available_bytes = max(_LEAST_FOR_JOBS, self.limit_bytes - self.base_bytes)

    def can_ever_hold(self, job: Job) -> bool:
        """Return whether the job fits when it runs alone."""
        return self.available_bytes is None or job.memory_bytes <= self.available_bytes

    def has_room_for(self, job: Job) -> bool:
        """Return whether the job may start now. When nothing else runs, every job may."""
        if self.available_bytes is None or not self._running:
            return True
        return not self._is_over and self.used_bytes + job.memory_bytes <= self.available_bytes

    def take(self, job: Job) -> None:
        """Count a job that starts."""
        self._running += 1
        self.used_bytes += job.memory_bytes

    def release(self, job: Job) -> None:
        """Stop counting a job that has ended."""
        self._running -= 1
        self.used_bytes -= job.memory_bytes

    def measure(self, pids: Iterable[int]) -> None:
        """Measure what these processes use. While it is over the limit, jobs run one at a time."""
        if self.available_bytes is not None:
            self._is_over = tree_exceeds(self.base_bytes + self.available_bytes, pids)


def cgroup_quota(root: Path | str = "/sys/fs/cgroup", membership: Path | str = "/proc/self/cgroup") -> float | None:
    """Return how many processors this process's control groups (version 1 or 2) allow; None for no limit."""
    folders = [str(root), f"{root}/cpu"]
    for line in (_read(str(membership)) or "").splitlines():
        _, controllers, path = line.split(":", 2)
        top = str(root) if not controllers else f"{root}/cpu"
        if not controllers or "cpu" in controllers.split(","):
            parts = [part for part in path.split("/") if part not in ("", "..")]
            folders.extend("/".join([top, *parts[:depth]]) for depth in range(1, len(parts) + 1))
    quotas = [quota for folder in folders if (quota := _quota_of(folder)) is not None]
    return min(quotas, default=None)


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        pass
    if os.path.isdir("/proc/self"):
        return 0  # it has ended
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _proportional(pid: int) -> int:
    """Return the memory of a process, with only its share of what it has in common with others."""
    for line in (_read(f"/proc/{pid}/smaps_rollup") or "").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return _resident(pid)


def _quota_of(folder: str) -> float | None:
    try:
        if text := _read(f"{folder}/cpu.max"):
            quota, period = text.split()
            return None if quota == "max" else int(quota) / int(period)
        micros = int(_read(f"{folder}/cpu.cfs_quota_us") or -1)
        return micros / int(_read(f"{folder}/cpu.cfs_period_us") or 0) if micros > 0 else None
    except (ValueError, ZeroDivisionError):
        return None


def _read(path: str) -> str | None:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None
