"""The command line: reads arguments, calls the library, prints. Decides nothing that the library could decide."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from mintage.cli.parser import make_parser
from mintage.errors import GenerationFailed, MintageError
from mintage.terminal import Style

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line and return its exit code; no error of Mintage leaves it as an exception."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    _open_closed_streams()
    try:
        code = _command(options.command)(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # whoever read our output has gone
        _silence(1)
        return 0
    except Exception as error:
        if getattr(options, "debug", False):
            raise
        return _explain(error, as_json=getattr(options, "json", False))


def _command(name: str) -> Callable[[Namespace], int]:
    """The function of a command; only its own module is imported."""
    if name == "new":
        from mintage.cli.new import new

        return new
    if name == "plan":
        from mintage.cli.plan import plan

        return plan
    from mintage.cli import registry

    return {"list": registry.list_templates, "add": registry.add, "remove": registry.remove}[name]


def _explain(error: Exception, *, as_json: bool) -> int:
    """Print an error for people, and for programs if they asked; returns its exit code."""
    from mintage.report.document import error_document
    from mintage.report.text import error_lines

    if isinstance(error, GenerationFailed):  # printed with the report, where there is one
        return error.exit_code
    if not isinstance(error, MintageError):
        error = MintageError(
            f"mintage ran into something it does not know: {type(error).__name__}: {error}",
            hint="this is a mistake in mintage; run it again with --debug to see where, and report it",
        )
    if as_json:
        print(json.dumps(error_document(error), indent=2))
    with suppress(OSError, ValueError):
        print("\n".join(error_lines(error, Style(sys.stderr))), file=sys.stderr)
    return error.exit_code


def _open_closed_streams() -> None:
    """Give streams that were closed before we began a place to go, so that no file takes their descriptors."""
    for descriptor, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
            setattr(sys, name, os.fdopen(descriptor, mode, closefd=False))


def _silence(descriptor: int) -> None:
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, descriptor)
    os.close(devnull)
