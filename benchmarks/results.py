"""The figures of one run of all benchmarks. Knows neither how they are measured nor how they are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.measure import Times
    from benchmarks.memory import Peak
    from benchmarks.scaling import Curve


@dataclass(slots=True)
class Results:
    """All figures, in seconds where nothing else is said; numbers as keys are numbers of files."""

    quick: bool
    """Whether sizes were small and rounds few."""
    machine: dict[str, str]
    """What the figures were measured on, by the name of the part."""
    mixed: dict[int, Times] = field(default_factory=dict)
    """Mintage, Cookiecutter and `cp -r` on a mixed template."""
    copier: dict[int, Times] = field(default_factory=dict)
    """Mintage, Copier and `cp -r` on the same template in Copier's format."""
    usual: Times = field(default_factory=dict)
    """All tools on a typical template."""
    usual_with_macros: Times = field(default_factory=dict)
    """The same with macros, which need Jinja2."""
    many: dict[int, Times] = field(default_factory=dict)
    """Mintage on ever larger templates."""
    rendering: dict[str, dict[int, Times]] = field(default_factory=dict)
    """Executors by workload. Names that end in " engine" are times without start-up, planning and delivery."""
    first_file: dict[int, Times] = field(default_factory=dict)
    """The time from the start of the process until a file with content is on the disk."""
    large_binary: Times = field(default_factory=dict)
    """One huge file."""
    startup: Times = field(default_factory=dict)
    """Processes that do almost nothing."""
    scaling: list[Curve] = field(default_factory=list)
    """Speed by number of workers."""
    breakdown: dict[str, float] = field(default_factory=dict)
    """The steps of one run."""
    imports: list[tuple[str, float]] = field(default_factory=list)
    """The modules that take longest to import, in milliseconds."""
    memory: list[Peak] = field(default_factory=list)
    """Peak memory."""
