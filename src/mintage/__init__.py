"""Generate projects from templates, concurrently.

This is the public API; everything else may move. Names are imported at their first use, so `import mintage` is cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mintage._version import __version__

if TYPE_CHECKING:
    from mintage.engine import (
        ConcurrentOptions,
        ConcurrentProcessor,
        Job,
        JobPriority,
        JobResult,
        JobScheduler,
        JobState,
        Progress,
        ProgressTracker,
        Reporter,
        SilentReporter,
    )
    from mintage.engine.failures import GenerationFailed, JobFailedError
    from mintage.errors import MintageError
    from mintage.minting.asynchronous import generate_async
    from mintage.minting.generator import Generator, generate, plan
    from mintage.minting.options import Options
    from mintage.planning.model import Plan
    from mintage.progress.notebook import NotebookReporter
    from mintage.report import Report

_HOMES = {
    "mintage.minting.asynchronous": ("generate_async",),
    "mintage.engine": (
        "ConcurrentOptions",
        "ConcurrentProcessor",
        "Job",
        "JobPriority",
        "JobResult",
        "JobScheduler",
        "JobState",
        "Progress",
        "ProgressTracker",
        "Reporter",
        "SilentReporter",
    ),
    "mintage.engine.failures": ("GenerationFailed", "JobFailedError"),
    "mintage.errors": ("MintageError",),
    "mintage.minting.generator": ("Generator", "generate", "plan"),
    "mintage.minting.options": ("Options",),
    "mintage.planning.model": ("Plan",),
    "mintage.progress.notebook": ("NotebookReporter",),
    "mintage.report": ("Report",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ConcurrentOptions",
    "ConcurrentProcessor",
    "GenerationFailed",
    "Generator",
    "Job",
    "JobFailedError",
    "JobPriority",
    "JobResult",
    "JobScheduler",
    "JobState",
    "MintageError",
    "NotebookReporter",
    "Options",
    "Plan",
    "Progress",
    "ProgressTracker",
    "Report",
    "Reporter",
    "SilentReporter",
    "__version__",
    "generate",
    "generate_async",
    "plan",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'mintage' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return __all__
