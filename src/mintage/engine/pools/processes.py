"""Runs jobs in processes: for rendering, which threads of one interpreter cannot do side by side.

Workers are forked where that is safe, and share jobs and runner with their parent; else they are fresh interpreters.
A worker that dies costs the job it was running, and nothing else.
"""

from __future__ import annotations

import mmap
import os
import pickle
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mintage.engine.job import JobFailure
from mintage.engine.pools import JobEnded, JobsReturned
from mintage.engine.worker import CELL, STOP, as_worker_process, send, serve, take_messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.engine.job import Job, JobRunner
    from mintage.engine.pools import Batch, Event

_RECEIVE = 1 << 18
_TERMINATE_SECONDS = 2.0
# Workers that die without having begun a job are replaced this often before the jobs are blamed.
_DEATHS_WITHOUT_A_JOB = 8


@dataclass(slots=True)
class _Worker:
    """One process, seen from the parent. waiting: the jobs handed to it that have not come back."""

    number: int
    process_id: int
    channel: socket.socket
    process: subprocess.Popen[bytes] | None = None
    batches: int = 0
    waiting: dict[int, None] = field(default_factory=dict)
    received: bytearray = field(default_factory=bytearray)


class ProcessPool:
    """A pool of worker processes. POSIX."""

    batches_per_worker = 2

    def __init__(self, jobs: Sequence[Job], runner: JobRunner, workers: int) -> None:
        self._jobs = jobs
        self._runner = runner
        self._pickled: bytes | None = None
        self._cannot_start = ""
        self._to_tell: list[Event] = []
        self._deaths_without_a_job = 0
        self._selector = selectors.DefaultSelector()
        self._woken, self._waker = socket.socketpair()
        self._waker.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        self._board_file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the pool
        self._board_file.truncate(workers * CELL.size)
        self._board = mmap.mmap(self._board_file.fileno(), 0)
        self._workers: dict[int, _Worker] = {}
        try:
            for number in range(workers):
                self._start(number)
        except BaseException:
            self.stop(0)
            raise

    def has_room(self) -> bool:
        """See `Pool`. When no worker can be started, jobs are taken all the same, to fail them."""
        return not self._workers or any(worker.batches < self.batches_per_worker for worker in self._workers.values())

    def submit(self, batch: Batch) -> None:
        """See `Pool`."""
        if not self._workers:
            self._to_tell.extend(JobEnded(index, -1, 0.0, failure=self._no_worker()) for index in batch)
            return
        worker = min(self._workers.values(), key=lambda worker: worker.batches)
        worker.batches += 1
        worker.waiting.update(dict.fromkeys(batch))
        try:
            send(worker.channel, batch)
        except OSError:
            pass  # it died; `wait` finds out

    def wait(self, timeout_seconds: float) -> Sequence[Event]:
        """See `Pool`."""
        events, self._to_tell = self._to_tell, []
        for key, _ in self._selector.select(0 if events else timeout_seconds):
            if key.data is None:
                self._woken.recv(_RECEIVE)
            else:
                self._hear(key.data, events)
        return events

    def current(self) -> dict[int, int]:
        """See `Pool`."""
        cells = {number: CELL.unpack_from(self._board, number * CELL.size)[0] for number in self._workers}
        return {number: cell - 1 for number, cell in cells.items() if cell > 0}

    def process_ids(self) -> Sequence[int]:
        """See `Pool`."""
        return [worker.process_id for worker in self._workers.values()]

    def wake(self) -> None:
        """See `Pool`."""
        try:
            self._waker.send(b"!")
        except OSError:
            pass  # it is full, so `wait` returns anyway

    def stop(self, grace_seconds: float) -> Sequence[Event]:
        """See `Pool`."""
        events: list[Event] = []
        for number, worker in self._workers.items():
            CELL.pack_into(self._board, number * CELL.size, STOP)
            worker.channel.shutdown(socket.SHUT_WR)
        until = time.perf_counter() + grace_seconds
        while (alive := self._not_gone()) and (left := until - time.perf_counter()) > 0:
            for worker in alive:
                self._hear(worker, events, timeout_seconds=min(left, 0.02), replace=False)
        self._end(signal.SIGTERM, _TERMINATE_SECONDS)
        self._end(signal.SIGKILL, _TERMINATE_SECONDS)
        self._close()
        return events

    def _start(self, number: int) -> None:
        ours, theirs = socket.socketpair()
        CELL.pack_into(self._board, number * CELL.size, 0)
        try:
            if _can_fork():
                worker = _Worker(number, self._fork(number, ours, theirs), ours)
            else:
                process = self._spawn(number, ours, theirs)
                worker = _Worker(number, process.pid, ours, process)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        self._workers[number] = worker
        self._selector.register(ours, selectors.EVENT_READ, worker)

    def _fork(self, number: int, ours: socket.socket, theirs: socket.socket) -> int:
        process_id = os.fork()
        if process_id:
            return process_id
        status = 1
        try:
            as_worker_process()
            ours.close()
            for other in self._workers.values():  # else it would not be noticed when the parent closes them
                other.channel.close()
            self._woken.close()
            self._waker.close()
            serve(theirs, self._board, number, self._jobs, self._runner)
            status = 0
        finally:
            os._exit(status)  # nothing of the parent's may run at this exit

    def _spawn(self, number: int, ours: socket.socket, theirs: socket.socket) -> subprocess.Popen[bytes]:
        if self._pickled is None:
            self._pickled = pickle.dumps((list(self._jobs), self._runner), pickle.HIGHEST_PROTOCOL)
        descriptors = (theirs.fileno(), self._board_file.fileno())
        command = [sys.executable, "-m", "mintage.engine.worker", *map(str, descriptors), str(number)]
        process = subprocess.Popen(command, pass_fds=descriptors, stdin=subprocess.DEVNULL)
        try:
            send(ours, (sys.path, self._pickled))
        except OSError:
            pass  # it died at once; `wait` finds out
        return process

    def _hear(
        self, worker: _Worker, events: list[Event], *, timeout_seconds: float | None = None, replace: bool = True
    ) -> None:
        """Read what a worker has sent. A closed channel means that it is gone."""
        if timeout_seconds is not None:
            worker.channel.settimeout(timeout_seconds)
        try:
            block = worker.channel.recv(_RECEIVE)
        except TimeoutError:
            return
        except OSError:
            block = b""
        if not block:
            self._lost(worker, events, replace=replace)
            return
        worker.received += block
        for message in take_messages(worker.received):
            if isinstance(message, str):
                self._cannot_start = message
                continue
            ended, is_batch_done = message
            worker.batches -= is_batch_done
            for each in ended:
                worker.waiting.pop(each.index, None)
            events.extend(ended)

    def _lost(self, worker: _Worker, events: list[Event], *, replace: bool) -> None:
        self._selector.unregister(worker.channel)
        worker.channel.close()
        del self._workers[worker.number]
        status = _reap(worker)
        if not replace:
            return
        if self._cannot_start:
            events.extend(JobEnded(index, -1, 0.0, failure=self._no_worker()) for index in worker.waiting)
            return
        guilty = CELL.unpack_from(self._board, worker.number * CELL.size)[0] - 1
        if guilty not in worker.waiting:
            self._deaths_without_a_job += 1
            blame = self._deaths_without_a_job > _DEATHS_WITHOUT_A_JOB and worker.waiting
            guilty = next(iter(worker.waiting)) if blame else -1
        if guilty >= 0:
            del worker.waiting[guilty]
            events.append(JobEnded(guilty, worker.number, 0.0, failure=_death(status)))
        if worker.waiting:
            events.append(JobsReturned(tuple(worker.waiting)))
        self._start(worker.number)

    def _no_worker(self) -> JobFailure:
        return JobFailure(
            f"no worker process could be started: {self._cannot_start}",
            "WorkerDied",
            hint="the runner and its jobs must be importable and picklable; else use threads",
        )

    def _not_gone(self) -> list[_Worker]:
        return list(self._workers.values())

    def _end(self, number: signal.Signals, wait_seconds: float) -> None:
        """Send a signal to all workers that are left, and wait for them."""
        for worker in self._workers.values():
            try:
                os.kill(worker.process_id, number)
            except ProcessLookupError:
                pass
        until = time.perf_counter() + wait_seconds
        while self._workers and time.perf_counter() < until:
            for worker in self._not_gone():
                self._hear(worker, [], timeout_seconds=0.01, replace=False)

    def _close(self) -> None:
        self._selector.close()
        self._woken.close()
        self._waker.close()
        self._board.close()
        self._board_file.close()


def _can_fork() -> bool:
    """A fork copies only the thread that makes it; locks that others hold would stay locked for ever."""
    return hasattr(os, "fork") and threading.active_count() == 1 and sys.platform != "darwin"


def _reap(worker: _Worker) -> int:
    """Wait for a process whose channel is closed, and return its status as `subprocess` would."""
    if worker.process is not None:
        return worker.process.wait()
    try:
        _, status = os.waitpid(worker.process_id, 0)
    except ChildProcessError:  # somebody else has waited for it
        return 0
    return os.waitstatus_to_exitcode(status)


def _death(status: int) -> JobFailure:
    if status >= 0:
        return JobFailure(f"its worker process ended with status {status}", "WorkerDied")
    try:
        name = f"signal {-status} ({signal.Signals(-status).name})"
    except ValueError:
        name = f"signal {-status}"
    hint = ""
    if -status == signal.SIGKILL:
        hint = "the system does so when memory is short; give fewer workers or a lower --max-memory"
    return JobFailure(f"its worker process was ended by {name}", "WorkerDied", hint=hint)
