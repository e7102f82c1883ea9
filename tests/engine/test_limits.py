"""What may run at once: processors, open files, memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mintage.engine import Job, usable_cores
from mintage.engine.limits import (
    MIB,
    MemoryBudget,
    cgroup_quota,
    resident_bytes,
    tree_exceeds,
    workers_by_open_files,
)

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_there_is_at_least_one_usable_core_and_no_more_than_the_affinity_has() -> None:
    assert 1 <= usable_cores() <= len(os.sched_getaffinity(0))


def test_uses_no_more_cores_than_the_quota_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)))
    monkeypatch.setattr("mintage.engine.limits.cgroup_quota", lambda: 2.6)
    assert usable_cores() == 3
    monkeypatch.setattr("mintage.engine.limits.cgroup_quota", lambda: 0.2)
    assert usable_cores() == 1
    monkeypatch.setattr("mintage.engine.limits.cgroup_quota", lambda: None)
    assert usable_cores() == 8


def test_reads_the_quota_of_a_version_2_control_group(tmp_path: Path) -> None:
    write(tmp_path / "cpu.max", "150000 100000\n")
    write(tmp_path / "membership", "0::/\n")
    assert cgroup_quota(tmp_path, tmp_path / "membership") == 1.5


def test_the_smallest_quota_of_the_groups_around_counts(tmp_path: Path) -> None:
    write(tmp_path / "a" / "cpu.max", "200000 100000\n")
    write(tmp_path / "a" / "b" / "cpu.max", "max 100000\n")
    write(tmp_path / "membership", "0::/a/b\n")
    assert cgroup_quota(tmp_path, tmp_path / "membership") == 2


def test_reads_the_quota_of_a_version_1_control_group(tmp_path: Path) -> None:
    write(tmp_path / "cpu" / "x" / "cpu.cfs_quota_us", "50000\n")
    write(tmp_path / "cpu" / "x" / "cpu.cfs_period_us", "100000\n")
    write(tmp_path / "membership", "4:cpu,cpuacct:/x\n3:memory:/y\n")
    assert cgroup_quota(tmp_path, tmp_path / "membership") == 0.5


@pytest.mark.parametrize("content", ["max 100000", "", "nonsense", "1 0", "a b"])
def test_no_quota_that_makes_sense_is_no_quota(tmp_path: Path, content: str) -> None:
    write(tmp_path / "cpu.max", content)
    write(tmp_path / "cpu" / "cpu.cfs_quota_us", "-1\n")
    assert cgroup_quota(tmp_path, tmp_path / "nothing") is None


def test_open_files_bound_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _: (256, 4096))
    assert workers_by_open_files() == 8
    monkeypatch.setattr("resource.getrlimit", lambda _: (20, 20))
    assert workers_by_open_files() == 1


def test_without_a_limit_everything_fits() -> None:
    budget = MemoryBudget(None)
    budget.take(Job("a", memory_bytes=10**12))
    assert budget.has_room_for(Job("b", memory_bytes=10**12))
    assert budget.can_ever_hold(Job("b", memory_bytes=10**12))


def test_what_the_program_uses_is_not_left_for_jobs() -> None:
    budget = MemoryBudget(100 * MIB, base_bytes=60 * MIB)
    assert budget.can_ever_hold(Job("fits", memory_bytes=40 * MIB))
    assert not budget.can_ever_hold(Job("does not", memory_bytes=40 * MIB + 1))


def test_small_jobs_run_even_where_the_program_has_used_up_the_limit() -> None:
    budget = MemoryBudget(100 * MIB, base_bytes=900 * MIB)
    assert budget.can_ever_hold(Job("small", memory_bytes=MIB))
    assert not budget.can_ever_hold(Job("large", memory_bytes=50 * MIB))


def test_more_than_the_limit_measured_lets_jobs_run_one_at_a_time() -> None:
    budget = MemoryBudget(40 * MIB)
    assert resident_bytes([os.getpid()]) > 0
    block = bytearray(b"x") * (60 * MIB)
    budget.measure([os.getpid()])
    first, second = Job("first"), Job("second")
    assert budget.has_room_for(first)
    budget.take(first)
    assert not budget.has_room_for(second)
    budget.release(first)
    assert budget.has_room_for(second)
    del block


def test_a_process_that_is_gone_uses_nothing() -> None:
    assert resident_bytes([2**22 + 1]) == 0
    assert not tree_exceeds(1, [2**22 + 1])


@given(st.lists(st.integers(0, 120), max_size=60), st.randoms(use_true_random=False))
def test_running_jobs_never_need_more_than_the_budget(sizes: list[int], random: object) -> None:
    budget = MemoryBudget(100 * MIB)
    running: list[Job] = []
    for number, size in enumerate(sizes):
        job = Job(str(number), memory_bytes=size * MIB)
        if budget.can_ever_hold(job):
            while not budget.has_room_for(job):
                budget.release(running.pop(random.randrange(len(running))))  # type: ignore[attr-defined]
            budget.take(job)
            running.append(job)
        assert budget.used_bytes == sum(job.memory_bytes for job in running) <= 100 * MIB
