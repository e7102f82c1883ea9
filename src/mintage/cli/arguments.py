"""Groups of options that several commands share. Doesn't interpret them."""

from __future__ import annotations

import math
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _ActionsContainer, _ArgumentGroup
    from collections.abc import Callable

# The engine's own names: importing it would take longer than printing help or the version.
_EXECUTORS = ("auto", "sequential", "threads", "processes")


def add_template(parser: ArgumentParser) -> None:
    """Add the template and the output directory."""
    parser.add_argument(
        "template", metavar="TEMPLATE", help="a directory, git URL, gh:/gl:/bb: short form, zip file or registered name"
    )
    parser.add_argument(
        "output",
        metavar="OUTPUT",
        nargs="?",
        help="the project's directory; for Cookiecutter templates, the one in which that directory is made",
    )
    add_source(parser)


def add_source(parser: ArgumentParser) -> None:
    """Add where the template comes from."""
    group = parser.add_argument_group("template source")
    group.add_argument("--ref", "--vcs-ref", "--checkout", metavar="REV", help="use this branch, tag or commit")
    group.add_argument("--directory", metavar="SUB", help="directory of the template inside the repository")
    group.add_argument("--offline", action="store_true", help="stay offline: use only what is cached")
    group.add_argument(
        "--format",
        choices=("native", "cookiecutter", "copier", "bare"),
        help="use this template format instead of detecting it",
    )


def add_answers(parser: ArgumentParser) -> _ArgumentGroup:
    """Add how questions are answered without asking, and return the group, for more."""
    group = parser.add_argument_group("answers")
    group.add_argument(
        "-d",
        "--data",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="answer a question; can be repeated",
    )
    group.add_argument(
        "--data-file",
        metavar="FILE",
        action="append",
        default=[],
        type=Path,
        help="answers in TOML, YAML or JSON; can be repeated, later files win",
    )
    group.add_argument("--defaults", "--no-input", action="store_true", help="don't ask questions; use the defaults")
    cookiecutter = parser.add_argument_group("for Cookiecutter templates")
    cookiecutter.add_argument("--replay", action="store_true", help="use the answers from the last run")
    cookiecutter.add_argument("--replay-file", metavar="FILE", type=Path, help="use the answers from a saved run")
    cookiecutter.add_argument("--config-file", metavar="FILE", type=Path, help="use this user configuration")
    cookiecutter.add_argument("--default-config", action="store_true", help="ignore the user configuration")
    copier = parser.add_argument_group("for Copier templates")
    copier.add_argument("-a", "--answers-file", metavar="FILE", help="file in which the project keeps its answers")
    copier.add_argument(
        "-x",
        "--exclude",
        metavar="PATTERN",
        action="append",
        default=[],
        help="leave out matching files; can be repeated",
    )
    copier.add_argument(
        "-s",
        "--skip",
        metavar="PATTERN",
        action="append",
        default=[],
        help="leave matching files alone if they exist; can be repeated",
    )
    copier.add_argument("-g", "--prereleases", action="store_true", help="accept prereleases as versions")
    copier.add_argument("-A", "--skip-answered", action="store_true", help="skip questions that were answered before")
    copier.add_argument(
        "--ask", metavar="PATTERN", action="append", default=[], help="always ask matching questions; can be repeated"
    )
    return group


def add_output(parser: ArgumentParser) -> _ArgumentGroup:
    """Add what happens to an existing project, and what may run, and return the group, for more."""
    group = parser.add_argument_group("project")
    existing = group.add_mutually_exclusive_group()
    existing.add_argument("--overwrite", action="store_true", help="replace existing files")
    existing.add_argument("--skip-existing", action="store_true", help="only add missing files")
    existing.add_argument("--retry", action="store_true", help="only generate what failed last time")
    add_trust(group)
    group.add_argument("--skip-tasks", action="store_true", help="don't run hooks or tasks")
    add_limit(group)
    return group


def add_trust(group: _ArgumentGroup) -> None:
    """Add whether the author's code may run."""
    group.add_argument("--trust", action="store_true", help="run the template's hooks, tasks and extensions")


def add_limit(group: _ArgumentGroup) -> None:
    """Add the limits of a project."""
    group.add_argument(
        "--limit",
        metavar="NAME=N",
        action="append",
        default=[],
        help="change a limit: file-size=2GiB, total-size=2GiB, files=N, depth=N, name-length=N, render-time=SECONDS, "
        "task-time=SECONDS; `none` for no limit",
    )


def add_engine(parser: ArgumentParser) -> None:
    """Add the engine's options. Those with a value are absent unless typed, so that the library's defaults apply."""
    group = parser.add_argument_group("execution")
    unset = SUPPRESS
    group.add_argument(
        "--workers",
        metavar="N",
        type=count(or_word="auto"),
        default=unset,
        help="maximum number of workers (default: auto)",
    )
    group.add_argument(
        "--renderer",
        choices=("auto", "jinja2"),
        default="auto",
        help="auto interprets simple templates, jinja2 compiles all of them (default: auto)",
    )
    group.add_argument("--no-code-cache", action="store_true", help="don't reuse or store compiled templates")
    group.add_argument(
        "--executor",
        metavar="KIND",
        choices=_EXECUTORS,
        default="auto",
        help="sequential, threads or processes (default: auto, the fastest for this plan)",
    )
    group.add_argument(
        "--threshold",
        metavar="N",
        type=count(0),
        default=unset,
        help="generate files sequentially if there are fewer than N (default: 24)",
    )
    group.add_argument(
        "--max-memory",
        metavar="MIB",
        type=count(or_word="none"),
        default=unset,
        help="memory limit in MiB for all processes together, or `none` (default: 1024)",
    )
    group.add_argument(
        "--buffer-size",
        metavar="N",
        type=count(),
        default=unset,
        help="maximum number of jobs to dispatch ahead (default: 1000)",
    )
    group.add_argument("--timeout", metavar="SECONDS", type=seconds, default=unset, help="stop the run after this time")
    group.add_argument("--fail-fast", action="store_true", help="stop at the first failure and write nothing")
    group.add_argument("--no-dependencies", action="store_true", help="ignore dependencies between files")


def add_debug(parser: _ActionsContainer) -> None:
    """Add the option for finding bugs in Mintage."""
    parser.add_argument("--debug", action="store_true", help="show where in mintage an error was raised")


def count(least: int = 1, *, or_word: str = "") -> Callable[[str], int | None]:
    """Return a parser for whole numbers, in which the word means None."""

    def parse_count(text: str) -> int | None:
        if or_word and text == or_word:
            return None
        if not text.isdecimal() or int(text) < least:
            wanted = f"a whole number, at least {least}" + (f", or `{or_word}`" if or_word else "")
            raise ArgumentTypeError(f"{text!r} is not {wanted}")
        return int(text)

    return parse_count


def seconds(text: str) -> float:
    """Parse a number of seconds. Raises ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise ArgumentTypeError(f"{text!r} is not a positive number of seconds")
    return number
