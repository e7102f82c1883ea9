"""What a case is checked for: that it can be made, twice the same, like its golden tree, and good for commands."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from mintage.engine import Cancellation, Job, JobResult, JobState, SilentReporter
from mintage.errors import CancelledError, OutputExistsError, TimedOutError, UnsafePathError, UsageError
from mintage.minting.options import Options
from mintage.testing.causes import causes_of
from mintage.testing.model import TestRequest
from mintage.testing.outcome import CaseOutcome, Check
from mintage.testing.reporting import CasesReporter
from mintage.testing.session import run_test
from tests.processes import wait_until_ended

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mintage.testing.model import TestReport

    Write = Callable[..., Path]
    Tester = Callable[..., TestReport]


@pytest.fixture
def template(write_tree: Write) -> Callable[..., Path]:
    """A Cookiecutter template of these files of the project, and with these variables."""

    def make(files: dict[str, str], hooks: dict[str, str] | None = None, **variables: Any) -> Path:
        project = {f"{{{{cookiecutter.slug}}}}/{name}": text for name, text in files.items()}
        written = write_tree(
            {"cookiecutter.json": json.dumps({"slug": "demo", **variables}), **project, **(hooks or {})}
        )
        assert isinstance(written, os.PathLike)
        return written

    return make


def test_a_failure_in_many_cases_is_one_cause_with_the_smallest_case(template: Any, tested: Tester) -> None:
    broken = template(
        {"a.txt": "x\n{% if cookiecutter.docker %}{{ cookiecutter.nowhere.at_all }}{% endif %}"},
        docker=False,
        license=["MIT", "BSD"],
        ci=["none", "github", "gitlab"],
    )
    report = tested(broken, full=True)
    assert len(report.failed) == 6
    (cause,) = causes_of(report.failed)
    assert dict(cause.case.answers) == {"docker": True}
    assert len(cause.cases) == 6
    assert cause.finding.check is Check.MINTS
    assert str(cause.finding.where).startswith("a.txt:2")
    assert "nowhere" in cause.finding.what


def test_different_failures_are_different_causes(template: Any, tested: Tester) -> None:
    broken = template({"a.txt": "{{ cookiecutter.a.b }}", "b.txt": "\n{% endif %}"})
    places = {cause.finding.where for cause in causes_of(tested(broken).failed) if cause.finding.where}
    assert {(place.file, place.line) for place in places} == {("a.txt", 1), ("b.txt", 2)}


def test_a_default_that_fails_for_some_answers_is_a_failure_of_those(template: Any, tested: Tester) -> None:
    broken = template(
        {"a.txt": "a"}, docker=False, name="{% if cookiecutter.docker %}{{ cookiecutter.x.y }}{% endif %}"
    )
    (cause,) = causes_of(tested(broken).failed)
    assert [dict(case.answers) for case in cause.cases] == [{"docker": True}]


def test_what_is_random_is_named_and_fails_only_if_asked(template: Any, tested: Tester) -> None:
    random = template({"a.txt": "{{ random_ascii_string(12) }}", "b.txt": "{{ cookiecutter.slug }}"})
    report = tested(random)
    assert [outcome.unstable for _, outcome in report.results] == [("a.txt",)]
    assert not report.failed
    (cause,) = causes_of(tested(random, strict=True).failed)
    assert cause.finding.what == "a.txt differs when it is rendered again"


def test_golden_trees_are_written_and_compared(template: Any, tested: Tester) -> None:
    made = template({"a.txt": "one\n{{ cookiecutter.license }}\n", "run": "#!/bin/sh\n"}, license=["MIT", "BSD"])
    (made / "{{cookiecutter.slug}}" / "run").chmod(0o755)
    tested(made, updates_golden=True)
    assert (made / "tests" / "golden" / "pair-1" / "a.txt").read_text() == "one\nBSD\n"
    assert not tested(made).failed

    (made / "{{cookiecutter.slug}}" / "a.txt").write_text("two\n{{ cookiecutter.license }}\n")
    (made / "{{cookiecutter.slug}}" / "new.txt").write_text("new")
    (made / "{{cookiecutter.slug}}" / "run").chmod(0o644)
    findings = {each.what: each.detail for _, outcome in tested(made).failed for each in outcome.findings}
    assert set(findings) == {"a.txt is different", "new.txt is not in the golden tree", "run is not executable now"}
    assert "-one\n+two" in findings["a.txt is different"]


def test_only_cases_with_a_golden_tree_are_compared(template: Any, tested: Tester) -> None:
    made = template({"a.txt": "a"}, docker=False)
    tested(made, names=("defaults",), updates_golden=True)
    report = tested(made)
    assert [outcome.has_golden for _, outcome in report.results] == [True, False]
    assert not report.failed


def test_golden_trees_hold_no_path_of_this_machine(write_tree: Write, tested: Tester) -> None:
    made = write_tree(
        {
            "copier.yml": "_subdirectory: project\n",
            "project/answers.yml.jinja": "{{ _copier_answers|to_nice_yaml }}{{ _copier_conf.dst_path }}",
        }
    )
    tested(made, updates_golden=True)
    text = (made / "tests" / "golden" / "defaults" / "answers.yml").read_text()
    assert "<template>" in text
    assert "<output>" in text
    assert str(made) not in text
    assert not tested(made).failed


def test_what_is_random_passes_the_golden_tree(template: Any, tested: Tester) -> None:
    random = template({"a.txt": "{{ random_ascii_string(12) }}"})
    tested(random, updates_golden=True)
    assert not tested(random).failed


def test_golden_trees_are_not_put_where_they_would_be_part_of_projects(write_tree: Write, tested: Tester) -> None:
    made = write_tree({"a.txt": "{{ 1 }}"})
    with pytest.raises(UsageError, match="no usual place"):
        tested(made, updates_golden=True)
    tested(made, updates_golden=True, golden=made.parent / "golden")
    assert (made.parent / "golden" / "defaults" / "a.txt").read_text() == "1"


def test_a_command_is_run_in_each_project_and_what_it_prints_is_shown(template: Any, tested: Tester) -> None:
    made = template({"a.txt": "{{ cookiecutter.docker }}"}, docker=False)
    report = tested(made, commands=("cat a.txt; ! grep -q True a.txt", "true"))
    ((case, outcome),) = report.failed
    assert dict(case.answers) == {"docker": True}
    (finding,) = outcome.findings
    assert finding.check is Check.RUNS
    assert finding.what == "`cat a.txt; ! grep -q True a.txt` exited with status 1"
    assert finding.detail == "True"


def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(
    template: Any, tested: Tester, tmp_path: Path
) -> None:
    child = tmp_path / "child"
    slow = f"sleep 600 & echo $! > {child}; echo started; wait"
    report = tested(template({"a.txt": "a"}), commands=(slow,), command_seconds=1.5)
    ((_, outcome),) = report.failed
    assert "took longer than 1.5 seconds" in outcome.findings[0].what
    assert outcome.findings[0].detail == "started"
    wait_until_ended(int(child.read_text()))


def test_no_hook_runs_unless_it_is_trusted(template: Any, tested: Tester, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    hook = {"hooks/post_gen_project.sh": f"#!/bin/sh\necho ran >> {mark}\necho made > by-hook\n"}
    made = template({"a.txt": "a"}, hook)
    report = tested(made)
    assert not mark.exists()
    assert report.left_to_trust == ("hook: hooks/post_gen_project.sh",)

    report = tested(made, trust=True, commands=("test -f by-hook",))
    assert not report.failed
    assert mark.read_text() == "ran\n"
    assert report.left_to_trust == ()


def test_a_hook_that_fails_fails_its_case(template: Any, tested: Tester) -> None:
    made = template({"a.txt": "a"}, {"hooks/pre_gen_project.sh": "#!/bin/sh\nexit 1\n"})
    (cause,) = causes_of(tested(made, trust=True).failed)
    assert "pre_gen_project" in cause.finding.what


def test_a_folder_with_other_things_never_becomes_one_of_golden_trees(
    template: Any, tested: Tester, tmp_path: Path
) -> None:
    made = template({"a.txt": "a"})
    (tmp_path / "mine" / "defaults").mkdir(parents=True)
    (tmp_path / "mine" / "defaults" / "work.txt").write_text("x")
    with pytest.raises(UsageError, match="something other than"):
        tested(made, golden=tmp_path / "mine", updates_golden=True)
    assert [path.name for path in (tmp_path / "mine").rglob("*.txt")] == ["work.txt"]


def test_a_golden_tree_that_is_written_again_has_nothing_of_the_old_one(template: Any, tested: Tester) -> None:
    made = template({"a.txt": "a", "b.txt": "b"})
    tested(made, updates_golden=True)
    (made / "{{cookiecutter.slug}}" / "b.txt").unlink()
    tested(made, updates_golden=True)
    assert [path.name for path in (made / "tests" / "golden" / "defaults").iterdir()] == ["a.txt"]


def test_usual_golden_trees_elsewhere_are_refused(template: Any, tested: Tester, tmp_path: Path) -> None:
    made = template({"a.txt": "a"})
    (tmp_path / "private" / "golden").mkdir(parents=True)
    (made / "tests").symlink_to(tmp_path / "private")
    with pytest.raises(UnsafePathError, match="leads out"):
        tested(made)
    with pytest.raises(UnsafePathError, match="leads out"):
        tested(made, updates_golden=True)
    assert not any((tmp_path / "private" / "golden").iterdir())


def test_a_golden_tree_that_is_a_link_is_neither_shown_nor_written_through(
    template: Any, tested: Tester, tmp_path: Path
) -> None:
    made = template({"a.txt": "a"})
    tested(made, names=("defaults",), updates_golden=True)
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "key").write_text("secret")
    golden = made / "tests" / "golden" / "defaults"
    (golden / "a.txt").unlink()
    golden.rmdir()
    golden.symlink_to(tmp_path / "private")
    (cause,) = causes_of(tested(made).failed)
    assert "is a link" in cause.finding.what

    tested(made, updates_golden=True)
    assert ((golden / "a.txt").read_text(), golden.is_symlink()) == ("a", False)
    assert [path.name for path in (tmp_path / "private").iterdir()] == ["key"]


def test_a_pipe_in_a_golden_tree_is_not_waited_for(template: Any, tested: Tester) -> None:
    made = template({"a.txt": "a"})
    tested(made, updates_golden=True)
    os.mkfifo(made / "tests" / "golden" / "defaults" / "pipe")
    assert not tested(made).failed


def test_a_golden_tree_that_cannot_be_read_is_not_taken_for_an_empty_one(template: Any, tested: Tester) -> None:
    made = template({"a.txt": "a"})
    tested(made, updates_golden=True)
    golden = made / "tests" / "golden" / "defaults"
    golden.chmod(0)
    if os.access(golden, os.R_OK):
        pytest.skip("this user may read everything")
    (cause,) = causes_of(tested(made).failed)
    golden.chmod(0o700)
    assert "Permission denied" in cause.finding.what


def test_a_file_in_the_place_of_a_golden_tree_gives_way(template: Any, tested: Tester) -> None:
    made = template({"a.txt": "a"})
    tested(made, updates_golden=True)
    golden = made / "tests" / "golden" / "defaults"
    (golden / "a.txt").unlink()
    golden.rmdir()
    golden.write_text("old")
    tested(made, updates_golden=True)
    assert (golden / "a.txt").read_text() == "a"


def test_the_first_failure_ends_it_if_that_is_asked_for(template: Any) -> None:
    broken = template({"a.txt": "{{ cookiecutter.x.y }}"}, license=["MIT", "BSD", "GPL"], ci=["a", "b", "c"])
    report = run_test(TestRequest(broken, options=Options(fail_fast=True), workers=1))
    assert len(report.failed) == len(report.results) == 1
    assert len(run_test(TestRequest(broken, workers=1)).failed) == 9


def test_projects_are_kept_where_that_is_asked_for_and_nothing_else(
    template: Any, tested: Tester, tmp_path: Path, scratch: Path
) -> None:
    made = template({"a.txt": "a"}, docker=False)
    tested(made, keep=tmp_path / "kept")
    found = sorted(path.relative_to(tmp_path / "kept").as_posix() for path in (tmp_path / "kept").rglob("a.txt"))
    assert found == ["defaults/project/demo/a.txt", "pair-1/project/demo/a.txt"]
    assert {path.name for path in (tmp_path / "kept" / "defaults").iterdir()} == {"project"}
    assert list(scratch.iterdir()) == []
    with pytest.raises(OutputExistsError):
        tested(made, keep=tmp_path / "kept")


def test_nothing_is_left_behind(template: Any, tested: Tester, scratch: Path) -> None:
    tested(template({"a.txt": "a"}, docker=False))
    assert list(scratch.iterdir()) == []


def test_a_test_that_takes_too_long_is_ended_and_leaves_nothing(template: Any, scratch: Path) -> None:
    made = template({"a.txt": "a"}, docker=False)
    request = TestRequest(made, options=Options(processing_timeout=0.5), commands=("sleep 60",), workers=1)
    with pytest.raises(TimedOutError):
        run_test(request)
    assert list(scratch.iterdir()) == []


def test_a_test_that_is_cancelled_leaves_nothing(template: Any, scratch: Path) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(CancelledError):
        run_test(TestRequest(template({"a.txt": "a"}), workers=1), cancellation=cancellation)
    assert list(scratch.iterdir()) == []


def test_a_display_that_declines_jobs_gets_none_of_the_cases() -> None:
    class Display(SilentReporter):
        wants_job_events = False

        def job_finished(self, result: JobResult) -> None:
            raise AssertionError(result.job.name)

    CasesReporter(Display()).job_finished(JobResult(Job("defaults"), JobState.DONE, detail=CaseOutcome(())))
