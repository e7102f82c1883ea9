"""What can be typed after `mintage`. Knows no meaning of it."""

from __future__ import annotations

import argparse
import math
import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from mintage._version import __version__
from mintage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Commands = argparse._SubParsersAction["_Parser"]

_VIEWS = ("tree", "table", "json", "dot", "mermaid", "svg")
_EXECUTORS = ("auto", "sequential", "threads", "processes")

_EXAMPLES = """\
examples:
  mintage new ./my-template my-project
  mintage new gh:audreyfeldroy/cookiecutter-pypackage --trust
  mintage plan ./my-template my-project
  mintage add service https://example.com/templates.git --directory service

`mintage COMMAND --help` tells more about a command.
"""
_NEW_EXAMPLES = """\
examples:
  mintage new ./my-template my-project
  mintage new service my-service -d name=payments -d port=8080 --defaults
  mintage new https://example.com/templates.git --ref v2 --directory library my-library
  mintage new ./my-template my-project --skip-existing   add what is missing
  mintage new ./my-template my-project --json -q         for programs

exit codes:
  0 all done, 1 some files failed, 2 cannot be carried out, 3 refused for safety,
  124 timed out, 130 interrupted, 143 terminated
"""
_PLAN_EXAMPLES = """\
examples:
  mintage plan ./my-template my-project
  mintage plan ./my-template my-project --as table --defaults
  mintage plan ./my-template my-project --as svg > plan.svg
"""


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Knows the terminal's width by itself: argparse makes one for each option, and imports shutil for its width."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_terminal_columns() - 2)


@cache
def _terminal_columns() -> int:
    try:
        return int(os.environ.get("COLUMNS", "")) or 80
    except ValueError:
        pass
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 80


