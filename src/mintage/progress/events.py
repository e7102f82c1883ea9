"""Writes the events of a run as JSON lines while they happen. docs/json.md describes the events."""

from __future__ import annotations

import json
import os
import re
import select
import stat
import time
from typing import TYPE_CHECKING, Any

import msgspec

from mintage.data.documents import VERSION
from mintage.engine.job import JobState
from mintage.engine.progress import SilentReporter
from mintage.errors import UsageError, as_mintage_error
from mintage.report.document import error_fields, failure_fields, run_fields
from mintage.report.hints import UNEXPECTED

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from mintage.engine.job import JobResult
    from mintage.engine.progress import Progress
    from mintage.planning.model import Plan
    from mintage.report import Report

_STREAMS = {"-": 1, "/dev/stdout": 1, "/dev/stderr": 2}
_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/(\d+)")
# A pipe that is ready accepts this much without blocking (POSIX requires 512; Linux and macOS have more).
_SURELY_TAKEN = min(select.PIPE_BUF, 4096)
_SECONDS_BETWEEN_FLUSHES = 0.1
# How long to wait at the end of the run for a reader that has stopped reading.
_SECONDS_TO_CLOSE = 10.0


def writes_to_standard_output(file: str) -> bool:
    """Return whether a file name for events means standard output."""
    return _descriptor_named(file) == 1


def _descriptor_named(file: str) -> int | None:
    if found := _DESCRIPTOR.fullmatch(file):
        return int(found[1])
    return _STREAMS.get(file)


class LineSink:
    """Writes lines to a reader that may be slow or gone, neither of which delays or ends the run.

    Args:
        file: A path, which can be a named pipe, `-` for standard output, or `/dev/fd/N` for an open descriptor.
            Opening a named pipe waits for its reader.

    Raises:
        UsageError: The file can't be opened for writing.
    """

    def __init__(self, file: str) -> None:
        named = _descriptor_named(file)
        try:
            if named is not None:  # opening it by name would truncate a file, and doesn't work for a socket
                self._descriptor = os.dup(named)
            else:
                self._descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise UsageError(f"can't write events to {file}: {why}") from error
        mode = os.fstat(self._descriptor).st_mode
        self._may_block = stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
        self._waiting: list[bytes] = []
        self._rest = b""
        self._has_gone = False
        self.error: OSError | None = None

    def put(self, line: bytes) -> None:
        """Keep a line for the next `flush`."""
        if not self._has_gone:
            self._waiting.append(line)

    def flush(self) -> None:
        """Write as much as the reader accepts now."""
        data = self._rest + b"".join(self._waiting)
        self._waiting.clear()
        written = 0
        while written < len(data) and self._is_ready(0):
            written += self._write(data[written : written + _SURELY_TAKEN] if self._may_block else data[written:])
        self._rest = b"" if self._has_gone else data[written:]

    def close(self) -> None:
        """Write the rest, as long as there is a reader, and close."""
        self.flush()
        while self._rest and self._is_ready(_SECONDS_TO_CLOSE):
            self.flush()
        os.close(self._descriptor)

    def _is_ready(self, seconds: float) -> bool:
        if self._has_gone or not self._may_block:
            return not self._has_gone
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        return bool(poll.poll(seconds * 1000))

    def _write(self, data: bytes) -> int:
        try:
            return os.write(self._descriptor, data)
        except OSError as error:
            self._has_gone = True
            if not isinstance(error, BrokenPipeError):
                self.error = error
            return len(data)


class EventStream(SilentReporter):
    """A `Reporter` that writes a line for each event. As a context manager, it writes an error as the last event.

    Lines are written when the engine ticks, about ten times a second. Jobs that are running at a tick get an event for
    their start, too; shorter ones only get one for their end.
    """

    def __init__(self, lines: LineSink, clock: Callable[[], float] = time.perf_counter) -> None:
        self._lines = lines
        self._clock = clock
        self._began = clock()
        self._flushed = self._began
        self._started: set[str] = set()
        self._ended: set[str] = set()
        self._is_over = False
        self._encode = msgspec.json.Encoder().encode

    def __enter__(self) -> EventStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            self._last("failed", error_fields(as_mintage_error(error, hint=UNEXPECTED)))
        self._lines.close()

    def planned(self, plan: Plan) -> None:
        """Write that the run starts. If the run is planned again, earlier events no longer count."""
        self._started.clear()
        self._ended.clear()
        self._put(
            "started",
            {
                "version": VERSION,
                "template": {"format": plan.format, "origin": plan.origin},
                "destination": str(plan.destination),
                "files": len(plan.files) - len(plan.existing),
                "tasks": len(plan.tasks),
                "bytes": plan.total_bytes,
            },
        )
        self._flush()

    def warning(self, text: str) -> None:
        """Write a warning."""
        self._put("warning", {"what": text})

    def job_finished(self, result: JobResult) -> None:
        """See `Reporter`."""
        name = result.job.name
        self._ended.add(name)
        fields: dict[str, Any] = {
            "name": name,
            "state": result.state.name.lower(),
            "bytes_written": result.bytes_written,
            "seconds": round(result.seconds, 6),
            "worker": result.worker,
        }
        if result.failure is not None:
            fields["failure"] = failure_fields(result.failure)
        if result.state is JobState.SKIPPED:
            fields["because"] = str(result.skipped_because)
        self._put("job_finished", fields)
        if self._clock() - self._flushed >= _SECONDS_BETWEEN_FLUSHES:  # there are no ticks while tasks run
            self._flush()

    def tick(self, progress: Progress) -> None:
        """See `Reporter`."""
        for worker, name in sorted(progress.current.items()):
            if name not in self._started and name not in self._ended:
                self._started.add(name)
                self._put("job_started", {"name": name, "worker": worker})
        self._progress(progress)

    def finished(self, progress: Progress) -> None:
        """See `Reporter`."""
        self._progress(progress)

    def reported(self, report: Report) -> None:
        """Write the report of the finished run as the last event."""
        self._last("finished", run_fields(report))

    def _progress(self, progress: Progress) -> None:
        left = progress.seconds_left
        self._put(
            "progress",
            {
                "total": progress.total,
                "completed": progress.completed,
                "failed": progress.failed,
                "skipped": progress.skipped,
                "bytes_written": progress.bytes_written,
                "percentage": round(progress.percentage, 2),
                "seconds_left": None if left is None else round(left, 3),
            },
        )
        self._flush()

    def _last(self, event: str, fields: dict[str, Any]) -> None:
        if not self._is_over:
            self._put(event, fields)
            self._is_over = True

    def _put(self, event: str, fields: dict[str, Any]) -> None:
        line = {"event": event, "at": round(self._clock() - self._began, 6), **fields}
        try:
            self._lines.put(self._encode(line) + b"\n")
        except UnicodeEncodeError:  # a file name that is not valid Unicode
            self._lines.put(json.dumps(line).encode() + b"\n")

    def _flush(self) -> None:
        self._flushed = self._clock()
        self._lines.flush()
