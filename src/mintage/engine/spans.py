"""Measures how long the parts of something take. Knows neither jobs nor files."""

from __future__ import annotations

import time
from typing import NamedTuple


class Span(NamedTuple):
    """A named period, in seconds of `time.perf_counter`."""

    name: str
    began: float
    ended: float


class Stopwatch:
    """Measures consecutive parts."""

    def __init__(self) -> None:
        self._marks: list[tuple[str, float]] = []

    def begin(self, name: str) -> None:
        """Begin the next part, which ends the one before."""
        self._marks.append((name, time.perf_counter()))

    def take(self) -> tuple[Span, ...]:
        """Return all parts so far, the last of which ends now, and start over."""
        marks, self._marks = self._marks, []
        ends = [*(began for _, began in marks[1:]), time.perf_counter()]
        return tuple(Span(name, began, ended) for (name, began), ended in zip(marks, ends, strict=True))
