"""Where a template reads an answer, across files, names, defaults, conditions, tasks and hooks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from mintage.analysis.references import Analysis

NATIVE = "[questions.x]\n[questions.y]\n"


def native(files: dict[str, str], configuration: str = NATIVE) -> dict[str, str]:
    return {"mintage.toml": configuration, **files}


def cookiecutter(files: dict[str, str], **variables: object) -> dict[str, str]:
    place = "{{cookiecutter.x}}"
    named = {path if path.startswith("hooks") else f"{place}/{path}": text for path, text in files.items()}
    return {"cookiecutter.json": json.dumps({"x": "a", **variables}, indent=1), f"{place}/file": "", **named}


def test_a_file_reads_a_name_where_it_stands(places: Callable[..., list[str]]) -> None:
    assert places("x", native({"a.txt": "one\n  {{ x }} and {{ y }} and {{ x }}\n"})) == ["a.txt:2:6", "a.txt:2:30"]


def test_a_name_within_text_a_comment_or_an_attribute_is_no_read(places: Callable[..., list[str]]) -> None:
    assert places("x", native({"a.txt": "x {# {{ x }} #} {{ y.x }} {{ 'x' }}{% raw %}{{ x }}{% endraw %}"})) == []


def test_the_column_is_that_of_the_name_and_not_of_an_attribute_before_it(places: Callable[..., list[str]]) -> None:
    assert places("x", native({"a.txt": "{{ y.x ~ x }}"})) == ["a.txt:1:10"]


def test_whitespace_control_and_other_line_endings_move_no_column(places: Callable[..., list[str]]) -> None:
    assert places("x", native({"a.txt": "  \r\n   {%- if y -%}  \r\n\r\n {{- x }}{% endif %}"})) == ["a.txt:4:6"]


@pytest.mark.parametrize(
    "text",
    [
        "{% set x = 1 %}{{ x }}",
        "{% for x in [1] %}{{ x }}{% endfor %}",
        "{% for a, x in [(1, 2)] %}{{ x }}{% endfor %}",
        "{% macro m(x) %}{{ x }}{% endmacro %}",
        "{% with x = 1 %}{{ x }}{% endwith %}",
        "{% set x %}text{% endset %}{{ x }}",
        "{% macro m() %}{{ caller(1) }}{% endmacro %}{% call(x) m() %}{{ x }}{% endcall %}",
        "{% macro m() %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}",
        "{% set x = 1 %}{% block b %}{{ x }}{% endblock %}",
        "{% if y %}{% set x = 1 %}{% else %}{% set x = 2 %}{% endif %}{{ x }}",
        "{% import 'a.txt' as x %}{{ x.m() }}",
        "{% from 'a.txt' import m as x %}{{ x() }}",
    ],
)
def test_what_a_template_sets_itself_is_no_answer(places: Callable[..., list[str]], text: str) -> None:
    assert places("x", native({"a.txt": text})) == []


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("{% set x = x | upper %}", 12),
        ("{% for y in [1] %}{% set x = 1 %}{% endfor %}{{ x }}", 49),
        ("{% for x in x %}{% endfor %}", 13),
        ("{% with x = x %}{% endwith %}", 13),
        ("{% macro m(x) %}{% endmacro %}{{ x }}", 34),
    ],
)
def test_a_name_is_an_answer_outside_of_where_it_is_set(
    places: Callable[..., list[str]], text: str, column: int
) -> None:
    assert places("x", native({"a.txt": text})) == [f"a.txt:1:{column}"]


def test_an_included_template_sees_what_the_one_that_includes_it_has_set(places: Callable[..., list[str]]) -> None:
    configuration = f"{NATIVE}[files]\nexclude = ['parts']\n"
    files = {"a.txt": "{% set y = 1 %}{% include 'parts/b' %}", "parts/b": "{{ y }}\n{{ x }}"}
    assert places("x", native(files, configuration)) == ["parts/b:2:4"]
    assert places("y", native(files, configuration)) == []


def test_blocks_of_a_template_that_is_extended_are_followed(places: Callable[..., list[str]]) -> None:
    configuration = f"{NATIVE}[files]\nexclude = ['base']\n"
    files = {"a.txt": "{% extends 'base' %}{% block b %}{{ x }}{% endblock %}", "base": "{{ y }}"}
    assert places("y", native(files, configuration)) == ["base:1:4"]


def test_an_imported_template_sees_no_answers(analyse: Callable[[dict[str, str]], Analysis]) -> None:
    files = {"a.txt": "{% from 'm' import f %}{{ f() }}", "m": "{% macro f() %}{{ x }}{% endmacro %}"}
    found = analyse(native(files, f"{NATIVE}[files]\nexclude = ['m']\n"))
    assert [(read.where.file, read.sees_answers) for read in found.reads if read.name == "x"] == [("m", False)]


def test_a_default_or_a_test_guards_a_read(analyse: Callable[[dict[str, str]], Analysis]) -> None:
    text = "{{ a | default(b) }}{% if c is defined %}{{ c }}{% endif %}{{ d }}"
    guarded = {read.name for read in analyse(native({"f": text})).reads if read.guarded}
    assert guarded == {"a", "c"}


def test_names_of_files_and_everything_in_mintage_toml_are_read(places: Callable[..., list[str]]) -> None:
    configuration = """\
