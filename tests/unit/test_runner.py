"""What one job does: render, copy or write a file, or run a task."""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from mintage.engine import Job
from mintage.engine.failures import RunStoppedError
from mintage.engine.limits import FILES_PER_WORKER
from mintage.errors import MintageError, RenderError
from mintage.minting.runner import ProjectRunner
from mintage.planning import Action, PlannedFile
from mintage.rendering.settings import RendererSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SETTINGS = RendererSettings(options={"keep_trailing_newline": True}, reads_outputs=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


@pytest.fixture
def job_for(tmp_path: Path) -> Callable[..., Job]:
    """A job that makes `target` from a source file with this content."""

    def make(content: bytes, action: Action, *, target: str = "out.txt", mode: int = 0o644, **more: Any) -> Job:
        source = tmp_path / f"source of {target}"
        source.write_bytes(content)
        status = source.stat()
        file = PlannedFile(
            target, action, str(source), "in.txt", mode=mode, size=status.st_size, mtime_ns=status.st_mtime_ns
        )
        return Job(target, file, **more)

    return make


def test_a_template_is_rendered_with_its_mode(project: Path, job_for: Callable[..., Job]) -> None:
    outcome = ProjectRunner(project, {"a": "x"}, SETTINGS).run(job_for(b"{{ a }}!", Action.RENDER, mode=0o755))
    assert (project / "out.txt").read_bytes() == b"x!"
    assert (project / "out.txt").stat().st_mode & 0o777 == 0o755
    assert outcome.bytes_written == 2


def test_a_plain_file_is_copied_to_the_byte(project: Path, job_for: Callable[..., Job]) -> None:
    content = os.urandom(3 * 1024 * 1024 + 1)
    outcome = ProjectRunner(project, {}, SETTINGS).run(job_for(content, Action.COPY))
    assert (project / "out.txt").read_bytes() == content
    assert outcome.bytes_written == len(content)


@pytest.mark.parametrize("action", [Action.RENDER, Action.COPY])
@pytest.mark.parametrize("change", ["longer", "gone", "touched", "a link"])
def test_a_source_that_changed_since_it_was_planned_is_a_failure(
    project: Path, job_for: Callable[..., Job], action: Action, change: str
) -> None:
    job = job_for(b"{{ 1 }}", action)
    source = job.payload.source
    if change == "longer":
        with open(source, "ab") as file:
            file.write(b"more")
    elif change == "gone":
        os.unlink(source)
    elif change == "touched":
        os.utime(source, ns=(1, 1))
    else:
        os.rename(source, source + ".real")
        os.symlink(source + ".real", source)
    with pytest.raises((MintageError, OSError)):
        ProjectRunner(project, {}, SETTINGS).run(job)


def test_an_output_may_be_read_only_by_a_job_that_waits_for_it(project: Path, job_for: Callable[..., Job]) -> None:
    (project / "first.txt").write_text("first")
    runner = ProjectRunner(project, {}, SETTINGS)
    job = job_for(b"{{ output('first.txt') }}", Action.RENDER, depends_on=("first.txt",))
    runner.run(job)
    assert (project / "out.txt").read_text() == "first"
    with pytest.raises(RenderError, match="doesn't depend"):
        runner.run(job_for(b"{{ output('first.txt') }}", Action.RENDER))


def test_output_that_grows_over_the_limit_is_refused(project: Path, job_for: Callable[..., Job]) -> None:
    runner = ProjectRunner(project, {}, SETTINGS, most_bytes=1000)
    with pytest.raises(RenderError, match="more than 1,000 bytes"):
        runner.run(job_for(b"{{ 'x' * 1001 }}", Action.RENDER))
    assert not (project / "out.txt").exists()


def test_a_pickled_runner_renders_as_the_first_one(project: Path, job_for: Callable[..., Job]) -> None:
    runner = ProjectRunner(project, {"a": "x"}, SETTINGS)
    runner.run(job_for(b"{{ a }}", Action.RENDER))
    copied = pickle.loads(pickle.dumps(runner))
    copied.run(job_for(b"{{ a }}{{ a }}", Action.RENDER, target="second.txt"))
    assert (project / "second.txt").read_text() == "xx"


def test_a_link_that_a_killed_worker_has_made_already_is_made_again(project: Path) -> None:
    file = PlannedFile("link", Action.LINK, content=b"elsewhere")
    os.symlink("somewhere", project / "link")
    ProjectRunner(project, {}, SETTINGS).run(Job("link", file))
    assert os.readlink(project / "link") == "elsewhere"


class TestFilesOnWhichTheirJobDecides:
    def test_a_template_is_rendered(self, project: Path, job_for: Callable[..., Job]) -> None:
        outcome = ProjectRunner(project, {"a": "x"}, SETTINGS).run(job_for(b"{{ a }}\n", Action.DECIDE))
        assert (project / "out.txt").read_bytes() == b"x\n"
        assert outcome.detail == "fast"

    def test_one_that_needs_jinja_gets_it(self, project: Path, job_for: Callable[..., Job]) -> None:
        outcome = ProjectRunner(project, {"a": "x"}, SETTINGS).run(job_for(b"{{ a | center(3) }}", Action.DECIDE))
        assert (project / "out.txt").read_bytes() == b" x "
        assert outcome.detail == "jinja2"

    @pytest.mark.parametrize("content", [b"no tags\r\n", b"\0{{ a }}", b"\xff", b""])
    def test_everything_else_is_copied_to_the_byte(
        self, project: Path, job_for: Callable[..., Job], content: bytes
    ) -> None:
        outcome = ProjectRunner(project, {}, SETTINGS).run(job_for(content, Action.DECIDE, mode=0o700))
        assert (project / "out.txt").read_bytes() == content
        assert (project / "out.txt").stat().st_mode & 0o777 == 0o700
        assert outcome.detail is None

    def test_one_that_changes_what_others_see_stops_the_run(self, project: Path, job_for: Callable[..., Job]) -> None:
        runner = ProjectRunner(project, {"a": ["x"]}, SETTINGS)
        with pytest.raises(RunStoppedError, match="changes answers that other files may use"):
            runner.run(job_for(b"{% set _ = a.append('y') %}", Action.DECIDE))
        assert not (project / "out.txt").exists()


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="nobody tells which files are open here")
def test_no_more_files_are_kept_open_than_a_worker_is_counted_with(project: Path, tmp_path: Path) -> None:
    jobs = []
    for number in range(20):
        source = tmp_path / "template" / f"{number}" / "in.txt"
        source.parent.mkdir(parents=True)
        source.write_text("{{ 1 }}")
        (project / f"{number}").mkdir()
        status, target = source.stat(), f"{number}/out.txt"
        file = PlannedFile(
            target, Action.RENDER, str(source), "in.txt", mode=0o644, size=status.st_size, mtime_ns=status.st_mtime_ns
        )
        jobs.append(Job(target, file))
    before = len(os.listdir("/proc/self/fd"))
    runner = ProjectRunner(project, {}, SETTINGS, source_top=str(tmp_path / "template"))
    for job in jobs:
        runner.run(job)
    kept = len(os.listdir("/proc/self/fd")) - before
    assert kept > 16, "folders on both sides are kept open"
    assert kept + len({"the file that is read", "the file that is written"}) <= FILES_PER_WORKER
