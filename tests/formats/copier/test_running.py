"""Tasks, messages, extensions and trust of Copier templates; existing projects; revisions."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from mintage.engine.failures import GenerationFailed
from mintage.errors import OutputExistsError, UnsafePathError, UntrustedError, UsageError
from mintage.formats import CopierOptions
from mintage.minting.generator import Generator, Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Mint = Callable[..., dict[str, str]]
    Write = Callable[..., Path]

ANSWERS = {"{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml }}"}


class TestTasks:
    def test_tasks_run_in_order_when_all_files_are_there(self, write_template: Write, mint: Mint) -> None:
        config = """
name: Zoe
_tasks:
  - "cat a.txt > log; echo '{{ name }} {{ _copier_phase }} {{ _copier_operation }}' >> log"
  - [sh, -c, 'echo "$STAGE $COPIER_OPERATION {{ _stage }}" >> log']
  - {command: echo no >> log, when: "{{ name == 'Ann' }}"}
  - {command: pwd > where; echo last >> ../log, working_directory: "{{ 'sub' }}"}
"""
        made = mint(write_template(config, {"a.txt": "first\n", "sub/b": ""}))
        assert made["log"] == "first\nZoe tasks copy\ntask copy task\nlast\n"
        assert made["sub/where"].endswith("/out/sub\n")

    def test_a_task_that_fails_ends_them_and_removes_a_new_project(
        self, write_template: Write, mint: Mint, tmp_path: Path
    ) -> None:
        with pytest.raises(GenerationFailed) as caught:
            mint(write_template(f"_tasks: [exit 3, touch {tmp_path}/never]", {"a": ""}))
        assert "status 3" in str(caught.value.exceptions[0])
        assert not (tmp_path / "out").exists()
        assert not (tmp_path / "never").exists()

    def test_but_not_one_that_was_there(self, write_template: Write, mint: Mint, tmp_path: Path) -> None:
        with pytest.raises(GenerationFailed):
            mint(write_template("_tasks: [exit 3]", {"a": "x"}), into={"mine": "y"})
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "mine"]

    def test_tasks_can_be_left_out(self, write_template: Write, mint: Mint) -> None:
        assert mint(write_template("_tasks: [touch never]", {"a": ""}), run_tasks=False) == {"a": ""}

    def test_later_tasks_wait_for_earlier_ones_also_across_one_that_is_left_out(
        self, write_template: Write, mint: Mint
    ) -> None:
        config = "_tasks: ['sleep 0.3; echo 1 >> log', {command: x, when: false}, 'echo 2 >> log']"
        assert mint(write_template(config, {"a": ""}))["log"] == "1\n2\n"

    def test_scripts_of_the_template_can_be_run(self, write_template: Write, mint: Mint) -> None:
        config = "_exclude: [run.sh, copier.yml]\n_tasks: ['sh {{ _copier_conf.src_path }}/run.sh']"
        assert mint(write_template(config, {"run.sh": "echo ran > log", "a": ""})) == {"a": "", "log": "ran\n"}


class TestTrust:
    @pytest.mark.parametrize("config", ["_tasks: [touch x]", "_jinja_extensions: [jinja2.ext.do]"])
    def test_nothing_of_the_authors_runs_without_it(
        self, write_template: Write, mint: Mint, tmp_path: Path, config: str
    ) -> None:
        with pytest.raises(UntrustedError) as caught:
            mint(write_template(config, {"a": ""}), trust=False)
        assert caught.value.exit_code == 3
        assert not (tmp_path / "out").exists()

    def test_the_list_in_copiers_settings_counts(
        self, write_template: Write, mint: Mint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "settings.yml").write_text(f"trust: ['{tmp_path}/']")
        monkeypatch.setenv("COPIER_SETTINGS_PATH", str(tmp_path / "settings.yml"))
        assert mint(write_template("_tasks: [touch x]", {"a": ""}), trust=False) == {"a": "", "x": ""}

    @pytest.mark.parametrize("entry", ["/templ", "/template-evil/", "/template/../other/", "/temp/"])
    def test_only_whole_parts_of_a_path_do(
        self, write_template: Write, mint: Mint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str
    ) -> None:
        (tmp_path / "settings.yml").write_text(f"trust: ['{tmp_path}{entry}']")
        monkeypatch.setenv("COPIER_SETTINGS_PATH", str(tmp_path / "settings.yml"))
        with pytest.raises(UntrustedError):
            mint(write_template("_tasks: [touch x]"), trust=False)

    def test_settings_that_make_no_sense_are_named(
        self, write_template: Write, mint: Mint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "settings.yml").write_text("trust: all")
        monkeypatch.setenv("COPIER_SETTINGS_PATH", str(tmp_path / "settings.yml"))
        with pytest.raises(UsageError, match="Copier's settings are invalid"):
            mint(write_template())


class TestMessages:
    def said(self, template: Path, **options: Any) -> list[str]:
        said: list[str] = []
        Generator(Options(**options), say=said.append).generate(template, template.parent / "out")
        return said

    def test_the_author_may_say_something_before_and_after(self, write_template: Write) -> None:
        config = """
