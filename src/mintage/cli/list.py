"""`mintage list`: list the templates that have a short name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.addresses import public_form
from mintage.cli import output
from mintage.cli.arguments import add_debug
from mintage.data.documents import VERSION
from mintage.terminal import one_line
from mintage.user.settings import load_settings

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

USAGE = "[--json]"
EXAMPLES = ""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage list`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_debug(parser)


def run(arguments: Namespace) -> int:
    """Print all registered templates."""
    templates = load_settings().templates
    if arguments.json:
        put_document()
        return 0
    if not templates:
        output.put("no templates are registered; register one with `mintage add NAME SOURCE`")
        return 0
    width = max(map(len, templates))
    lines = []
    for name, found in sorted(templates.items()):
        ref = f" at {found.ref}" if found.ref else ""
        directory = f" in {found.directory}" if found.directory else ""
        lines.append(f"{one_line(name):<{width}}  {one_line(public_form(found.source) + ref + directory)}")
    output.put("\n".join(lines))
    return 0


def put_document() -> None:
    """Print all registered templates as a JSON document."""
    listed = [
        {"name": name, "source": public_form(found.source), "ref": found.ref, "directory": found.directory}
        for name, found in sorted(load_settings().templates.items())
    ]
    output.put_document({"kind": "templates", "version": VERSION, "templates": listed})
