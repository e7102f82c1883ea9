"""Reads what a page of the documentation promises: commands with what they print, files, programs. Runs nothing.

How a page says so (a reader of GitHub or of the site sees none of it):

- A `console` block is a session: lines that begin with `$ ` are typed (`> ` goes on), all others are what is printed.
- A block below a line that ends in a file's name and a colon ("... `mintage.toml`:") is written to that file, or below
  what is in it ("... `mintage.toml`, at the end:").
- Any other `python` block is a program that must run, and print what its lines `# prints ...` say. It sees the names of
  the programs before it.
- `<!-- run` ... `-->` holds commands that prepare what a reader has anyway.
- `<!-- not run: REASON -->` keeps the next block from being run.

In what is printed, `...` stands for anything in its line, and for any number of lines where it is a line by itself.
A time such as `30 ms` stands for every other time, and a size such as `2.3 KiB` for every other size: what a project
saves has the path of its template in it, which is as long as it happens to be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FENCE = re.compile(r"(\s*)(`{3,})(\w*)\s*$")
_PRINTS = re.compile(r"^# prints (.*)$", re.MULTILINE)
_NAMED = re.compile(r"`([^`]+)`(, at the end)?:$")
# What stands for others of its kind. The spaces before a size align it in a column.
_VARYING = {
    "\1": re.compile(r"(?:\d[\d,.]* min )?\d[\d,.]* ?(?:ms|s|min)\b"),
    "\2": re.compile(r" *\b\d[\d,.]* (?:B|[KMG]iB)\b"),
    "\3": re.compile(r"\b[0-9a-f]{7}\b"),  # a commit
}
_ANYTHING = "\0"
_NOT_RUN = "<!-- not run: "
_PREPARATION = "<!-- run"


@dataclass(frozen=True)
class Command:
    """Something that is typed, and the lines that it should print. shown: whether the page says what it prints."""

    text: str
    printed: tuple[str, ...]
    line: int
    shown: bool = True


@dataclass(frozen=True)
class WrittenFile:
    """A file that the page tells to write. at_end: below what is in it."""

    path: str
    text: str
    line: int
    at_end: bool = False


@dataclass(frozen=True)
class Program:
    """Python that must run and print this."""

    text: str
    printed: tuple[str, ...]
    line: int


Step = Command | WrittenFile | Program


@dataclass(frozen=True)
class _Block:
    language: str
    lines: tuple[str, ...]
    line: int  # of the first one in it
    before: str  # the nearest line above that is not empty

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)


def steps_of(page: Path) -> list[Step]:
    """What is to be done, in the order of the page."""
    return [step for block in _blocks(page.read_text("utf-8").splitlines()) for step in _steps(block)]


def matches(expected: tuple[str, ...], printed: str) -> bool:
    """Whether that was printed, where `...`, times, sizes and commits stand for others."""
    lines = [r"(?:.*\n)*" if line.strip() == "..." else f"{_pattern(line)}\n" for line in expected]
    actual = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    return re.fullmatch("".join(lines), actual) is not None


def _pattern(line: str) -> str:
    marked = line.rstrip().replace("...", _ANYTHING)
    for mark, varying in _VARYING.items():
        marked = varying.sub(mark, marked)
    pattern = re.escape(marked).replace(_ANYTHING, ".*")
    for mark, varying in _VARYING.items():
        pattern = pattern.replace(mark, varying.pattern)
    return pattern


def _blocks(lines: list[str]) -> Iterator[_Block]:
    """Fenced blocks and preparations."""
    at, before = 0, ""
    while at < len(lines):
        opened = _FENCE.match(lines[at])
        if opened or lines[at].strip() == _PREPARATION:
            indent, end = (len(opened[1]), opened[2]) if opened else (0, "-->")
            start = at + 1
            at = next(number for number in range(start, len(lines)) if lines[number].strip() == end)
            yield _Block(
                opened[3] if opened else _PREPARATION,
                tuple(line[indent:] for line in lines[start:at]),
                start + 1,
                before,
            )
        if lines[at].strip():
            before = lines[at].strip()
        at += 1


def _steps(block: _Block) -> Iterator[Step]:
    named = _NAMED.search(block.before)
    if block.before.startswith(_NOT_RUN):
        return
    if block.language == _PREPARATION:
        yield Command(block.text, (), block.line, shown=False)
    elif block.language == "console":
        yield from _session(block)
    elif named:
        yield WrittenFile(named[1], block.text, block.line, at_end=bool(named[2]))
    elif block.language == "python":
        yield Program(block.text, tuple(_PRINTS.findall(block.text)), block.line)


def _session(block: _Block) -> Iterator[Command]:
    typed, began = "", block.line
    printed: list[str] = []
    for number, line in enumerate(block.lines, block.line):
        if line.startswith("$ "):
            if typed:
                yield Command(typed, _without_blank_end(printed), began)
            typed, printed, began = line[2:], [], number
        elif line.startswith("> ") and typed and not printed:
            typed += "\n" + line[2:]
        else:
            printed.append(line)
    yield Command(typed, _without_blank_end(printed), began)


def _without_blank_end(lines: list[str]) -> tuple[str, ...]:
    """A blank line before the next command is there for the eye."""
    return tuple(lines[:-1] if lines and not lines[-1].strip() else lines)
