"""What tests want to know of other processes, however busy the machine is."""

from __future__ import annotations

import time
from contextlib import suppress

import psutil


def has_ended(process_id: int) -> bool:
    """Whether a process does nothing any more; its parent may not have looked after it yet."""
    try:
        return psutil.Process(process_id).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until_ended(process_id: int) -> None:
    """Wait for the end of a process."""
    while not has_ended(process_id):
        time.sleep(0.01)


def wait_until_it_listens(process_id: int, number: int) -> None:
    """Wait until a process does something of its own about a signal, or has ended (Linux; elsewhere for a second)."""
    while not has_ended(process_id):
        with suppress(OSError), open(f"/proc/{process_id}/status") as status:
            caught = next(int(line.split()[1], 16) for line in status if line.startswith("SigCgt"))
            if caught >> (number - 1) & 1:
                return
            time.sleep(0.01)
            continue
        time.sleep(1)
        return
