"""Chooses how to run some jobs, and says why. Starts nothing.

Estimates don't say how fast this machine and its disks are. So the first jobs are run and measured, and decide.
"""

from __future__ import annotations

import os
import sys
from math import sqrt

from msgspec import Struct

from mintage.engine.forking import can_fork

EXECUTORS = ("auto", "sequential", "threads", "processes")
# Beyond so many, more threads that wait add nothing, because Python carries out one at a time; fewer add less.
MOST_THREADS = 32
# What starting a worker costs, measured on two cores: a fork and its first answer, or a fresh interpreter.
_FORK_SECONDS = 0.006
_FRESH_PROCESS_SECONDS = 0.15
# Jobs that wait for most of their time want threads; as many of them as may be can wait side by side.
_MOSTLY_WAITING = 0.87
_LEAST_SECONDS_FOR_THREADS = 0.02
# Where they wait for half of it, processes wait side by side, more of them than there are cores: twice as many as would
# keep the cores busy if they took turns without a gap.
_OFTEN_WAITING = 0.5
_FOR_GAPS = 2
MOST_WAITING_PROCESSES = 16


class Choice(Struct, frozen=True):
    """How the jobs are run, and why."""

    executor: str
    """"sequential", "threads" or "processes"."""
    workers: int
    reason: str
    """One line for people."""


class Measured(Struct, frozen=True):
    """What the first jobs have shown."""

    jobs_left: int
    seconds_left: float
    """How long the other jobs would take sequentially, in seconds."""
    waiting: float = 0.0
    """The share of it in which the processor has nothing to do, 0 to 1."""


def choose_unmeasured(jobs: int, *, executor: str, workers: int | None, cores: int, threshold: int) -> Choice | None:
    """Return the choice for this many jobs, where nothing has to be measured for it; else None.

    Args:
        workers: At most; None for as many as are useful.
        cores: Processors that may be used.
    """
    most = max(1, min(workers or cores, jobs))
    if executor == "sequential":
        return Choice("sequential", 1, "as requested")
    if executor != "auto":
        return Choice(executor, most, "as requested")
    if jobs < threshold:
        return Choice("sequential", 1, f"{jobs} jobs are fewer than the threshold of {threshold}")
    if workers == 1:
        return Choice("sequential", 1, "there is only one worker")
    return None


def choose(measured: Measured, *, workers: int | None, cores: int, affordable: int) -> Choice:
    """Return how to run the jobs that are left.

    Args:
        workers: As many as are wanted; None for as many as are useful.
        affordable: Processes that memory and open files allow.
    """
    seconds, jobs, waiting = measured.seconds_left, measured.jobs_left, measured.waiting
    estimate = f"{jobs:,} jobs, about {seconds:.2g} s of work"
    if waiting >= _OFTEN_WAITING:
        estimate += f", {waiting:.0%} of it waiting"
    is_waiting = waiting >= (_MOSTLY_WAITING if can_fork() else _OFTEN_WAITING)  # fresh processes are slow to start
    if is_waiting and seconds >= _LEAST_SECONDS_FOR_THREADS:
        threads = max(1, min(workers or MOST_THREADS, jobs))
        return Choice("threads", threads, f"{estimate}: worth {threads} threads")
    useful = cores
    if waiting >= _OFTEN_WAITING:
        worth = min(MOST_WAITING_PROCESSES, round(_FOR_GAPS * cores / max(1 - waiting, 1 / MOST_WAITING_PROCESSES)))
        useful = max(cores, min(affordable, worth))
    most = min(workers or useful, jobs)
    if most <= 1:
        return Choice("sequential", 1, "there is only one worker")
    if _threads_run_side_by_side() or os.name != "posix":
        return Choice("threads", most, f"{estimate}: worth {most} threads")
    start = _FORK_SECONDS if can_fork() else _FRESH_PROCESS_SECONDS
    if workers is None:  # one more would take longer to start than it saves
        most = min(most, max(2, round(sqrt(seconds / start))))
    if seconds * (1 - 1 / most) <= most * start:
        return Choice("sequential", 1, f"{estimate}: less than {most} processes take to start")
    return Choice("processes", most, f"{estimate}: worth {most} processes")


def _threads_run_side_by_side() -> bool:
    is_gil_enabled = getattr(sys, "_is_gil_enabled", None)
    return is_gil_enabled is not None and not is_gil_enabled()
