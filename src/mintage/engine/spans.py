"""How long the parts of something took. A leaf: knows neither jobs nor files."""

from __future__ import annotations

import time
from typing import NamedTuple


class Span(NamedTuple):
    """Something that went on from one time to another, in seconds of `time.perf_counter`."""

    name: str
    began: float
    ended: float


class Stopwatch:
    """Notes when one part ends and the next begins."""

    def __init__(self) -> None:
        self._marks: list[tuple[str, float]] = []

    def begin(self, name: str) -> None:
        """The next part begins; the one before ends."""
        self._marks.append((name, time.perf_counter()))

    def take(self) -> tuple[Span, ...]:
        """Return all parts so far, the last of which ends now. It begins again afterwards."""
        marks, self._marks = self._marks, []
        ends = [*(began for _, began in marks[1:]), time.perf_counter()]
        return tuple(Span(name, began, ended) for (name, began), ended in zip(marks, ends, strict=True))
