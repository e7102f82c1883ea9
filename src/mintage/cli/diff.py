"""`mintage diff`: show what would change in an existing project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.cli.arguments import add_debug
from mintage.cli.project_arguments import add_looking, find_template
from mintage.cli.request import given_answers, make_preparation, options_from
from mintage.engine import Cancellation, cancel_on_signals
from mintage.terminal import Style, is_terminal, printable, terminal_columns

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Iterator, Sequence

    from mintage.planning.model import Plan
    from mintage.projects.differences import Change
    from mintage.projects.patch import StyledLine
    from mintage.redaction import Redaction

USAGE = "[TEMPLATE] [PROJECT] [options]"
EXAMPLES = """\
examples:
  mintage diff                              what the newest version of its template would change here
  mintage diff ./my-template my-project --stat
  mintage diff ./my-template my-project -d license=MIT
  mintage diff > changes.patch              and then: git apply changes.patch
  mintage diff --exit-code -q               in CI: exit code 1 if anything would change

Answers are taken from the project unless -d and --data-file override them. No questions are asked, no hooks or
tasks run, and nothing is written. Secret answers are shown as ***.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage diff`."""
    parser.add_argument(
        "template", metavar="TEMPLATE", nargs="?", help="as for `mintage new` (default: the one that PROJECT names)"
    )
    parser.add_argument(
        "project",
        metavar="PROJECT",
        nargs="?",
        type=Path,
        default=Path(),
        help="the project's own directory (default: .)",
    )
    group = add_looking(parser)
    group.add_argument("--skip-existing", action="store_true", help="only show missing files")
    shown = parser.add_argument_group("output").add_mutually_exclusive_group()
    shown.add_argument("--stat", action="store_true", help="show how much of each file changes, as git does")
    shown.add_argument("--name-only", action="store_true", help="only show the names of the files that change")
    shown.add_argument("--json", action="store_true", help="print one JSON document")
    shown.add_argument("-q", "--quiet", action="store_true", help="only show errors")
    parser.add_argument("--exit-code", action="store_true", help="exit with 1 if anything would change (default: 0)")
    add_debug(parser)


def run(arguments: Namespace) -> int:
    """Print what would change. Returns the exit code."""
    from mintage.minting.preview import project_changes

    cancellation = Cancellation()
    project = find_template(arguments)
    preparation = make_preparation(options_from(arguments), cancellation, quiet=arguments.quiet)
    with cancel_on_signals(cancellation):
        plan, changes = project_changes(preparation, arguments.template, project, given=given_answers(arguments))
    if not arguments.quiet:
        _show(changes, plan, arguments)
    return 1 if changes and arguments.exit_code else 0


def _show(changes: Sequence[Change], plan: Plan, arguments: Namespace) -> None:
    from mintage.projects import patch

    if arguments.json:
        output.put_document(patch.diff_document(changes, plan))
        return
    if arguments.stat:
        lines = patch.stat_lines(changes, terminal_columns())
    elif arguments.name_only:
        lines = (("", patch.quoted("", change.path) + b"\n") for change in changes)
    else:
        lines = patch.patch_lines(changes)
    output.put_bytes(b"".join(_shown(lines, plan.redaction)))


def _shown(lines: Iterable[StyledLine], redaction: Redaction) -> Iterator[bytes]:
    """Yield the lines unchanged, so that they can be applied; in a terminal, colored and without control characters."""
    style, watched = Style(output.standard_output()), is_terminal(output.standard_output())
    for colour, line in lines:
        text = redaction.text(line.decode("utf-8", "surrogateescape"))
        if watched:
            text = style(colour, printable(text.removesuffix("\n"))) + "\n"
        yield text.encode("utf-8", "surrogateescape")
