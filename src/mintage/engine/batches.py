"""Sizes the batches for workers: tiny ones first, so that the first files exist immediately, then larger ones."""

from __future__ import annotations

_FIRST_SECONDS = 0.001
_LONGEST_SECONDS = 0.02
_GROWTH = 1.5
# Two batches of this size fit into the smallest pipe there is, so that dispatching never waits for a worker.
_MOST_JOBS = 250
# Towards the end, a batch is at most this share of what is left for each worker.
_SHARE_OF_THE_REST = 0.5


class BatchSizer:
    """Decides how many estimated seconds of work the next batch should have, and how many jobs at most.

    Args:
        buffer_size: The maximum number of dispatched jobs, over all workers.
    """

    def __init__(self, workers: int, buffer_size: int, batches_per_worker: int) -> None:
        self._workers = workers
        self._seconds = _FIRST_SECONDS
        self._real_per_estimated = 1.0
        self.most_jobs = max(1, min(_MOST_JOBS, buffer_size // (workers * batches_per_worker)))

    def next_seconds(self, cost_not_started: float) -> float:
        """Return how many estimated seconds of work the next batch should have."""
        seconds = self._seconds / self._real_per_estimated
        self._seconds = min(_LONGEST_SECONDS, self._seconds * _GROWTH)
        return min(seconds, cost_not_started / self._workers * _SHARE_OF_THE_REST)

    def learn(self, estimated_seconds: float, real_seconds: float) -> None:
        """Correct the estimates by the time that some jobs really took."""
        if estimated_seconds > 0:
            ratio = min(20.0, max(0.05, real_seconds / estimated_seconds))
            self._real_per_estimated += (ratio - self._real_per_estimated) * 0.2
