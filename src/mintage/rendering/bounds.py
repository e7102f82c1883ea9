"""Keeps what a template renders to within its limits, while it is rendered. Knows no files."""

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
    """Passes through whatever a template catches."""


def joined_within(pieces: Iterable[str], most: float, name: str) -> str:
    """Return the pieces as one text of at most so many characters.

    Raises:
        RenderError: As soon as there are more.
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
    """Yield the items of what an expression gave, which may be worked out only now: each thousand may take so many
    seconds.

    Raises:
        RenderError: That and for whatever goes wrong.
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
        most: Bytes.
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
    """End the block with an error when it takes longer; in the main thread only, where signals arrive. May be nested.

    Args:
        failure: Makes the error; else it is a RenderError.
    """
    if seconds is None:
        yield
        return
    from mintage.engine.cancel import (
        interrupted_when,
    )  # with all of the engine, which the look of a shell does not need

    until = time.monotonic() + seconds
    ending = _TookTooLong()
    try:
        with interrupted_when(lambda: ending if time.monotonic() >= until else None):
            yield
    except _TookTooLong as ended:
        if ended is not ending:  # it is that of a block around this one
            raise
        raise (failure or took_too_long)(what, seconds) from None


def took_too_long(what: str, seconds: float) -> RenderError:
    """Return the error for something that takes longer to render than is allowed."""
    return RenderError(
        f"{what} took longer than {seconds:g} seconds to render",
        why="a loop in it may never end",
        hint="if it only needs more time, raise the limit with `Options(limits=Limits(render_time=SECONDS))`",
    )
