"""Runs `mintage` in a terminal and draws what can be seen: the pictures of the terminal in docs/pictures, and the tour.

Run it with `make pictures`.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from docs.recording import Recording
from tests.terminal import CTRL_B, CTRL_U, DOWN, ENTER, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.style import Style
    from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
COLUMNS, ROWS = 80, 24
TOUR_ROWS = 22
# fmt: off
LICENSES = [
    "AGPL-3.0", "Apache-2.0", "Artistic-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "EPL-2.0",
    "EUPL-1.2", "GPL-2.0", "GPL-3.0", "ISC", "LGPL-2.1", "LGPL-3.0", "MIT", "MIT-0", "MPL-2.0", "PostgreSQL",
    "Unlicense", "Zlib",
]
# fmt: on
SLOW = "{% for number in range(4000) %}{{ number }}{% endfor %}" * 3


def question(folder: Path) -> Terminal:
    """Show a heading, help, and an error while an answer is being typed."""
    terminal = _new(folder, ROOT / "examples" / "web-service")
    terminal.answer("Name of the service", CTRL_U, "payments", ENTER)
    terminal.answer("Python package", "-api")
    terminal.wait_for("a name that Python can import")
    return terminal


def search(folder: Path) -> Terminal:
    """Show a long list that is narrowed by typing."""
    toml = (
        f'[questions.license]\nprompt = "Which license?"\ntype = "choice"\nchoices = {LICENSES}\ndefault = "MIT"\n'
        '[questions.author]\ndefault = "Ada"\n'
    )
    terminal = _new(folder, _template(folder, {"mintage.toml": toml}))
    terminal.answer("search all 20", "gpl")
    terminal.wait_for("AGPL")
    terminal.press(DOWN)
    terminal.wait_for("» GPL")
    return terminal


def summary(folder: Path) -> Terminal:
    """Show all answers, before anything is written."""
    terminal = _new(folder, ROOT / "examples" / "web-service")
    terminal.answer("Name of the service", CTRL_U, "payments", ENTER)
    terminal.answer("Python package", ENTER)
    terminal.answer("port", ENTER)
    terminal.answer("PostgreSQL", DOWN, ENTER)
    terminal.answer("Where the database is", ENTER)
    terminal.answer("What the service serves", ENTER)
    terminal.answer("Add a Dockerfile", "y")
    terminal.wait_for("All answers")
    terminal.press(DOWN, DOWN)
    terminal.wait_for("» package")
    return terminal


def live(folder: Path) -> Terminal:
    """Show a run halfway."""
    files = {f"chapters/{n // 50:02}/section-{n:03}.md": SLOW for n in range(800)}
    terminal = _new(folder, _template(folder, {"mintage.toml": "", **files}), "--executor", "processes")
    terminal.wait_for(r"(?m)^ [3-6]\d % .* left\n +1 +chapters.*\n +2 +chapters")
    return terminal


def failures(folder: Path) -> Terminal:
    """Show the end of a run in which some files failed."""
    files = {f"chapters/section-{n:03}.md": "{{ titel }}\n" if n % 40 == 0 else "{{ title }}\n" for n in range(200)}
    toml = '[questions.title]\ndefault = "Atlas"\n'
    terminal = _new(folder, _template(folder, {"mintage.toml": toml, **files}), "--defaults")
    terminal.ends()
    return terminal


def tour(folder: Path) -> Recording:
    """Record a run from the first question to the project, with one answer that is changed on the way."""
    terminal = _new(folder, ROOT / "examples" / "web-service")
    recording = Recording(lambda name: _svg(terminal, name, folder, rows=TOUR_ROWS))
    for question, *keys in (
        ("Name of the service", CTRL_U, "payments"),
        ("Python package",),
        ("port", CTRL_U, "80"),
        ("between 1024", CTRL_B),
        ("Python package", "_api"),
    ):
        terminal.wait_for(question)
        recording.take()
        if keys:
            terminal.press(*keys)
            terminal.settles()
            recording.take()
        if CTRL_B not in keys and "80" not in keys:
            terminal.press(ENTER)
    terminal.answer("port", ENTER)
    terminal.wait_for("PostgreSQL")
    recording.take()
    terminal.answer("PostgreSQL", DOWN, ENTER)
    terminal.answer("Where the database is", ENTER)
    terminal.answer("What the service serves", ENTER)
    terminal.answer("Add a Dockerfile", "y")
    terminal.wait_for("All answers")
    recording.take(seconds=3)
    terminal.press(ENTER)
    terminal.ends()
    recording.take(seconds=4)
    terminal.process.close(force=True)
    return recording


PAINTED: tuple[Callable[[Path], Terminal], ...] = (question, search, summary, live, failures)


def _new(folder: Path, template: Path, *arguments: str) -> Terminal:
    work = folder / "work"
    work.mkdir()
    settings = {"HOME": "", "MINTAGE_CONFIG_DIR": "config", "MINTAGE_CACHE_DIR": "cache"}
    return Terminal(
        ("new", template, "payments", *arguments),
        work,
        columns=COLUMNS,
        rows=ROWS,
        environment={name: str(folder / place) for name, place in settings.items()},
    )


def _template(folder: Path, files: dict[str, str]) -> Path:
    root = folder / "template"
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return root


def _svg(terminal: Terminal, name: str, folder: Path, *, rows: int = 0) -> str:
    """Return the screen as a picture that loads no fonts, with at least that many rows."""
    from rich._export_format import CONSOLE_SVG_FORMAT
    from rich.console import Console
    from rich.text import Text

    console = Console(width=COLUMNS, record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for row in range(max(len(terminal.lines), rows)):
        line = _line(terminal, row)
        line.rstrip()
        shown = Text("~/").join(line.split(f"{folder}/work/"))
        console.print(shown, no_wrap=True, crop=False, overflow="ignore")
    without_fonts = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(title="mintage new", code_format=without_fonts, unique_id=f"mintage-{name}")


def _line(terminal: Terminal, row: int) -> Text:
    from rich.text import Text

    line = Text()
    for column in range(terminal.screen.columns):
        cell = terminal.screen.buffer[row][column]
        line.append(cell.data, _style(cell.fg, bold=cell.bold, reverse=cell.reverse))
    return line


def _style(colour: str, *, bold: bool, reverse: bool) -> Style:
    from rich.style import Style

    names = {"brown": "yellow", "brightbrown": "bright_yellow", "default": None}
    known = names.get(colour, f"#{colour}" if re.fullmatch("[0-9a-f]{6}", colour) else colour)
    if known and known.startswith("bright") and "_" not in known:
        known = known.replace("bright", "bright_")
    return Style(color=known, bold=bold, reverse=reverse)


def main() -> None:
    """Draw all pictures."""
    PICTURES.mkdir(exist_ok=True)
    for paint in PAINTED:
        with TemporaryDirectory() as temporary:
            folder = Path(temporary).resolve()
            terminal = paint(folder)
            (PICTURES / f"{paint.__name__}.svg").write_text(_svg(terminal, paint.__name__, folder))
            terminal.process.close(force=True)
        print(f"docs/pictures/{paint.__name__}.svg", file=sys.stderr)
    with TemporaryDirectory() as temporary:
        (PICTURES / "tour.svg").write_text(tour(Path(temporary).resolve()).svg())
    print("docs/pictures/tour.svg", file=sys.stderr)


if __name__ == "__main__":
    main()
