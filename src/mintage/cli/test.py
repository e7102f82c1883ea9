"""`mintage test`: generate projects with many combinations of answers, and check the results."""

from __future__ import annotations

import json
import sys
from argparse import SUPPRESS
from pathlib import Path
from typing import TYPE_CHECKING

from mintage import progress
from mintage.cli import output
from mintage.cli.arguments import add_debug, add_source, count, seconds
from mintage.engine import Cancellation, SilentReporter, cancel_on_signals
from mintage.terminal import Style, say_nothing

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from mintage.engine import Reporter
    from mintage.testing.model import TestReport, TestRequest

USAGE = "TEMPLATE [options]"
EXAMPLES = """\
examples:
  mintage test ./my-template                          all pairs of answers
  mintage test ./my-template -d name=demo --coverage  and list what no case reaches
  mintage test ./my-template --run 'pytest -q' -k docker=true
  mintage test ./my-template --cases tests/cases.toml --update-golden

exit codes:
  0 all cases passed, 1 some failed, 2 the request is invalid, 3 refused for safety,
  124 timed out, 130 interrupted, 143 terminated
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage test`."""
    parser.add_argument(
        "template", metavar="TEMPLATE", help="as for `mintage new`; a directory is tested in its current state"
    )
    add_source(parser)
    _add_cases(parser)
    _add_checks(parser)
    group = parser.add_argument_group("execution")
    group.add_argument("--trust", action="store_true", help="run the template's hooks, tasks and extensions")
    group.add_argument("--skip-tasks", action="store_true", help="don't run hooks or tasks")
    group.add_argument(
        "--keep", metavar="DIR", type=Path, help="keep the projects in DIR, each under the name of its case"
    )
    group.add_argument(
        "--workers",
        metavar="N",
        type=count(or_word="auto"),
        default=None,
        help="maximum number of cases at the same time (default: auto)",
    )
    group.add_argument("--timeout", metavar="SECONDS", type=seconds, default=None, help="stop the run after this time")
    group.add_argument("--fail-fast", action="store_true", help="stop after the first case that fails")
    group.add_argument(
        "--limit",
        metavar="NAME=N",
        action="append",
        default=[],
        help="change a limit of each project; see `mintage new`",
    )
    messages = parser.add_argument_group("messages")
    messages.add_argument("--coverage", action="store_true", help="list everything that no case reaches")
    messages.add_argument(
        "--progress", choices=("auto", "bar", "plain", "none"), default="auto", help="as for `mintage new`"
    )
    messages.add_argument("--json", action="store_true", help="print one JSON document")
    messages.add_argument("-q", "--quiet", action="store_true", help="only show failures")
    add_debug(messages)


def _add_cases(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("cases")
    group.add_argument(
        "-d", "--data", metavar="KEY=VALUE", action="append", default=[], help="answer a question in every case"
    )
    group.add_argument(
        "--data-file",
        metavar="FILE",
        action="append",
        default=[],
        type=Path,
        help="answers for every case, in TOML, YAML or JSON",
    )
    what = group.add_mutually_exclusive_group()
    what.add_argument("--full", action="store_true", help="test all combinations instead of all pairs")
    what.add_argument(
        "--cases", metavar="FILE", type=Path, help="use the cases in this file: a table of answers for each"
    )
    group.add_argument(
        "--max-cases",
        metavar="N",
        type=count(),
        default=SUPPRESS,
        help="refuse to run more than N cases (default: 1000)",
    )
    group.add_argument(
        "-k", metavar="PATTERN", dest="pattern", help="only test cases whose name or answers contain PATTERN"
    )
    group.add_argument(
        "--case", metavar="NAME", action="append", default=[], help="only test this case; can be repeated"
    )


def _add_checks(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("checks")
    group.add_argument("--strict", action="store_true", help="fail if rendering a file again gives a different result")
    group.add_argument(
        "--golden",
        metavar="DIR",
        type=Path,
        help="compare with the golden trees in DIR (default: TEMPLATE/tests/golden)",
    )
    group.add_argument("--update-golden", action="store_true", help="write the golden trees of these cases")
    group.add_argument(
        "--run",
        metavar="COMMAND",
        action="append",
        default=[],
        help="run a shell command in each project, which must succeed; can be repeated",
    )
    group.add_argument(
        "--run-timeout",
        metavar="SECONDS",
        type=seconds,
        default=600.0,
        help="time limit for each command (default: 600)",
    )


def run(arguments: Namespace) -> int:
    """Test the template, show the progress, and return the exit code."""
    from mintage.cli.request import consent_asker, warn
    from mintage.testing.session import run_test

    request = _request(arguments)
    cancellation = Cancellation()
    with cancel_on_signals(cancellation):
        report = run_test(
            request,
            reporter=_reporter(arguments),
            cancellation=cancellation,
            ask_consent=consent_asker(),
            warn=say_nothing if arguments.quiet else warn,
            task_output=2 if arguments.json or arguments.quiet else None,
        )
    _show(report, arguments)
    return 1 if report.failed else 0


def _request(arguments: Namespace) -> TestRequest:
    from mintage.cli.limits import parse_limits
    from mintage.cli.request import given_answers, source_options
    from mintage.minting.options import Options
    from mintage.template.limits import Limits
    from mintage.testing.model import TestRequest

    bound = {"most_cases": arguments.max_cases} if "max_cases" in arguments else {}
    return TestRequest(
        template=arguments.template,
        given=given_answers(arguments),
        options=Options(
            **source_options(arguments),
            trust=arguments.trust,
            run_tasks=not arguments.skip_tasks,
            processing_timeout=arguments.timeout,
            fail_fast=arguments.fail_fast,
            limits=parse_limits(Limits(), arguments.limit),
        ),
        full=arguments.full,
        cases_file=arguments.cases,
        names=tuple(arguments.case),
        pattern=arguments.pattern,
        keep=arguments.keep,
        strict=arguments.strict,
        golden=arguments.golden,
        updates_golden=arguments.update_golden,
        commands=tuple(arguments.run),
        command_seconds=arguments.run_timeout,
        workers=arguments.workers,
        **bound,
    )


def _reporter(arguments: Namespace) -> Reporter:
    if arguments.quiet:
        return SilentReporter()
    return progress.choose(arguments.progress, sys.stderr)


def _show(report: TestReport, arguments: Namespace) -> None:
    """Print the report: to standard error if standard output is for the JSON document."""
    from mintage.testing.text import report_lines

    if arguments.json:
        from mintage.testing.document import test_document

        if not arguments.quiet:
            output.say("\n".join(report_lines(report, Style(sys.stderr), lists_coverage=arguments.coverage)))
        output.put(json.dumps(test_document(report), indent=2, default=str))
    elif report.failed or not arguments.quiet:
        output.put("\n".join(report_lines(report, Style(output.standard_output()), lists_coverage=arguments.coverage)))
