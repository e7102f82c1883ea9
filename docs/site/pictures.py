"""Pictures of what the program does, drawn from real runs of it: `make docs ARGS=--pictures`.

They read well on light and dark pages.
"""

from __future__ import annotations

import tempfile
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import escape

from msgspec.structs import replace

import mintage
from mintage.engine import JobState
from mintage.report.trace import trace_events
from mintage.report.views import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mintage import Report

_ROOT = Path(__file__).parents[2]
_FOLDER = _ROOT / "docs" / "pictures"
_WIDTH = 760
_RUNS = 15  # the quickest is drawn: other programs disturb it least
_STYLE = """\
<style>
text { font: 13px system-ui, "Helvetica Neue", Arial, sans-serif; fill: #57606a }
.title { font-weight: 600; fill: #1f2328 }
.box { fill: #ddf4ff; stroke: #0969da } .end { fill: #dafbe1; stroke: #1a7f37 } .bad { fill: #ffebe9; stroke: #cf222e }
.arrow { fill: none; stroke: #6e7781; stroke-width: 1.5 } .head { fill: #6e7781 }
.waiting { fill: #8c959f; fill-opacity: .25 } .step { fill: #6e7781 } .reading { fill: #0969da }
.rendering { fill: #1a7f37 } .writing { fill: #bf8700 } .copying { fill: #8250df } .job { fill: #afb8c1 }
.step { stroke: #fff; stroke-opacity: .6; stroke-width: .7 } .on { fill: #fff }
@media (prefers-color-scheme: dark) {
text { fill: #9198a1 } .title { fill: #f0f6fc }
.box { fill: #121d2f } .end { fill: #12261e } .bad { fill: #25171c }
.reading { fill: #58a6ff } .rendering { fill: #3fb950 } .writing { fill: #d29922 } .copying { fill: #bc8cff }
.job { fill: #484f58 } .on { fill: #fff }
}
</style>"""

_NOTES = {
    "mintage.toml": """\
        [questions.title]
        default = "Notes"
        [[tasks]]
        name = "pictures"
        run = "make pictures"
        where = "staging"
        after = ["pages/*.md"]
        """,
    "pages/one.md": "# One of {{ title }}",
    "pages/two.md": "# Two of {{ title }}",
    "pages/three.md": "# Three of {{ title }}",
    "index.md": "{{ outputs('pages/*.md') | join }}",
    "SHA256SUMS": "{{ sha256('index.md') }}",
    "style.css": "a {}",
}


def draw_pictures() -> None:
    """Write all of them again."""
    _FOLDER.mkdir(exist_ok=True)
    for name, picture in (("timeline", _timeline()), ("order", _order()), ("job-states", _job_states())):
        (_FOLDER / f"{name}.svg").write_text(picture, "utf-8")


def _svg(height: float, title: str, parts: Iterable[str]) -> str:
    size = f'viewBox="0 0 {_WIDTH} {height:.0f}" role="img"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    return "\n".join([head, f"<title>{escape(title)}</title>", _STYLE, *parts, "</svg>"]) + "\n"