class _Parser(argparse.ArgumentParser):
    """Raises what is wrong, so that it is shown as any other error is; says what was probably meant."""

    def error(self, message: str) -> NoReturn:
        hint = f"`{self.prog} --help` lists what there is"
        if found := re.match(r"argument COMMAND: invalid choice: ['\"](.*?)['\"] \(", message):
            raise UsageError(f"there is no command {found[1]!r}", hint=_meant(found[1]) or hint)
        raise UsageError(message, hint=hint)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments, with `command` as one of the commands.

    Raises UsageError for what makes no sense, and SystemExit when help or the version was asked for and printed.
    """
    named = next((argument for argument in arguments if not argument.startswith("-")), "")
    parser, commands = _make_parser(named)
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        command = commands.choices[options.command] if options.command else parser
        raise _unknown(unknown[0], command)
    if options.command is None:
        parser.print_help()
        raise SystemExit(0)
    return options


def _meant(typed: str) -> str:
    """What somebody wanted who typed something else than a command."""
    from difflib import get_close_matches

    if near := get_close_matches(typed, _COMMANDS, n=1):
        return f"did you mean `mintage {near[0]}`?"
    looks_like_template = "/" in typed or ":" in typed or Path(typed).exists()
    return f"did you mean `mintage new {typed}`?" if looks_like_template else ""


def _unknown(typed: str, command: argparse.ArgumentParser) -> UsageError:
    from difflib import get_close_matches

    hint = f"`{command.prog} --help` lists what there is"
    if not typed.startswith("-"):
        return UsageError(f"{typed!r} is one argument too many", hint=hint)
    known = [option for action in command._actions for option in action.option_strings]
    near = get_close_matches(typed.partition("=")[0], known, n=1, cutoff=0.7)
    return UsageError(f"there is no option {typed}", hint=f"did you mean {near[0]}?" if near else hint)


def _make_parser(named: str) -> tuple[_Parser, Commands]:
    """The command line with the command that was named, or with all if it is none; and its commands by name."""
    parser = _Parser(
        prog="mintage",
        description="Mint projects from templates of Cookiecutter, Copier, or our own: concurrently, safely, fast.",
        epilog=_EXAMPLES,
        formatter_class=_HelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "-V", "--version", action="version", version=f"mintage {__version__}", help="show the version and exit"
    )
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", prog="mintage", parser_class=_Parser
    )
    # To describe all options of all commands takes longer than to make a small project.
    for name, add in _COMMANDS.items():
        if name == named or named not in _COMMANDS:
            add(commands)
    return parser, commands


def _command(commands: Commands, name: str, *, line: str, text: str, epilog: str = "") -> _Parser:
    return commands.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        usage=f"mintage {name} {line}",
        epilog=epilog,
        formatter_class=_HelpFormatter,
        allow_abbrev=False,
    )


def _add_new(commands: Commands) -> None:
    new = _command(
        commands, "new", line="TEMPLATE [OUTPUT] [options]", text="make a project from a template", epilog=_NEW_EXAMPLES
    )
    _add_template(new)
    _add_answers(new)
    group = _add_output(new)
    group.add_argument("--dry-run", action="store_true", help="show the plan, write nothing")
    group.add_argument("--keep-on-failure", action="store_true", help="keep a project whose hook failed")
    _add_engine(new)
    messages = new.add_argument_group("messages")
    messages.add_argument(
        "--progress",
        choices=("auto", "bar", "plain", "none"),
        default="auto",
        help="a live bar, or plain lines for a log (default: auto)",
    )
    messages.add_argument("--json", action="store_true", help="print one JSON document: the report, plan or error")
    messages.add_argument(
        "--trace",
        metavar="FILE",
        type=Path,
        help="write what each worker did when: for Perfetto (ui.perfetto.dev), and beside it as an HTML page",
    )
    volume = messages.add_mutually_exclusive_group()
    volume.add_argument("-v", "--verbose", action="store_true", help="a line for each file, and why this executor")
    volume.add_argument("-q", "--quiet", action="store_true", help="nothing but errors")
    _add_debug(messages)


def _add_plan(commands: Commands) -> None:
    plan = _command(
        commands,
        "plan",
        line="TEMPLATE [OUTPUT] [options]",
        text="show what `mintage new` would do, and write nothing",
        epilog=_PLAN_EXAMPLES,
    )
    _add_template(plan)
    _add_answers(plan)
    _add_output(plan)
    group = plan.add_argument_group("how it is shown")
    group.add_argument(
        "--as",
        dest="view",
        choices=_VIEWS,
        default="tree",
        help="tree, table, json, dot, mermaid or svg",
        metavar="VIEW",
    )
    group.add_argument("--json", action="store_const", dest="view", const="json", help="the same as --as json")
    group.add_argument("--no-dependencies", action="store_true", help="plan also when files wait for each other")
    _add_debug(group)


def _add_check(commands: Commands) -> None:
    check = _command(
        commands,
        "check",
        line="TEMPLATE --trust-report [options]",
        text="look at a template before anything of it runs",
    )
    check.add_argument("template", metavar="TEMPLATE", help="as for `mintage new`")
    _add_source(check)
    check.add_argument(
        "--trust-report", action="store_true", required=True, help="show the author's code that would run, all of it"
    )
    check.add_argument("--json", action="store_true", help="print one JSON document")
    _add_debug(check)


def _add_recover(commands: Commands) -> None:
    recover = _command(
        commands,
        "recover",
        line="[OUTPUT] [--finish] [--json]",
        text="settle a run that was killed while it replaced files of a project",
    )
    recover.add_argument("output", metavar="OUTPUT", nargs="?", default=".", help="the project, or a folder of some")
    recover.add_argument(
        "--finish", action="store_true", help="put the new files in their places (default: put the old ones back)"
    )
    recover.add_argument("--json", action="store_true", help="print one JSON document")
    _add_debug(recover)


def _add_list(commands: Commands) -> None:
    listing = _command(commands, "list", line="[--json]", text="show the templates that have a short name")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    _add_debug(listing)


def _add_add(commands: Commands) -> None:
    adding = _command(
        commands, "add", line="NAME SOURCE [--ref REV] [--directory SUB]", text="give a template a short name"
    )
    adding.add_argument("name", metavar="NAME", help="what to type instead of SOURCE")
    adding.add_argument("source", metavar="SOURCE", help="a folder, git URL, short form or zip file")
    adding.add_argument("--ref", metavar="REV", help="branch, tag or commit to use")
    adding.add_argument("--directory", metavar="SUB", help="folder of the template in the repository")
    _add_debug(adding)


def _add_remove(commands: Commands) -> None:
    removing = _command(commands, "remove", line="NAME", text="forget a short name; the template stays where it is")
    removing.add_argument("name", metavar="NAME", help="as `mintage list` shows it")
    _add_debug(removing)


_COMMANDS: dict[str, Callable[[Commands], None]] = {
    "new": _add_new,
    "plan": _add_plan,
    "check": _add_check,
    "recover": _add_recover,
    "list": _add_list,
    "add": _add_add,
    "remove": _add_remove,
}


def _add_template(parser: _Parser) -> None:
    parser.add_argument(
        "template", metavar="TEMPLATE", help="a folder, git URL, gh:/gl:/bb: short form, zip file or registered name"
    )
    parser.add_argument(
        "output",
        metavar="OUTPUT",
        nargs="?",
        help="the project's folder; for Cookiecutter templates the folder in which the project's folder is made",
    )
    _add_source(parser)


def _add_source(parser: _Parser) -> None:
    group = parser.add_argument_group("where the template comes from")
    group.add_argument("--ref", "--vcs-ref", "--checkout", metavar="REV", help="branch, tag or commit")
    group.add_argument("--directory", metavar="SUB", help="folder of the template in the repository")
    group.add_argument("--offline", action="store_true", help="contact nobody, use what is in the cache")
    group.add_argument(
        "--format", choices=("native", "cookiecutter", "copier", "bare"), help="if the folder is a template of several"
    )


def _add_answers(parser: _Parser) -> None:
    group = parser.add_argument_group("answers")
    group.add_argument("-d", "--data", metavar="KEY=VALUE", action="append", default=[], help="answer a question")
    group.add_argument(
        "--data-file", metavar="FILE", action="append", default=[], type=Path, help="answers in TOML, YAML or JSON"
    )
    group.add_argument("--defaults", "--no-input", action="store_true", help="ask nothing, take the defaults")
    cookiecutter = parser.add_argument_group("for Cookiecutter templates")
    cookiecutter.add_argument("--replay", action="store_true", help="take the answers of the last run")
    cookiecutter.add_argument("--replay-file", metavar="FILE", type=Path, help="take the answers of a saved run")
    cookiecutter.add_argument("--config-file", metavar="FILE", type=Path, help="Cookiecutter's user configuration")
    cookiecutter.add_argument("--default-config", action="store_true", help="ignore that configuration")
    copier = parser.add_argument_group("for Copier templates")
    copier.add_argument("-a", "--answers-file", metavar="FILE", help="where the project keeps its answers")
    copier.add_argument("-x", "--exclude", metavar="PATTERN", action="append", default=[], help="leave these files out")
    copier.add_argument(
        "-s", "--skip", metavar="PATTERN", action="append", default=[], help="leave these files alone if they exist"
    )
    copier.add_argument("-g", "--prereleases", action="store_true", help="pre-releases are versions too")
    copier.add_argument("-A", "--skip-answered", action="store_true", help="ask nothing that was answered before")
    copier.add_argument("--ask", metavar="PATTERN", action="append", default=[], help="ask these in any case")


def _add_output(parser: _Parser) -> argparse._ArgumentGroup:
    group = parser.add_argument_group("the project")
    existing = group.add_mutually_exclusive_group()
    existing.add_argument("--overwrite", action="store_true", help="replace files that are there")
    existing.add_argument("--skip-existing", action="store_true", help="add only files that are missing")
    existing.add_argument("--retry", action="store_true", help="make only what failed there last time")
    group.add_argument("--trust", action="store_true", help="run the hooks, tasks and extensions of the template")
    group.add_argument("--skip-tasks", action="store_true", help="run no hook and no task")
    group.add_argument(
        "--limit",
        metavar="NAME=N",
        action="append",
        default=[],
        help="file-size=2GiB, total-size=2GiB, files, depth, name-length, render-time (seconds); `none` for no limit",
    )
    return group


def _add_engine(parser: _Parser) -> None:
    """Those with a value are left out of the result unless they are typed, so that the library's defaults hold."""
    group = parser.add_argument_group("how it is run")
    unset = argparse.SUPPRESS
    group.add_argument(
        "--workers", metavar="N", type=_count(or_word="auto"), default=unset, help="most workers (default: auto)"
    )
    group.add_argument(
        "--renderer",
        choices=("auto", "jinja2"),
        default="auto",
        help="auto renders simple templates without compiling them, jinja2 compiles all (default: auto)",
    )
    group.add_argument(
        "--no-code-cache", action="store_true", help="neither use nor keep compiled templates of other runs"
    )
    group.add_argument(
        "--executor",
        metavar="KIND",
        choices=_EXECUTORS,
        default="auto",
        help="sequential, threads or processes (default: auto, whatever is fastest for this plan)",
    )
    group.add_argument(
        "--threshold", metavar="N", type=_count(0), default=unset, help="make fewer files than N one after the other"
    )
    group.add_argument(
        "--max-memory",
        metavar="MB",
        type=_count(or_word="none"),
        default=unset,
        help="limit for all processes together, in MiB, or `none` (default: 1024)",
    )
    group.add_argument(
        "--buffer-size", metavar="N", type=_count(), default=unset, help="jobs handed out at once (default: 1000)"
    )
    group.add_argument("--timeout", metavar="SECONDS", type=_seconds, default=unset, help="end the run after this time")
    group.add_argument("--fail-fast", action="store_true", help="stop at the first failure and deliver nothing")
    group.add_argument("--no-dependencies", action="store_true", help="ignore the order of files")


def _add_debug(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--debug", action="store_true", help="show where in mintage an error came from")


def _count(least: int = 1, *, or_word: str = "") -> Callable[[str], int | None]:
    """A parser of whole numbers; the word means None."""

    def parse_count(text: str) -> int | None:
        if or_word and text == or_word:
            return None
        if not text.isdecimal() or int(text) < least:
            wanted = f"a whole number from {least} on" + (f", or `{or_word}`" if or_word else "")
            raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}")
        return int(text)

    return parse_count


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds
