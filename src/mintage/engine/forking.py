"""Whether a fork is safe here, and what a new worker process does first. Knows no jobs."""

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
    """Return whether a fork is safe: it copies one thread only, and locks that others hold would stay locked."""
    if not hasattr(os, "fork") or sys.platform == "darwin" or threading.active_count() > 1:
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1  # also threads that Python has not made
    except OSError:
        return True


def become_worker(results_fd: int) -> None:
    """Set up signals as a worker wants them, and end this process when its parent is gone.

    Args:
        results_fd: The pipe to the parent; nobody reads it when the parent has died.
    """
    # Ctrl-C is the parent's business. A handler, not SIG_IGN, which programs that jobs start would inherit.
    signal.signal(signal.SIGINT, lambda *_: None)
    for name in ("SIGTERM", "SIGHUP", "SIGALRM"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    gc.freeze()  # collections leave alone what is shared with the parent
    threading.Thread(target=_end_with_parent, args=(results_fd,), name="mintage-parent", daemon=True).start()


def flush_output() -> None:
    """Write out what is buffered for the terminal, so that a forked process does not do it a second time."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):  # there is none, it has no reader, or it is closed
            pass


def _end_with_parent(results_fd: int) -> None:
    watch = select.poll()
    watch.register(results_fd, 0)  # nothing but errors: that nobody reads is one
    watch.poll()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_LAST_SECONDS)
    os._exit(1)
