"""What native templates have besides Jinja2: functions, computed answers, includes, scripts as tasks."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

import pytest

import mintage
from mintage.errors import AnswerError, MintageError, TemplateError, UnsafePathError, UntrustedError
from mintage.minting.options import Options
from mintage.minting.preparation import Preparation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]


def test_the_filters_functions_and_tags_of_cookiecutter_are_there(write_tree: Write, mint: Any) -> None:
    tags = ("{{ 'Größe Élan' | slugify }}", "{{ [1] | jsonify(0) }}", "{{ uuid4() }}", "{{ random_ascii_string(8) }}")
    text = " ".join((*tags, "{% now 'utc', '%Y' %}"))
    made = mint(write_tree({"mintage.toml": "", "a.txt": text, "{{ 'A B' | slugify }}.txt": ""}))
    slug, *listed, uuid, random, year = made["a.txt"].split(" ")
    assert (slug, listed) == ("grosse-elan", ["[\n1\n]"])
    assert re.fullmatch(r"[0-9a-f-]{36}", uuid)
    assert re.fullmatch(r"[A-Za-z]{8}", random)
    assert year == str(datetime.datetime.now(datetime.UTC).year)
    assert "a-b.txt" in made


def test_a_computed_answer_is_asked_of_nobody(write_tree: Write, mint: Any) -> None:
    toml = """
[questions.name]
default = "A B"
[questions.slug]
ask = false
default = "{{ name | slugify }}"
[questions.nothing]
ask = false
"""
    template = write_tree({"mintage.toml": toml, "a.txt": "{{ slug }} {{ nothing }}"})
    assert mint(template)["a.txt"] == "a-b None"
    with pytest.raises(AnswerError) as refused:
        mint(template, flags={"slug": "x"}, overwrite=True)
    assert "slug: the template does not ask for it" in refused.value.problems[0].what


def test_a_table_is_an_answer(write_tree: Write, mint: Any) -> None:
    toml = '[questions.ports]\ntype = "dict"\ndefault = { web = 80, "{{ 1 + 1 }}" = "two" }\n'
    template = write_tree({"mintage.toml": toml, "a.txt": "{{ ports | jsonify(0) }}"})
    assert mint(template)["a.txt"].split() == ["{", '"2":', '"two",', '"web":', "80", "}"]
    assert mint(template, flags={"ports": '{"x": 1}'}, overwrite=True)["a.txt"].split() == ["{", '"x":', "1", "}"]


def test_files_may_be_given_the_line_endings_of_windows(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": '[render]\nnewlines = "crlf"\n', "a.txt": "{{ 1 }}\n2\n"})
    mintage.generate(template, tmp_path / "out")
    assert (tmp_path / "out" / "a.txt").read_bytes() == b"1\r\n2\r\n"


def test_a_project_keeps_no_answers_where_the_template_excludes_them(write_tree: Write, mint: Any) -> None:
    assert set(mint(write_tree({"mintage.toml": '[files]\nexclude = [".mintage.toml"]\n', "a": ""}))) == {"a"}


@pytest.mark.parametrize("root", [".", "files"])
def test_what_is_included_need_not_be_part_of_the_project(write_tree: Write, mint: Any, root: str) -> None:
    toml = f'[template]\nroot = "{root}"\n[render]\nincludes = "parts"\n'
    files = {f"{root}/a.txt": "{% include 'head.txt' %}!", "parts/head.txt": "{{ 1 + 1 }}"}
    made = mint(write_tree({"mintage.toml": toml, **files}))
    assert {path: text for path, text in made.items() if path != ".mintage.toml"} == {"a.txt": "2!"}


def test_a_script_is_rendered_and_run_as_a_task_and_no_file_of_the_project(write_tree: Write, mint: Any) -> None:
    toml = '[questions.name]\ndefault = "x"\n[[tasks]]\nname = "greet"\nscript = "greet.py"\n'
    template = write_tree({"mintage.toml": toml, "greet.py": "open('made', 'w').write('{{ name }}')", "a.txt": ""})
    with pytest.raises(UntrustedError):
        mint(template)
    assert set(mint(template, trust=True)) == {".mintage.toml", "a.txt", "made"}
    report = Preparation(Options()).trust_report(template)
    assert [(each.what, each.text) for each in report.capabilities] == [
        ("greet: greet.py", "open('made', 'w').write('{{ name }}')")
    ]


def test_a_task_before_all_others_can_refuse_the_answers(write_tree: Write, mint: Any, tmp_path: Path) -> None:
    task = '[[tasks]]\nname = "look"\nrun = "test {{ name }} = good"\nwhere = "before"\n'
    toml = f'[questions.name]\ndefault = "bad"\n{task}'
    template = write_tree({"mintage.toml": toml, "a.txt": ""})
    with pytest.raises(MintageError, match="nothing was written"):
        mint(template, trust=True)
    assert not (tmp_path / "out").exists()
    assert "a.txt" in mint(template, trust=True, data={"name": "good"})


def test_extensions_lie_beside_the_configuration(write_tree: Write, mint: Any) -> None:
    toml = '[template]\nroot = "files"\n[render]\nextensions = ["shout.Shout"]\n'
    code = """
from jinja2.ext import Extension

class Shout(Extension):
    def __init__(self, environment):
        super().__init__(environment)
        environment.filters["shout"] = str.upper
"""
    template = write_tree({"mintage.toml": toml, "shout.py": code, "files/a.txt": "{{ 'a' | shout }}"})
    assert mint(template, trust=True)["a.txt"] == "A"


@pytest.mark.parametrize(
    ("task", "error", "what"),
    [
        ('script = "gone.py"', TemplateError, "the script gone.py doesn't exist"),
        ('script = "../x.py"', UnsafePathError, "outside the template"),
        ('script = "link.py"', UnsafePathError, "outside the template"),
        ('script = ".git/x.py"', UnsafePathError, "outside the template"),
        ('run = "x"\nscript = "a.py"', TemplateError, "`run` or `script`"),
        ("", TemplateError, "`run` or `script`"),
    ],
)
def test_a_script_must_be_the_templates_own(
    write_tree: Write, mint: Any, tmp_path: Path, task: str, error: type[MintageError], what: str
) -> None:
    template = write_tree({"mintage.toml": f'[[tasks]]\nname = "t"\n{task}\n', "a.py": "", ".git/x.py": ""})
    (tmp_path / "x.py").write_text("")
    (template / "link.py").symlink_to(tmp_path / "x.py")
    with pytest.raises(error, match=what):
        mint(template, trust=True)
