"""Parses what follows `mintage`. Doesn't interpret it."""

from __future__ import annotations

import argparse
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from mintage._version import __version__
from mintage.cli import other_words, output
from mintage.cli.commands import COMMANDS, command_module
from mintage.errors import UsageError
from mintage.terminal import suggest, terminal_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    Commands = argparse._SubParsersAction["_Parser"]

_EXAMPLES = """\
examples:
  mintage new ./my-template my-project
  mintage new gh:audreyfeldroy/cookiecutter-pypackage --trust
  mintage plan ./my-template my-project
  mintage add service https://example.com/templates.git --directory service

Use `mintage COMMAND --help` for more about a command.
"""


_columns = cache(terminal_columns)


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Uses a cached width: argparse creates a formatter for each option, and imports shutil for the width."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


class _Parser(argparse.ArgumentParser):
    """Raises usage errors, so that they are shown like all others, and suggests what was probably meant."""

    def _print_message(self, message: str, file: object = None) -> None:
        output.put(message)  # help and the version

    def error(self, message: str) -> NoReturn:
        hint = f"`{self.prog} --help` shows how to use it"
        if missing := re.fullmatch(r"the following arguments are required: (.*)", message):
            raise UsageError(f"{missing[1]} is missing", hint=f"usage: `{self.usage}`; {hint}")
        if found := re.match(r"argument COMMAND: invalid choice: ['\"](.*?)['\"] \(", message):
            raise UsageError(
                f"unknown command {found[1]!r}", hint=_meant(found[1]) or f"`{self.prog} --help` lists all commands"
            )
        raise UsageError(message, hint=hint)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the arguments, with `command` as one of the commands.

    Raises:
        UsageError: The arguments are invalid.
        SystemExit: Help or the version was requested and printed.
    """
    named = next((argument for argument in arguments if not argument.startswith("-")), "")
    arguments = other_words.understood(named, arguments)
    named = next((argument for argument in arguments if not argument.startswith("-")), "")
    parser, commands = make_parser(named)
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        command = commands.choices[options.command] if options.command else parser
        typed = next((each for each in unknown if each != "--"), "--")
        if "--" in arguments[: arguments.index(typed)]:
            raise UsageError(f"unexpected argument {typed!r}", hint="options must come before `--`")
        raise _unknown(typed, command)
    if options.command is None:
        parser.print_help()
        raise SystemExit(0)
    return options


def _meant(typed: str) -> str:
    """Return a suggestion for something that is not a command."""
    from difflib import get_close_matches

    if near := get_close_matches(typed, COMMANDS, n=1):
        return f"did you mean `mintage {near[0]}`?"
    looks_like_template = "/" in typed or ":" in typed or Path(typed).exists()
    return f"did you mean `mintage new {typed}`?" if looks_like_template else ""


def _unknown(typed: str, command: argparse.ArgumentParser) -> UsageError:
    hint = f"`{command.prog} --help` lists all arguments"
    if not typed.startswith("-"):
        return UsageError(f"unexpected argument {typed!r}", hint=hint)
    known = [option for action in command._actions for option in action.option_strings]
    meant = suggest(typed.partition("=")[0], known, most=1, likeness=0.7)
    return UsageError(f"unknown option {typed}", hint=meant or hint)


def make_parser(named: str) -> tuple[_Parser, Commands]:
    """Return the parser and its commands by name. Only the named command has its options.

    Adding the options of all commands would take longer than generating a small project.
    """
    parser = _Parser(
        prog="mintage",
        description="Generate projects from Cookiecutter, Copier and Mintage templates.",
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
    if named in COMMANDS:
        _add_with_options(commands, named)
    else:
        for name, text in COMMANDS.items():
            commands.add_parser(name, help=text)
    return parser, commands


def _add_with_options(commands: Commands, name: str) -> None:
    module = command_module(name)
    text = COMMANDS[name]
    parser = commands.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        usage=f"mintage {name} {module.USAGE}",
        epilog=module.EXAMPLES,
        formatter_class=_HelpFormatter,
        allow_abbrev=False,
    )
    module.add_arguments(parser)
