"""`mintage new`: make a project."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mintage import progress
from mintage.cli import output
from mintage.cli.request import given_answers, make_generator, options_of
from mintage.engine import Cancellation, SilentReporter, cancel_on_signals
from mintage.errors import GenerationFailed
from mintage.report.text import failed_lines, summary_lines
from mintage.terminal import Style

if TYPE_CHECKING:
    from argparse import Namespace

    from mintage.engine import Reporter
    from mintage.generator import Generator
    from mintage.report import Report

# What the command line calls an option of the engine, and what the library calls it.
_ENGINE = {
    "workers": "max_workers",
    "threshold": "concurrent_threshold",
    "max_memory": "max_memory_mb",
    "buffer_size": "buffer_size",
    "timeout": "processing_timeout",
}


def new(arguments: Namespace) -> int:
    """Make the project, show how it goes, and return the exit code."""
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
        task_output=2 if arguments.json or arguments.quiet else None,
    )
    with cancel_on_signals(cancellation):
        if arguments.dry_run:
            return _show_plan(generator, arguments)
        return _mint(generator, arguments)


def _reporter(arguments: Namespace) -> Reporter:
    if arguments.quiet:
        return SilentReporter()
    return progress.choose(arguments.progress, sys.stderr, verbose=arguments.verbose)


def _show_plan(generator: Generator, arguments: Namespace) -> int:
    from mintage.report.views import show

    plan = generator.plan(arguments.template, arguments.output, given=given_answers(arguments))
    output.put(show(plan, "json" if arguments.json else "tree"))
    return 0


def _mint(generator: Generator, arguments: Namespace) -> int:
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
    if arguments.trace is not None:
        from mintage.report.trace import write_trace

        write_trace(report, arguments.trace)
    if arguments.json:
        if not arguments.quiet:
            output.tell("\n".join(summary_lines(report, Style(sys.stderr), verbose=arguments.verbose)))
        output.put(report.as_json())
    elif not arguments.quiet:
        output.put("\n".join(summary_lines(report, Style(sys.stdout), verbose=arguments.verbose)))
