"""`mintage new`: make a project."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.cli.arguments import add_answers, add_debug, add_engine, add_output, add_template
from mintage.errors import GenerationFailed
from mintage.terminal import Style

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from mintage.engine import Reporter
    from mintage.generator import Generator
    from mintage.report import Report

USAGE = "TEMPLATE [OUTPUT] [options]"
EXAMPLES = """\
examples:
  mintage new ./my-template my-project
  mintage new service my-service -d name=payments -d port=8080 --defaults
  mintage new https://example.com/templates.git --ref v2 --directory library my-library
  mintage new ./my-template my-project --skip-existing   add what is missing
  mintage new ./my-template my-project --json -q         for programs

exit codes:
  0 all done, 1 some files failed, 2 cannot be carried out, 3 refused for safety,
  124 timed out, 130 interrupted, 143 terminated
"""

# What the command line calls an option of the engine, and what the library calls it.
_ENGINE = {
    "workers": "max_workers",
    "threshold": "concurrent_threshold",
    "max_memory": "max_memory_mb",
    "buffer_size": "buffer_size",
    "timeout": "processing_timeout",
}


def add_arguments(parser: ArgumentParser) -> None:
    """What can be typed after `mintage new`."""
    add_template(parser)
    add_answers(parser).add_argument(
        "-y", "--yes", action="store_true", help="go on after the last answer, without showing all of them"
    )
    group = add_output(parser)
    group.add_argument("--dry-run", action="store_true", help="show the plan, write nothing")
    group.add_argument("--keep-on-failure", action="store_true", help="keep a project whose hook failed")
    add_engine(parser)
    messages = parser.add_argument_group("messages")
    messages.add_argument(
        "--progress",
        choices=("auto", "bar", "plain", "none"),
        default="auto",
        help="a live bar, or plain lines for a log (default: auto)",
    )
    messages.add_argument("--json", action="store_true", help="print one JSON document: the report, plan or error")
    messages.add_argument(
        "--trace",
        metavar="FILE",
        type=Path,
        help="write what each worker did when: for Perfetto (ui.perfetto.dev), and beside it as an HTML page",
    )
    volume = messages.add_mutually_exclusive_group()
    volume.add_argument("-v", "--verbose", action="store_true", help="a line for each file, and why this executor")
    volume.add_argument("-q", "--quiet", action="store_true", help="nothing but errors")
    add_debug(messages)


def run(arguments: Namespace) -> int:
    """Make the project, show how it goes, and return the exit code."""
    from mintage.cli.request import make_generator, options_of
    from mintage.engine import Cancellation, cancel_on_signals

    typed = vars(arguments)
    options = options_of(
        arguments,
        executor=arguments.executor,
        renderer=arguments.renderer,
        code_cache=not arguments.no_code_cache,
        trace=arguments.trace is not None,
        bounds_own_memory=True,
        fail_fast=arguments.fail_fast,
        keep_on_failure=arguments.keep_on_failure,
        **{name: typed[option] for option, name in _ENGINE.items() if option in typed},
    )
    cancellation = Cancellation()
    generator = make_generator(
        options,
        cancellation,
        reporter=_reporter(arguments),
        quiet=arguments.quiet,
        reviews=not (arguments.yes or arguments.dry_run),
        task_output=2 if arguments.json or arguments.quiet else None,
    )
    with cancel_on_signals(cancellation):
        if arguments.dry_run:
            return _show_plan(generator, arguments)
        return _mint(generator, arguments)


def _reporter(arguments: Namespace) -> Reporter:
    from mintage import progress
    from mintage.engine import SilentReporter

    if arguments.quiet:
        return SilentReporter()
    return progress.choose(arguments.progress, sys.stderr, verbose=arguments.verbose)


def _show_plan(generator: Generator, arguments: Namespace) -> int:
    from mintage.cli.request import given_answers
    from mintage.report.views import show

    plan = generator.plan(arguments.template, arguments.output, given=given_answers(arguments))
    output.put(show(plan, "json" if arguments.json else "tree"))
    return 0


def _mint(generator: Generator, arguments: Namespace) -> int:
    from mintage.cli.request import given_answers
    from mintage.report.text import failed_lines

    try:
        report: Report = generator.generate(arguments.template, arguments.output, given=given_answers(arguments))
    except GenerationFailed as failed:
        output.tell("\n".join(failed_lines(failed, Style(sys.stderr))))
        _show(failed.report, arguments)
        return failed.exit_code
    _show(report, arguments)
    return 0


def _show(report: Report, arguments: Namespace) -> None:
    """The summary goes to standard error when standard output is for a document."""
    from mintage.report.text import summary_lines

    if arguments.trace is not None:
        from mintage.report.trace import write_trace

        write_trace(report, arguments.trace)
    if arguments.json:
        if not arguments.quiet:
            output.tell("\n".join(summary_lines(report, Style(sys.stderr), verbose=arguments.verbose)))
        output.put(report.as_json())
    elif not arguments.quiet:
        output.put("\n".join(summary_lines(report, Style(sys.stdout), verbose=arguments.verbose)))
