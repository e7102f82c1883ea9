"""`mintage new`: generate a project."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.cli.arguments import add_answers, add_debug, add_engine, add_output, add_template
from mintage.engine.failures import GenerationFailed
from mintage.errors import UsageError
from mintage.terminal import Style

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from mintage.engine import Cancellation, Reporter
    from mintage.minting.options import Options
    from mintage.progress.events import EventStream
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
  0 success, 1 some files failed, 2 the request is invalid, 3 refused for safety,
  124 timed out, 130 interrupted, 143 terminated
"""

# The engine's options: their names on the command line and in the library.
_ENGINE = {
    "workers": "max_workers",
    "threshold": "concurrent_threshold",
    "max_memory": "max_memory_mb",
    "buffer_size": "buffer_size",
    "timeout": "processing_timeout",
}

# Keeps reports alive: freeing one with 10,000 files takes milliseconds, and the process is about to end.
_KEPT: list[Report] = []


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage new`."""
    add_template(parser)
    add_answers(parser).add_argument(
        "-y", "--yes", action="store_true", help="don't show all answers for confirmation at the end"
    )
    group = add_output(parser)
    group.add_argument("--dry-run", action="store_true", help="show the plan without writing anything")
    group.add_argument("--keep-on-failure", action="store_true", help="keep the project if a hook fails")
    group.add_argument(
        "--keep-going", action="store_true", help="update an existing project even if some of its files failed"
    )
    add_engine(parser)
    messages = parser.add_argument_group("messages")
    messages.add_argument(
        "--progress",
        choices=("auto", "bar", "plain", "none"),
        default="auto",
        help="show a live bar, or plain lines for a log (default: auto)",
    )
    messages.add_argument("--json", action="store_true", help="print the report, plan or error as one JSON document")
    messages.add_argument(
        "--events",
        metavar="FILE",
        help="write events as JSON lines while they happen; FILE can be a pipe, /dev/fd/N or - (standard output)",
    )
    messages.add_argument(
        "--trace",
        metavar="FILE",
        type=Path,
        help="write a timeline of all workers for Perfetto (ui.perfetto.dev), and an HTML page beside it",
    )
    volume = messages.add_mutually_exclusive_group()
    volume.add_argument("-v", "--verbose", action="store_true", help="show each file, and why this executor was chosen")
    volume.add_argument("-q", "--quiet", action="store_true", help="only show errors")
    add_debug(messages)


def run(arguments: Namespace) -> int:
    """Generate the project, show its progress, and return the exit code."""
    from mintage.engine import Cancellation, cancel_on_signals

    cancellation = Cancellation()
    with cancel_on_signals(cancellation):
        if arguments.dry_run:
            return _show_plan(arguments, cancellation)
        if arguments.events is None:
            return _mint(arguments, cancellation, output_is_taken=arguments.json)
        return _mint_with_events(arguments, cancellation)


def _mint_with_events(arguments: Namespace, cancellation: Cancellation) -> int:
    from mintage.cli.request import warn
    from mintage.progress.events import EventStream, LineSink, writes_to_standard_output

    output_is_taken = writes_to_standard_output(arguments.events)
    if output_is_taken and arguments.json:
        raise UsageError(
            "--events and --json can't both write to standard output",
            hint="write the events to a file with --events FILE",
        )
    with cancellation.interrupting():  # a named pipe waits for its reader
        lines = LineSink(arguments.events)
    with EventStream(lines) as events:
        exit_code = _mint(arguments, cancellation, events, output_is_taken=output_is_taken or arguments.json)
    if lines.error:
        warn(f"some events were not written to {arguments.events}: {lines.error.strerror}")
    return exit_code


def _mint(
    arguments: Namespace, cancellation: Cancellation, events: EventStream | None = None, *, output_is_taken: bool
) -> int:
    """Generate the project.

    Args:
        output_is_taken: Standard output is reserved for a document or events.
    """
    from mintage.cli.request import given_answers, make_generator
    from mintage.report.text import failed_lines

    generator = make_generator(
        _options(arguments),
        cancellation,
        reporter=_reporter(arguments, events),
        quiet=arguments.quiet,
        reviews=not arguments.yes,
        events=events,
        task_output=2 if output_is_taken or arguments.quiet else None,
    )
    exit_code = 0
    try:
        report: Report = generator.generate(arguments.template, arguments.output, given=given_answers(arguments))
    except GenerationFailed as failed:
        output.say("\n".join(failed_lines(failed, Style(sys.stderr))))
        report, exit_code = failed.report, failed.exit_code
    _KEPT.append(report)
    if events:
        events.reported(report)
    _show(report, arguments, output_is_taken=output_is_taken)
    return exit_code


def _options(arguments: Namespace) -> Options:
    from mintage.cli.request import options_from

    typed = vars(arguments)
    return options_from(
        arguments,
        executor=arguments.executor,
        renderer=arguments.renderer,
        code_cache=not arguments.no_code_cache,
        trace=arguments.trace is not None,
        bounds_own_memory=True,
        fail_fast=arguments.fail_fast,
        keep_on_failure=arguments.keep_on_failure,
        keep_going=arguments.keep_going,
        **{name: typed[option] for option, name in _ENGINE.items() if option in typed},
    )


def _reporter(arguments: Namespace, events: EventStream | None) -> Reporter:
    from mintage import progress
    from mintage.engine import SilentReporter

    shown = (
        SilentReporter()
        if arguments.quiet
        else progress.choose(arguments.progress, sys.stderr, verbose=arguments.verbose)
    )
    return progress.TeeReporter(shown, events) if events else shown


def _show_plan(arguments: Namespace, cancellation: Cancellation) -> int:
    from mintage.cli.request import given_answers, make_generator
    from mintage.report.views import show

    if arguments.events is not None:
        raise UsageError("a dry run has no events", hint="remove --events or --dry-run")
    generator = make_generator(_options(arguments), cancellation, quiet=arguments.quiet)
    plan = generator.plan(arguments.template, arguments.output, given=given_answers(arguments))
    output.put(show(plan, "json" if arguments.json else "tree"))
    return 0


def _show(report: Report, arguments: Namespace, *, output_is_taken: bool) -> None:
    if arguments.trace is not None:
        from mintage.report.trace import write_trace

        write_trace(report, arguments.trace)
    if not arguments.quiet:
        from mintage.report.text import summary_lines

        stream = sys.stderr if output_is_taken else output.standard_output()
        lines = summary_lines(report, Style(stream), verbose=arguments.verbose)
        (output.say if output_is_taken else output.put)("\n".join(lines))
    if arguments.json:
        output.put(report.as_json())
