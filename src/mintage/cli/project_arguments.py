"""What the commands that inspect a project and its template share; they ask, run and write nothing."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mintage.cli.arguments import add_answers, add_limit, add_source, add_trust

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _ArgumentGroup
    from collections.abc import Iterator

    from mintage.template import Template


def add_looking(parser: ArgumentParser) -> _ArgumentGroup:
    """Add the options that all of them have, and fix the values of those of `new` that make no sense here.

    Returns the group for the project, so that a command can add to it.
    """
    add_source(parser)
    add_answers(parser)
    group = parser.add_argument_group("project")
    add_trust(group)
    add_limit(group)
    parser.set_defaults(
        defaults=True, overwrite=True, skip_existing=False, retry=False, skip_tasks=True, no_dependencies=False
    )
    return group


def add_named_project(group: _ArgumentGroup) -> None:
    """Add the template and the project as options, for commands whose argument is something else."""
    group.add_argument(
        "--template", metavar="TEMPLATE", help="as for `mintage new` (default: the one that the project names)"
    )
    group.add_argument(
        "--project",
        metavar="DIR",
        type=Path,
        help="the project's own directory (default: the one around the current directory, or a new one)",
    )


def find_template(arguments: Namespace) -> Path:
    """Fill in the template that the project was made from, if none is named. Returns the project's directory.

    Raises:
        UsageError: No template was found.
    """
    if arguments.template is not None:
        return arguments.project or Path("project")
    from mintage.projects.origin import origin_of

    found = origin_of(arguments.project or Path(), arguments.answers_file)
    arguments.template = found.template
    arguments.ref = arguments.ref or found.ref
    arguments.directory = arguments.directory or found.directory
    return found.project


@contextmanager
def loaded_template(arguments: Namespace) -> Iterator[Template]:
    """Yield the named template before any questions are asked. None of its author's code runs."""
    from mintage.cli.request import source_options
    from mintage.engine import Cancellation, cancel_on_signals
    from mintage.minting.options import Options
    from mintage.minting.preparation import Preparation

    cancellation = Cancellation()
    preparation = Preparation(Options(**source_options(arguments)), cancellation=cancellation)
    with cancel_on_signals(cancellation), preparation.loaded(arguments.template) as template:
        yield template
