"""`mintage plan`: show what `new` would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.cli.request import given_answers, make_generator, options_of
from mintage.engine import Cancellation, cancel_on_signals
from mintage.report.views import show

if TYPE_CHECKING:
    from argparse import Namespace


def plan(arguments: Namespace) -> int:
    """Print the plan in the view that was asked for."""
    cancellation = Cancellation()
    generator = make_generator(options_of(arguments), cancellation)
    with cancel_on_signals(cancellation):
        made = generator.plan(arguments.template, arguments.output, given=given_answers(arguments))
    output.put(show(made, arguments.view))
    return 0
