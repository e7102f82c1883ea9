"""Compares the goals of the project with what was measured. Measures nothing."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.measure import Times, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.results import Results


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal, and whether it is reached."""

    what: str
    """The workload and the measure."""
    wanted: str
    """The goal, with its unit."""
    measured: str
    """What was measured, in the same unit."""
    is_reached: bool
    """Whether that is good enough."""


def goals_of(results: Results) -> Iterator[Goal]:
    """Yield every goal for which something was measured."""
    yield from _against_others(results)
    yield from _own(results)
    yield from _resources(results)


def _against_others(results: Results) -> Iterator[Goal]:
    for files, times in results.mixed.items():
        if files >= 10_000:
            yield _at_most(f"{files:,} files : `cp -r` of the same tree", 1.5, ratio(times, "mintage", "cp -r"))
    for files, least in ((10_000, 40.0), (1_000, 12.0)):
        if files in results.mixed:
            found = ratio(results.mixed[files], "Cookiecutter", "mintage")
            yield _at_least(f"Cookiecutter : {files:,} files", least, found)
    for files, least in ((10_000, 80.0), (1_000, 25.0), (200, 4.0)):
        if files in results.copier:
            yield _at_least(f"Copier : {files:,} files", least, ratio(results.copier[files], "Copier", "mintage"))
    for kind, times in (("", results.usual), (", with macros", results.usual_with_macros)):
        what = f"a typical template{kind}"
        yield _at_least(f"Cookiecutter : {what}", 3.0, ratio(times, "Cookiecutter", "mintage"))
        yield _at_least(f"Copier : {what}", 5.0, ratio(times, "Copier", "mintage, Copier template"))


def _own(results: Results) -> Iterator[Goal]:
    for workload, least in (("needs jinja", 1.7), ("light", 1.6)):
        for files, times in results.rendering.get(workload, {}).items():
            if files >= 1_000:
                what = f"own sequential : {files:,} files, {workload}"
                yield _at_least(f"{what}, whole process", least, ratio(times, "sequential", "processes"))
                yield _at_least(f"{what}, in the engine", least, ratio(times, "sequential engine", "processes engine"))
    for curve in results.scaling:
        best = min(curve.seconds.values())
        yield _at_most(f"`auto` : the best fixed number of workers, {curve.what}", 1.1, curve.auto_seconds / best)
    for files, times in results.mixed.items():
        fixed = [name for name in times if name.startswith("mintage ")]
        if files >= 200 and fixed:
            best = min(median(times[name]) for name in fixed)
            yield _at_most(f"`auto` : the best executor, {files:,} mixed files", 1.1, median(times["mintage"]) / best)


def _resources(results: Results) -> Iterator[Goal]:
    yield _milliseconds("`mintage --version`", 50, results.startup, "mintage --version")
    yield _milliseconds("a template of 10 files", 100, results.startup, "mintage new, 10 files")
    if len(results.many) > 1:
        (few, short), (many, long) = results.many.items()
        growth = median(long["mintage"]) / many / (median(short["mintage"]) / few)
        yield _at_most(f"time for a file: of {many:,} : of {few:,}", 1.2, growth)
    for files, times in results.first_file.items():
        if files >= 10_000:
            yield _milliseconds(f"first of {files:,} files, from the start of the process", 150, times, "mintage")
    if results.large_binary:
        # Whether the file is in the cache matters more than what copies it, so the best rounds are compared.
        best = {name: min(seconds) for name, seconds in results.large_binary.items()}
        yield _at_most("a binary file of 4 GiB : `cp`, the best of each", 1.05, best["mintage"] / best["cp"])
    for peak in results.memory:
        if peak.limit_mib and not peak.skipped:
            used = peak.pss_mib or peak.rss_mib
            what = f"memory: {peak.what}"
            yield Goal(what, f"under {peak.limit_mib} MiB", f"{used:.0f} MiB", used < peak.limit_mib)


def _at_most(what: str, wanted: float, found: float | None) -> Goal:
    return Goal(what, f"at most {wanted:g}", _shown(found), found is not None and found <= wanted)


def _at_least(what: str, wanted: float, found: float | None) -> Goal:
    return Goal(what, f"at least {wanted:g}", _shown(found), found is not None and found >= wanted)


def _milliseconds(what: str, wanted: int, times: Times, name: str) -> Goal:
    found = 1000 * median(times[name])
    return Goal(what, f"about {wanted} ms", f"{found:.0f} ms", found <= wanted)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