def _order() -> str:
    """The plan of a small template in which files wait for each other."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in _NOTES.items():
            file = Path(folder, name)
            file.parent.mkdir(exist_ok=True)
            file.write_text(textwrap.dedent(text), "utf-8")
        plan = mintage.plan(folder, Path(folder, "notes"), options=mintage.Options(trust=True))
    return show(replace(plan, destination=Path("notes")), "svg") + "\n"


def _timeline() -> str:
    """A run of the atlas in two processes: a lane for its steps, one for each worker."""
    report = min((_mint_atlas() for _ in range(_RUNS)), key=lambda report: report.seconds)
    trace = trace_events(report)
    names = {event["tid"]: event["args"]["name"] for event in trace["traceEvents"] if event["ph"] == "M"}
    events = [event for event in trace["traceEvents"] if event["ph"] == "X"]
    last = max(event["ts"] + event["dur"] for event in events)
    height = 84 + 52 * len(names)
    parts = [
        f'<text class="title" x="20" y="26">{report.files_written} files in two processes: what each did when</text>'
    ]
    for row, (lane, name) in enumerate(sorted(names.items())):
        parts.append(f'<text x="20" y="{70 + 52 * row}">{name}</text>')
        parts += _lane([event for event in events if event["tid"] == lane], 50 + 52 * row, (_WIDTH - 110) / last)
    milliseconds = last / 1000
    step = next(step for step in (10, 20, 50, 100, 200, 500, 1000) if milliseconds / step < 10)
    for tick in range(0, int(milliseconds - step / 3), step):
        parts.append(f'<text x="{90 + tick * (_WIDTH - 110) / milliseconds:.0f}" y="{height - 30}">{tick} ms</text>')
    for number, kind in enumerate(("reading", "rendering", "writing", "copying", "waiting", "step")):
        parts.append(f'<rect class="{kind}" x="{90 + 105 * number}" y="{height - 18}" width="11" height="11"/>')
        parts.append(f'<text x="{106 + 105 * number}" y="{height - 8}">{kind}</text>')
    return _svg(height, "What each worker did when", parts)


def _mint_atlas() -> Report:
    options = mintage.Options(executor="processes", max_workers=2, trace=True, code_cache=False)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "atlas")
        return mintage.generate(_ROOT / "examples" / "atlas", place, data={"degrees": 15}, options=options)


def _lane(events: list[dict[str, Any]], top: float, scale: float) -> Iterator[str]:
    """One path for each kind of event; a job is drawn behind its parts."""
    kinds: dict[str, list[str]] = {"job": [], "step": [], "waiting": []}
    for event in events:
        kind = event["name"] if event["cat"] == "part" else event["cat"]
        left, width = 90 + event["ts"] * scale, max(event["dur"] * scale, 0.1)
        kinds.setdefault(kind, []).append(f"M{left:.1f} {top:.0f}h{width:.1f}v30h-{width:.1f}z")
    for kind, paths in kinds.items():
        if paths:
            yield f'<path class="{kind}" d="{"".join(paths)}"/>'
    for event in events:
        if event["cat"] == "step" and event["dur"] * scale > 8 * len(event["name"]):
            yield f'<text class="on" x="{96 + event["ts"] * scale:.1f}" y="{top + 20:.0f}">{event["name"]}</text>'


class _Box(NamedTuple):
    left: float
    top: float
    kind: str


_STATES = {
    JobState.WAITING: _Box(20, 40, "box"),
    JobState.READY: _Box(215, 40, "box"),
    JobState.RUNNING: _Box(410, 40, "box"),
    JobState.DONE: _Box(605, 40, "end"),
    JobState.FAILED: _Box(605, 130, "bad"),
    JobState.SKIPPED: _Box(20, 130, "bad"),
    JobState.CANCELLED: _Box(312, 130, "bad"),
}
_BOX_WIDTH, _BOX_HEIGHT = 135, 34
# Where each arrow begins and ends, how it runs, and what makes the scheduler take it.
_ARROWS = (
    ("M155 57H213", "dependencies done", (100, 30)),
    ("M350 57H408", "taken", (362, 50)),
    ("M545 57H603", "", (0, 0)),
    ("M545 68C575 68 575 147 603 147", "it raised", (592, 112)),
    ("M87 74V128", "a dependency failed", (93, 114)),
    ("M477 40C477 12 300 12 300 38", "its worker was lost", (333, 16)),
    ("M380 90V128", "the run ended", (388, 114)),
)


def _job_states() -> str:
    """The states of a job, with what is true in each."""
    assert set(_STATES) == set(JobState), "every state has its place in the picture"
    marker = 'id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"'
    parts = [f'<defs><marker {marker}><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>']
    for path, why, (x, y) in _ARROWS:
        parts.append(f'<path class="arrow" d="{path}" marker-end="url(#head)"/>')
        parts.append(f'<text x="{x}" y="{y}">{why}</text>' if why else "")
    parts.append('<path class="arrow" d="M20 90H545" stroke-dasharray="3 4"/>')
    for state, (left, top, kind) in _STATES.items():
        box = f'x="{left}" y="{top}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="6"'
        parts.append(f'<rect class="{kind}" {box}/>')
        parts.append(f'<text class="title" x="{left + 12}" y="{top + 22}">{state.name}</text>')
    for row, state in enumerate(JobState):
        parts.append(f'<text class="title" x="20" y="{210 + 20 * row}">{state.name}</text>')
        parts.append(f'<text x="120" y="{210 + 20 * row}">{escape(state.value)}</text>')
    return _svg(220 + 20 * len(JobState), "States of a job", parts)
