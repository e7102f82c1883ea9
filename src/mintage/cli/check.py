"""`mintage check`: look at a template before anything of it runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.cli.arguments import add_debug, add_source
from mintage.terminal import Style, one_line, printable

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from mintage.trust import TrustReport


USAGE = "TEMPLATE --trust-report [options]"
EXAMPLES = ""


def add_arguments(parser: ArgumentParser) -> None:
    """What can be typed after `mintage check`."""
    parser.add_argument("template", metavar="TEMPLATE", help="as for `mintage new`")
    add_source(parser)
    parser.add_argument(
        "--trust-report", action="store_true", required=True, help="show the author's code that would run, all of it"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_debug(parser)


def run(arguments: Namespace) -> int:
    """Show what of the author's code a template would run, with its text. Returns the exit code."""
    from mintage.engine import Cancellation, cancel_on_signals
    from mintage.generator import Generator, Options

    cancellation = Cancellation()
    options = Options(
        ref=arguments.ref, directory=arguments.directory, offline=arguments.offline, format=arguments.format
    )
    with cancel_on_signals(cancellation):
        report = Generator(options, cancellation=cancellation).trust_report(arguments.template)
    if arguments.json:
        import json

        output.put(json.dumps(_document(report), indent=2))
    else:
        output.put("\n".join(_lines(report, Style(sys.stdout))))
    return 0


def _document(report: TrustReport) -> dict[str, object]:
    from mintage.trust import digest

    return {
        "kind": "trust_report",
        "version": 1,
        "template": report.origin,
        "digest": digest(report.capabilities),
        "trusted": report.trusted,
        "may_run": report.may_run,
        "capabilities": [
            {"kind": each.kind, "what": each.what, "text": each.text, "agreed": each in report.agreed}
            for each in report.capabilities
        ],
    }


def _lines(report: TrustReport, style: Style) -> list[str]:
    from mintage.trust import digest

    origin = one_line(report.origin)
    if not report.capabilities:
        return [f"{origin} runs no code of its author"]
    lines = [f"{origin} runs this code of its author:"]
    for each in report.capabilities:
        lines += ["", style("bold", one_line(str(each)))]
        lines += [f"  {style('dim', '|')} {line}" for line in printable(each.text).rstrip("\n").split("\n")]
    lines += ["", f"digest {digest(report.capabilities)}"]
    if report.trusted:
        lines.append("its source is on your list of trusted ones: all of this runs without asking")
    elif report.may_run:
        lines.append("you have agreed to all of this: it runs without asking until it changes")
    else:
        lines.append("none of it runs unless you agree: --trust, or yes at the prompt")
    return lines
