"""The commands. Each is a module that is only imported when it is needed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

COMMANDS = {
    "new": "generate a project from a template",
    "plan": "show what `mintage new` would do, and write nothing",
    "diff": "show what would change in an existing project",
    "inspect": "show a template's questions, as text or JSON Schema",
    "why": "explain why a file is what it is, or why it doesn't exist",
    "impact": "show what depends on an answer",
    "test": "generate projects with many combinations of answers, and check the results",
    "check": "find mistakes in a template without running it",
    "init": "write a small working template to start from",
    "convert": "convert a Cookiecutter template to a native one, and compare the two",
    "recover": "undo or finish a run that was killed while replacing files",
    "completion": "print a script for shell completion of commands, options and answers",
    "list": "list the templates that have a short name",
    "add": "give a template a short name",
    "remove": "remove a short name; the template itself stays",
}


class Command(Protocol):
    """The interface of a command's module."""

    USAGE: str
    """The arguments after the command's name."""
    EXAMPLES: str
    """The text below the help."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the command's arguments."""
        ...

    def run(self, arguments: Namespace) -> int:
        """Run it, print the result, and return the exit code. Raises MintageError."""
        ...


def command_module(name: str) -> Command:
    """Return the module of a command."""
    return cast("Command", import_module(f"mintage.cli.{name}"))