_message_before_copy: "Hello {{ name }}{{ _copier_phase }}"
_message_after_copy: "cd {{ _copier_conf.dst_path }} for {{ name }}"
name: Zoe
"""
        template = write_template(config)
        assert self.said(template) == ["Hello undefined", f"cd {template.parent}/out for Zoe"]

    def test_nothing_is_said_where_nothing_is_made(self, write_template: Write) -> None:
        template = write_template("_message_after_copy: done\n_message_before_copy: hi")
        said: list[str] = []
        Generator(say=said.append).plan(template, template.parent / "out")
        assert said == []


class TestExtensions:
    HOOK = """
from {package} import ContextHook

class Hook(ContextHook):
    def hook(self, context):
        context["shout"] = context.get("name", "").upper()
        context["phase"] = str(context["_copier_phase"])
"""

    @pytest.mark.parametrize("package", ["copier_template_extensions", "copier_templates_extensions"])
    def test_context_hooks_of_the_template_change_what_it_sees(
        self, write_template: Write, mint: Mint, package: str
    ) -> None:
        config = f"""
name: zoe
_jinja_extensions: [{package}.TemplateExtensionLoader, "ext/hook.py:Hook"]
_exclude: [ext, copier.yml]
late: {{type: str, default: "{{{{ shout }}}} {{{{ phase }}}}"}}
"""
        files = {"ext/hook.py": self.HOOK.format(package=package), "{{ shout }}.jinja": "{{ phase }} {{ late }}"}
        assert mint(write_template(config, files)) == {"ZOE": "render ZOE prompt"}

    def test_one_that_is_not_there_is_named(self, write_template: Write, mint: Mint) -> None:
        with pytest.raises(Exception, match="No module named 'nowhere'"):
            mint(write_template("_jinja_extensions: [nowhere.Extension]", {"a.jinja": "{{ 1 }}"}))

    def test_a_file_outside_of_the_template_is_refused(self, write_template: Write, mint: Mint, tmp_path: Path) -> None:
        (tmp_path / "evil.py").write_text("class Hook: ...")
        with pytest.raises(UnsafePathError):
            mint(write_template("_jinja_extensions: ['../evil.py:Hook']", {"a.jinja": "{{ 1 }}"}))


class TestExistingProjects:
    def test_files_that_are_not_in_the_way_stay(self, write_template: Write, mint: Mint) -> None:
        assert mint(write_template("", {"a": "x"}), into={"b": "y"}) == {"a": "x", "b": "y"}

    def test_files_that_are_in_the_way_are_named_and_nothing_is_written(
        self, write_template: Write, mint: Mint, tmp_path: Path
    ) -> None:
        with pytest.raises(OutputExistsError) as caught:
            mint(write_template("", {"a": "x", "b": "y"}), into={"a": "mine"})
        assert [problem.what for problem in caught.value.problems] == ["a"]
        assert not (tmp_path / "out" / "b").exists()

    def test_files_that_come_out_as_they_are_are_not_in_the_way(self, write_template: Write, mint: Mint) -> None:
        template = write_template("n: N", {"a.jinja": "{{ n }}", "b": "y", "l": "-> b"} | ANSWERS)
        made = mint(template)
        assert mint(template) == made

    def test_only_those_that_would_change_are_named(self, write_template: Write, mint: Mint) -> None:
        with pytest.raises(OutputExistsError) as caught:
            mint(write_template("n: N", {"a.jinja": "{{ n }}", "b": "y"}), into={"a": "N", "b": "mine"})
        assert [problem.what for problem in caught.value.problems] == ["b"]

    def test_a_file_that_is_the_same_keeps_its_permissions(
        self, write_template: Write, mint: Mint, tmp_path: Path
    ) -> None:
        template = write_template("_preserve_symlinks: true", {"a": "x", "l": "-> a"})
        mint(template)
        (tmp_path / "out" / "a").chmod(0o600)
        Generator(Options(overwrite=True)).generate(template, tmp_path / "out")
        assert (tmp_path / "out" / "a").stat().st_mode & 0o777 == 0o600

    def test_whether_a_file_may_be_run_is_a_difference(self, write_template: Write, mint: Mint, tmp_path: Path) -> None:
        template = write_template("", {"a": "x"})
        mint(template)
        (template / "a").chmod(0o755)
        with pytest.raises(OutputExistsError):
            mint(template)
        mint(template, overwrite=True)
        assert (tmp_path / "out" / "a").stat().st_mode & 0o777 == 0o755

    def test_a_plan_says_that_files_are_there(self, write_template: Write, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "a").write_text("mine")
        plan = Generator().plan(write_template("", {"a": "x", "b": "y"}), tmp_path / "out")
        assert [warning for warning in plan.warnings if warning.startswith("1 of the files already exist")]

    def test_they_are_replaced_on_request(self, write_template: Write, mint: Mint) -> None:
        assert mint(write_template("", {"a": "x"}), into={"a": "mine"}, overwrite=True) == {"a": "x"}

    def test_or_left_as_they_are(self, write_template: Write, mint: Mint) -> None:
        made = mint(write_template("", {"a": "x", "b": "y"}), into={"a": "mine"}, skip_existing=True)
        assert made == {"a": "mine", "b": "y"}

    def test_the_template_may_spare_files(self, write_template: Write, mint: Mint) -> None:
        config = "n: a\n_skip_if_exists: ['{{ n }}']"
        made = mint(write_template(config, {"a": "x", "b": "y"}), into={"a": "mine"}, overwrite=True)
        assert made == {"a": "mine", "b": "y"}

    def test_and_the_user_too(self, write_template: Write, mint: Mint) -> None:
        made = mint(
            write_template("", {"a": "x", "c.txt": ""}),
            into={"a": "mine"},
            copier=CopierOptions(skip=("a",), exclude=("*.txt",)),
        )
        assert made == {"a": "mine"}

    def test_the_answers_file_is_replaced_without_asking(self, write_template: Write, mint: Mint) -> None:
        made = mint(write_template("a: 1", ANSWERS), into={".copier-answers.yml": "a: 5"})
        assert yaml.safe_load(made[".copier-answers.yml"])["a"] == 5

    def test_output_must_be_given(self, write_template: Write) -> None:
        with pytest.raises(UsageError, match="doesn't name its project"):
            Generator().generate(write_template())


class TestRevisions:
    @pytest.fixture
    def repository(self, write_template: Write, monkeypatch: pytest.MonkeyPatch) -> Path:
        """Version 1.0 has `one`, 2.0rc1 has `rc`, HEAD has `head`; `draft` is not committed."""
        for name in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
            monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@example.org")
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        root = write_template("", {"f": "one", **ANSWERS})
        git(root, "init", "--quiet", "--initial-branch=main")
        commit(root)
        git(root, "tag", "v1.0")
        (root / "f").write_text("rc")
        commit(root)
        git(root, "tag", "v2.0rc1")
        (root / "f").write_text("head")
        commit(root)
        return root

    def test_the_newest_version_is_taken(self, repository: Path, mint: Mint) -> None:
        made = mint(repository)
        assert made["f"] == "one"
        assert yaml.safe_load(made[".copier-answers.yml"]) == {"_commit": "v1.0", "_src_path": str(repository)}

    def test_or_the_newest_of_all_or_the_one_asked_for(self, repository: Path, mint: Mint) -> None:
        assert mint(repository, copier=CopierOptions(prereleases=True))["f"] == "rc"

    def test_or_the_head_with_what_is_not_committed(self, repository: Path, mint: Mint) -> None:
        (repository / "draft").write_text("draft")
        made = mint(repository, ref="HEAD", copier=CopierOptions())
        assert (made["f"], made["draft"]) == ("head", "draft")

    def test_a_revision_can_be_named(self, repository: Path, mint: Mint) -> None:
        made = mint(repository, ref="main", copier=CopierOptions(answers_file="x.yml"))
        assert made["f"] == "head"
        assert yaml.safe_load(made["x.yml"])["_commit"].startswith("v2.0rc1-1-g")

    def test_or_be_the_one_that_the_project_was_made_from(self, repository: Path, mint: Mint) -> None:
        stored = {".copier-answers.yml": f"_commit: v2.0rc1\n_src_path: {repository}\n"}
        assert mint(repository, ref=":current:", into=stored, copier=CopierOptions())["f"] == "rc"

    def test_without_versions_the_head_is_taken_with_a_warning(self, repository: Path, tmp_path: Path) -> None:
        git(repository, "tag", "-d", "v1.0", "v2.0rc1")
        warnings: list[str] = []
        Generator(warn=warnings.append).generate(repository, tmp_path / "out")
        assert (tmp_path / "out" / "f").read_text() == "head"
        assert warnings == ["the template has no tag that is a version, so its HEAD is used"]

    def test_copier_can_go_on_with_the_project(self, repository: Path, mint: Mint, tmp_path: Path) -> None:
        """What `copier update` reads: the source and a revision that it knows."""
        stored = yaml.safe_load(mint(repository)[".copier-answers.yml"])
        git(repository, "rev-parse", "--verify", f"{stored['_commit']}^{{commit}}")
        assert stored["_src_path"] == str(repository)


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "change")
