"""Enforces limits on size and time while a template is rendered. Knows no files."""

from __future__ import annotations

import time
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from mintage.errors import Location, RenderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_CHUNK = 1024


class _TookTooLong(BaseException):
    """Ends a block. A `BaseException`, so that nothing in a template catches it."""


def joined_within(pieces: Iterable[str], most: float, name: str) -> str:
    """Return the pieces joined.

    Args:
        most: The maximum number of characters.
        name: Names the template in the error.

    Raises:
        RenderError: The pieces have more characters, and the rest was not read.
    """
    kept: list[str] = []
    size = 0
    rest = iter(pieces)
    while chunk := list(islice(rest, _CHUNK)):
        size += sum(map(len, chunk))
        if size > most:
            raise too_large(name, most)
        kept += chunk
    return "".join(kept)


def items_within(items: Iterable[Any], seconds: float | None, what: str) -> Iterator[Any]:
    """Yield the items of an expression's value, which may be a generator that computes them only now.

    Args:
        seconds: The time that each chunk of items may take; None for no limit.
        what: Names the expression in errors.

    Raises:
        RenderError: The items took too long, or computing them failed.
    """
    rest: Iterator[Any] | None = None
    while True:
        try:
            with within_seconds(seconds, what):
                rest = iter(items) if rest is None else rest
                chunk = list(islice(rest, _CHUNK))
        except (Exception, SystemExit) as error:
            from mintage.rendering.failures import as_render_error

            raise as_render_error(error, what) from error
        if not chunk:
            return
        yield from chunk


def too_large(name: str, most: float) -> RenderError:
    """Return the error for a template that renders to more than is allowed.

    Args:
        most: The maximum number of bytes.
    """
    return RenderError(
        f"{name} renders to more than {most:,.0f} bytes",
        where=Location(name),
        why="that is more than one file may have",
        hint="raise the limit with `Options(limits=Limits(file_size=SIZE))`",
    )


@contextmanager
def within_seconds(
    seconds: float | None, what: str, failure: Callable[[str, float], Exception] | None = None
) -> Iterator[None]:
    """End the block with an error when it takes too long. Works only in the main thread, where signals arrive.

    Can be nested.

    Args:
        seconds: The time that the block may take; None for no limit.
        what: Names what the block does in the error.
        failure: Makes the error; by default, `took_too_long`.
    """
    if seconds is None:
        yield
        return
    # Imported here because it imports the complete engine, which shell completion doesn't need.
    from mintage.engine.cancel import interrupted_when

    until = time.monotonic() + seconds
    ending = _TookTooLong()
    try:
        with interrupted_when(lambda: ending if time.monotonic() >= until else None):
            yield
    except _TookTooLong as ended:
        if ended is not ending:  # an enclosing block took too long
            raise
        raise (failure or took_too_long)(what, seconds) from None


def took_too_long(what: str, seconds: float) -> RenderError:
    """Return the error for something that took too long to render."""
    return RenderError(
        f"{what} took longer than {seconds:g} seconds to render",
        why="a loop in it may never end",
        hint="if it only needs more time, raise the limit with `Options(limits=Limits(render_time=SECONDS))`",
    )
