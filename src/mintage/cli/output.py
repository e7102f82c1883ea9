"""Writes to the standard streams, even if they are closed. Doesn't know what it writes."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from mintage.errors import MintageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO


def prepare() -> None:
    """Make the streams usable: redirect closed ones, and escape what the terminal can't encode."""
    for descriptor, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:  # closed before we started; none of our files may get its descriptor
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
            setattr(sys, name, os.fdopen(descriptor, mode, closefd=False))
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="backslashreplace")
    # What code of a template's author prints goes to standard error, so that standard output is ours alone.
    _Streams.standard_output, sys.stdout = sys.stdout, sys.stderr


class _Streams:
    """The streams of this process, between `prepare` and `settle`."""

    standard_output: TextIO | None = None


def standard_output() -> TextIO:
    """Return the stream that `put` writes to."""
    return _Streams.standard_output or sys.stdout


def put(text: str) -> None:
    """Write a document or a summary to standard output.

    It is not an error if the reader is gone.

    Raises:
        MintageError: The text cannot be written for another reason.
    """
    try:
        stream = standard_output()
        stream.write(text if text.endswith("\n") else f"{text}\n")
        stream.flush()
    except BrokenPipeError:
        _silence(1)
    except OSError as error:
        _silence(1)
        raise MintageError(f"can't write to standard output: {error.strerror}") from error


def put_bytes(data: bytes) -> None:
    """Write bytes to standard output that may not be text in any encoding, such as a patch."""
    try:
        stream = standard_output()
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except BrokenPipeError:
        _silence(1)
    except OSError as error:
        _silence(1)
        raise MintageError(f"can't write to standard output: {error.strerror}") from error


def put_document(document: Mapping[str, object]) -> None:
    """Write a document for programs to standard output, as JSON.

    Raises:
        MintageError: As `put` does.
    """
    import json

    put(json.dumps(document, indent=2))


def say(text: str) -> None:
    """Write lines for people to standard error. Failures are ignored, since there is nowhere to report them."""
    with suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


def settle() -> None:
    """Flush all buffers, so that nothing fails when the interpreter exits."""
    sys.stdout, _Streams.standard_output = standard_output(), None
    for descriptor, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):
            _silence(descriptor)


def _silence(descriptor: int) -> None:
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, descriptor)
    os.close(devnull)
