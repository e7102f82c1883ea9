"""Writes the results as a page in Markdown. Measures nothing."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from benchmarks.goals import goals_of
from benchmarks.measure import Times, ratio
from benchmarks.scaling import WORKERS, predicted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.memory import Peak
    from benchmarks.results import Results
    from benchmarks.scaling import Curve

_INTRODUCTION = """\
# Benchmarks

`make bench` measures everything on this page in one run of about twenty minutes, and writes the page.

![Seconds by number of files](benchmarks.svg)

## How to read the figures

- **Look at the ratios.** Seconds differ between machines, and from hour to hour on a shared one. Ratios of tools that
  were measured in turn, round after round, are more reliable. Every figure is a median over the rounds, and a ratio
  is the median of the ratios within each round.
- Times are for **whole processes**, from start to exit: the interpreter, imports, reading the template, writing
  files. Each run has a new process, an empty output directory and an empty home. The templates are in the file cache.
- Every tool is installed as its users install it, in an environment of its own.
- `cp -r` copies the finished project: the least that any generator has to do.
- The results of all tools were compared with each other: paths, permissions, every byte.
- `mintage` chooses how to run automatically; `sequential`, `threads` and `processes` were selected with `--executor`.
- Generated files are removed only after everything is measured, and everything is written to the disk before the next
  run; otherwise, the next run would pay for it. (After many files were removed, ext4 without a journal is slow to
  create files for minutes: ten times as slow at 10,000.)
"""
_GOALS = """\
## Goals

