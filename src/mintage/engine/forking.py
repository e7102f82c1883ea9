"""Decides whether forking is safe, and sets up new worker processes. Knows no jobs."""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
import threading
import time

_LAST_SECONDS = 5.0


def can_fork() -> bool:
    """Return whether forking is safe: it copies only one thread, and locks that others hold would stay locked."""
    if not hasattr(os, "fork") or sys.platform == "darwin" or threading.active_count() > 1:
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1  # counts threads that Python didn't start, too
    except OSError:
        return True


def become_worker(results_fd: int) -> None:
    """Set up the signals of a worker, and end this process when its parent is gone.

    Args:
        results_fd: The pipe to the parent; nobody reads it when the parent has died.
    """
    # The parent handles Ctrl-C. This is a handler, not SIG_IGN, because programs that jobs start would inherit that.
    signal.signal(signal.SIGINT, lambda *_: None)
    for name in ("SIGTERM", "SIGHUP", "SIGALRM"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    gc.freeze()  # keeps the collector from touching, and so copying, what is shared with the parent
    threading.Thread(target=_end_with_parent, args=(results_fd,), name="mintage-parent", daemon=True).start()


def flush_output() -> None:
    """Flush buffered output, so that a forked process doesn't write it a second time."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):  # there is none, it has no reader, or it is closed
            pass


def _end_with_parent(results_fd: int) -> None:
    watch = select.poll()
    watch.register(results_fd, 0)  # only errors, such as that nobody reads
    watch.poll()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_LAST_SECONDS)
    os._exit(1)
