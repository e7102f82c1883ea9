"""What can be typed after `mintage`. Knows no meaning of it."""

from __future__ import annotations

import argparse
import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from mintage._version import __version__
from mintage.cli.arguments import add_answers, add_debug, add_engine, add_output, add_source, add_template
from mintage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Commands = argparse._SubParsersAction["_Parser"]

_VIEWS = ("tree", "table", "json", "dot", "mermaid", "svg")

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
    add_template(new)
    add_answers(new)
    group = add_output(new)
    group.add_argument("--dry-run", action="store_true", help="show the plan, write nothing")
    group.add_argument("--keep-on-failure", action="store_true", help="keep a project whose hook failed")
    add_engine(new)
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
    add_debug(messages)


def _add_plan(commands: Commands) -> None:
    plan = _command(
        commands,
        "plan",
        line="TEMPLATE [OUTPUT] [options]",
        text="show what `mintage new` would do, and write nothing",
        epilog=_PLAN_EXAMPLES,
    )
    add_template(plan)
    add_answers(plan)
    add_output(plan)
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
    add_debug(group)


def _add_check(commands: Commands) -> None:
    check = _command(
        commands,
        "check",
        line="TEMPLATE --trust-report [options]",
        text="look at a template before anything of it runs",
    )
    check.add_argument("template", metavar="TEMPLATE", help="as for `mintage new`")
    add_source(check)
    check.add_argument(
        "--trust-report", action="store_true", required=True, help="show the author's code that would run, all of it"
    )
    check.add_argument("--json", action="store_true", help="print one JSON document")
    add_debug(check)


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
    add_debug(recover)


def _add_list(commands: Commands) -> None:
    listing = _command(commands, "list", line="[--json]", text="show the templates that have a short name")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    add_debug(listing)


def _add_add(commands: Commands) -> None:
    adding = _command(
        commands, "add", line="NAME SOURCE [--ref REV] [--directory SUB]", text="give a template a short name"
    )
    adding.add_argument("name", metavar="NAME", help="what to type instead of SOURCE")
    adding.add_argument("source", metavar="SOURCE", help="a folder, git URL, short form or zip file")
    adding.add_argument("--ref", metavar="REV", help="branch, tag or commit to use")
    adding.add_argument("--directory", metavar="SUB", help="folder of the template in the repository")
    add_debug(adding)


def _add_remove(commands: Commands) -> None:
    removing = _command(commands, "remove", line="NAME", text="forget a short name; the template stays where it is")
    removing.add_argument("name", metavar="NAME", help="as `mintage list` shows it")
    add_debug(removing)


_COMMANDS: dict[str, Callable[[Commands], None]] = {
    "new": _add_new,
    "plan": _add_plan,
    "check": _add_check,
    "recover": _add_recover,
    "list": _add_list,
    "add": _add_add,
    "remove": _add_remove,
}
