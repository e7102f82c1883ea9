"""Chooses how to run some jobs, and says why. Starts nothing."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.engine.forking import can_fork

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.engine.job import Job

EXECUTORS = ("auto", "sequential", "threads", "processes")
# What starting workers costs, measured on two cores: a fork and its first answer, or a fresh interpreter.
_FORK_SECONDS = 0.012
_FRESH_PROCESS_SECONDS = 0.15


class Choice(Struct, frozen=True):
    """executor: "sequential", "threads" or "processes". reason: one line for people."""

    executor: str
    workers: int
    reason: str


def choose(jobs: Sequence[Job], *, executor: str, workers: int, threshold: int) -> Choice:
    """How to run these jobs with at most this many workers."""
    most = max(1, min(workers, len(jobs)))
    if executor == "sequential":
        return Choice("sequential", 1, "as asked for")
    if executor != "auto":
        return Choice(executor, most, "as asked for")
    if len(jobs) < threshold:
        return Choice("sequential", 1, f"{len(jobs)} jobs are fewer than the threshold of {threshold}")
    if most == 1:
        return Choice("sequential", 1, "there is one worker")
    seconds = sum(job.cost_seconds for job in jobs)
    estimate = f"{len(jobs):,} jobs, about {seconds:.2g} s of work"
    if _threads_run_side_by_side() or os.name != "posix":
        return Choice("threads", most, f"{estimate}: worth {most} threads")
    start = most * (_FORK_SECONDS if can_fork() else _FRESH_PROCESS_SECONDS)
    if seconds * (1 - 1 / most) <= start:
        return Choice("sequential", 1, f"{estimate}: less than {most} processes take to start")
    return Choice("processes", most, f"{estimate}: worth {most} processes")


def _threads_run_side_by_side() -> bool:
    is_gil_enabled = getattr(sys, "_is_gil_enabled", None)
    return is_gil_enabled is not None and not is_gil_enabled()
