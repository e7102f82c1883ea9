"""Writes what was measured as a page and as a picture."""

from __future__ import annotations

import os
import platform
from statistics import median
from typing import Any

_COLOURS = {"cp -r": "#8a8a8a", "mintage": "#2f8f5b", "mintage sequential": "#8fc7a6", "cookiecutter": "#c0603a"}


def page(results: dict[str, Any]) -> str:
    """The results as Markdown."""
    lines = [
        "# Benchmarks",
        "",
        "Measured by `make bench`: whole processes, cold, one run, rounds interleaved; medians. The test template has",
        "60 % templated text (10 to 80 lines, a variable every seventh line, a condition, a loop), 30 % plain text and",
        "10 % binary files of 20 kB. Times differ between machines; look at the ratios.",
        "",
        f"Machine: {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}.",
        "",
        "![Seconds by number of files](benchmarks.svg)",
        "",
        "## Whole process, mixed files",
        "",
    ]
    contenders = list(next(iter(results["mixed"].values())))
    lines += _table(
        ["files", *contenders, "Cookiecutter / mintage", "mintage / cp -r"],
        [
            [
                f"{int(files):,}",
                *(f"{median(times[name]):.3f} s" if times.get(name) else "-" for name in contenders),
                _ratio(times, "cookiecutter", "mintage"),
                _ratio(times, "mintage", "cp -r"),
            ]
            for files, times in results["mixed"].items()
        ],
    )
    lines += ["", "## Concurrent against our own sequential mode", "", "Files whose cost is rendering.", ""]
    lines += _table(
        ["files", "sequential", "processes", "whole process", "in the engine"],
        [
            [
                f"{int(files):,}",
                f"{median(row['sequential']):.3f} s",
                f"{median(row['processes']):.3f} s",
                f"{median(row['sequential']) / median(row['processes']):.2f} times",
                f"{median(row['sequential engine']) / median(row['processes engine']):.2f} times",
            ]
            for files, row in results["rendered"].items()
        ],
    )
    lines += ["", "## First file, start-up, memory", ""]
    rows = [[name, value] for name, value in results["single"].items()]
    lines += _table(["what", "measured"], rows)
    return "\n".join(lines) + "\n"


def plot(results: dict[str, Any]) -> str:
    """Seconds by number of files, both on logarithmic scales, as SVG."""
    from math import log10

    width, height, left, bottom = 640, 400, 70, 50
    sizes = [int(files) for files in results["mixed"]]
    low, high = -3.0, 2.0

    def x(files: int) -> float:
        span = log10(sizes[-1]) - log10(sizes[0]) or 1
        return left + (log10(files) - log10(sizes[0])) / span * (width - left - 150)

    def y(seconds: float) -> float:
        return height - bottom - (log10(seconds) - low) / (high - low) * (height - bottom - 20)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">']
    for power in range(int(low), int(high) + 1):
        at = y(10.0**power)
        parts.append(f'<line x1="{left}" x2="{width - 150}" y1="{at:.1f}" y2="{at:.1f}" stroke="#8884"/>')
        parts.append(f'<text x="{left - 8}" y="{at + 4:.1f}" text-anchor="end" fill="#888">{10.0**power:g} s</text>')
    for files in sizes:
        parts.append(
            f'<text x="{x(files):.1f}" y="{height - bottom + 20}" text-anchor="middle" fill="#888">{files:,}</text>'
        )
    for name, colour in _COLOURS.items():
        points = [(x(int(files)), y(median(t[name]))) for files, t in results["mixed"].items() if t.get(name)]
        line = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        parts += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3.5" fill="{colour}"/>' for px, py in points]
        px, py = points[-1]
        parts.append(f'<text x="{px + 10:.1f}" y="{py + 4:.1f}" fill="{colour}">{name}</text>')
    parts.append(f'<text x="{left}" y="{height - 8}" fill="#888">files in the template</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _ratio(times: dict[str, list[float]], slow: str, fast: str) -> str:
    if not times.get(slow) or not times.get(fast):
        return "-"
    pairs = zip(times[slow], times[fast], strict=False)
    return f"{median(a / b for a, b in pairs):.2f}"


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    return [
        "| " + " | ".join(header) + " |",
        "| " + " | ".join("---" for _ in header) + " |",
        *("| " + " | ".join(row) + " |" for row in rows),
    ]