[How close to the limit](architecture.md#how-close-to-the-limit) explains why some of them aren't reached.
"""
_MIXED = """\
## Compared with Cookiecutter and cp

60% templated text (10 to 80 lines, a variable in every seventh, a condition, a loop), 30% plain text, 10% binary
files of 20 kB. Five rounds, three at 1,000 files; the other tools have one at 10,000.
"""
_COPIER = """\
## Compared with Copier

The same files as a Copier template: those with tags end in `.jinja`.
"""
_USUAL = """\
## A typical template

54 files, the median of 224 public templates, and of the same kinds: 62% without tags or binary, 24% with variables,
8% with conditions, and 6% with more, such as filters, split strings, or `{% now %}` in the license. Two thirds of the
templates (56 of 83 examined) need no more than that. Those with a macro, an include or their own extensions need
Jinja2, which takes time to load: the second row.
"""
_STEPS = """\
## Where the time goes

![Steps of one run](benchmarks-steps.svg)

The fastest of several runs with 10,000 mixed files. "Start and end" is the interpreter, imports and the command line.

These modules take longest to import when ten files are generated, not counting what they import. They were measured
with `python -X importtime`, which slows everything down.
"""
_SCALING = """\
## More workers

![Speed-up by workers](benchmarks-scaling.svg)

*Processor*: 1,000 templates that Jinja2 compiles, in processes; more workers than cores can't help. *Slow disk*:
1,000 mixed files in threads, on a disk on which every call takes a millisecond (`benchmarks/slowdisk.c`). Time in the
engine. The law is Gunther's universal scalability law, N / (1 + s (N - 1) + k N (N - 1)): s is the share of work that
can't run concurrently, and k is what workers cost each other.
"""
_RENDERING = """\
## Compared with our own sequential mode

Only templated files. *Light* files are those of the mixed template, which are rendered without being compiled. Files
that *need Jinja2* (*needs jinja*) also have a macro, so that Jinja2 compiles each of them. *Demanding* files have a
table of 480 computed cells. The last two columns are the sequential time divided by the time with processes; "in the
engine" leaves out start-up, reading the template, planning and the final rename.
"""
_FIRST = """\
## First file

From the start of the process until a file with content is on the disk, in a mixed template. "In the engine" is the
figure in the report: from the start of the engine.
"""
_MEMORY = """\
## Peak memory

Of the whole process tree, measured every 50 ms while `mintage new` runs. PSS counts memory that processes share once;
RSS counts it for each of them. The 5 MiB templates have two variables in every 2,000th line.
"""


def page(results: Results) -> str:
    """Return the results as Markdown."""
    parts = [
        _INTRODUCTION,
        _machine(results),
        _GOALS,
        _goals(results),
        _MIXED,
        _mixed(results.mixed),
        _COPIER,
        _copier(results.copier),
        _USUAL,
        _usual({"": results.usual, "with macros": results.usual_with_macros}),
        _RENDERING,
        _rendering(results),
        _SCALING,
        _scaling(results.scaling),
        _STEPS,
        _table(["module", "ms"], ([f"`{name}`", f"{milliseconds:.1f}"] for name, milliseconds in results.imports)),
    ]
    parts += [_FIRST, _first_file(results.first_file), "## Start-up\n", _startup(results.startup)]
    if results.memory:
        parts += [_MEMORY, _memory(results.memory)]
    return "\n".join(parts)


def _goals(results: Results) -> str:
    rows = (
        [goal.what, goal.wanted, goal.measured, "yes" if goal.is_reached else "**no**"] for goal in goals_of(results)
    )
    return _table(["workload and measure", "goal", "measured", "reached"], rows)


def _usual(kinds: dict[str, Times]) -> str:
    rows = []
    for kind, times in kinds.items():
        cookiecutter = _times(ratio(times, "Cookiecutter", "mintage"))
        copier = _times(ratio(times, "Copier", "mintage, Copier template"))
        rows.append([kind, *(_seconds(found) for found in times.values()), cookiecutter, copier])
    names = next(iter(kinds.values()))
    return _table(["", *names, "Cookiecutter : mintage", "Copier : mintage"], rows)


def _scaling(curves: Iterable[Curve]) -> str:
    rows = []
    for curve in curves:
        speedups = [_times(curve.seconds[1] / seconds) for seconds in curve.seconds.values()]
        auto = f"{_times(curve.seconds[1] / curve.auto_seconds)} ({curve.auto})"
        law = "-"
        if curve.law:
            eight, many = (predicted(curve.law, workers) for workers in (8, 64))
            law = f"s {curve.law[1]:.3f}, k {curve.law[2]:.5f}: {eight:.1f} with 8, {many:.1f} with 64"
        rows.append([curve.what, *speedups, auto, law])
    return _table(["times as fast with", *(str(workers) for workers in WORKERS), "`auto`", "law"], rows)


def _machine(results: Results) -> str:
    note = "**A quick run with few rounds and small templates: good for trying, not for quoting.**\n\n"
    machine = ", ".join(f"{name} {value}" for name, value in results.machine.items())
    return f"{note if results.quick else ''}Measured on: {machine}.\n"


def _mixed(mixed: dict[int, Times]) -> str:
    contenders = list(next(iter(mixed.values())))
    rows = (
        [
            f"{files:,}",
            *(_seconds(times.get(name, [])) for name in contenders),
            _times(ratio(times, "Cookiecutter", "mintage")),
            _times(ratio(times, "mintage", "cp -r")),
        ]
        for files, times in mixed.items()
    )
    return _table(["files", *contenders, "Cookiecutter : mintage", "mintage : cp -r"], rows)


def _copier(times_of: dict[int, Times]) -> str:
    rows = (
        [
            f"{files:,}",
            *(_seconds(times[name]) for name in ("mintage", "Copier", "cp -r")),
            _times(ratio(times, "Copier", "mintage")),
            _times(ratio(times, "mintage", "cp -r")),
        ]
        for files, times in times_of.items()
    )
    return _table(["files", "mintage", "Copier", "cp -r", "Copier : mintage", "mintage : cp -r"], rows)


def _rendering(results: Results) -> str:
    rows = (
        [
            workload,
            f"{files:,}",
            *(_seconds(times[name]) for name in ("sequential", "processes")),
            _times(ratio(times, "sequential", "processes")),
            _times(ratio(times, "sequential engine", "processes engine")),
        ]
        for workload, by_size in results.rendering.items()
        for files, times in by_size.items()
    )
    return _table(["workload", "files", "sequential", "processes", "whole process", "in the engine"], rows)


def _first_file(first_file: dict[int, Times]) -> str:
    rows = (
        [
            f"{files:,}",
            *(_seconds(times[name]) for name in ("mintage", "Cookiecutter", "reported")),
            _times(ratio(times, "Cookiecutter", "mintage")),
        ]
        for files, times in first_file.items()
    )
    return _table(["files", "mintage", "Cookiecutter", "mintage, in the engine", "Cookiecutter : mintage"], rows)


def _startup(startup: Times) -> str:
    rows = ([f"`{name}`", _seconds(startup[name]), _times(ratio(startup, name, "python -c pass"))] for name in startup)
    return _table(["command", "whole process", "bare interpreter = 1"], rows)


def _memory(peaks: Iterable[Peak]) -> str:
    rows = (
        [
            peak.what,
            f"{peak.pss_mib:.0f} MiB" if peak.pss_mib else "-",
            f"{peak.rss_mib:.0f} MiB",
            f"{peak.limit_mib} MiB" if peak.limit_mib else "-",
            f"{peak.seconds:.1f} s",
            f"{peak.files:,} by {peak.workers}",
        ]
        if not peak.skipped
        else [peak.what, f"not measured: {peak.skipped}", "-", "-", "-", "-"]
        for peak in peaks
    )
    return _table(["template", "PSS", "RSS", "must stay under", "time", "files by workers"], rows)


def _seconds(times: Sequence[float]) -> str:
    if not times:
        return "-"
    seconds = median(times)
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _times(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---", *("--:" for _ in header[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *rows)) + "\n"
