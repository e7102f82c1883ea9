"""Generates projects from asyncio: each run has its own thread, and ends when its task is cancelled."""

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
    """Generate a project as `generate` does, without blocking the event loop.

    If the task is cancelled, the run ends and what it has made so far is removed before `asyncio.CancelledError` is
    raised; a second cancellation gives running jobs no time to finish. Fetching a template cannot be interrupted.

    Args:
        template: A directory, git URL, short form, zip file or registered name.
        output: The directory of the project; for Cookiecutter templates, the one in which that directory is made.
        data: The answers, by the names of the questions.
        options: How to generate the project.
        reporter: Receives the events of the run, in the thread of the run.
        on_progress: Called in the event loop, about ten times a second and when the run is over. Give either this or
            `reporter`.

    Raises:
        MintageError: The request cannot be carried out, was cancelled or took too long; nothing is left behind.
        GenerationFailed: Some jobs failed; its `report` says what was delivered.
    """
    if on_progress is not None:
        loop, callback = asyncio.get_running_loop(), on_progress
        reporter = CallbackReporter(lambda progress: loop.call_soon_threadsafe(callback, progress))
    cancellation = Cancellation()
    generator = Generator(options, reporter=reporter, cancellation=cancellation)
    given = GivenAnswers(data=data or {})
    return await _in_thread(lambda: generator.generate(template, output, given=given), cancellation)


async def _in_thread(work: Callable[[], _Result], cancellation: Cancellation) -> _Result:
    running = asyncio.ensure_future(asyncio.to_thread(work))
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait([running])  # unlike `await running`, leaves it running when this task is cancelled
        except asyncio.CancelledError as error:
            cancelled = error
            cancellation.cancel()
    if cancelled is not None:
        running.exception()  # retrieved, so that asyncio doesn't log it
        raise cancelled
    return running.result()
