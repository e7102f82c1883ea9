"""`mintage plan`: show what `new` would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.cli.arguments import add_answers, add_debug, add_output, add_template

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


USAGE = "TEMPLATE [OUTPUT] [options]"
EXAMPLES = """\
examples:
  mintage plan ./my-template my-project
  mintage plan ./my-template my-project --as table --defaults
  mintage plan ./my-template my-project --as svg > plan.svg
"""

_VIEWS = ("tree", "table", "json", "dot", "mermaid", "svg")


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage plan`."""
    add_template(parser)
    add_answers(parser)
    add_output(parser)
    group = parser.add_argument_group("output")
    group.add_argument(
        "--as",
        dest="view",
        choices=_VIEWS,
        default="tree",
        help="tree, table, json, dot, mermaid or svg (default: tree)",
        metavar="VIEW",
    )
    group.add_argument("--json", action="store_const", dest="view", const="json", help="the same as --as json")
    group.add_argument(
        "--no-dependencies", action="store_true", help="ignore dependencies between files, even circular ones"
    )
    add_debug(group)


def run(arguments: Namespace) -> int:
    """Print the plan in the requested view."""
    from mintage.cli.request import given_answers, make_generator, options_from
    from mintage.engine import Cancellation, cancel_on_signals
    from mintage.report.views import show

    cancellation = Cancellation()
    generator = make_generator(options_from(arguments), cancellation)
    with cancel_on_signals(cancellation):
        made = generator.plan(arguments.template, arguments.output, given=given_answers(arguments))
    output.put(show(made, arguments.view))
    return 0
