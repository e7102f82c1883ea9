"""What trips tools that run Copier templates, each with a small template; and what hostile ones try, one by one."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from mintage.engine.failures import GenerationFailed
from mintage.errors import MintageError, TemplateError, UnsafePathError, UntrustedError
from mintage.minting.generator import Generator, Options
from mintage.template.questions import GivenAnswers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Mint = Callable[..., dict[str, str]]
    Write = Callable[..., Path]

ANSWERS = {"{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml }}"}


class TestTraps:
    def test_a_computed_value_sees_only_the_answers_before_it(self, write_template: Write, mint: Mint) -> None:
        config = """
slug: {default: "[{{ name }}]", type: str, when: false}
name: Zoe
again: {default: "[{{ name }}]", type: str, when: false}
"""
        files = {"a.jinja": "{{ slug }} {{ again }}"}
        assert mint(write_template(config, files)) == {"a": "[] [Zoe]"}

    def test_but_a_later_one_if_it_is_given(self, write_template: Write, mint: Mint) -> None:
        config = "{slug: {default: '[{{ name }}]', type: str, when: false}, name: Zoe}"
        template = write_template(config, {"a.jinja": "{{ slug }}{{ name }}"})
        assert mint(template, flags={"name": "Ann"}) == {"a": "[Ann]Ann"}

    def test_choices_may_be_a_template_that_looks_at_answers(self, write_template: Write, mint: Mint) -> None:
        config = """
kind: {type: str, choices: [app, lib]}
parts:
  type: str
  multiselect: true
  default: "{{ ['cli', 'web'] | to_json }}"
  choices: |
    {% if kind == 'app' %}
    - web
    - cli
    {% endif %}
    - core
"""
        template = write_template(config, {"a.jinja": "{{ parts | join(' ') }}"})
        assert mint(template, flags={"kind": "app"}) == {"a": "web cli"}

    def test_folders_in_folders_may_be_many(self, write_template: Write, mint: Mint) -> None:
        config = "tree: {type: yaml, default: {a: [x, y], b: [z]}}"
        name = (
            "{% yield top from tree %}{{ top }}{% endyield %}/{% yield low from tree[top] %}{{ low }}{% endyield %}/"
            "{{ top }}-{{ low }}.jinja"
        )
        made = mint(write_template(config, {name: "{{ top }}{{ low }}"}))
        assert made == {"a/x/a-x": "ax", "a/y/a-y": "ay", "b/z/b-z": "bz"}

    def test_patterns_depend_on_answers_and_take_back_what_others_leave_out(
        self, write_template: Write, mint: Mint
    ) -> None:
        config = """
ci: false
_exclude:
  - copier.yml
  - "{% if not ci %}.github/**{% endif %}"
  - "*.md"
  - "!README.md"
  - "{% if _copier_operation == 'update' %}once{% endif %}"
"""
        files = {".github/ci.yml": "", "a.md": "", "README.md": "r", "once": "o"}
        assert mint(write_template(config, files)) == {".github": "/", "README.md": "r", "once": "o"}

    def test_one_of_several_templates_is_chosen_by_an_answer(self, write_template: Write, mint: Mint) -> None:
        config = "kind: {type: str, choices: [app, lib]}\n_subdirectory: '{{ kind }}'"
        files = {"app/a.jinja": "{% include 'shared/x' %}", "lib/l": "", "shared/x": "{{ kind }}"}
        assert mint(write_template(config, files), flags={"kind": "app"}) == {"a": "app"}

    def test_two_templates_share_a_project_each_with_its_answers(
        self, write_template: Write, mint: Mint, tmp_path: Path
    ) -> None:
        one = write_template("{a: 1, _answers_file: .one.yml}", {"a.jinja": "{{ a }}", **ANSWERS}, name="one")
        two = write_template("{a: 2, _answers_file: .two.yml}", {"b.jinja": "{{ a }}", **ANSWERS}, name="two")
        Generator().generate(one, tmp_path / "out")
        Generator().generate(two, tmp_path / "out")
        made = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
        assert (made["a"], made["b"]) == ("1", "2")
        assert yaml.safe_load(made[".one.yml"])["a"] == 1
        assert yaml.safe_load(made[".two.yml"])["a"] == 2

    def test_brackets_may_be_the_delimiters_of_everything(self, write_template: Write, mint: Mint) -> None:
        config = """
_envops:
  {block_start_string: "[%", block_end_string: "%]", variable_start_string: "[[", variable_end_string: "]]"}
