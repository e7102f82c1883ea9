"""The engine: runs jobs concurrently. Knows nothing of templates, files or terminals.

Jobs and a `JobRunner` go in, results come out, and a `Reporter` gets the events meanwhile.
"""

from mintage.engine.cancel import Cancellation, cancel_on_signals
from mintage.engine.failures import JobFailure
from mintage.engine.job import Job, JobPriority, JobResult, JobRunner, JobState, Outcome
from mintage.engine.limits import usable_cores
from mintage.engine.options import DEFAULT_THRESHOLD, ConcurrentOptions
from mintage.engine.processor import ConcurrentProcessor, RunResult
from mintage.engine.progress import Progress, ProgressTracker, Reporter, SilentReporter
from mintage.engine.scheduler import JobScheduler
from mintage.engine.spans import Span, Stopwatch

__all__ = [
    "DEFAULT_THRESHOLD",
    "Cancellation",
    "ConcurrentOptions",
    "ConcurrentProcessor",
    "Job",
    "JobFailure",
    "JobPriority",
    "JobResult",
    "JobRunner",
    "JobScheduler",
    "JobState",
    "Outcome",
    "Progress",
    "ProgressTracker",
    "Reporter",
    "RunResult",
    "SilentReporter",
    "Span",
    "Stopwatch",
    "cancel_on_signals",
    "usable_cores",
]
