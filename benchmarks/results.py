"""The numbers of one run of all benchmarks, as they are saved. Knows not how they came to be or are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.measure import Times
    from benchmarks.memory import Peak
    from benchmarks.scaling import Curve


@dataclass(slots=True)
class Results:
    """Everything in seconds, one number for each round, by number of files and name.

    machine: what it was measured on. mixed, copier, usual, usual_with_macros: whole processes side by side. many:
    whole processes by number of files. rendering: by workload; names that end in " engine" are the time without
    start-up, planning and delivery. first_file: from the start of the process until a file with content is on the disk.
    large_binary: one huge file. startup: processes that do next to nothing. breakdown: steps of one run. imports:
    milliseconds.
    """

    quick: bool
    machine: dict[str, str]
    mixed: dict[int, Times] = field(default_factory=dict)
    copier: dict[int, Times] = field(default_factory=dict)
    usual: Times = field(default_factory=dict)
    usual_with_macros: Times = field(default_factory=dict)
    many: dict[int, Times] = field(default_factory=dict)
    rendering: dict[str, dict[int, Times]] = field(default_factory=dict)
    first_file: dict[int, Times] = field(default_factory=dict)
    large_binary: Times = field(default_factory=dict)
    startup: Times = field(default_factory=dict)
    scaling: list[Curve] = field(default_factory=list)
    breakdown: dict[str, float] = field(default_factory=dict)
    imports: list[tuple[str, float]] = field(default_factory=list)
    memory: list[Peak] = field(default_factory=list)