[template]
output = "{{ x }}"

[questions.x]

[questions.y]
default = "a{{ x }}"
when = "x != 'b'"
check = "y != x"

[questions.z]
type = "choice"
choices = [
  "plain",
  "{{ x }}",
]

[files]
exclude = [{ match = "b", when = "x == 1" }]

[[each]]
file = "item"
items = "x"
path = "{{ item }}{{ x }}"

[[tasks]]
name = "t"
run = ["echo", "{{ x }}"]
when = "x"
environment = { A = "{{ x }}" }
"""
    assert places("x", native({"{{ x }}.txt": "", "item": ""}, configuration)) == [
        "mintage.toml:2:14",
        "mintage.toml:7:16",
        "mintage.toml:8:9",
        "mintage.toml:9:15",
        "mintage.toml:15:7",
        "mintage.toml:19:35",
        "mintage.toml:23:10",
        "mintage.toml:24:22",
        "mintage.toml:28:20",
        "mintage.toml:30:25",
        "mintage.toml:29:9",
        "{{ x }}.txt",
    ]


def test_answers_of_cookiecutter_are_read_from_its_namespace(places: Callable[..., list[str]]) -> None:
    text = "{{ cookiecutter.y }}\n{{ cookiecutter['y'] }} {{ cookiecutter.get('y') }} {{ y }}"
    found = places("y", cookiecutter({"a": text}, y="b"))
    assert found == [f"{{{{cookiecutter.x}}}}/a:{place}" for place in ("1:17", "2:18", "2:46", "2:56")]


def test_defaults_and_hooks_of_cookiecutter_are_read(places: Callable[..., list[str]]) -> None:
    files = cookiecutter({"hooks/post_gen_project.py": "import os\nprint('{{ cookiecutter.y }}')\n"}, y=["a"])
    files["cookiecutter.json"] = '{\n\t"x": "{{ cookiecutter.y }}",\n\t"y": ["a", "b"]\n}'
    assert places("y", files) == ["cookiecutter.json:2:24", "hooks/post_gen_project.py:2:24"]


def test_to_go_through_all_answers_is_a_read_of_everything(places: Callable[..., list[str]]) -> None:
    text = "{% for a in cookiecutter.items() %}{% endfor %}{{ cookiecutter[a] }}{{ cookiecutter | jsonify }}"
    assert len(places("*", cookiecutter({"a": text}))) == 3


def test_everything_in_copier_yml_is_read(places: Callable[..., list[str]]) -> None:
    configuration = """\
_subdirectory: template
_exclude:
  - "{% if x %}a{% endif %}"
_tasks:
  - command: [echo, "{{ x }}"]
    when: "{{ x }}"
_message_after_copy: |
  Hello

  good {{ x }}
x: b
y:
  type: str
  help: About {{ x }}
  default: >-
    some words
    and {{ x }}
  when: "{{ x == 'b' }}"
  validator: "{% if y == x %}no{% endif %}"
  choices:
    One: "{{ x }}"
"""
    files = {
        "copier.yml": configuration,
        "template/{{ x }}": "",
        "template/a.jinja": "{{ x }}",
        "template/b": "{{ x }}",
    }
    assert places("x", files) == [
        "copier.yml:3:12",
        "copier.yml:5:25",
        "copier.yml:6:15",
        "copier.yml:10:11",
        "copier.yml:14:18",
        "copier.yml:17:12",
        "copier.yml:18:13",
        "copier.yml:19:26",
        "copier.yml:21:14",
        "template/a.jinja:1:4",
        "template/{{ x }}",
    ]


def test_what_copier_yml_includes_is_read_where_it_is_written(places: Callable[..., list[str]]) -> None:
    files = {"copier.yml": "x: a\n---\n!include more.yml\n", "more.yml": "y: '{{ x }}'\n"}
    assert places("x", files) == ["more.yml:1:8"]


def test_the_variable_of_a_copier_yield_is_no_answer(places: Callable[..., list[str]]) -> None:
    files = {"copier.yml": "x: [a]\n", "{% yield i from x %}{{ i }}{% endyield %}.txt.jinja": "{{ i }}"}
    assert places("i", files) == []
    assert len(places("x", files)) == 1


def test_a_bare_folder_reads_what_its_files_and_names_use(places: Callable[..., list[str]]) -> None:
    assert places("x", {"{{ x }}/a": "{% if x %}{% endif %}"}) == ["{{ x }}", "{{ x }}/a:1:7"]
