"""`mintage convert`: turn a Cookiecutter template into a native one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.cli.arguments import add_debug
from mintage.data.documents import VERSION
from mintage.report.hints import for_command_line
from mintage.terminal import Style, counted, one_line

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from mintage.conversion.model import Conversion, Note

USAGE = "TEMPLATE OUTPUT [options]"
EXAMPLES = """\
examples:
  mintage convert gh:audreyfeldroy/cookiecutter-pypackage my-template
  mintage convert ./templates --directory service service-template

Projects from both templates are compared byte for byte, with many answers; hooks don't run.
exit codes: 0 all equal, 1 something differs or wasn't compared, 2 can't be converted
"""
_SHOWN = 10
_SETS_SHOWN = 3


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage convert`."""
    parser.add_argument("template", metavar="TEMPLATE", help="a Cookiecutter template, as for `mintage new`")
    parser.add_argument("output", metavar="OUTPUT", type=Path, help="the directory to create for the native template")
    parser.add_argument("--ref", metavar="REV", help="use this branch, tag or commit")
    parser.add_argument("--directory", metavar="SUB", help="directory of the template inside the repository")
    parser.add_argument("--offline", action="store_true", help="stay offline: use only what is cached")
    parser.add_argument(
        "-d",
        "--data",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="an answer for all comparisons; can be repeated",
    )
    parser.add_argument("--trust", action="store_true", help="run the template's extensions in order to compare")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_debug(parser)


def run(arguments: Namespace) -> int:
    """Convert, compare, and report the differences. Returns the exit code."""
    from mintage.answers.given import parse_flag
    from mintage.cli.request import warn
    from mintage.conversion import convert
    from mintage.engine import Cancellation, cancel_on_signals
    from mintage.minting.options import Options

    options = Options(
        ref=arguments.ref, directory=arguments.directory, offline=arguments.offline, trust=arguments.trust
    )
    cancellation = Cancellation()
    with cancel_on_signals(cancellation):
        conversion = convert(
            arguments.template,
            arguments.output,
            options,
            given=dict(map(parse_flag, arguments.data)),
            cancellation=cancellation,
            warn=warn,
        )
    if arguments.json:
        output.put_document(_document(conversion))
    else:
        output.put("\n".join(_lines(conversion, Style(output.standard_output()))))
    return 0 if conversion.is_equal else 1


def _document(conversion: Conversion) -> dict[str, object]:
    return {
        "kind": "conversion",
        "version": VERSION,
        "template": conversion.origin,
        "output": str(conversion.output),
        "equal": conversion.is_equal,
        "questions": conversion.questions,
        "files": conversion.files,
        "tasks": conversion.tasks,
        "renamed": dict(conversion.renamed),
        "notes": [
            {"what": note.what, "where": note.where, "hint": for_command_line(note.hint), "lost": note.is_lost}
            for note in conversion.notes
        ],
        "comparisons": [
            {
                "answers": dict(each.answers),
                "equal": each.is_equal,
                "files": each.files,
                "differences": list(each.differences),
                "unsteady": list(each.unsteady),
                "failure": each.failure,
                "unmade": each.unmade,
            }
            for each in conversion.comparisons
        ],
        "all_pairs": conversion.has_all_pairs,
        "not_compared": for_command_line(conversion.not_compared),
    }


def _lines(conversion: Conversion, style: Style) -> list[str]:
    parts = ((conversion.questions, "question"), (conversion.files, "file"), (conversion.tasks, "task"))
    lines = [f"{one_line(str(conversion.output))}: {', '.join(counted(*part) for part in parts)}"]
    lines += [f"  {one_line(old)} is now {one_line(new)}" for old, new in conversion.renamed.items()]
    lost = [note for note in conversion.notes if note.is_lost]
    other = [note for note in conversion.notes if not note.is_lost]
    lines += _titled(style("red", "not converted:"), lost)
    lines += _titled(style("yellow", "works differently:"), other)
    if conversion.not_compared:
        return [*lines, f"not compared with the original: {for_command_line(conversion.not_compared)}"]
    return [*lines, *_comparison_lines(conversion, style)]


def _titled(title: str, notes: list[Note]) -> list[str]:
    lines = [title] if notes else []
    for note in notes[:_SHOWN]:
        lines.append(f"  {one_line(note.where)}: {one_line(note.what)}")
        if note.hint:
            lines.append(f"    {one_line(for_command_line(note.hint))}")
    if len(notes) > _SHOWN:
        lines.append(f"  and {len(notes) - _SHOWN} more; --json lists all")
    return lines


def _comparison_lines(conversion: Conversion, style: Style) -> list[str]:
    compared = conversion.comparisons
    differing = [each for each in compared if not each.is_equal]
    meeting = "covering every pair of choices" if conversion.has_all_pairs else "out of very many"
    more = f" and {counted(len(compared) - 1, 'set')} of answers {meeting}" if len(compared) > 1 else ""
    unsteady = sorted({path for each in compared for path in each.unsteady})
    lines = [f"generated with the defaults{more}, and compared with the original:"]
    if unsteady:
        lines.append(f"  the original also differs from run to run: {one_line(', '.join(unsteady[:_SHOWN]))}")
    unmade = [each for each in compared if each.unmade]
    if unmade:
        lines.append(f"  {len(unmade)} of them don't produce a project in the original: {one_line(unmade[0].unmade)}")
    if len(unmade) == len(compared):
        return [*lines, f"  {style('red', 'so there was nothing to compare')}; provide answers with -d"]
    if not differing:
        return [*lines, f"  {style('green', 'equal byte for byte')}"]
    for each in differing[:_SETS_SHOWN]:
        answers = " ".join(f"-d {name}={value}" for name, value in each.answers.items()) or "the defaults"
        lines.append(f"  {style('red', 'different')} with {one_line(answers)}")
        lines += [f"    {one_line(text)}" for text in ((each.failure,) if each.failure else each.differences[:_SHOWN])]
        if len(each.differences) > _SHOWN:
            lines.append(f"    and {len(each.differences) - _SHOWN} more")
    if len(differing) > _SETS_SHOWN:
        lines.append(f"  and with {len(differing) - _SETS_SHOWN} other sets of answers; --json lists all")
    return lines
