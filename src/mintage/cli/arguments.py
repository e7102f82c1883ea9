"""Groups of options that several commands have. Knows no meaning of them."""

from __future__ import annotations

import math
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _ActionsContainer, _ArgumentGroup
    from collections.abc import Callable

# As the engine has them; to import it for help and versions would take longer than those.
_EXECUTORS = ("auto", "sequential", "threads", "processes")


def add_template(parser: ArgumentParser) -> None:
    """What is minted, and where to."""
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
    """Where the template comes from."""
    group = parser.add_argument_group("where the template comes from")
    group.add_argument("--ref", "--vcs-ref", "--checkout", metavar="REV", help="branch, tag or commit")
    group.add_argument("--directory", metavar="SUB", help="directory of the template in the repository")
    group.add_argument("--offline", action="store_true", help="stay offline: use only what is cached")
    group.add_argument(
        "--format",
        choices=("native", "cookiecutter", "copier", "bare"),
        help="treat the template as one of this format instead of detecting it",
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
    cookiecutter.add_argument("--replay", action="store_true", help="use the answers of the last run")
    cookiecutter.add_argument("--replay-file", metavar="FILE", type=Path, help="use the answers of a saved run")
    cookiecutter.add_argument("--config-file", metavar="FILE", type=Path, help="Cookiecutter's user configuration")
    cookiecutter.add_argument("--default-config", action="store_true", help="ignore that configuration")
    copier = parser.add_argument_group("for Copier templates")
    copier.add_argument("-a", "--answers-file", metavar="FILE", help="where the project keeps its answers")
    copier.add_argument("-x", "--exclude", metavar="PATTERN", action="append", default=[], help="leave these files out")
    copier.add_argument(
        "-s", "--skip", metavar="PATTERN", action="append", default=[], help="leave these files alone if they exist"
    )
    copier.add_argument("-g", "--prereleases", action="store_true", help="accept prereleases as versions")
    copier.add_argument("-A", "--skip-answered", action="store_true", help="skip questions that were answered before")
    copier.add_argument("--ask", metavar="PATTERN", action="append", default=[], help="always ask these questions")
    return group


def add_output(parser: ArgumentParser) -> _ArgumentGroup:
    """Add what happens to an existing project, and what may run, and return the group, for more."""
    group = parser.add_argument_group("the project")
    existing = group.add_mutually_exclusive_group()
    existing.add_argument("--overwrite", action="store_true", help="replace existing files")
    existing.add_argument("--skip-existing", action="store_true", help="only add missing files")
    existing.add_argument("--retry", action="store_true", help="only make what failed last time")
    add_trust(group)
    group.add_argument("--skip-tasks", action="store_true", help="don't run hooks and tasks")
    add_limit(group)
    return group


def add_trust(group: _ArgumentGroup) -> None:
    """Whether code of the template's author may run."""
    group.add_argument("--trust", action="store_true", help="run the template's hooks, tasks and extensions")


def add_limit(group: _ArgumentGroup) -> None:
    """What no project may exceed."""
    group.add_argument(
        "--limit",
        metavar="NAME=N",
        action="append",
        default=[],
        help="change a limit: file-size=2GiB, total-size=2GiB, files=N, depth=N, name-length=N, render-time=SECONDS, "
        "task-time=SECONDS; `none` for no limit",
    )


def add_engine(parser: ArgumentParser) -> None:
    """Those with a value are left out of the result unless they are typed, so that the library's defaults hold."""
    group = parser.add_argument_group("how it is run")
    unset = SUPPRESS
    group.add_argument(
        "--workers",
        metavar="N",
        type=count(or_word="auto"),
        default=unset,
        help="the maximum number of workers (default: auto)",
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
        help="make fewer files than N sequentially (default: 24)",
    )
    group.add_argument(
        "--max-memory",
        metavar="MB",
        type=count(or_word="none"),
        default=unset,
        help="memory limit for all processes together, in MiB, or `none` (default: 1024)",
    )
    group.add_argument(
        "--buffer-size",
        metavar="N",
        type=count(),
        default=unset,
        help="the maximum number of dispatched jobs (default: 1000)",
    )
    group.add_argument("--timeout", metavar="SECONDS", type=seconds, default=unset, help="stop the run after this time")
    group.add_argument("--fail-fast", action="store_true", help="stop at the first failure and deliver nothing")
    group.add_argument("--no-dependencies", action="store_true", help="ignore dependencies between files")


def add_debug(parser: _ActionsContainer) -> None:
    """For people who look for mistakes in mintage."""
    parser.add_argument("--debug", action="store_true", help="show where in mintage an error was raised")


def count(least: int = 1, *, or_word: str = "") -> Callable[[str], int | None]:
    """Return a parser of whole numbers; the word means None."""

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
