"""`cookiecutter.x` becomes `x` where it is the answer x, and nothing else changes."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from mintage.conversion.names import Renaming, names_met, new_names
from mintage.conversion.tags import tokens_of

NAMES = {name: name for name in ("x", "y", "items", "in_", "_p")}


def _renaming(names: dict[str, str] = NAMES, **options: str) -> Renaming:
    return Renaming(Environment(keep_trailing_newline=True, **options), names)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{{ cookiecutter.x }}", "{{ x }}"),
        ("{{cookiecutter.x|lower}}", "{{x|lower}}"),
        ("{{ cookiecutter . x }}", "{{ x }}"),
        ("{{ cookiecutter['x'] }} {{ cookiecutter[\"y\"] }}", "{{ x }} {{ y }}"),
        ("{%- if cookiecutter.x == cookiecutter.y -%}  b {% endif %}", "{%- if x == y -%}  b {% endif %}"),
        ("{{ cookiecutter.x.upper() ~ 'cookiecutter.x' }}", "{{ x.upper() ~ 'cookiecutter.x' }}"),
        ("cookiecutter.x {# cookiecutter.x #}", "cookiecutter.x {# cookiecutter.x #}"),
        ("{% raw %}{{ cookiecutter.x }}{% endraw %}", "{% raw %}{{ cookiecutter.x }}{% endraw %}"),
        ("{{ a.cookiecutter.x }}", "{{ a.cookiecutter.x }}"),
        ("{{ f(cookiecutter=cookiecutter.x) }}", "{{ f(cookiecutter=x) }}"),
        ("{{ cookiecutter.items() }}", "{{ dict(x=x, y=y, items=items, in_=in_, _p=_p).items() }}"),
        ("{{ cookiecutter['items'] }}", "{{ items }}"),
        ("{{cookiecutter|length}}", "{{dict(x=x, y=y, items=items, in_=in_, _p=_p)|length}}"),
        ("a\r\n{{ cookiecutter.x }}\rb\n\r\n", "a\r\n{{ x }}\rb\n\r\n"),
        ("\ufeff{{ cookiecutter.x }}", "\ufeff{{ x }}"),
        ("  {%- set a = 1 %}\n\n  {{- cookiecutter.x -}}  \n", "  {%- set a = 1 %}\n\n  {{- x -}}  \n"),
        ("{% now 'utc', cookiecutter.x %}", "{% now 'utc', x %}"),
    ],
)
def test_a_text_keeps_everything_but_the_names_in_its_tags(before: str, after: str) -> None:
    assert _renaming().text(before, "a.txt") == after


def test_other_delimiters_are_those_of_the_template() -> None:
    renaming = _renaming(variable_start_string="<<", variable_end_string=">>")
    assert renaming.text("<< cookiecutter.x >> {{ cookiecutter.x }}", "a") == "<< x >> {{ cookiecutter.x }}"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("\n{{ cookiecutter._template }}", "`_template`, which Cookiecutter adds"),
        ("\n{{ cookiecutter.gone }}", "`gone` is not a question"),
        ("\n{{ _cookiecutter.x }}", "`_cookiecutter`, which has the unrendered answers"),
        ("\n{% set cookiecutter = 1 %}", "its own variable `cookiecutter`"),
        ("\n{{ cookiecutter.x ! }}", "the tags cannot be read"),
    ],
)
def test_what_cannot_be_said_otherwise_is_told_with_its_line(text: str, what: str) -> None:
    renaming = _renaming()
    renaming.text(text, "a.txt")
    assert what in renaming.notes[0].what
    assert (renaming.notes[0].where, renaming.notes[0].is_lost) == ("a.txt:2", True)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("{% set a = cookiecutter.x %}{{ a | lower }}", {"a"}),
        ("{% for a, b in c.items() %}{% endfor %}", {"a", "b", "c", "in"}),
        ("{% macro a(b, c=1) %}{% endmacro %}", {"a", "b", "c"}),
        ("{{ f(key=a) }}", {"f", "a"}),
        ("{% from 'x' import a as b %}", {"import", "a", "as", "b"}),
        ("a {# b #} {% raw %}{{ c }}{% endraw %}", set()),
    ],
)
def test_names_that_a_template_has_besides_the_answers_are_found(text: str, met: set[str]) -> None:
    assert names_met(tokens_of(text, Environment())) == met


def test_a_name_that_is_taken_gets_another_one() -> None:
    names = new_names(["a", "range", "not", "my-name", "my_name", "1st", "True", "output"], {"a"})
    assert names == {
        "a": "a_",
        "range": "range_",
        "not": "not_",
        "my-name": "my_name",
        "my_name": "my_name_",
        "1st": "_1st",
        "True": "True_",
        "output": "output_",
    }
