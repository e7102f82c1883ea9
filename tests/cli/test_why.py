"""`mintage why`: why a file is what it is, or why it does not exist; in templates of all formats."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from mintage.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Mintage = Callable[..., subprocess.CompletedProcess[str]]
    Write = Callable[..., Path]
    Why = Callable[..., dict[str, Any]]


@pytest.fixture
def why(
    write_tree: Write,
    require_described: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Why:
    """Write a template, and ask why one of its files is what it is; gives the document, which its schema describes."""
    monkeypatch.chdir(tmp_path)

    def ask(files: dict[str, str | bytes], file: str, *arguments: str) -> dict[str, Any]:
        write_tree(files)
        exit_code = run(["why", file, "--template", "template", *arguments, "--json"])
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        require_described(document)
        assert (exit_code == 0) == (document["kind"] == "why")
        return document

    return ask


def _rules(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Each rule, and its place as "file:line:column"."""
    return [(rule["what"], _place(rule["where"])) for rule in document["rules"]]


def _place(where: dict[str, Any] | None) -> str:
    return ":".join(str(part) for part in (where or {}).values() if part is not None)


NATIVE: dict[str, str | bytes] = {
    "mintage.toml": """
[questions.name]
default = "atlas"
[questions.docs]
type = "bool"
default = false
[questions.parts]
type = "list"
default = ["a", "b"]
[questions.key]
type = "secret"
default = "hunter22"
[files]
exclude = [
  "*.bak",
  {match = ["docs/"], when = "not docs"},
]
copy_only = ["*.raw"]
skip_if_exists = ["own.txt"]
[[each]]
file = "part.txt"
items = "parts"
as = "part"
path = "parts/{{ part }}.txt"
[[each]]
file = "none.txt"
items = "[]"
[[order]]
files = ["last.txt"]
after = ["own.txt"]
[[tasks]]
name = "build"
run = "true"
after = ["own.txt"]
""",
    "README.md": "# {{ name }}\n{{ name }} {{ key }}",
    "src/{{ name }}/app.py": "",
    "own.txt": "plain",
    "last.txt": "{{ sha256('own.txt') }}",
    "old.bak": "",
    "docs/{{ name }}.md": "",
    "docs/deep/er.md": "",
    "x.raw": "{{ name }}",
    "logo": b"\0",
    "part.txt": "{{ part }}",
    "none.txt": "",
    "{% if docs %}guide.md{% endif %}": "",
    "{{ 'manual.md' if docs }}": "",
}


class TestFilesThatComeOut:
    def test_have_a_template_and_answers_with_their_places(self, why: Why) -> None:
        document = why(NATIVE, "README.md", "-d", "name=zebra")
        assert (document["comes_out"], document["template_file"], document["action"]) == (True, "README.md", "render")
        name, key = document["answers"]
        assert (name["name"], name["value"], name["origin"]) == ("name", "zebra", "flag")
        assert list(map(_place, name["places"])) == ["README.md:1:6", "README.md:2:4"]
        assert (key["secret"], key["value"], key["origin"]) == (True, None, "default")
        assert document["renderer"] == "fast"
        assert document["why_not_fast"] is None

    def test_may_be_asked_for_by_the_template_s_name(self, why: Why) -> None:
        assert why(NATIVE, "src/{{ name }}/app.py")["file"] == "src/atlas/app.py"

    def test_have_answers_in_their_paths(self, why: Why) -> None:
        (answer,) = why(NATIVE, "src/atlas/app.py")["answers"]
        assert list(map(_place, answer["places"])) == ["src/{{ name }}"]

    def test_know_what_they_wait_for_and_what_waits_for_them(self, why: Why) -> None:
        assert why(NATIVE, "last.txt")["depends_on"] == ["own.txt"]
        assert why(NATIVE, "own.txt")["dependents"] == ["last.txt", "task:build"]

    def test_know_the_rules_about_them(self, why: Why) -> None:
        assert _rules(why(NATIVE, "last.txt")) == [("[[order]] generates it after own.txt", "mintage.toml:30:11")]
        assert _rules(why(NATIVE, "x.raw")) == [
            ("copy_only lists *.raw, so it is copied without rendering", "mintage.toml:18:15")
        ]
        assert _rules(why(NATIVE, "own.txt")) == [
            ("skip_if_exists lists own.txt, so an existing file is left alone", "mintage.toml:19:20")
        ]
        (rule,) = why(NATIVE, ".mintage.toml")["rules"]
        assert rule["what"].startswith("Mintage writes your answers to it")

    def test_know_of_which_item_they_are_made(self, why: Why) -> None:
        document = why(NATIVE, "parts/b.txt")
        assert _rules(document) == [("[[each]] generates it once for each part in parts", "mintage.toml:22:10")]
        assert document["variables"] == {"part": "b"}
        assert [answer["name"] for answer in document["answers"]] == ["parts"]
        assert why(NATIVE, "part.txt")["also_makes"] == ["parts/b.txt"]

    def test_are_copied_for_a_reason(self, why: Why) -> None:
        assert (why(NATIVE, "logo")["action"], why(NATIVE, "logo")["reason"]) == ("copy", "binary")
        assert why(NATIVE, "own.txt")["reason"] == "no template tags"
        assert why(NATIVE, "own.txt")["renderer"] is None

    def test_are_left_alone_if_they_are_there(self, why: Why, write_tree: Write) -> None:
        write_tree({"own.txt": "mine"}, "project")
        document = why(NATIVE, "own.txt", "--project", "project")
        assert (document["action"], document["reason"]) == ("skip", "exists")

    def test_have_the_answers_of_what_they_include(self, why: Why) -> None:
        files: dict[str, str | bytes] = {
            "mintage.toml": "[questions.name]\ndefault = 'x'\n[files]\nexclude = ['parts/']\n",
            "a.txt": "{% include 'parts/one' %}",
            "parts/one": "{{ name }}",
        }
        (answer,) = why(files, "a.txt")["answers"]
        assert list(map(_place, answer["places"])) == ["parts/one:1:4"]


