"""Projects from asyncio: the run has a thread of its own, and ends when its task is cancelled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from mintage.engine import Cancellation
from mintage.minting.generator import Generator
from mintage.progress.callback import CallbackReporter
from mintage.template.questions import GivenAnswers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mintage.engine import Progress, Reporter
    from mintage.minting.options import Options
    from mintage.report import Report

_Result = TypeVar("_Result")


async def generate_async(
    template: str | Path,
    output: str | Path | None = None,
    *,
    data: dict[str, Any] | None = None,
    options: Options | None = None,
    reporter: Reporter | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> Report:
    """Make a project as `generate` does, without keeping the event loop from anything else.

    reporter: told what happens, in the thread of the run. on_progress: called in the event loop, about ten times a
    second and when the run is over; one of the two.
    If the task is cancelled, the run is ended, what it has made so far is removed, and only then does
    `asyncio.CancelledError` go on; a second cancellation leaves running jobs no grace. Fetching a
    template is waited for. Raises MintageError or GenerationFailed as `generate` does.
    """
    if on_progress is not None:
        loop, tell = asyncio.get_running_loop(), on_progress
        reporter = CallbackReporter(lambda progress: loop.call_soon_threadsafe(tell, progress))
    cancellation = Cancellation()
    generator = Generator(options, reporter=reporter, cancellation=cancellation)
    given = GivenAnswers(data=data or {})
    return await _in_thread(lambda: generator.generate(template, output, given=given), cancellation)


async def _in_thread(work: Callable[[], _Result], cancellation: Cancellation) -> _Result:
    running = asyncio.ensure_future(asyncio.to_thread(work))
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait([running])  # which leaves it running when this is cancelled
        except asyncio.CancelledError as error:
            cancelled = error
            cancellation.cancel()
    if cancelled is not None:
        running.exception()  # looked at, so that asyncio does not complain of it
        raise cancelled
    return running.result()
