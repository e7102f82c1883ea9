"""Which commands there are. A command is a module of its own, imported only when it is the one that was typed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

COMMANDS = {
    "new": "make a project from a template",
    "plan": "show what `mintage new` would do, and write nothing",
    "diff": "show what would change in a project that is there",
    "inspect": "show what a template asks, for people or as JSON Schema",
    "why": "show why a file is what it is, or why it does not exist",
    "impact": "show what depends on an answer",
    "test": "mint a template with many combinations of answers, and say what is wrong",
    "check": "say what is wrong with a template, before any of it runs",
    "init": "write a small template that works, to begin with",
    "convert": "turn a Cookiecutter template into a native one, and compare the two",
    "recover": "undo or finish a run that was killed while it replaced files of a project",
    "completion": "print a script that makes a shell complete commands, options and answers",
    "list": "show the templates that have a short name",
    "add": "give a template a short name",
    "remove": "forget a short name; the template stays where it is",
}


class Command(Protocol):
    """What the module of a command has."""

    USAGE: str
    """What stands after its name."""
    EXAMPLES: str
    """What stands below its help."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what can be typed."""
        ...

    def run(self, arguments: Namespace) -> int:
        """Carry it out, print what it gives, and return the exit code. Raises MintageError."""
        ...


def command_module(name: str) -> Command:
    """Return the module of a command."""
    return cast("Command", import_module(f"mintage.cli.{name}"))