class TestFilesThatDoNot:
    def test_are_excluded_by_a_pattern_at_its_line(self, why: Why) -> None:
        document = why(NATIVE, "old.bak")
        assert not document["comes_out"]
        assert _rules(document) == [("exclude lists *.bak", "mintage.toml:15:4")]

    @pytest.mark.parametrize("file", ["docs/atlas.md", "docs/{{ name }}.md", "docs/deep/er.md"])
    def test_are_excluded_with_their_folder_by_an_answer(self, why: Why, file: str) -> None:
        document = why(NATIVE, file)
        assert _rules(document) == [("exclude lists docs/ when not docs", "mintage.toml:16:31")]
        (answer,) = document["answers"]
        assert (answer["name"], answer["value"]) == ("docs", False)

    @pytest.mark.parametrize(
        ("file", "part"),
        [
            ("guide.md", "{% if docs %}guide.md{% endif %}"),
            ("{% if docs %}guide.md{% endif %}", "{% if docs %}guide.md{% endif %}"),
            ("manual.md", "{{ 'manual.md' if docs }}"),
        ],
    )
    def test_have_a_part_of_their_path_that_is_empty(self, why: Why, file: str, part: str) -> None:
        document = why(NATIVE, file)
        assert _rules(document) == [(f"{part} renders to nothing", part)]
        (answer,) = document["answers"]
        assert (answer["name"], answer["value"]) == ("docs", False)

    def test_are_repeated_for_nothing(self, why: Why) -> None:
        assert _rules(why(NATIVE, "none.txt")) == [("[[each]] generates nothing: [] is empty", "mintage.toml:27:10")]

    def test_are_the_template_s_own(self, why: Why) -> None:
        assert _rules(why(NATIVE, "mintage.toml")) == [("it belongs to the template, not to the project", "")]

    def test_may_not_exist_at_all(self, why: Why) -> None:
        document = why(NATIVE, "READMI.md")
        assert document["what"] == "the template generates no file READMI.md, whatever the answers are"
        assert document["hint"] == "did you mean README.md?"

    def test_may_be_folders(self, why: Why) -> None:
        assert why(NATIVE, "src/atlas/")["what"] == "src/atlas is a directory"

    def test_may_lie_outside_of_what_becomes_the_project(self, why: Why) -> None:
        files: dict[str, str | bytes] = {"mintage.toml": '[template]\nroot = "files"\n', "files/a": "", "notes": ""}
        assert "is outside" in why(files, "notes")["what"]


