"""Takes what has arrived from a queue. Knows neither jobs nor pools."""

from __future__ import annotations

from queue import Empty
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from queue import SimpleQueue

_Item = TypeVar("_Item")


def drain(queue: SimpleQueue[_Item], timeout_seconds: float) -> list[_Item]:
    """Wait until a queue has an item, and return all items that it has; none at the timeout."""
    items: list[_Item] = []
    try:
        items.append(queue.get(timeout=timeout_seconds))
        while True:
            items.append(queue.get_nowait())
    except Empty:
        return items
