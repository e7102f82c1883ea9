"""A worker process: receives batches, runs them, and sends back the results. Knows no order and no limits.

Where a fork is not safe, a new interpreter runs `main`, and reads the jobs and the runner from a file.
"""

from __future__ import annotations

import mmap
import os
import pickle
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.engine.forking import become_worker, flush_output
from mintage.engine.limits import memory_bounded
from mintage.engine.pools import JobEnded, is_plain, run_one, sendable
from mintage.engine.watch import LOOK_EVERY_SECONDS, JobTookTooLong, JobWatch, took_too_long
from mintage.engine.wire import Board, MessageReader, write_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.engine.job import Job, JobRunner
    from mintage.engine.pools import Batch

_SEND_AFTER_SECONDS = 0.01


class Server(Struct, frozen=True):
    """Runs batches in this worker process."""

    number: int
    """The number of this worker."""
    results_fd: int
    """The pipe that results are written to."""
    board: Board
    jobs: Sequence[Job]
    runner: JobRunner

    def serve(self, work_fd: int) -> None:
        """Run the batches that come through a pipe until it is closed or the board says to stop."""
        work = MessageReader(work_fd)
        if any(job.timeout_seconds is not None for job in self.jobs):
            self._end_overdue_jobs()
        try:
            while not self.board.is_stopping:
                for batch in work.read():
                    self._run(batch)
        except (EOFError, BrokenPipeError):
            return
        finally:
            flush_output()

    def _end_overdue_jobs(self) -> None:
        """From now on, interrupt jobs of this process that take too long."""
        watch = JobWatch(self.jobs)

        def look(_number: int, _frame: object) -> None:
            if watch.is_overdue(self.number, self.board.job_of(self.number)):
                raise JobTookTooLong

        signal.signal(signal.SIGALRM, look)
        signal.setitimer(signal.ITIMER_REAL, LOOK_EVERY_SECONDS, LOOK_EVERY_SECONDS)

    def _run_one(self, index: int) -> tuple[JobEnded, bool]:
        """Return how the job ended, and whether a row of `JobsDone` can hold it."""
        try:
            self.board.begin(self.number, index)
            ended = run_one(self.jobs[index], index, self.runner, self.number)
            says_all = is_plain(ended)
            if not says_all:
                ended = sendable(ended)
            self.board.clear(self.number)  # from here on, nothing is interrupted
        except JobTookTooLong:  # raised between the end of the job and the end of its watch
            self.board.clear(self.number)
            return JobEnded(index, self.number, 0.0, 0.0, failure=took_too_long(self.jobs[index])), False
        return ended, says_all

    def _run(self, batch: Batch) -> None:
        """Run a batch. Messages to the parent are (rows of `JobsDone`, other ended jobs, whether the batch is done)."""
        done: list[tuple[Any, ...]] = []
        others: list[tuple[Any, ...]] = []
        sent_at = time.perf_counter()
        for index in batch:
            if self.board.is_stopping:
                break
            last, is_row = self._run_one(index)
            if is_row:
                done.append(last.row)
            else:
                others.append(tuple(last))
            now = last.began + last.seconds
            if now - sent_at > _SEND_AFTER_SECONDS:
                write_message(self.results_fd, (done, others, False))
                done.clear()
                others.clear()
                sent_at = now
        write_message(self.results_fd, (done, others, True))


def main() -> None:
    """Serve as a worker in a new interpreter.

    The command line has the descriptors of the pipe with batches, the pipe for results, the board, and the file with
    jobs and runner; then the number of this worker, the number of workers, and the bytes of memory that each may use (0
    for no limit).
    """
    work_fd, results_fd, board_fd, state_fd, worker, workers, memory_bytes = map(int, sys.argv[1:8])
    become_worker(results_fd)
    board = Board(workers, board_fd)
    try:
        with mmap.mmap(state_fd, 0, access=mmap.ACCESS_READ) as state:
            jobs, runner = pickle.loads(state)  # noqa: S301 - from our own parent
    except Exception as error:  # such as a runner whose module only the parent can import
        write_message(results_fd, f"{type(error).__name__}: {error}")
        os._exit(1)
    try:
        with memory_bounded(memory_bytes or None):
            Server(worker, results_fd, board, jobs, runner).serve(work_fd)
    finally:
        os._exit(0)