class TestOtherFormats:
    COOKIECUTTER: ClassVar[dict[str, str | bytes]] = {
        "cookiecutter.json": '{\n"slug": "made", "docs": "",\n"_copy_without_render": ["raw/*"]}',
        "{{cookiecutter.slug}}/a.txt": "{{ cookiecutter.slug }}",
        "{{cookiecutter.slug}}/raw/b.txt": "{{ x }}",
        "{{cookiecutter.slug}}/{% if cookiecutter.docs %}c.txt{% endif %}": "",
        "hooks/post_gen_project.py": "",
    }
    COPIER: ClassVar[dict[str, str | bytes]] = {
        "copier.yml": "_subdirectory: top\n_exclude: ['*.bak', '{% if not docs %}docs{% endif %}']\n"
        "_skip_if_exists: [own.txt]\nname: atlas\ndocs: false\n_tasks: ['true']\n",
        "top/a.txt.jinja": "{{ name }}",
        "top/b.txt": "{{ name }}",
        "top/own.txt": "",
        "top/c.bak": "",
        "top/docs/d.txt": "",
        "top/{% if docs %}e.txt{% endif %}.jinja": "",
        "top/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}",
        "top/f.txt": "",
        "top/f.txt.jinja": "{{ name }}",
    }

    def test_cookiecutter_copies_what_it_shall_not_render(self, why: Why) -> None:
        document = why(self.COOKIECUTTER, "raw/b.txt")
        assert document["action"] == "copy"
        assert _rules(document) == [
            ("_copy_without_render lists raw/*, so it is copied without rendering", "cookiecutter.json:3:27")
        ]

    def test_cookiecutter_has_answers_in_its_namespace_and_hooks_that_run_after_all(self, why: Why) -> None:
        document = why(self.COOKIECUTTER, "a.txt", "-d", "slug=given")
        (answer,) = document["answers"]
        assert (answer["name"], answer["value"], answer["origin"]) == ("slug", "given", "flag")
        assert document["dependents"] == ["task:post_gen_project.py"]

    def test_cookiecutter_leaves_out_files_without_a_name(self, why: Why) -> None:
        (rule,) = why(self.COOKIECUTTER, "c.txt")["rules"]
        assert rule["what"] == "{% if cookiecutter.docs %}c.txt{% endif %} renders to nothing"

    def test_copier_goes_by_the_suffix(self, why: Why) -> None:
        assert _rules(why(self.COPIER, "a.txt")) == [("it has the suffix .jinja", "")]
        assert why(self.COPIER, "b.txt")["action"] == "copy"
        assert _rules(why(self.COPIER, "top/f.txt")) == [("top/f.txt.jinja generates this file instead", "")]

    def test_copier_excludes_by_patterns_that_are_templates_too(self, why: Why) -> None:
        assert _rules(why(self.COPIER, "c.bak")) == [("_exclude lists *.bak", "copier.yml:2:13")]
        document = why(self.COPIER, "docs/d.txt")
        assert _rules(document) == [("_exclude lists docs", "copier.yml:2:22")]
        assert [answer["name"] for answer in document["answers"]] == ["docs"]

    def test_copier_leaves_alone_what_it_shall(self, why: Why) -> None:
        rules = _rules(why(self.COPIER, "own.txt"))
        assert rules[-1] == ("_skip_if_exists lists own.txt, so an existing file is left alone", "copier.yml:3:19")

    def test_copier_leaves_out_files_without_a_name(self, why: Why) -> None:
        (rule,) = why(self.COPIER, "e.txt")["rules"]
        assert rule["what"] == "{% if docs %}e.txt{% endif %} renders to nothing"

    def test_copier_s_answers_file_reads_all_answers(self, why: Why) -> None:
        document = why(self.COPIER, ".copier-answers.yml")
        assert document["reads_all"]
        assert document["dependents"] == ["task:task 1"]

    def test_a_bare_folder_has_no_rules_but_empty_names(self, why: Why) -> None:
        files: dict[str, str | bytes] = {"a": "{{ x }}", "{% if x == 'y' %}b{% endif %}": ""}
        assert why(files, "a", "-d", "x=z")["rules"] == []
        assert not why(files, "b", "-d", "x=z")["comes_out"]


class TestAnswers:
    FILES: ClassVar[dict[str, str | bytes]] = {
        "mintage.toml": """
[questions.a]
default = "x"
[questions.b]
when = "a == 'y'"
default = "unasked"
""",
        "f": "{{ a }}{{ b }}",
    }

    def _origins(self, document: dict[str, Any]) -> dict[str, str]:
        return {answer["name"]: answer["origin"] for answer in document["answers"]}

    def test_come_from_the_template_or_are_not_asked_for(self, why: Why) -> None:
        assert self._origins(why(self.FILES, "f")) == {"a": "default", "b": "not_asked"}

    def test_come_from_the_command_line_and_from_files(self, why: Why, tmp_path: Path) -> None:
        (tmp_path / "data.toml").write_text('a = "y"\n')
        document = why(self.FILES, "f", "--data-file", "data.toml", "-d", "b=given")
        assert self._origins(document) == {"a": "data", "b": "flag"}

    def test_come_from_the_project(self, why: Why, mintage: Mintage, write_tree: Write) -> None:
        write_tree(self.FILES)
        mintage("new", "template", "project", "-d", "a=y", "-d", "b=saved")
        document = why(self.FILES, "f", "--project", "project")
        assert self._origins(document) == {"a": "saved", "b": "saved"}
        assert [answer["value"] for answer in document["answers"]] == ["y", "saved"]

    def test_come_from_the_user_s_settings(self, why: Why, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MINTAGE_CONFIG_DIR", str(tmp_path / "config"))
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "settings.toml").write_text('[defaults]\na = "mine"\n')
        assert self._origins(why(self.FILES, "f"))["a"] == "user_default"


