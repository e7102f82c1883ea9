"""`mintage remove`: remove the short name of a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.cli.arguments import add_debug
from mintage.cli.list import put_document
from mintage.user.short_names import remove_template

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

USAGE = "NAME [--json]"
EXAMPLES = ""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage remove`."""
    parser.add_argument("name", metavar="NAME", help="as `mintage list` shows it")
    parser.add_argument("--json", action="store_true", help="print all registered templates as JSON")
    add_debug(parser)


def run(arguments: Namespace) -> int:
    """Remove a short name; the template itself stays."""
    remove_template(arguments.name)
    if arguments.json:
        put_document()
    else:
        output.put(f"{arguments.name} was removed")
    return 0
