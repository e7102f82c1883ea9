"""Chooses how to run jobs, and explains the choice. Starts nothing.

Estimates don't know how fast this machine and its disks are, so the first jobs are run and measured.
"""

from __future__ import annotations

import os
import sys
from math import sqrt

from msgspec import Struct

from mintage.engine.forking import can_fork

EXECUTORS = ("auto", "sequential", "threads", "processes")
# More threads than this add nothing, even if they wait: Python runs only one at a time.
MOST_THREADS = 32
# The cost of starting a worker, measured on two cores: a fork up to its first answer, and a new interpreter.
_FORK_SECONDS = 0.006
_FRESH_PROCESS_SECONDS = 0.15
# Jobs that wait for most of their time run in threads, as many as are useful.
_MOSTLY_WAITING = 0.87
_LEAST_SECONDS_FOR_THREADS = 0.02
# Jobs that wait for half of their time run in more processes than there are cores: twice as many as would keep the
# cores busy if they took turns without gaps.
_OFTEN_WAITING = 0.5
_FOR_GAPS = 2
MOST_WAITING_PROCESSES = 16


class Choice(Struct, frozen=True):
    """How to run jobs, and why."""

    executor: str
    """"sequential", "threads" or "processes"."""
    workers: int
    """How many workers to start."""
    reason: str
    """Why, in one line for the user."""


class Measured(Struct, frozen=True):
    """What the first jobs showed about the others."""

    jobs_left: int
    """How many jobs are left."""
    seconds_left: float
    """How long they would take sequentially, in seconds."""
    waiting: float = 0.0
    """The share of that time in which the processor is idle, from 0 to 1."""


def choose_unmeasured(jobs: int, *, executor: str, workers: int | None, cores: int, threshold: int) -> Choice | None:
    """Return how to run this many jobs; None if that has to be measured first.

    Args:
        workers: The maximum number of workers; None for as many as are useful.
        cores: How many processors can be used.
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
        measured: What the first jobs showed.
        workers: The maximum number of workers; None for as many as are useful.
        cores: How many processors can be used.
        affordable: How many processes memory and open files allow.
    """
    seconds, jobs, waiting = measured.seconds_left, measured.jobs_left, measured.waiting
    estimate = f"{jobs:,} jobs, about {seconds:.2g} s of work"
    if waiting >= _OFTEN_WAITING:
        estimate += f", {waiting:.0%} of it waiting"
    is_waiting = waiting >= (_MOSTLY_WAITING if can_fork() else _OFTEN_WAITING)  # new interpreters are slow to start
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
    if workers is None:  # one more would take longer to start than it would save
        most = min(most, max(2, round(sqrt(seconds / start))))
    if seconds * (1 - 1 / most) <= most * start:
        return Choice("sequential", 1, f"{estimate}: less than {most} processes take to start")
    return Choice("processes", most, f"{estimate}: worth {most} processes")


def _threads_run_side_by_side() -> bool:
    is_gil_enabled = getattr(sys, "_is_gil_enabled", None)
    return is_gil_enabled is not None and not is_gil_enabled()
