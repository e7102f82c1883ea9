"""A plan's graph as a picture: columns by how long a chain comes before, lines for what waits for what."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from mintage.report.views.graph import graph_of, layers
from mintage.terminal import one_line

if TYPE_CHECKING:
    from mintage.planning.model import Plan

_ROW, _GAP, _MARGIN, _CHARACTER, _BOX = 26, 90, 20, 7, 20
_COLOURS = {
    "render": "#3b6fb6",
    "copy": "#7a7a7a",
    "write": "#2f8f5b",
    "link": "#6b4fa0",
    "skip": "#b0b0b0",
    "task": "#b5651d",
}
# Files without dependencies are arranged in rows of this many, so that large plans stay readable.
_ROWS_IN_A_COLUMN = 60


def show(plan: Plan) -> str:
    """Return a self-contained SVG, readable on light and dark pages."""
    graph = graph_of(plan)
    columns = [
        layer[start : start + _ROWS_IN_A_COLUMN]
        for layer in layers(graph)
        for start in range(0, len(layer), _ROWS_IN_A_COLUMN)
    ]
    boxes: dict[str, tuple[float, float, float]] = {}
    left = _MARGIN
    for column in columns:
        width = max(_CHARACTER * len(name) for name in column) + _BOX
        for row, name in enumerate(column):
            boxes[name] = (left, _MARGIN + row * _ROW, width)
        left += width + _GAP
    height = 2 * _MARGIN + _ROW * max((len(column) for column in columns), default=1) + _ROW
    width = max(left - _GAP + _MARGIN, 480)
    box = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="ui-monospace, monospace" font-size="11">',
        f"<title>{escape(one_line(str(plan.destination)))}</title>",
    ]
    parts += [_line(boxes[before], boxes[after]) for before, after in graph.edges]
    parts += [_box(boxes[name], name, _COLOURS[node.kind]) for name, node in graph.nodes.items()]
    parts += [_legend(height)]
    return "\n".join([*parts, "</svg>"])


def _box(box: tuple[float, float, float], name: str, colour: str) -> str:
    x, y, width = box
    text = escape(one_line(name))
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="20" rx="4" fill="{colour}"/>'
        f'<text x="{x + _BOX / 2:.0f}" y="{y + 14:.0f}" fill="#fff">{text}</text>'
    )


def _line(before: tuple[float, float, float], after: tuple[float, float, float]) -> str:
    start, end = before[0] + before[2], after[0]
    middle, above, below = (start + end) / 2, before[1] + 10, after[1] + 10
    curve = f"M{start:.0f},{above:.0f} C{middle:.0f},{above:.0f} {middle:.0f},{below:.0f} {end:.0f},{below:.0f}"
    return f'<path d="{curve}" fill="none" stroke="#999" stroke-width="1"/>'


def _legend(height: float) -> str:
    shown = []
    for number, (kind, colour) in enumerate(_COLOURS.items()):
        x = _MARGIN + number * 85
        shown.append(f'<rect x="{x}" y="{height - 24:.0f}" width="10" height="10" fill="{colour}"/>')
        shown.append(f'<text x="{x + 15}" y="{height - 15:.0f}" fill="#888">{kind}</text>')
    return "".join(shown)
