"""Runs jobs in processes, for work that threads of one interpreter can't do in parallel. POSIX only.

Where it is safe, workers are forked and share the jobs and the runner with their parent; elsewhere, they are new
interpreters. When a worker dies, only the job that it was running fails.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
import time
from typing import TYPE_CHECKING

from msgspec import Struct, field

from mintage.engine.failures import JobFailure
from mintage.engine.forking import become_worker, can_fork, flush_output
from mintage.engine.limits import memory_bounded
from mintage.engine.pools import CannotStartError, JobEnded, JobsDone, JobsReturned
from mintage.engine.watch import took_too_long
from mintage.engine.wire import Board, MessageReader, write_message
from mintage.engine.worker import Server

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence

    from mintage.engine.job import Job, JobRunner
    from mintage.engine.pools import Batch, Event

_LOOK_EVERY_SECONDS = 0.05
_TERMINATE_SECONDS = 2.0
# A worker gets a second batch while its first one is shorter than this; behind a long job, it would only wait.
_AHEAD_SECONDS = 0.05
# How many workers may die in a row without a job ending before we conclude that workers can't run here.
_DEATHS_IN_VAIN = 8


class _Worker(Struct):
    """One worker process, as the parent sees it."""

    number: int
    process_id: int
    work_fd: int
    results: MessageReader
    process: subprocess.Popen[bytes] | None = None
    batches: int = 0
    waiting: dict[int, None] = field(default_factory=dict)
    """The jobs that were dispatched to it and have not ended, in order."""
    waiting_seconds: float = 0.0
    status: int | None = None

    def has_ended(self) -> bool:
        """Return whether the process has ended, without waiting. Sets `status` like `subprocess` does."""
        if self.status is None and self.process is not None:
            self.status = self.process.poll()
        elif self.status is None:
            try:
                process_id, status = os.waitpid(self.process_id, os.WNOHANG)
            except ChildProcessError:  # somebody else has waited for it
                process_id, status = self.process_id, 0
            if process_id:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None


class ProcessPool:
    """A pool of worker processes.

    Args:
        memory_bytes: How much memory a worker may use beyond what it starts with; None for no limit.

    Raises:
        CannotStartError: No worker can start; `wait` raises it too.
    """

    batches_per_worker = 2
    # A worker ends its job by itself, unless it hangs in something that isn't written in Python.
    overdue_grace_seconds = 2.0

    def __init__(self, jobs: Sequence[Job], runner: JobRunner, workers: int, memory_bytes: int | None = None) -> None:
        self._memory_bytes = memory_bytes
        self._jobs = jobs
        self._runner = runner
        self._size = workers
        self._workers: dict[int, _Worker] = {}  # by the descriptor that results come from
        self._cannot_start = ""
        self._deaths_in_vain = 0
        self._ended_jobs: set[int] = set()
        self._is_stopping = False
        self._state_fd = -1
        self._board_fd = _shared_file(Board.size(workers))
        self._board = Board(workers, self._board_fd)
        self._woken, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        self._poll = select.poll()
        self._poll.register(self._woken, select.POLLIN)
        try:
            self._start_all()
        except BaseException:
            self.stop(0, lambda: True)
            raise

    def has_room(self) -> bool:
        """See `Pool`."""
        return any(self._is_free(worker) for worker in self._workers.values())

    def submit(self, batch: Batch) -> None:
        """See `Pool`."""
        worker = min(self._workers.values(), key=lambda worker: (worker.batches, worker.waiting_seconds))
        worker.batches += 1
        worker.waiting.update(dict.fromkeys(batch))
        worker.waiting_seconds += sum(self._jobs[index].cost_seconds for index in batch)
        try:
            write_message(worker.work_fd, batch)
        except OSError:
            pass  # it died; `wait` finds out

    def wait(self, timeout_seconds: float) -> Sequence[Event]:
        """See `Pool`."""
        if not self._workers:
            raise CannotStartError(self._cannot_start)
        events: list[Event] = []
        self._listen(timeout_seconds, events)
        return events

    def current(self) -> dict[int, int]:
        """See `Pool`."""
        jobs = {worker.number: self._board.job_of(worker.number) for worker in self._workers.values()}
        return {number: index for number, index in jobs.items() if index is not None}

    def process_ids(self) -> Sequence[int]:
        """See `Pool`."""
        return [worker.process_id for worker in self._workers.values()]

    def end_job(self, worker: int, index: int) -> None:
        """Kill the worker, and replace it. See `Pool`."""
        for each in self._workers.values():
            if each.number == worker and self._board.job_of(worker) == index:
                self._ended_jobs.add(index)
                _kill_tree(each.process_id)

    def wake(self) -> None:
        """See `Pool`."""
        try:
            os.write(self._waker, b"!")
        except OSError:
            pass  # it is full, so `wait` returns anyway

    def stop(self, grace_seconds: float, is_urgent: Callable[[], bool]) -> Sequence[Event]:
        """See `Pool`."""
        events: list[Event] = []
        self._is_stopping = True
        self._board.stop()
        for worker in self._workers.values():
            os.close(worker.work_fd)  # the end of all work
            worker.work_fd = -1
        try:
            self._listen_until_gone(grace_seconds, events, is_urgent)
            for worker in self._workers.values():
                _send_signal(worker.process_id, signal.SIGTERM)
            self._listen_until_gone(_TERMINATE_SECONDS, [], is_urgent)
        finally:
            for worker in self._workers.values():
                _kill_tree(worker.process_id)
            self._listen_until_gone(_TERMINATE_SECONDS, [], lambda: False)
            self._close()
        return events

    def _is_free(self, worker: _Worker) -> bool:
        if worker.batches >= self.batches_per_worker:
            return False
        return not worker.batches or worker.waiting_seconds < _AHEAD_SECONDS

    def _start_all(self) -> None:
        """Start as many workers as possible.

        Raises:
            CannotStartError: Not even one can start.
        """
        for number in range(self._size):
            try:
                self._start(number)
            except CannotStartError as error:
                if not self._workers:
                    raise
                self._cannot_start = str(error)

    def _start(self, number: int) -> None:
        """Start one worker.

        Raises:
            CannotStartError: It can't start.
        """
        fds: list[int] = []
        self._board.clear(number)
        try:
            fds.extend(os.pipe())
            fds.extend(os.pipe())
            work_read, work_write, results_read, results_write = fds
            worker = _Worker(number, 0, work_write, MessageReader(results_read))
            if can_fork():
                worker.process_id = self._fork(worker, work_read, results_write)
            else:
                worker.process = self._spawn(number, work_read, results_write)
                worker.process_id = worker.process.pid
        except (OSError, CannotStartError) as error:
            for fd in fds:
                os.close(fd)
            raise CannotStartError(str(error)) from error
        os.close(work_read)
        os.close(results_write)
        self._workers[results_read] = worker
        self._poll.register(results_read, select.POLLIN)

    def _fork(self, worker: _Worker, work_read: int, results_write: int) -> int:
        flush_output()
        process_id = os.fork()
        if process_id:
            return process_id
        status = 1
        try:
            become_worker(results_write)
            # Otherwise, no worker would notice when the parent closes its pipes.
            for other in (worker, *self._workers.values()):
                os.close(other.work_fd)
                os.close(other.results.fd)
            os.close(self._woken)
            os.close(self._waker)
            with memory_bounded(self._memory_bytes):
                Server(worker.number, results_write, self._board, self._jobs, self._runner).serve(work_read)
            status = 0
        finally:
            os._exit(status)  # skips the exit handlers of the parent

    def _spawn(self, number: int, work_read: int, results_write: int) -> subprocess.Popen[bytes]:
        import subprocess

        if self._state_fd < 0:
            self._state_fd = self._write_state()
        # With -P, a worker imports from the working directory only if its parent does.
        code = f"import sys; sys.path[:] = {[*map(str, sys.path)]!r}; from mintage.engine.worker import main; main()"
        if sys.stdout is sys.stderr:  # what jobs print goes where it goes in this process
            code = f"import sys; sys.stdout = sys.stderr; {code}"
        fds = (work_read, results_write, self._board_fd, self._state_fd)
        numbers = [str(number) for number in (*fds, number, self._size, self._memory_bytes or 0)]
        if not sys.executable:
            raise CannotStartError("the path of the Python interpreter is unknown")
        command = [sys.executable, "-P", *(f"-W{option}" for option in sys.warnoptions), "-c", code, *numbers]
        return subprocess.Popen(command, pass_fds=fds, stdin=subprocess.DEVNULL)

    def _write_state(self) -> int:
        try:
            state = pickle.dumps((list(self._jobs), self._runner), pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # anything may go wrong in foreign __reduce__ methods
            raise CannotStartError(f"the jobs can't be sent to them ({type(error).__name__}: {error})") from error
        fd = _shared_file(len(state))
        view = memoryview(state)
        while view:
            view = view[os.write(fd, view) :]
        return fd

    def _listen(self, timeout_seconds: float, events: list[Event]) -> None:
        ready = self._poll.poll(max(0, round(timeout_seconds * 1000 + 0.5)))
        for fd, _ in ready:
            if fd == self._woken:
                os.read(self._woken, 4096)
            else:
                self._hear(fd, events)
        if not ready:  # a worker may be gone although a process that it started still holds its pipe
            for fd, worker in list(self._workers.items()):
                if worker.has_ended():
                    self._lost(fd, events)

    def _listen_until_gone(self, seconds: float, events: list[Event], is_urgent: Callable[[], bool]) -> None:
        until = time.perf_counter() + seconds
        while self._workers and not is_urgent() and (left := until - time.perf_counter()) > 0:
            self._listen(min(left, _LOOK_EVERY_SECONDS), events)

    def _hear(self, fd: int, events: list[Event]) -> None:
        """Read what a worker has sent. The end of its pipe means that it is gone."""
        worker = self._workers[fd]
        try:
            messages = worker.results.read()
        except Exception:  # or it sent something invalid, and can't be trusted anymore
            self._lost(fd, events)
            return
        for message in messages:
            if isinstance(message, str):
                self._cannot_start = message
                continue
            done, others, is_batch_done = message
            worker.batches -= is_batch_done
            self._deaths_in_vain = 0
            for row in (*done, *others):
                worker.waiting.pop(row[0], None)
                worker.waiting_seconds -= self._jobs[row[0]].cost_seconds
            if done:
                events.append(JobsDone(done))
            events.extend(map(JobEnded._make, others))
        if not worker.waiting:
            worker.waiting_seconds = 0.0  # sums of floats drift

    def _lost(self, fd: int, events: list[Event]) -> None:
        """Handle the loss of a worker: name the job it was running, requeue its others, and replace it."""
        worker = self._workers.pop(fd)
        self._poll.unregister(fd)
        os.close(fd)
        if worker.work_fd >= 0:
            os.close(worker.work_fd)
        _reap(worker)
        if self._is_stopping:
            return
        guilty = self._board.job_of(worker.number)
        if guilty is not None and guilty in worker.waiting:
            del worker.waiting[guilty]
            is_ours = guilty in self._ended_jobs
            failure = took_too_long(self._jobs[guilty]) if is_ours else _death(worker.status or 0)
            events.append(JobEnded(guilty, worker.number, 0.0, 0.0, failure=failure))
            self._deaths_in_vain = 0
        else:
            self._deaths_in_vain += 1
        if worker.waiting:
            events.append(JobsReturned(tuple(worker.waiting)))
        if self._deaths_in_vain > _DEATHS_IN_VAIN:
            self._cannot_start = self._cannot_start or f"they exit immediately with status {worker.status}"
        if not self._cannot_start:
            try:
                self._start(worker.number)
            except CannotStartError as error:  # the others go on; `wait` raises when there are none
                self._cannot_start = str(error)

    def _close(self) -> None:
        fds = (self._woken, self._waker, self._board_fd, self._state_fd)
        self._waker = -1  # `wake` may still be called
        for fd in fds:
            if fd >= 0:
                os.close(fd)
        self._board.close()


def _shared_file(size: int) -> int:
    """Return a descriptor of an unnamed file, to share memory with workers."""
    if hasattr(os, "memfd_create"):
        fd = os.memfd_create("mintage")
    else:
        from tempfile import TemporaryFile

        with TemporaryFile() as file:
            fd = os.dup(file.fileno())
    os.ftruncate(fd, size)
    return fd


def _reap(worker: _Worker) -> None:
    """Wait for a process whose pipe is closed, and kill it if it doesn't end."""
    until = time.perf_counter() + _TERMINATE_SECONDS
    while not worker.has_ended():
        if time.perf_counter() > until:
            _kill_tree(worker.process_id)
            until = float("inf")
        time.sleep(0.001)


def _send_signal(process_id: int, number: signal.Signals) -> None:
    try:
        os.kill(process_id, number)
    except ProcessLookupError:
        pass


def _kill_tree(process_id: int) -> None:
    """Kill a worker that did not exit, with everything that its jobs started."""
    import psutil

    try:
        started = psutil.Process(process_id).children(recursive=True)
    except psutil.Error:
        started = []
    _send_signal(process_id, signal.SIGKILL)
    for process in started:
        try:
            process.kill()
        except psutil.Error:
            pass


def _death(status: int) -> JobFailure:
    if status >= 0:
        return JobFailure(
            f"its worker process exited with status {status}",
            "WorkerDied",
            why="the job, or something it called, ended the process",
        )
    try:
        name = f"signal {-status} ({signal.Signals(-status).name})"
    except ValueError:
        name = f"signal {-status}"
    hint = ""
    if -status == signal.SIGKILL:
        hint = (
            "the system does this when memory is low: use fewer workers, or lower the limit with "
            "`ConcurrentOptions(max_memory_mb=MIB)`"
        )
    return JobFailure(f"its worker process was killed by {name}", "WorkerDied", hint=hint)