@pytest.mark.parametrize(
    ("text", "line", "tag"),
    [
        ("{{ name }}\n\n{{ name | center(9) }}", 3, "{{ name | center(9) }}"),
        ("{% if name %}{% endif %}\n{% macro m() %}{% endmacro %}", 2, "{% macro m() %}"),
        ("{% for x in name | batch(2) %}{{ x }}{% endfor %}", 1, "{% for x in name | batch(2) %}"),
        ("{% if name %}\n{% elif name is upper %}{% endif %}", 2, "{% elif name is upper %}"),
        ("{{ name }}\n{{ table }}", 2, "{{ table }}"),
        ("{% set name = 1 %}{{ name }}", None, ""),
        ("{% for x in 'ab' %}{% set y = x %}{% endfor %}{{ name }}", None, ""),
    ],
)
def test_what_only_jinja_can_do_is_pointed_at(why: Why, text: str, line: int | None, tag: str) -> None:
    config = '[questions.name]\ndefault = "atlas"\n[questions.table]\ntype = "list"\ndefault = ["a"]\n'
    document = why({"mintage.toml": config, "f": text}, "f")
    assert document["renderer"] == "jinja2"
    assert (document["why_not_fast"]["line"], document["why_not_fast"]["tag"]) == (line, tag)


def test_people_read_it_in_lines(mintage: Mintage, write_tree: Write) -> None:
    write_tree(NATIVE)
    made = mintage("why", "README.md", "--template", "template").stdout.splitlines()
    assert made == [
        "README.md is rendered: it has template tags",
        "  template   README.md",
        '  answer     name = "atlas" (the template\'s default)  1:6, 2:4',
        "  answer     key = *** (the template's default)  2:15",
        "  rendered   without compiling it",
    ]
    left_out = mintage("why", "docs/atlas.md", "--template", "template").stdout.splitlines()
    assert left_out == [
        "docs/atlas.md is not generated",
        "  template   docs/{{ name }}.md",
        "  because    exclude lists docs/ when not docs  mintage.toml:16:31",
        "  answer     docs = false (the template's default)  mintage.toml:16:35",
    ]


def test_in_a_project_a_file_is_named_from_the_current_folder(
    mintage: Mintage, write_tree: Write, tmp_path: Path
) -> None:
    write_tree(NATIVE)
    mintage("new", "template", "project", "-d", "name=zebra", "--skip-tasks")
    done = subprocess.run(
        [sys.executable, "-m", "mintage", "why", "app.py"],
        cwd=tmp_path / "project" / "src" / "zebra",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.startswith("src/zebra/app.py is copied")
    assert '"zebra" (saved in the project)' in done.stdout


def test_nothing_runs_and_nothing_is_written(mintage: Mintage, write_tree: Write, tmp_path: Path) -> None:
    write_tree(
        {
            "cookiecutter.json": '{"slug": "made"}',
            "{{cookiecutter.slug}}/a": "",
            **{f"hooks/{hook}.sh": f"touch {tmp_path}/ran" for hook in ("pre_prompt", "pre_gen_project")},
        }
    )
    before = sorted(tmp_path.rglob("*"))
    done = mintage("why", "a", "--template", "template")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(tmp_path.rglob("*")) == before


def test_secrets_are_shown_nowhere(mintage: Mintage, write_tree: Write) -> None:
    config = (
        "[questions.key]\ntype = 'secret'\n[questions.made]\ndefault = 'of {{ key }}'\n"
        "[[each]]\nfile = 'f'\nitems = '[key]'\nas = 'each'\npath = 'f'\n"
    )
    write_tree({"mintage.toml": config, "f": "{{ key }}{{ made }}{{ each | center(3) }}"})
    for shown in ((), ("--json",)):
        done = mintage("why", "f", "--template", "template", "-d", "key=hunter22", *shown)
        assert done.returncode == 0
        assert "made" in done.stdout
        assert "hunter22" not in done.stdout + done.stderr
