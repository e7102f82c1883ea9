"""What looks wrong and is not: patterns that good public templates have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from mintage.analysis.checks.findings import Finding

Files = dict[str, "str | bytes"]
IN_PROJECT = "{{cookiecutter.name}}"


def cookiecutter(configuration: str, files: Files) -> Files:
    return {
        "cookiecutter.json": f'{{"name": "demo", {configuration}}}',
        f"{IN_PROJECT}/README.md": "{{ cookiecutter.name }}",
        **{path if path.startswith(("hooks", "ext")) else f"{IN_PROJECT}/{path}": text for path, text in files.items()},
    }


def copier(configuration: str, files: Files) -> Files:
    return {"copier.yml": configuration, **files}


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            cookiecutter('"__answers": ""', {"{{cookiecutter.__answers}}": "{{ _copier_answers | to_nice_yaml }}"}),
            id="a file that another tool makes, and this one leaves out",
        ),
        pytest.param(
            cookiecutter('"a": ["1", "2"]', {"f": "{% for k, v in cookiecutter.items() %}{{ k }}{% endfor %}"}),
            id="an answer that is read with all others",
        ),
        pytest.param(
            cookiecutter('"_extensions": ["ext.E"], "a": "b"', {"f": "{{ 1 | shout }}", "ext.py": "# shout a"}),
            id="a filter of an extension that is not loaded, and an answer that it reads",
        ),
        pytest.param(
            cookiecutter('"_remark": "for people", "_backends": ["a", "b"]', {}),
            id="private variables for people and for other tools",
        ),
        pytest.param(
            cookiecutter(
                '"a": "x"', {"f": "{% set _ = cookiecutter.update({'b': 1}) %}{{ cookiecutter.b ~ cookiecutter.a }}"}
            ),
            id="an answer that a template adds",
        ),
        pytest.param(
            cookiecutter('"a": ["x", "y"]', {"hooks/post_gen_project.sh": "#!/bin/sh\necho {{ cookiecutter.a }}"}),
            id="an answer that only a hook reads",
        ),
        pytest.param(
            cookiecutter('"a": ""', {"{{cookiecutter.a}}/f": ""}),
            id="an answer that everybody has to give",
        ),
        pytest.param(
            copier("a:\n  type: bool\n  default: false\n", {"f.txt.jinja": "{{ a }}", "f.txt": "for editors"}),
            id="a file beside the template that takes its place",
        ),
        pytest.param(
            copier(
                "a:\n  type: bool\n  default: false\n",
                {"{{ _copier_conf.answers_file }}.jinja": "", "{% if a %}b.yml{% endif %}.jinja": "{{ a }}"},
            ),
            id="names that are nothing but a suffix when they are left out",
        ),
        pytest.param(
            copier(
                "a:\n  type: str\n  choices:\n    One: '1'\n    Two: {value: '2'}\n  default: '1'\n",
                {"f.jinja": "{{ a }}"},
            ),
            id="choices with labels",
        ),
        pytest.param(
            copier(
                "b: true\na:\n  type: str\n  choices: [x, y]\n  when: '{{ b }}'\n",
                {"f.jinja": "{% if a == '' or a is none %}{{ b }}{% endif %}"},
            ),
            id="a choice that may not be asked for",
        ),
        pytest.param(
            copier("_exclude: [parts]\na: b\n", {"f.jinja": "{% include 'parts/g' %}", "parts/g": "{{ a }}"}),
            id="an answer that only an included template reads",
        ),
        pytest.param(
            copier("a: [b]\n", {"{% yield i from a %}{{ i }}{% endyield %}.jinja": "{{ i }}"}),
            id="the item of a file that is repeated",
        ),
        pytest.param(
            copier("a:\n  default: '{{ UNSET }}'\n", {"f.jinja": "{{ a }} {{ 'x' | to_json }} {{ now() }}"}),
            id="what Copier itself adds",
        ),
        pytest.param(
            copier("a: b\n", {"f.yml.jinja": "{% raw %}${{ github.actor }}{% endraw %} {{ a }}", "g.yml": "${{ x }}"}),
            id="other languages where nothing is rendered",
        ),
        pytest.param(
            copier("a: b\n", {"f.jinja": "{{ c | default(a) }}{% if d is defined %}{{ d }}{% endif %}"}),
            id="names that may be missing",
        ),
    ],
)
def test_it_is_no_mistake(found: Callable[[Files], list[Finding]], files: Files) -> None:
    assert [f"{each.rule} {each.where}" for each in found(files) if each.severity.value != "note"] == []


def test_only_an_answer_that_may_be_anything_is_an_unchecked_path(found: Callable[[Files], list[Finding]]) -> None:
    configuration = """\
[questions.free]
[questions.checked]
check = "checked.isidentifier()"
[questions.matched]
pattern = "[a-z]+"
[questions.chosen]
type = "choice"
choices = ["a", "b"]
default = "a"
"""
    names = {f"{{{{ {name} }}}}/file": "" for name in ("free", "checked", "matched", "chosen")}
    notes = found({"mintage.toml": configuration, **names, "x-{{ free }}": ""})
    assert [f"{each.rule} {each.where}" for each in notes] == ["unchecked-path mintage.toml:1"]


def test_names_that_windows_does_not_take_are_notes(found: Callable[[Files], list[Finding]]) -> None:
    files = {"mintage.toml": "[questions.a]\ntype = 'bool'\ndefault = true\n", '{% if a == "x" %}b{% endif %}': ""}
    notes = found({**files, "{{ 'con' if a }}.txt": ""})
    assert [str(each.where) for each in notes if each.rule == "windows-path"] == [
        '{% if a == "x" %}b{% endif %}',
        "{{ 'con' if a }}.txt",
    ]


def test_variables_that_are_set_in_vain_are_notes(found: Callable[[Files], list[Finding]]) -> None:
    text = "{% set a = 1 %}\n{% set b = 2 %}{{ b }}{% macro m() %}{% set c = 3 %}{% endmacro %}{{ m() }}"
    notes = found({"mintage.toml": "", "f": text})
    assert [f"{each.rule} {each.where}" for each in notes] == ["unused-variable f:1:8", "unused-variable f:2:45"]
