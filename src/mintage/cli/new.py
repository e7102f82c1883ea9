"""`mintage new`: make a project."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from mintage import progress
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
    engine = {name: value for typed, name in _ENGINE.items() if (value := getattr(arguments, typed)) is not None}
    options = options_of(
        arguments,
        executor=arguments.executor,
        fail_fast=arguments.fail_fast,
        enable_dependencies=not arguments.no_dependencies,
        keep_on_failure=arguments.keep_on_failure,
        **engine,
    )
    cancellation = Cancellation()
    generator = make_generator(
        options,
        reporter=_reporter(arguments),
        cancellation=cancellation,
        quiet=arguments.quiet,
        task_output=2 if arguments.json or arguments.quiet else None,
    )
    if arguments.dry_run:
        return _dry_run(generator, arguments)
    failed = None
    with cancel_on_signals(cancellation):
        try:
            report: Report = generator.generate(arguments.template, arguments.output, given=given_answers(arguments))
        except GenerationFailed as error:
            failed, report = error, error.report
    _show(report, failed, arguments)
    return failed.exit_code if failed else 0


def _reporter(arguments: Namespace) -> Reporter:
    if arguments.quiet:
        return SilentReporter()
    return progress.choose(arguments.progress, sys.stderr, verbose=arguments.verbose)


def _dry_run(generator: Generator, arguments: Namespace) -> int:
    from mintage.report.views import show

    plan = generator.plan(arguments.template, arguments.output, given=given_answers(arguments))
    sys.stdout.write(show(plan, "json" if arguments.json else "tree"))
    return 0


def _show(report: Report, failed: GenerationFailed | None, arguments: Namespace) -> None:
    """Failures go to standard error; the summary too when standard output is for a document."""
    stream: Any = sys.stderr if arguments.json else sys.stdout
    if failed:
        print("\n".join(failed_lines(failed, Style(sys.stderr))), file=sys.stderr, flush=True)
    if not arguments.quiet:
        print("\n".join(summary_lines(report, Style(stream), verbose=arguments.verbose)), file=stream)
    if arguments.json:
        print(json.dumps(report.to_dict(), indent=2))
