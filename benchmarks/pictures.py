"""Draws the results as SVGs for light and dark pages. Measures nothing."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.scaling import predicted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.results import Results

_WIDTH, _HEIGHT = 780, 430
_LEFT, _RIGHT, _TOP, _BOTTOM = 78, 610, 62, 370
_LABEL_GAP = 17
_LINES = {
    "Cookiecutter": "theirs",
    "mintage sequential": "one",
    "mintage": "ours",
    "cp -r": "copy",
}
_STYLE = """\
<style>
text { font: 13px system-ui, "Helvetica Neue", Arial, sans-serif; fill: #57606a }
.title { font-size: 16px; font-weight: 600; fill: #1f2328 }
.grid { stroke: #8c959f; stroke-opacity: .28 }
.line { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round }
.theirs { stroke: #bc4c00; fill: #bc4c00 } .ours { stroke: #1a7f37; fill: #1a7f37 }
.one { stroke: #0969da; fill: #0969da } .copy { stroke: #6e7781; fill: #6e7781 }
.one.line, .copy.line { stroke-width: 1.75; stroke-dasharray: 5 4 }
.line { fill: none } .label { stroke: none; font-weight: 600 }
@media (prefers-color-scheme: dark) {
text { fill: #9198a1 } .title { fill: #f0f6fc }
.theirs { stroke: #f0883e; fill: #f0883e } .ours { stroke: #3fb950; fill: #3fb950 }
.one { stroke: #58a6ff; fill: #58a6ff } .copy { stroke: #8b949e; fill: #8b949e }
.line { fill: none } .label { stroke: none }
}
</style>"""


@dataclass(frozen=True, slots=True)
class _Scale:
    """A logarithmic axis, which maps values from `low` to `high` to positions from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return self.start + share * (self.end - self.start)


def seconds_by_files(results: Results) -> str:
    """Return a chart of the seconds of processes by number of files, both logarithmic."""
    sizes = list(results.mixed)
    lines = {
        name: [(float(files), median(times[name])) for files, times in results.mixed.items() if times.get(name)]
        for name in _LINES
    }
    copier = [(float(files), median(times["Copier"])) for files, times in results.copier.items() if files in sizes]
    lines = {"Copier": copier, **lines}
    seconds = [value for points in lines.values() for _, value in points]
    x = _Scale(sizes[0], sizes[-1], _LEFT, _RIGHT)
    y = _Scale(10.0 ** floor(log10(min(seconds))), 10.0 ** ceil(log10(max(seconds))), _BOTTOM, _TOP)
    powers = range(round(log10(y.low)), round(log10(y.high)) + 1)
    return _chart(
        "Time to make a project: whole process, lower is better",
        {_power(power): 10.0**power for power in powers},
        {f"{size:,}": float(size) for size in sizes},
        "files in the template",
        (x, y),
        {name: (_LINES.get(name, "theirs"), points) for name, points in lines.items()},
    )


def scaling_curve(results: Results) -> str:
    """Return a chart of the speed-up by number of workers: measured, ideal, and by the fitted law."""
    most = 64.0
    least = 0.5  # points below this are drawn here
    x, y = _Scale(1, most, _LEFT, _RIGHT), _Scale(least, most, _BOTTOM, _TOP)
    powers = [2.0**power for power in range(7)]
    lines: dict[str, tuple[str, list[tuple[float, float]]]] = {"ideal": ("copy", [(n, n) for n in powers])}
    for curve, kind in zip(results.scaling, ("one", "ours"), strict=False):
        points = [(float(n), max(least, curve.seconds[1] / seconds)) for n, seconds in curve.seconds.items()]
        lines[curve.what] = (kind, points)
        if curve.law:
            law = curve.law
            lines[f"{curve.what}, law"] = ("theirs", [(n, max(least, predicted(law, int(n)))) for n in powers])
    ticks = {f"{n:.0f}": n for n in powers}
    return _chart("Speed-up by number of workers", ticks, ticks, "workers", (x, y), lines)


def breakdown(results: Results) -> str:
    """Return a bar of the steps of one run."""
    total = sum(results.breakdown.values())
    title = f"Where the time goes: {max(results.mixed):,} files, {total * 1000:.0f} ms"
    colours = ("#6e7781", "#0969da", "#8250df", "#bf3989", "#bc4c00", "#9a6700", "#1a7f37", "#0550ae", "#57606a")
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 170" role="img">',
        "<title>Where the time of one run goes</title>",
        _STYLE,
        f'<text class="title" x="20" y="26">{title}</text>',
    ]
    at, row = 20.0, 0
    for colour, (name, seconds) in zip(colours, results.breakdown.items(), strict=False):
        wide = 720 * seconds / total
        parts.append(f'<rect x="{at:.1f}" y="44" width="{wide:.1f}" height="42" fill="{colour}"/>')
        at += wide
        if seconds / total > 0.005:
            column, line = row % 4, row // 4
            left, top = 20 + 180 * column, 112 + 22 * line
            parts.append(f'<rect x="{left}" y="{top - 10}" width="11" height="11" fill="{colour}"/>')
            parts.append(f'<text x="{left + 16}" y="{top}">{name} {seconds * 1000:.0f} ms</text>')
            row += 1
    return "\n".join([*parts, "</svg>"]) + "\n"


def _power(power: int) -> str:
    return f"{10**power} s" if power >= 0 else f"{10 ** (power + 3)} ms"


def _chart(
    title: str,
    rows: dict[str, float],
    columns: dict[str, float],
    below: str,
    scales: tuple[_Scale, _Scale],
    lines: dict[str, tuple[str, list[tuple[float, float]]]],
) -> str:
    """Return a chart with lines over a grid.

    Args:
        title: The title.
        rows: The values of horizontal grid lines, by label.
        columns: The values of vertical grid lines, by label.
        below: The label of the horizontal axis.
        scales: The horizontal and the vertical axis.
        lines: The CSS class and the points of each line, by name.
    """
    x, y = scales
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        f"<title>{title}</title>",
        _STYLE,
        f'<text class="title" x="{_LEFT}" y="26">{title}</text>',
    ]
    for name, value in rows.items():
        at = y(value)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 12}" y="{at + 4:.1f}" text-anchor="end">{name}</text>')
    for name, value in columns.items():
        at = x(value)
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{_TOP}" y2="{_BOTTOM}"/>')
        parts.append(f'<text x="{at:.1f}" y="{_BOTTOM + 22}" text-anchor="middle">{name}</text>')
    middle = (_LEFT + _RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{_BOTTOM + 46}" text-anchor="middle">{below}</text>')
    for kind, points in lines.values():
        parts += _line(kind, [(x(one), y(other)) for one, other in points])
    kinds = {name: kind for name, (kind, _) in lines.items()}
    parts += _labels({name: y(points[-1][1]) for name, (_, points) in lines.items()}, kinds)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _line(kind: str, points: Sequence[tuple[float, float]]) -> list[str]:
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points]
    return [f'<polyline class="{kind} line" points="{corners}"/>', *dots]


def _labels(ends: dict[str, float], kinds: dict[str, str]) -> list[str]:
    """Return the names beside the ends of the lines, moved down where they would overlap."""
    parts, lowest = [], 0.0
    for name, end in sorted(ends.items(), key=lambda each: each[1]):
        lowest = max(end, lowest + _LABEL_GAP)
        parts.append(f'<text class="{kinds[name]} label" x="{_RIGHT + 12}" y="{lowest + 4:.1f}">{name}</text>')
    return parts
