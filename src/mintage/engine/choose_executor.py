"""Chooses how to run some jobs, and says why. Pure arithmetic."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.engine.job import Job

EXECUTORS = ("auto", "sequential", "threads", "processes")
# What starting workers costs, measured on two cores: a fork and its first answer, or a fresh interpreter.
_FORK_SECONDS = 0.012
_FRESH_PROCESS_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class Choice:
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
    parallel = "threads" if _is_free_threaded() else "processes"
    start = 0.0 if parallel == "threads" else most * (_FORK_SECONDS if hasattr(os, "fork") else _FRESH_PROCESS_SECONDS)
    estimate = f"{len(jobs):,} jobs, about {seconds:.2g} s of work"
    if seconds * (1 - 1 / most) <= start:
        return Choice("sequential", 1, f"{estimate}: less than {most} workers take to start")
    return Choice(parallel, most, f"{estimate}: worth {most} workers")


def _is_free_threaded() -> bool:
    is_gil_enabled = getattr(sys, "_is_gil_enabled", None)
    return is_gil_enabled is not None and not is_gil_enabled()
