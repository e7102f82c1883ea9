"""Carries messages between a worker process and its parent: pickles in pipes, and a board in shared memory.

Knows neither jobs nor order.
"""

from __future__ import annotations

import mmap
import os
import pickle
import struct
from typing import Any

_LENGTH = struct.Struct("=Q")
_CELL_BYTES = 8
_BLOCK = 1 << 18


def write_message(fd: int, message: Any) -> None:
    """Write one message to a pipe.

    Raises:
        OSError: The pipe has no reader.
        Exception: The message can't be pickled.
    """
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    rest = memoryview(_LENGTH.pack(len(data)) + data)
    while rest:
        rest = rest[os.write(fd, rest) :]


class MessageReader:
    """Reads messages from a pipe."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._received = bytearray()

    def read(self) -> list[Any]:
        """Wait for data, and return the messages that are complete.

        Raises:
            EOFError: The other side has closed the pipe.
        """
        block = os.read(self.fd, _BLOCK)
        if not block:
            raise EOFError
        self._received += block
        messages = []
        start = 0
        while (body := start + _LENGTH.size) <= len(self._received):
            (length,) = _LENGTH.unpack_from(self._received, start)
            if len(self._received) - body < length:
                break
            start = body + length
            # It comes from our own parent or worker, so that nobody else decides what is unpickled.
            messages.append(pickle.loads(self._received[body:start]))  # noqa: S301
        del self._received[:start]
        return messages


class Board:
    """Shared memory in which each worker notes which job it runs, and the parent that all should stop.

    It outlives a worker that is killed, and so shows which job that was running.

    Args:
        fd: A file to share with workers that aren't forked; -1 for anonymous memory.
    """

    def __init__(self, workers: int, fd: int = -1) -> None:
        self._memory = mmap.mmap(fd, self.size(workers))
        # One cell for "stop", then one for each worker: the index of its job plus one, or 0.
        self._cells = memoryview(self._memory).cast("q")

    @staticmethod
    def size(workers: int) -> int:
        """Return the size of a board for this many workers, in bytes."""
        return (workers + 1) * _CELL_BYTES

    @property
    def is_stopping(self) -> bool:
        """Whether workers should begin no more jobs."""
        return self._cells[0] != 0

    def stop(self) -> None:
        """Ask all workers to begin no more jobs."""
        self._cells[0] = 1

    def begin(self, worker: int, index: int) -> None:
        """Note that a worker begins a job."""
        self._cells[worker + 1] = index + 1

    def clear(self, worker: int) -> None:
        """Note that a worker runs no job."""
        self._cells[worker + 1] = 0

    def job_of(self, worker: int) -> int | None:
        """Return which job a worker is running, or was running when it died."""
        cell = self._cells[worker + 1]
        return cell - 1 if cell else None

    def close(self) -> None:
        """Release the memory."""
        self._cells.release()
        self._memory.close()
