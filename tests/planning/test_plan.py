"""From a template and a context to a plan. Nothing is ever written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from mintage.engine.job import JobPriority
from mintage.errors import OutputExistsError, PlanError, UnsafePathError
from mintage.files.patterns import GitignorePatterns
from mintage.planning import Action, PlanOptions, may_write_into
from mintage.template.layout import Collisions, Entry, EntryKind
from mintage.template.tasks import OrderRule, Task, TaskStage

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.planning import Plan

    PlanMaker = Any


def actions(plan: Plan) -> dict[str, Action]:
    return {file.target: file.action for file in plan.files}


def waits(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {job.name: job.depends_on for job in plan.jobs if job.depends_on}


def test_text_with_tags_is_rendered_and_all_else_is_copied(plan_of: PlanMaker) -> None:
    plan = plan_of({"a.txt": "{{ a }}", "b.txt": "plain", "c.bin": b"\0{{ a }}"})
    assert actions(plan) == {"a.txt": Action.RENDER, "b.txt": Action.COPY, "c.bin": Action.COPY}
    assert [file.reason for file in plan.files] == ["template", "no template tags", "binary"]


def test_planning_writes_nothing(plan_of: PlanMaker, tmp_path: Path) -> None:
    plan_of({"a/b.txt": "{{ a }}"})
    assert [path.name for path in tmp_path.iterdir()] == ["template"]


def test_directories_are_planned_before_their_contents(plan_of: PlanMaker) -> None:
    plan = plan_of({"a/b/c.txt": "", "a/d.txt": ""})
    assert sorted(folder.target for folder in plan.folders) == ["a", "a/b"]


def test_parents_come_before_their_children(plan_of: PlanMaker) -> None:
    targets = [folder.target for folder in plan_of({"a/b/c/d/e.txt": ""}).folders]
    assert targets == sorted(targets, key=lambda target: target.count("/"))


@pytest.mark.parametrize(
    ("target", "content", "priority"),
    [
        ("small.txt", "x", JobPriority.HIGH),
        ("pyproject.toml", "x" * 5000, JobPriority.HIGH),
        ("Dockerfile", "x" * 5000, JobPriority.HIGH),
        ("chapter.txt", "x" * 5000, JobPriority.NORMAL),
        ("picture", b"\0" * 10, JobPriority.LOW),
        ("huge.txt", "x" * (11 * 1024 * 1024), JobPriority.LOW),
    ],
)
def test_small_and_configuration_files_first_large_and_binary_ones_last(
    plan_of: PlanMaker, target: str, content: str | bytes, priority: JobPriority
) -> None:
    assert plan_of({target: content}).jobs[0].priority is priority


def test_executable_bits_are_kept_and_setuid_is_not(plan_of: PlanMaker, tmp_path: Path) -> None:
    script = tmp_path / "script.sh"
    script.write_text("x")
    script.chmod(0o4755)
    plan = plan_of({}, entries=[Entry(EntryKind.FILE, "script.sh", str(script))])
    assert plan.files[0].mode == 0o755


@pytest.mark.parametrize("target", ["../out", "/etc/x", "a/../../x", "C:/x", ".git/hooks/x", "a/.GIT/config"])
def test_a_path_that_leads_out_is_refused(plan_of: PlanMaker, target: str) -> None:
    with pytest.raises(UnsafePathError) as caught:
        plan_of({target: "x"})
    assert caught.value.exit_code == 3
    assert caught.value.where is not None


def test_two_files_with_one_target_are_refused_naming_both(plan_of: PlanMaker) -> None:
    with pytest.raises(PlanError) as caught:
        plan_of({"a.txt": "x", "./a.txt": "y"})
    assert "a.txt.tmpl and ./a.txt.tmpl" in caught.value.problems[0].what


def test_where_the_format_says_so_the_later_of_two_files_wins_with_a_warning(plan_of: PlanMaker) -> None:
    plan = plan_of({"a.txt": "x", "./a.txt": "y"}, collisions=Collisions.LATER_WINS)
    assert [file.name for file in plan.files] == ["./a.txt.tmpl"]
    assert plan.warnings


@pytest.mark.parametrize("files", [{"a": "x", "a/b": "y"}, {"a/b": "x", "a": "y"}])
def test_a_file_in_the_place_of_a_directory_is_rejected(plan_of: PlanMaker, files: dict[str, str]) -> None:
    with pytest.raises(PlanError):
        plan_of(files)


@pytest.mark.parametrize("pair", [("Read.me", "read.me"), ("caf\u00e9", "cafe\u0301"), ("A/x", "a/y")])
def test_names_that_differ_only_by_case_or_unicode_form_are_refused(plan_of: PlanMaker, pair: tuple[str, str]) -> None:
    with pytest.raises(PlanError):
        plan_of(dict.fromkeys(pair, "x"))


def test_every_file_that_cannot_be_read_is_named(plan_of: PlanMaker, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    entries = [
        Entry(EntryKind.FILE, "pipe", str(pipe), name="pipe"),
        Entry(EntryKind.FILE, "gone", str(tmp_path / "gone"), name="gone"),
    ]
    with pytest.raises(PlanError) as caught:
        plan_of({}, entries=entries)
    assert [problem.where.file for problem in caught.value.problems if problem.where] == ["pipe", "gone"]


class TestExistingProject:
    def test_is_refused_unless_something_was_said(self, plan_of: PlanMaker, tmp_path: Path) -> None:
        (tmp_path / "mine.txt").write_text("mine")
        with pytest.raises(OutputExistsError, match="nothing was written"):
            plan_of({"a.txt": "x"}, into=tmp_path)

    def test_is_fine_when_it_is_empty(self, plan_of: PlanMaker, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        assert plan_of({"a.txt": "x"}, into=tmp_path / "empty").exists

    def test_overwriting_says_what_is_replaced(self, plan_of: PlanMaker, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("mine")
        plan = plan_of({"a.txt": "x", "b.txt": "y"}, into=tmp_path, overwrite=True)
        assert {file.target: file.replaces for file in plan.files} == {"a.txt": True, "b.txt": False}

    def test_files_in_the_way_may_come_out_as_they_are(self, plan_of: PlanMaker, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("mine")
        plan = plan_of({"a.txt": "x", "b.txt": "y"}, into=tmp_path, merges_into_existing=True)
        assert plan.conflicts == {"a.txt"}

    def test_a_task_among_the_files_does_not_run_before_it_is_known_whether_they_do(
        self, plan_of: PlanMaker, tmp_path: Path
    ) -> None:
        (tmp_path / "a.txt").write_text("mine")
        task = Task("t", "true", stage=TaskStage.STAGING)
        with pytest.raises(OutputExistsError, match="nothing was written"):
            plan_of({"a.txt": "x"}, into=tmp_path, merges_into_existing=True, tasks=(task,))

    def test_skipping_leaves_what_is_there(self, plan_of: PlanMaker, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("mine")
        plan = plan_of({"a.txt": "x", "b.txt": "y"}, into=tmp_path, skip_existing=True)
        assert actions(plan) == {"a.txt": Action.SKIP, "b.txt": Action.COPY}
        assert [job.name for job in plan.jobs] == ["b.txt"]

    def test_a_rule_of_the_template_can_spare_single_files(self, plan_of: PlanMaker, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("mine")
        plan = plan_of({"a.txt": "x"}, into=tmp_path, overwrite=True, skip_if_exists=GitignorePatterns(("*.txt",)))
        assert actions(plan) == {"a.txt": Action.SKIP}

    def test_a_file_in_the_projects_place_is_refused(self, plan_of: PlanMaker, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("mine")
        with pytest.raises(OutputExistsError, match="not a directory"):
            plan_of({"a.txt": "x"}, into=tmp_path / "file", overwrite=True)


class TestOrder:
    def test_a_rule_makes_files_wait(self, plan_of: PlanMaker) -> None:
        plan = plan_of({"a.py": "", "b.py": "", "index.md": ""}, order=(OrderRule(("index.md",), ("*.py",)),))
        assert waits(plan) == {"index.md": ("a.py", "b.py")}

    def test_a_file_never_waits_for_itself(self, plan_of: PlanMaker) -> None:
        plan = plan_of({"a.py": "", "b.py": ""}, order=(OrderRule(("a.py",), ("*.py",)),))
        assert waits(plan) == {"a.py": ("b.py",)}

    def test_reading_an_output_makes_a_file_wait_for_it(self, plan_of: PlanMaker) -> None:
        files = {
            "sums.txt": "{{ sha256('a.py') }}{{ output(name) }}",
            "a.py": "",
            "b.py": "",
            "all.md": "{% for f in outputs('*.py') %}{{ f }}{% endfor %}",
        }
        assert waits(plan_of(files, context={"name": "b.py"})) == {
            "sums.txt": ("a.py", "b.py"),
            "all.md": ("a.py", "b.py"),
        }

    def test_reading_an_output_that_nothing_makes_is_refused(self, plan_of: PlanMaker) -> None:
        with pytest.raises(PlanError) as caught:
            plan_of({"a.txt": "{{ output('missing.txt') }}"})
        assert "missing.txt" in caught.value.problems[0].what

    def test_a_task_among_the_files_waits_for_what_it_names(self, plan_of: PlanMaker) -> None:
        tasks = (
            Task("build", "true", stage=TaskStage.STAGING, after=("*.py",)),
            Task("check", "true", stage=TaskStage.STAGING, after=("task:build",)),
        )
        plan = plan_of({"a.py": "", "b.txt": ""}, tasks=tasks)
        assert waits(plan) == {"task:build": ("a.py",), "task:check": ("task:build",)}

    def test_a_rule_may_make_files_wait_for_a_task(self, plan_of: PlanMaker) -> None:
        tasks = (Task("build", "true", stage=TaskStage.STAGING, after=("a.py",)),)
        plan = plan_of({"a.py": "", "b.md": ""}, tasks=tasks, order=(OrderRule(("b.md",), ("task:build",)),))
        assert waits(plan) == {"task:build": ("a.py",), "b.md": ("task:build",)}

    def test_an_unknown_task_is_rejected(self, plan_of: PlanMaker) -> None:
        with pytest.raises(PlanError, match="biuld"):
            plan_of({"b.md": ""}, order=(OrderRule(("b.md",), ("task:biuld",)),))

    def test_a_template_that_changes_shared_answers_is_rendered_in_order(self, plan_of: PlanMaker) -> None:
        plan = plan_of({"a.txt": "{{ shared.update(x=1) }}", "b.txt": "{{ shared }}"}, context={"shared": {}})
        assert "a.txt.tmpl" in plan.sequential_reason


class TestTasks:
    def test_commands_are_rendered(self, plan_of: PlanMaker) -> None:
        plan = plan_of({}, tasks=(Task("t", ("echo", "{{ a }}"), environment={"E": "{{ a }}"}),), context={"a": "1"})
        assert plan.in_place[0].command == ("echo", "1")
        assert plan.in_place[0].environment == {"E": "1"}

    def test_a_task_whose_condition_is_false_is_left_out(self, plan_of: PlanMaker) -> None:
        plan = plan_of({}, tasks=(Task("t", "true", when="a == 2"),), context={"a": 1})
        assert plan.in_place == ()

    def test_what_waited_for_a_task_that_is_left_out_does_not_wait(self, plan_of: PlanMaker) -> None:
        tasks = (Task("first", "true", when="false"), Task("second", "true", after=("task:first",)))
        assert [task.needs for task in plan_of({}, tasks=tasks).in_place] == [()]

    def test_a_task_cannot_leave_the_project(self, plan_of: PlanMaker) -> None:
        with pytest.raises(UnsafePathError):
            plan_of({}, tasks=(Task("t", "true", working_directory="../.."),))


@pytest.mark.parametrize("below", ["", "project"])
def test_a_destination_that_is_a_link_to_nothing_is_refused_as_that(tmp_path: Path, below: str) -> None:
    (tmp_path / "link").symlink_to("nowhere/x")
    with pytest.raises(OutputExistsError, match="link that leads to nothing") as caught:
        may_write_into(tmp_path / "link" / below, PlanOptions(overwrite=True), adds_only=False)
    assert "create its target" in caught.value.hint
