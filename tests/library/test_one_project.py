"""One project as a job: what is asked for and what became of it cross processes, and failures are told, not raised."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from mintage import ConcurrentOptions, ConcurrentProcessor, Job, JobState, Options
from mintage.engine import Cancellation
from mintage.errors import CancelledError
from mintage.minting.one_project import ProjectJobs, ProjectOutcome, ProjectRequest, one_project
from mintage.template.questions import GivenAnswers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]

TOML = '[questions.name]\ndefault = "x"\npattern = "[a-z]+"\nmessage = "lowercase letters"'
QUIET = Options(isolated=True, concurrent=False)


@pytest.fixture
def template(write_tree: Write) -> Path:
    return write_tree({"mintage.toml": TOML, "{{ name }}.txt": "{{ name }}!", "plain.txt": "as it is"})


def test_a_project_that_comes_out_is_told_with_its_files_and_bytes(template: Path, tmp_path: Path) -> None:
    outcome = one_project(ProjectRequest(template, tmp_path / "out", GivenAnswers(data={"name": "a"}), QUIET))
    assert outcome.ok
    assert outcome.destination == tmp_path / "out"
    assert (tmp_path / "out" / "a.txt").read_text() == "a!"
    assert sorted(outcome.template_files)[-2:] == ["plain.txt", "{{ name }}.txt"]
    assert outcome.bytes_written >= len("a!as it is")
    assert outcome.seconds > 0


def test_a_file_that_fails_is_named_and_the_others_come_out(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "", "bad.txt": "{{ unknown }}", "good.txt": "x"})
    outcome = one_project(ProjectRequest(template, tmp_path / "out", GivenAnswers(), QUIET))
    assert not outcome.ok
    assert [each.name for each in outcome.failed] == ["bad.txt"]
    assert "'unknown' is undefined" in outcome.failed[0].failure.what
    assert outcome.destination is not None
    assert (outcome.destination / "good.txt").exists()


def test_what_is_refused_is_told_with_all_problems_and_nothing_is_written(template: Path, tmp_path: Path) -> None:
    given = GivenAnswers(data={"name": "UP", "nobody": 1})
    outcome = one_project(ProjectRequest(template, tmp_path / "out", given, QUIET))
    assert not outcome.ok
    assert outcome.refusal is not None
    assert outcome.refusal.failure.kind == "AnswerError"
    assert len(outcome.refusal.problems) == 2
    assert not (tmp_path / "out").exists()


def test_what_deserves_attention_is_told(write_tree: Write, tmp_path: Path) -> None:
    write_tree({"mintage.toml": ""}, "above/inner")
    outcome = one_project(ProjectRequest(tmp_path / "above", tmp_path / "out", GivenAnswers(), QUIET))
    assert len(outcome.warnings) == 1
    assert "inner" in outcome.warnings[0]


def test_a_cancelled_one_raises(template: Path, tmp_path: Path) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(CancelledError):
        one_project(ProjectRequest(template, tmp_path / "out", GivenAnswers(), QUIET), cancellation=cancellation)
    assert not (tmp_path / "out").exists()


def test_requests_and_outcomes_cross_processes(template: Path, tmp_path: Path) -> None:
    request = ProjectRequest(template, tmp_path / "out", GivenAnswers(data={"name": "UP"}), QUIET)
    assert pickle.loads(pickle.dumps(request)) == request
    outcome = one_project(request)
    assert pickle.loads(pickle.dumps(outcome)) == outcome


@pytest.mark.parametrize("executor", ["sequential", "threads", "processes"])
def test_the_engine_runs_many_and_one_that_fails_stops_nothing(template: Path, tmp_path: Path, executor: str) -> None:
    names = ["a", "b", "UP", "c"]
    jobs = [
        Job(name, ProjectRequest(template, tmp_path / name, GivenAnswers(data={"name": name}), QUIET)) for name in names
    ]
    run = ConcurrentProcessor(ConcurrentOptions(executor=executor, workers=2)).run(jobs, ProjectJobs())
    assert {result.state for result in run.results} == {JobState.DONE}
    outcomes: dict[str, ProjectOutcome] = {result.job.name: result.detail for result in run.results}
    assert [name for name in names if not outcomes[name].ok] == ["UP"]
    assert (tmp_path / "c" / "c.txt").read_text() == "c!"
