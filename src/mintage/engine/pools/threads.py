"""Runs jobs in threads: for jobs that mostly wait, and for Python without a global interpreter lock."""

from __future__ import annotations

import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING

from mintage.engine.failures import JobFailure
from mintage.engine.pools import JobEnded, run_one
from mintage.engine.pools.queues import drain
from mintage.engine.watch import JobTookTooLong, took_too_long

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mintage.engine.job import Job, JobRunner
    from mintage.engine.pools import Batch, Event

_LOOK_EVERY_SECONDS = 0.05


class ThreadPool:
    """Runs jobs in daemon threads, so that a thread that hangs doesn't keep the program from exiting."""

    batches_per_worker = 2
    overdue_grace_seconds = 0.0

    def __init__(self, jobs: Sequence[Job], runner: JobRunner, workers: int) -> None:
        self._jobs = jobs
        self._runner = runner
        self._most_batches = workers * self.batches_per_worker
        self._batches = 0
        self._work: SimpleQueue[Batch | None] = SimpleQueue()
        # An event, None for a finished batch, or "wake" to make `wait` return.
        self._happened: SimpleQueue[JobEnded | str | None] = SimpleQueue()
        self._current: dict[int, int] = {}
        self._ended_jobs: set[int] = set()
        # Held while a worker begins or leaves a job, so that `end_job` never ends the job after the one it means.
        self._changing = [threading.Lock() for _ in range(workers)]
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(worker,), name=f"mintage-{worker}", daemon=True)
            for worker in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def has_room(self) -> bool:
        """See `Pool`."""
        return self._batches < self._most_batches

    def submit(self, batch: Batch) -> None:
        """See `Pool`."""
        self._batches += 1
        self._work.put(batch)

    def wait(self, timeout_seconds: float) -> Sequence[Event]:
        """See `Pool`."""
        events: list[Event] = []
        for happened in drain(self._happened, timeout_seconds):
            self._take(events, happened)
        return events

    def current(self) -> dict[int, int]:
        """See `Pool`."""
        return self._current.copy()

    def process_ids(self) -> Sequence[int]:
        """See `Pool`."""
        return ()

    def end_job(self, worker: int, index: int) -> None:
        """Raise an exception in the thread, which ends anything that is written in Python. See `Pool`."""
        import ctypes

        with self._changing[worker]:
            thread = self._threads[worker].ident
            if self._current.get(worker) == index and index not in self._ended_jobs and thread is not None:
                self._ended_jobs.add(index)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(JobTookTooLong))

    def wake(self) -> None:
        """See `Pool`."""
        self._happened.put("wake")

    def stop(self, grace_seconds: float, is_urgent: Callable[[], bool]) -> Sequence[Event]:
        """See `Pool`. A thread that hangs is left behind; it doesn't keep the program from exiting."""
        self._stopping.set()
        for _ in self._threads:
            self._work.put(None)
        until = time.perf_counter() + grace_seconds
        for thread in self._threads:
            while thread.is_alive() and not is_urgent() and (left := until - time.perf_counter()) > 0:
                thread.join(min(left, _LOOK_EVERY_SECONDS))
        return self.wait(0)

    def _take(self, events: list[Event], happened: JobEnded | str | None) -> None:
        if isinstance(happened, JobEnded):
            events.append(happened)
        elif happened is None:
            self._batches -= 1

    def _run(self, worker: int) -> None:
        while (batch := self._work.get()) is not None:
            for index in batch:
                if self._stopping.is_set():
                    return
                self._happened.put(self._run_one(index, worker))
            self._happened.put(None)

    def _run_one(self, index: int, worker: int) -> JobEnded:
        try:
            with self._changing[worker]:
                self._current[worker] = index
            ended = run_one(self._jobs[index], index, self._runner, worker)
            self._leave(worker)
        except JobTookTooLong:  # raised between the end of the job and the end of its watch
            self._leave(worker)
            return JobEnded(index, worker, 0.0, 0.0, failure=took_too_long(self._jobs[index]))
        except BaseException as error:  # nothing may end the thread: its other jobs would wait forever
            return JobEnded(index, worker, 0.0, 0.0, failure=JobFailure.of(error))
        return ended

    def _leave(self, worker: int) -> None:
        """From now on, no job of this thread is ended; an exception that is pending is raised before this returns."""
        with self._changing[worker]:
            self._current.pop(worker, None)
        # CPython raises exceptions set by another thread when a loop jumps back: this loop lets a pending one arrive.
        for _ in range(2):
            pass
