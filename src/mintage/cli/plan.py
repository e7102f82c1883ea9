"""`mintage plan`: show what `new` would do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mintage.cli.request import given_answers, make_generator, options_of
from mintage.report.views import show

if TYPE_CHECKING:
    from argparse import Namespace


def plan(arguments: Namespace) -> int:
    """Print the plan in the view that was asked for."""
    arguments.json = arguments.view == "json"  # how an error is to be printed
    generator = make_generator(options_of(arguments))
    made = generator.plan(arguments.template, arguments.output, given=given_answers(arguments))
    sys.stdout.write(show(made, arguments.view))
    return 0
