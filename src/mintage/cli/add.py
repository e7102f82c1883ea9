"""`mintage add`: give a template a short name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.cli.arguments import add_debug
from mintage.cli.list import put_document
from mintage.user.short_names import add_template

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

USAGE = "NAME SOURCE [--ref REV] [--directory SUB] [--json]"
EXAMPLES = ""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage add`."""
    parser.add_argument("name", metavar="NAME", help="what to type instead of SOURCE")
    parser.add_argument("source", metavar="SOURCE", help="a directory, git URL, short form or zip file")
    parser.add_argument("--ref", metavar="REV", help="use this branch, tag or commit")
    parser.add_argument("--directory", metavar="SUB", help="directory of the template inside the repository")
    parser.add_argument("--json", action="store_true", help="print all registered templates as JSON")
    add_debug(parser)


def run(arguments: Namespace) -> int:
    """Register a template."""
    add_template(arguments.name, arguments.source, ref=arguments.ref, directory=arguments.directory)
    if arguments.json:
        put_document()
    else:
        output.put(f"{arguments.name} is registered; use it as `mintage new {arguments.name}`")
    return 0
