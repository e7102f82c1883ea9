"""`mintage check`: find mistakes in a template without running it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.cli.arguments import add_debug, add_source
from mintage.data.documents import VERSION
from mintage.errors import MintageError, UsageError
from mintage.terminal import Style, one_line, printable

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from mintage.analysis.checks.findings import Checked
    from mintage.trust.consent import TrustReport


USAGE = "TEMPLATE [options]"
EXAMPLES = """\
examples:
  mintage check ./my-template
  mintage check ./my-template --strict --ignore windows-path
  mintage check . --sarif check.sarif
  mintage check gh:audreyfeldroy/cookiecutter-pypackage --trust-report

docs/check.md explains each rule.
"""
_VIEWS = ("text", "json", "sarif")
_STANDARD_OUTPUT = "-"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage check`."""
    parser.add_argument("template", metavar="TEMPLATE", help="as for `mintage new`")
    add_source(parser)
    group = parser.add_argument_group("rules")
    group.add_argument("--ignore", metavar="RULE", action="append", default=[], help="ignore a rule; can be repeated")
    group.add_argument("--strict", action="store_true", help="exit with 1 on warnings as well")
    group.add_argument(
        "--trust", action="store_true", help="load the template's own Jinja extensions to learn their filters and tags"
    )
    group.add_argument("--trust-report", action="store_true", help="only show all of the author's code that would run")
    group = parser.add_argument_group("output")
    group.add_argument(
        "--as", dest="view", choices=_VIEWS, default="text", metavar="VIEW", help="text, json or sarif (default: text)"
    )
    group.add_argument("--json", action="store_const", dest="view", const="json", help="the same as --as json")
    group.add_argument(
        "--sarif",
        metavar="FILE",
        nargs="?",
        const=_STANDARD_OUTPUT,
        help="write SARIF 2.1.0 to FILE; without FILE, the same as --as sarif",
    )
    add_debug(parser)


def run(arguments: Namespace) -> int:
    """Check a template, or show which of its author's code would run. Returns the exit code."""
    from mintage.analysis.checks.loading import check_template
    from mintage.cli.request import source_options
    from mintage.engine import Cancellation, cancel_on_signals
    from mintage.minting.options import Options
    from mintage.minting.preparation import Preparation

    cancellation = Cancellation()
    options = Options(**source_options(arguments), trust=arguments.trust)
    with cancel_on_signals(cancellation):
        if arguments.trust_report:
            _show_trust(
                Preparation(options, cancellation=cancellation).trust_report(arguments.template),
                as_json=arguments.view == "json",
            )
            return 0
        ignored = _known_rules(arguments.ignore)
        checked = check_template(arguments.template, options, ignored=ignored, cancellation=cancellation)
    _show(checked, arguments)
    return _status(checked, strict=arguments.strict)


def _known_rules(ignored: list[str]) -> frozenset[str]:
    from mintage.analysis.checks.findings import RULES
    from mintage.terminal import suggest

    for rule in ignored:
        if rule not in RULES:
            raise UsageError(
                f"unknown rule {rule!r}", hint=suggest(rule, [*RULES]) or f"the rules are {', '.join(RULES)}"
            )
    return frozenset(ignored)


def _status(checked: Checked, *, strict: bool) -> int:
    from mintage.analysis.checks.findings import Severity

    bad = [Severity.ERROR, Severity.WARNING] if strict else [Severity.ERROR]
    return 1 if any(map(checked.count, bad)) else 0


def _show(checked: Checked, arguments: Namespace) -> None:
    view = "sarif" if arguments.sarif == _STANDARD_OUTPUT else arguments.view
    if arguments.sarif and arguments.sarif != _STANDARD_OUTPUT:
        _write(Path(arguments.sarif), _shown(checked, "sarif"))
    output.put(_shown(checked, view))


def _shown(checked: Checked, view: str) -> str:
    import json

    if view == "sarif":
        from mintage.analysis.checks.views.sarif import sarif

        return json.dumps(sarif(checked), indent=2)
    if view == "json":
        from mintage.analysis.checks.views.document import document

        return json.dumps(document(checked), indent=2)
    from mintage.analysis.checks.views.text import lines

    return "\n".join(lines(checked, Style(output.standard_output())))


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(f"{text}\n", "utf-8")
    except OSError as error:
        raise MintageError(f"can't write {file}: {error.strerror}") from error


def _show_trust(report: TrustReport, *, as_json: bool) -> None:
    if as_json:
        output.put_document(_trust_document(report))
    else:
        output.put("\n".join(_trust_lines(report, Style(output.standard_output()))))


def _trust_document(report: TrustReport) -> dict[str, object]:
    from mintage.trust.capabilities import digest

    return {
        "kind": "trust_report",
        "version": VERSION,
        "template": report.origin,
        "digest": digest(report.capabilities),
        "trusted": report.trusted,
        "may_run": report.may_run,
        "capabilities": [
            {"kind": each.kind, "what": each.what, "text": each.text, "agreed": each in report.agreed}
            for each in report.capabilities
        ],
    }


def _trust_lines(report: TrustReport, style: Style) -> list[str]:
    from mintage.trust.capabilities import digest

    origin = one_line(report.origin)
    if not report.capabilities:
        return [f"{origin} doesn't run any of its author's code"]
    lines = [f"{origin} runs this code by its author:"]
    for each in report.capabilities:
        lines += ["", style("bold", one_line(str(each)))]
        lines += [f"  {style('dim', '|')} {line}" for line in printable(each.text).rstrip("\n").split("\n")]
    lines += ["", f"digest {digest(report.capabilities)}"]
    if report.trusted:
        lines.append("you trust its source: all of this runs without asking")
    elif report.may_run:
        lines.append("you agreed to all of this: it runs without asking until it changes")
    else:
        lines.append("none of this runs unless you agree, with --trust or at the prompt")
    return lines
