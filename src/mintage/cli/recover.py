"""`mintage recover`: undo or finish a run that was killed while replacing files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.cli.arguments import add_debug
from mintage.data.documents import VERSION
from mintage.files.recovery import recover
from mintage.terminal import one_line

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from mintage.files.recovery import Recovered


USAGE = "[OUTPUT] [--finish] [--json]"
EXAMPLES = ""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage recover`."""
    parser.add_argument(
        "output",
        metavar="OUTPUT",
        nargs="?",
        default=".",
        help="the project, or a directory that contains projects (default: .)",
    )
    parser.add_argument("--finish", action="store_true", help="keep the new files (default: restore the old ones)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_debug(parser)


def run(arguments: Namespace) -> int:
    """Undo or finish every interrupted commit into a project or into projects in a directory. Returns the exit code."""
    recovered = recover(Path(arguments.output), finish=arguments.finish)
    if arguments.json:
        document = {"kind": "recovery", "version": VERSION, "recovered": list(map(_document, recovered))}
        output.put_document(document)
    elif not recovered:
        output.put("no interrupted run found here")
    else:
        output.put("\n".join(line for each in recovered for line in _lines(each)))
    return 0


def _document(recovered: Recovered) -> dict[str, object]:
    return {
        "destination": recovered.destination,
        "finished": recovered.finished,
        "files": recovered.files,
        "conflicts": dict(recovered.conflicts),
    }


def _lines(recovered: Recovered) -> list[str]:
    what = "the new files are in place" if recovered.finished else "every file is as it was before the run"
    other = "the version from the run" if recovered.finished else "the version from before the run"
    return [
        *(
            f"{one_line(file)} has changed since then and is left alone; {one_line(aside)} is {other}"
            for file, aside in recovered.conflicts.items()
        ),
        f"{one_line(recovered.destination)}: {what} ({recovered.files:,} in all)",
    ]
