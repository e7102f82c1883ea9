"""Progress for a caller of the library: a function, or a bar in a notebook."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

import mintage
from mintage import Job, JobResult, JobState, MintageError, NotebookReporter, Progress
from mintage.engine import JobFailure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mintage.progress.notebook import View

HALF = Progress(10, completed=5, done=5, bytes_written=2048, seconds=1.0, cost_done=0.5)
END = Progress(10, completed=10, done=9, failed=1, seconds=2.0, cost_done=1.0)


def _failed(name: str) -> JobResult:
    return JobResult(Job(name), JobState.FAILED, failure=JobFailure("no\x1b[31m way"))


class FakeDisplay:
    """What a notebook would show: each output with all that was drawn in it."""

    def __init__(self) -> None:
        self.outputs: list[list[View]] = []

    def __call__(self, view: View, *, display_id: bool = True) -> FakeOutput:
        assert display_id
        self.outputs.append([view])
        return FakeOutput(self.outputs[-1])


class FakeOutput:
    def __init__(self, drawn: list[View]) -> None:
        self._drawn = drawn

    def update(self, view: View) -> None:
        self._drawn.append(view)


def test_a_function_is_told_how_far_it_is(write_tree: Callable[..., Path], tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "", "a.txt": "a", "b.txt": "b"})
    told: list[Progress] = []
    mintage.generate(template, tmp_path / "out", on_progress=told.append)
    assert (told[-1].completed, told[-1].total, told[-1].percentage) == (3, 3, 100.0)


def test_a_function_that_raises_ends_the_run(write_tree: Callable[..., Path], tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "", "a.txt": "a"})

    def refuse(_progress: Progress) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        mintage.generate(template, tmp_path / "out", on_progress=refuse)
    assert not (tmp_path / "out").exists()


def test_a_notebook_has_one_bar_that_is_drawn_again() -> None:
    display = FakeDisplay()
    reporter = NotebookReporter(display)
    reporter.started(10)
    reporter.tick(HALF)
    reporter.job_finished(_failed("<b>.txt"))
    reporter.finished(END)
    [[first, last]] = display.outputs
    assert 'max="10" value="5"' in first._repr_html_()
    assert "5 of 10 jobs, 2.0 KiB" in first._repr_html_()
    assert "failed   &lt;b&gt;.txt  no" in last._repr_html_()
    assert "\x1b" not in repr(last)
    assert repr(last).startswith("100 %  10 of 10 jobs")


def test_each_run_has_a_bar_of_its_own() -> None:
    display = FakeDisplay()
    reporter = NotebookReporter(display)
    for _ in range(2):
        reporter.started(10)
        reporter.job_finished(_failed("a.txt"))
        reporter.finished(END)
    assert [len(drawn) for drawn in display.outputs] == [1, 1]
    assert len(display.outputs[1][0].failures) == 1


def test_very_many_failures_are_counted() -> None:
    display = FakeDisplay()
    reporter = NotebookReporter(display)
    reporter.started(1000)
    for number in range(1000):
        reporter.job_finished(_failed(f"{number}.txt"))
    reporter.finished(END)
    assert display.outputs[0][0].failures[-1] == "... and 980 more"
    assert len(display.outputs[0][0].failures) == 21


def test_it_draws_with_ipython_where_that_is(monkeypatch: pytest.MonkeyPatch) -> None:
    display = FakeDisplay()
    module = ModuleType("IPython.display")
    module.display = display  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    NotebookReporter().finished(END)
    assert len(display.outputs) == 1


def test_without_ipython_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", None)
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    with pytest.raises(MintageError, match="IPython is not available"):
        NotebookReporter()
