"""`generate_async`: a run that keeps nothing else in the event loop waiting, and ends with its task."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

import mintage
from mintage import GenerationFailed, MintageError, Options, Progress, SilentReporter, generate_async

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]

SLOW = "{% for i in range(30000) %}{{ i }}{% endfor %}"


@pytest.fixture
def slow(write_tree: Write) -> Path:
    """A template that takes many seconds."""
    return write_tree({"mintage.toml": "", **{f"{n}.txt": SLOW for n in range(1000)}}, "slow")


def test_it_gives_the_report_that_generate_gives(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": '[questions.name]\ndefault = "x"', "{{ name }}.txt": "{{ name }}!"})
    report = asyncio.run(generate_async(template, tmp_path / "out", data={"name": "me"}))
    assert report.ok
    assert (tmp_path / "out" / "me.txt").read_text() == "me!"


def test_several_are_made_at_once(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "[questions.n]", "n.txt": "{{ n }}"})

    async def all_of_them() -> list[mintage.Report]:
        return await asyncio.gather(*(generate_async(template, tmp_path / str(n), data={"n": n}) for n in range(5)))

    assert all(report.ok for report in asyncio.run(all_of_them()))
    assert [(tmp_path / str(n) / "n.txt").read_text() for n in range(5)] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("executor", ["sequential", "threads", "processes"])
def test_cancelling_the_task_ends_the_run_and_removes_what_it_has_made(
    slow: Path, tmp_path: Path, executor: str
) -> None:
    class Begun(SilentReporter):
        def __init__(self) -> None:
            self.loop = asyncio.get_running_loop()
            self.event = asyncio.Event()

        def job_finished(self, _result: mintage.JobResult) -> None:
            self.loop.call_soon_threadsafe(self.event.set)

    async def begin_and_cancel() -> None:
        begun = Begun()
        options = Options(executor=executor, max_workers=2)
        task = asyncio.create_task(generate_async(slow, tmp_path / "out", options=options, reporter=begun))
        await begun.event.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert sorted(path.name for path in tmp_path.iterdir()) == ["slow"]  # by the time that it is cancelled

    asyncio.run(begin_and_cancel())


def test_a_timeout_of_asyncio_is_a_cancellation(slow: Path, tmp_path: Path) -> None:
    async def for_a_moment() -> None:
        async with asyncio.timeout(0.3):
            await generate_async(slow, tmp_path / "out", options=Options(max_workers=2))

    with pytest.raises(TimeoutError):
        asyncio.run(for_a_moment())
    assert not (tmp_path / "out").exists()


def test_errors_are_those_of_generate(write_tree: Write, tmp_path: Path) -> None:
    with pytest.raises(MintageError, match="no template"):
        asyncio.run(generate_async("nowhere", tmp_path / "out"))
    template = write_tree({"mintage.toml": "", "good.txt": "x", "bad.txt": "{{ missing }}"})
    with pytest.raises(GenerationFailed) as failed:
        asyncio.run(generate_async(template, tmp_path / "out"))
    assert failed.value.report.files_written == 2  # with the saved answers


def test_progress_arrives_in_the_event_loop(slow: Path, tmp_path: Path) -> None:
    told: list[tuple[Progress, threading.Thread]] = []

    async def watch() -> None:
        task = asyncio.create_task(
            generate_async(
                slow,
                tmp_path / "out",
                options=Options(executor="threads"),
                on_progress=lambda progress: told.append((progress, threading.current_thread())),
            )
        )
        while len(told) < 2:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(watch())
    assert {thread for _, thread in told} == {threading.main_thread()}
    assert told[0][0].total == 1001
    assert told[-1][0].cancelled > 0
