"""The command line: reads arguments, calls the library, prints. Leaves all decisions to the library."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.errors import MintageError, UsageError, as_mintage_error

if TYPE_CHECKING:
    from collections.abc import Sequence

_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code. All errors are printed, none is raised."""
    # Nearly all objects live until the run ends: collecting at every 700th object took a fifth of the time.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 100)
    output.prepare()
    try:
        return _carry_out(arguments)
    except SystemExit as end:  # argparse, after printing help
        return int(end.code or 0)
    except Exception as error:
        if "--debug" in arguments:
            from traceback import format_exception

            from mintage.terminal import printable

            output.say(printable("".join(format_exception(error))))
        return _explain(error, as_json=_wants_document(arguments))
    finally:
        output.settle()


def _carry_out(arguments: Sequence[str]) -> int:
    from mintage.cli.commands import command_module
    from mintage.cli.parser import parse

    options = parse(arguments)
    return command_module(options.command).run(options)


def _current_directory_exists() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def _wants_document(arguments: Sequence[str]) -> bool:
    """Return whether JSON was requested, even if the arguments are invalid otherwise."""
    wants_view = ("--as", "json") in pairwise(arguments)
    return wants_view or not {"--json", "--as=json"}.isdisjoint(arguments)


def _explain(error: Exception, *, as_json: bool) -> int:
    """Print an error for people, and as JSON if requested. Returns its exit code."""
    from mintage.report.document import error_document
    from mintage.report.hints import UNEXPECTED
    from mintage.report.text import error_lines
    from mintage.terminal import Style

    if isinstance(error, FileNotFoundError) and not _current_directory_exists():
        error = UsageError(
            "the current directory no longer exists",
            hint="change to another directory, or give all paths as absolute ones",
        )
    error = as_mintage_error(error, hint=UNEXPECTED)
    output.say("\n".join(error_lines(error, Style(sys.stderr))))
    if as_json:
        import json

        with suppress(MintageError):
            output.put(json.dumps(error_document(error), indent=2))
    return error.exit_code
