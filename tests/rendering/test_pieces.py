"""Large templates are compiled in pieces; nobody may be able to tell from the output."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined
from jinja2.exceptions import TemplateSyntaxError

from mintage.rendering import pieces
from mintage.rendering.pieces import cut, may_be_cut

CONTEXT = {"name": "x", "items": ["a", "b"], "yes": True}

LINES = st.sampled_from(
    [
        "plain text\n",
        "\n",
        "   \n",
        "\r\n",
        "hello {{ name }} and {{ name }}\n",
        "{{ name }}\n",
        "  {{- name }}\n",
        "{{ name -}}\n",
        "  {{- name -}}  \n",
        "{{- name -}}text\n",
        "{# a comment #}\n",
        "{#- a comment -#}\n",
        "{# of two\nlines -#}\n",
        "  {% if yes %}\n",
        "{%- if yes -%}\n",
        "{% else %}\n",
        "{% endif %}\n",
        "text{%- endif %}\n",
        "{% for i in items %}{{ i }}\n",
        "{%- endfor -%}  \n",
        "{% endfor %}",
        "{% raw %}{{ name }}\n",
        "{%- raw -%}\n",
        "{%- endraw -%}\n",
        "  {%+ if yes +%} x {%+ endif +%}\n",
        "{{ name\n}}\n",
        "last",
    ]
)
OPTIONS = st.fixed_dictionaries(
    {}, optional={option: st.booleans() for option in ("trim_blocks", "lstrip_blocks", "keep_trailing_newline")}
)


def rendered(environment: Environment, parts: list[str]) -> str:
    """All of it, or the mistake in it."""
    try:
        return "".join(environment.from_string(part).render(CONTEXT) for part in parts)
    except TemplateSyntaxError as error:
        return f"{error.message}"


@given(st.lists(LINES, max_size=14), OPTIONS)
def test_the_pieces_render_to_what_the_whole_renders_to(lines: list[str], options: dict[str, Any]) -> None:
    environment = Environment(undefined=StrictUndefined, autoescape=False, **options)
    source = "".join(lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_PIECE", 1)
        parts = cut(environment, source)
    if parts:
        assert rendered(environment, [part for _, part in parts]) == rendered(environment, [source])


@given(st.lists(LINES, max_size=14), OPTIONS)
def test_each_piece_knows_how_many_lines_come_before_it(lines: list[str], options: dict[str, Any]) -> None:
    environment = Environment(autoescape=False, **options)
    source = "".join(lines).replace("\r\n", "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_PIECE", 1)
        parts = cut(environment, source) or []
    for before, part in parts:
        first_line = part.split("\n")[0]
        assert source.split("\n")[before] == first_line


def big(line: str) -> str:
    return line * (200 * 1024 // len(line))


@pytest.mark.parametrize(
    "line",
    ["text only\n", "hello {{ name }} and {{ name }}\n", "{{ name }}\n", "{% if yes %}\n{{ name }}\n{% endif %}\n"],
)
def test_templates_without_state_are_cut(line: str) -> None:
    parts = cut(Environment(autoescape=False), big(line))
    assert parts
    assert len(parts) >= 4


@pytest.mark.parametrize(
    "source",
    [
        "{% set a = 1 %}" + big("text {{ a }}\n"),
        "{% macro m() %}" + big("text\n") + "{% endmacro %}",
        "{% block b %}" + big("text\n") + "{% endblock %}",
        "{% for i in items %}" + big("text\n") + "{% endfor %}",
        "{% if unclosed %}" + big("text\n"),
        "{% nonsense %}" + big("text\n"),
        "{{ 'unclosed " + big("text\n"),
    ],
)
def test_templates_with_state_or_mistakes_stay_whole(source: str) -> None:
    assert cut(Environment(autoescape=False), source) is None


def test_line_statements_keep_a_template_whole() -> None:
    environment = Environment(line_statement_prefix="#", autoescape=False)
    assert cut(environment, "# set a = 1\n" + big("text\n")) is None
    assert not may_be_cut({"line_statement_prefix": "#"}, b"text")


@pytest.mark.parametrize(
    ("data", "options", "expected"),
    [
        (b"{{ a }} {% if b %}{% endif %}", {}, True),
        (b"{%- set a = 1 %}", {}, False),
        (b"[% set a = 1 %]", {}, True),
        (b"[% set a = 1 %]", {"block_start_string": "[%"}, False),
    ],
)
def test_a_quick_look_tells_whether_cutting_is_likely(data: bytes, options: dict[str, Any], expected: bool) -> None:
    assert may_be_cut(options, data) is expected