_templates_suffix: .tmpl
_exclude: [copier.yml, "[[ name ]].x"]
name: Zoe
twice: "[[ name ]][[ name ]]"
_tasks: ["echo [[ name ]] > log"]
"""
        files = {
            "[[ name ]].tmpl": "[[ twice ]] {{ name }} ${{ secrets.X }} [% if name %]y[% endif %]",
            "Zoe.x": "",
            "[[ _copier_conf.answers_file ]].tmpl": "[[ _copier_answers|to_nice_yaml ]]",
        }
        made = mint(write_template(config, files))
        assert made["Zoe"] == "ZoeZoe {{ name }} ${{ secrets.X }} y"
        assert made["log"] == "Zoe\n"
        assert "Zoe.x" not in made
        assert yaml.safe_load(made[".copier-answers.yml"])["twice"] == "ZoeZoe"

    def test_migrations_do_not_run_and_need_no_trust_for_a_new_project(self, write_template: Write, mint: Mint) -> None:
        config = """
_migrations:
  - version: 2.0.0
    before: ["sed -i s/a/b/ {{ _copier_conf.answers_file }}"]
  - touch migrated
"""
        assert mint(write_template(config, {"a": "b"}), trust=False) == {"a": "b"}

    def test_a_task_may_start_a_repository(self, write_template: Write, mint: Mint, tmp_path: Path) -> None:
        template = write_template("_tasks: [git init --quiet, git add --all]", {"a": "b", ".gitignore": "c"})
        Generator(Options(trust=True)).generate(template, tmp_path / "out")
        listed = subprocess.run(["git", "-C", tmp_path / "out", "ls-files"], check=True, capture_output=True)
        assert listed.stdout.split() == [b".gitignore", b"a"]

    def test_the_answers_file_may_have_any_name(self, write_template: Write, mint: Mint) -> None:
        config = "name: Zoe\n_answers_file: '.{{ name | lower }}/answers.yml'"
        made = mint(write_template(config, ANSWERS))
        assert yaml.safe_load(made[".zoe/answers.yml"])["name"] == "Zoe"

    def test_carriage_returns_go_from_templates_and_stay_in_other_files(
        self, write_template: Write, mint: Mint
    ) -> None:
        config = "a: 1\r\nb: |\r\n  x\r\n  y\r\n"
        made = mint(
            write_template(config, {"t.jinja": "{{ a }}\r\n{% if a %}\r\n{{ b }}\r\n{% endif %}\r\n", "f": "\r\n"})
        )
        assert made == {"t": "1\n\nx\ny\n\n\n", "f": "\r\n"}


class TestRepositories:
    @pytest.fixture(autouse=True)
    def identity(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        settings = tmp_path / "gitconfig"
        settings.write_text('[user]\n\tname = Ada\n\temail = ada@example.org\n[protocol "file"]\n\tallow = always\n')
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))

    def test_submodules_belong_to_the_template(self, write_template: Write, mint: Mint) -> None:
        shared = commit(write_template("", {"s.jinja": "{{ name }}"}, name="shared"))
        template = commit(write_template("name: Zoe", {"a.jinja": "{% include 'sub/s.jinja' %}"}))
        git(template, "submodule", "--quiet", "add", str(shared), "sub")
        commit(template)
        git(template, "tag", "v1")
        made = mint(template)
        assert (made["a"], made["sub/s"]) == ("Zoe", "Zoe")

    def test_a_template_without_versions_is_taken_as_it_is_committed(self, write_template: Write, mint: Mint) -> None:
        template = commit(write_template("", ANSWERS))
        head = git(template, "rev-parse", "--short", "HEAD")
        assert yaml.safe_load(mint(template)[".copier-answers.yml"])["_commit"] == head

    @pytest.mark.parametrize("ref", ["--upload-pack=touch pwned", "-b", "--help"])
    def test_a_revision_that_looks_like_an_option_is_none(
        self, write_template: Write, mint: Mint, tmp_path: Path, ref: str
    ) -> None:
        with pytest.raises(MintageError, match="is not a revision"):
            mint(commit(write_template()), ref=ref)
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        "url", ["--upload-pack=touch pwned", "git+ext::sh -c touch% pwned", "ext::sh -c id", "fd::7"]
    )
    def test_an_address_cannot_run_anything(self, tmp_path: Path, url: str) -> None:
        with pytest.raises(MintageError):
            Generator().generate(url, tmp_path / "out")
        assert not list(tmp_path.rglob("pwned"))


class TestHostileTemplates:
    @pytest.mark.parametrize("name", ["..", "../x", "/x", "a/../../x"])
    def test_a_name_cannot_lead_out_through_an_answer(
        self, write_template: Write, mint: Mint, tmp_path: Path, name: str
    ) -> None:
        with pytest.raises((GenerationFailed, UnsafePathError)):
            mint(write_template("name: x", {"{{ name }}/f": ""}), flags={"name": name})
        assert not (tmp_path / "x").exists()
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        "expression",
        [
            "_copier_conf.src_path.parser.join('/', 'etc')",
            "_copier_conf.dst_path.with_segments('/etc').iterdir() | list",
            "_copier_conf.dst_path.parent.joinpath('secret').open().read()",
            "_copier_conf.settings.__init__.__globals__",
            "_copier_conf['__class__']",
            "(_copier_conf.src_path / '..' / 'secret').read_text()",
            "'%s' | attr('format') | attr('__globals__')",
            "''.format.__self__.__class__",
            "'{0.__class__}'.format(1)",
            "joiner.__init__.__globals__.os",
            "pathjoin.__globals__",
            "lipsum.__globals__",
        ],
    )
    def test_paths_and_settings_give_away_nothing(
        self, write_template: Write, mint: Mint, tmp_path: Path, expression: str
    ) -> None:
        (tmp_path / "secret").write_text("hunter2")
        template = write_template("", {"a.jinja": "{{ " + expression + " }}", "b": ""})
        try:
            Generator().generate(template, tmp_path / "out")
        except GenerationFailed:
            return
        written = (tmp_path / "out" / "a").read_text()
        assert "hunter2" not in written
        assert "class" not in written
        assert "os" not in written

    def test_trust_in_a_folder_is_none_in_one_whose_name_begins_alike(
        self, write_template: Write, mint: Mint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        template = write_template("_tasks: [touch x]", name="good-evil")
        (tmp_path / "settings.yml").write_text(f"trust: ['{tmp_path}/good', '{tmp_path}/good/../good/']")
        monkeypatch.setenv("COPIER_SETTINGS_PATH", str(tmp_path / "settings.yml"))
        for source in (str(template), f"{tmp_path}/good/../good-evil"):
            (tmp_path / "good").mkdir(exist_ok=True)
            with pytest.raises(UntrustedError):
                Generator().generate(source, tmp_path / "out")

    @pytest.mark.parametrize("folder", ["..", "../other", "/", "link"])
    def test_the_subdirectory_stays_in_the_template(
        self, write_template: Write, mint: Mint, tmp_path: Path, folder: str
    ) -> None:
        (tmp_path / "other").mkdir()
        template = write_template(f"_subdirectory: '{folder}'", {"link": "-> ../other"})
        with pytest.raises(UnsafePathError, match="_subdirectory leads out of the template"):
            mint(template)

    @pytest.mark.parametrize("path", ["../secret", "/etc/hostname", "{{ '..' }}/secret", "link"])
    def test_files_outside_are_no_external_data_without_trust(
        self, write_template: Write, tmp_path: Path, path: str
    ) -> None:
        (tmp_path / "secret").write_text("a: hunter2")
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "link").symlink_to("../secret")
        template = write_template(f'_external_data: {{s: "{path}"}}', {"a.jinja": "{{ _external_data.s }}"})
        with pytest.raises(GenerationFailed) as failed:
            Generator().generate(template, tmp_path / "out")
        assert "is outside the project" in str(failed.value.exceptions[0])
        assert not (tmp_path / "out" / "a").exists()

    @pytest.mark.parametrize("statement", ["include", "import", "extends", "from"])
    @pytest.mark.parametrize("name", ["link", "folder/secret", "../secret", "/etc/hostname"])
    def test_templates_outside_are_not_there(
        self, write_template: Write, tmp_path: Path, statement: str, name: str
    ) -> None:
        (tmp_path / "secret").write_text("hunter2")
        rest = {"import": " as x", "from": " import x"}.get(statement, "")
        files = {
            "link": "-> ../secret",
            "folder": "-> ..",
            "a.jinja": f"{{% {statement} '{name}'{rest} %}}",
        }
        template = write_template("{_preserve_symlinks: true, _exclude: [folder, link]}", files)
        with pytest.raises(GenerationFailed):
            Generator().generate(template, tmp_path / "out")
        assert not (tmp_path / "out" / "a").exists()

    @pytest.mark.parametrize("tag", ["!!python/object/apply:os.system [id]", "!!python/name:os.system", "!x 1"])
    def test_yaml_makes_no_objects(self, write_template: Write, tmp_path: Path, tag: str) -> None:
        with pytest.raises(MintageError):
            Generator().generate(write_template(f"x: {tag}", {"a": ""}), tmp_path / "out")
        asking = write_template("x: {type: yaml, default: 1}", {"a": ""}, name="asking")
        with pytest.raises(MintageError):
            Generator().generate(asking, tmp_path / "out", given=GivenAnswers(flags={"x": tag}))
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        "option", ["finalize: print", "loader: x", "undefined: os.system", "extensions: [jinja2.ext.do]"]
    )
    def test_options_of_the_environment_are_no_code(self, write_template: Write, mint: Mint, option: str) -> None:
        with pytest.raises(TemplateError):
            mint(write_template(f"_envops: {{{option}}}", {"a": ""}), trust=False)


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(root: Path) -> Path:
    """Make `root` a repository with all that is in it."""
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "change")
    return root
