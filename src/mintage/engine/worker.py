"""What a worker process does: take batches, run them, send back what became of them. Knows no order and no limits.

Run as `python -m mintage.engine.worker` where a fork is not possible; the jobs and the runner then come by the socket.
"""

from __future__ import annotations

import gc
import mmap
import os
import pickle
import signal
import socket
import struct
import sys
import time
from typing import TYPE_CHECKING, Any

from mintage.engine.job import JobFailure
from mintage.engine.pools import JobEnded, run_one

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.engine.job import Job, JobRunner
    from mintage.engine.pools import Batch

# Each worker has one cell on the board that it shares with its parent: the job it is running, plus one.
CELL = struct.Struct("=q")
STOP = -1
_LENGTH = struct.Struct("=I")
_SEND_AFTER_SECONDS = 0.01
# After a job that needed this much, memory is handed back to the system.
_LARGE_JOB = 8 * 1024 * 1024


def send(channel: socket.socket, message: Any) -> None:
    """Send one message. Raises OSError when the other side is gone."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    channel.sendall(_LENGTH.pack(len(data)) + data)


def receive(channel: socket.socket) -> Any:
    """The next message. Raises EOFError when the other side is gone."""
    (length,) = _LENGTH.unpack(_receive_exactly(channel, _LENGTH.size))
    return pickle.loads(_receive_exactly(channel, length))  # noqa: S301 - from our own parent


def take_messages(buffer: bytearray) -> list[Any]:
    """Remove all whole messages from the front of a buffer and return them."""
    messages = []
    start = 0
    while len(buffer) - start >= _LENGTH.size:
        (length,) = _LENGTH.unpack_from(buffer, start)
        if len(buffer) - start - _LENGTH.size < length:
            break
        start += _LENGTH.size
        messages.append(pickle.loads(memoryview(buffer)[start : start + length]))  # noqa: S301 - from our own worker
        start += length
    del buffer[:start]
    return messages


def serve(channel: socket.socket, board: mmap.mmap, worker: int, jobs: Sequence[Job], runner: JobRunner) -> None:
    """Run batches until the parent is gone or says stop. A message back is (what ended, whether the batch is done)."""
    cell = worker * CELL.size
    while True:
        try:
            batch: Batch = receive(channel)
        except (EOFError, OSError):
            return
        ended: list[JobEnded] = []
        sent_at = time.perf_counter()
        for index in batch:
            if CELL.unpack_from(board, cell)[0] == STOP:
                return
            CELL.pack_into(board, cell, index + 1)
            ended.append(run_one(jobs[index], index, runner, worker))
            if CELL.unpack_from(board, cell)[0] != STOP:
                CELL.pack_into(board, cell, 0)
            if jobs[index].memory_bytes >= _LARGE_JOB:
                _hand_back_memory()
            if time.perf_counter() - sent_at > _SEND_AFTER_SECONDS and not _try_send(channel, ended, done=False):
                return
            if not ended:
                sent_at = time.perf_counter()
        if not _try_send(channel, ended, done=True):
            return


def _try_send(channel: socket.socket, ended: list[JobEnded], *, done: bool) -> bool:
    """Send and empty `ended`; False when the parent is gone."""
    try:
        send(channel, (ended, done))
    except OSError:
        return False
    except Exception:  # something a job returned cannot be pickled; each is tried alone below
        send(channel, ([_sendable(each) for each in ended], done))
    ended.clear()
    return True


def _sendable(ended: JobEnded) -> JobEnded:
    try:
        pickle.dumps(ended, pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # anything may go wrong in foreign __reduce__ methods
        failure = JobFailure(f"its result cannot be sent between processes: {error}", type(error).__name__)
        return JobEnded(ended.index, ended.worker, ended.seconds, failure=failure)
    return ended


def as_worker_process() -> None:
    """Let signals do in this process what a worker wants of them: Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("SIGTERM", "SIGHUP", "SIGALRM"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    gc.freeze()


def _hand_back_memory() -> None:
    """Otherwise the allocator keeps what a large job needed, and the limit would not hold for the next one."""
    if sys.platform != "linux":
        return
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _receive_exactly(channel: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        block = channel.recv(min(size - len(data), 1 << 20))
        if not block:
            raise EOFError
        data += block
    return bytes(data)


def main() -> None:
    """A fresh interpreter's way in. Arguments: descriptor of the socket, of the board, the worker's number."""
    channel_fd, board_fd, worker = (int(argument) for argument in sys.argv[1:4])
    as_worker_process()
    channel = socket.socket(fileno=channel_fd)
    with channel, mmap.mmap(board_fd, 0) as board:
        search_path, pickled = receive(channel)
        sys.path[:] = search_path
        try:
            jobs, runner = pickle.loads(pickled)  # noqa: S301 - from our own parent
        except Exception as error:  # the runner's module may be importable in the parent only
            send(channel, f"{type(error).__name__}: {error}")
            os._exit(1)
        serve(channel, board, worker, jobs, runner)
    os._exit(0)


if __name__ == "__main__":
    main()
