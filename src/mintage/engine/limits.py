"""What may run at once: memory, open files, processors. Knows jobs by their estimates only."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mintage.engine.job import Job

MIB = 1024 * 1024
# What a worker needs besides its jobs. A forked one shares the rest with its parent.
WORKER_MEMORY = 12 * MIB
_FILES_PER_WORKER = 16
_FILES_OF_OUR_OWN = 64


def usable_cores() -> int:
    """Processors that this process may use: its affinity, and the quota of its control group."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _cgroup_quota()
    return max(1, min(cores, round(quota)) if quota else cores)


def workers_by_open_files() -> int:
    """How many workers fit below the limit of open files."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return 64
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return 1024
    return max(1, (soft - _FILES_OF_OUR_OWN) // _FILES_PER_WORKER)


def resident_bytes(pids: Iterable[int]) -> int:
    """Memory of these processes together; what forked ones share is counted for each."""
    return sum(map(_resident, pids))


@dataclass(slots=True)
class MemoryBudget:
    """Admits jobs as long as their estimates together stay within what is left of the limit.

    limit_bytes: for the whole process tree, None for no limit. base_bytes: what it uses without any job.
    """

    limit_bytes: int | None
    base_bytes: int = 0
    _used: int = 0
    _running: dict[str, int] = field(default_factory=dict)
    _measured_too_much: bool = False

    @property
    def available_bytes(self) -> int | None:
        """What all jobs together may use."""
        return None if self.limit_bytes is None else max(0, self.limit_bytes - self.base_bytes)

    @property
    def used_bytes(self) -> int:
        """The estimates of all running jobs."""
        return self._used

    def can_ever_hold(self, job: Job) -> bool:
        """Whether the job fits when it runs alone."""
        return self.available_bytes is None or job.memory_bytes <= self.available_bytes

    def has_room_for(self, job: Job) -> bool:
        """Whether the job may start now. When nothing else runs, one that fits alone always may."""
        if self.available_bytes is None or not self._running:
            return True
        return not self._measured_too_much and self._used + job.memory_bytes <= self.available_bytes

    def take(self, job: Job) -> None:
        """The job starts."""
        self._running[job.name] = job.memory_bytes
        self._used += job.memory_bytes

    def release(self, job: Job) -> None:
        """The job has ended."""
        self._used -= self._running.pop(job.name, 0)

    def report_measured(self, resident: int) -> None:
        """Tell what the process tree really uses; over the limit, nothing more is admitted until it is less."""
        self._measured_too_much = self.limit_bytes is not None and resident > self.limit_bytes


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


def _cgroup_quota() -> float | None:
    """Processors allowed by the control group, version 2 or 1; None if there is no limit."""
    try:
        with open("/sys/fs/cgroup/cpu.max") as file:
            quota, period = file.read().split()
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError):
        pass
    try:
        with (
            open("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") as quota_file,
            open("/sys/fs/cgroup/cpu/cpu.cfs_period_us") as period_file,
        ):
            micros = int(quota_file.read())
            return micros / int(period_file.read()) if micros > 0 else None
    except (OSError, ValueError, ZeroDivisionError):
        return None
