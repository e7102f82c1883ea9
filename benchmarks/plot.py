"""Draws what was measured as an SVG that reads well on light and dark pages. Measures nothing."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.results import Results

_WIDTH, _HEIGHT = 760, 430
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
    """A logarithmic axis: values from low to high lie between two places on the page."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return self.start + share * (self.end - self.start)


def plot(results: Results) -> str:
    """Seconds of whole processes by number of files, both logarithmic, as the text of an SVG."""
    sizes = list(results.mixed)
    lines = {
        name: [(files, median(times[name])) for files, times in results.mixed.items() if times.get(name)]
        for name in _LINES
    }
    seconds = [value for points in lines.values() for _, value in points]
    x = _Scale(sizes[0], sizes[-1], _LEFT, _RIGHT)
    y = _Scale(10.0 ** floor(log10(min(seconds))), 10.0 ** ceil(log10(max(seconds))), _BOTTOM, _TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        "<title>Time to make a project, by number of files</title>",
        _STYLE,
        f'<text class="title" x="{_LEFT}" y="26">Time to make a project: whole process, lower is better</text>',
        *_grid(sizes, x, y),
    ]
    for name, points in lines.items():
        parts += _line(_LINES[name], [(x(files), y(value)) for files, value in points])
    parts += _labels({name: y(points[-1][1]) for name, points in lines.items()})
    return "\n".join([*parts, "</svg>"]) + "\n"


def _grid(sizes: Sequence[int], x: _Scale, y: _Scale) -> list[str]:
    parts = []
    for power in range(round(log10(y.low)), round(log10(y.high)) + 1):
        at = y(10.0**power)
        name = f"{10**power} s" if power >= 0 else f"{10 ** (power + 3)} ms"
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 12}" y="{at + 4:.1f}" text-anchor="end">{name}</text>')
    for files in sizes:
        at = x(files)
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{_TOP}" y2="{_BOTTOM}"/>')
        parts.append(f'<text x="{at:.1f}" y="{_BOTTOM + 22}" text-anchor="middle">{files:,}</text>')
    middle = (_LEFT + _RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{_BOTTOM + 46}" text-anchor="middle">files in the template</text>')
    return parts


def _line(kind: str, points: Sequence[tuple[float, float]]) -> list[str]:
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points]
    return [f'<polyline class="{kind} line" points="{corners}"/>', *dots]


def _labels(ends: dict[str, float]) -> list[str]:
    """The names beside the ends of the lines, pushed down where they would lie on each other."""
    parts, lowest = [], 0.0
    for name, end in sorted(ends.items(), key=lambda each: each[1]):
        lowest = max(end, lowest + _LABEL_GAP)
        parts.append(f'<text class="{_LINES[name]} label" x="{_RIGHT + 12}" y="{lowest + 4:.1f}">{name}</text>')
    return parts
