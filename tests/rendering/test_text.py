"""Short texts: defaults, paths, expressions."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest

from mintage.errors import RenderError
from mintage.rendering.jinja_text import JinjaText
from mintage.rendering.settings import RendererSettings


def text(template: str, context: dict[str, Any] | None = None, **settings: Any) -> str:
    return JinjaText(RendererSettings(**settings)).text(template, context or {}, what="the path x")


def test_a_text_without_tags_is_itself() -> None:
    assert text("plain/path.txt") == "plain/path.txt"


def test_a_text_with_tags_is_rendered() -> None:
    assert text("{{ a }}/{{ b|upper }}", {"a": "x", "b": "y"}) == "x/Y"


def test_texts_use_the_templates_own_delimiters() -> None:
    options = {"variable_start_string": "[[", "variable_end_string": "]]"}
    assert text("[[ a ]]{{ a }}", {"a": "x"}, options=options) == "x{{ a }}"


def test_line_endings_and_the_last_newline_are_treated_as_jinja_does() -> None:
    assert text("a\r\nb\n") == "a\nb"


def test_an_error_says_what_was_rendered() -> None:
    with pytest.raises(RenderError, match="the path x"):
        text("{{ missing }}")


@pytest.mark.parametrize(("expression", "expected"), [("a > 1", True), ("a", 2), ("[a, 'b']", [2, "b"])])
def test_expressions_keep_their_type(expression: str, expected: object) -> None:
    assert JinjaText(RendererSettings()).value(expression, {"a": 2}, what="when") == expected


@pytest.mark.parametrize("expression", ["missing", "a +", "missing.inner"])
def test_an_expression_that_cannot_be_evaluated_says_so(expression: str) -> None:
    with pytest.raises(RenderError, match="when"):
        JinjaText(RendererSettings()).value(expression, {"a": 2}, what="when")


@pytest.mark.parametrize(
    "template",
    [
        "{{ a }}",
        "{{ a }}\n",
        "{{ a|lower }}-{{ place }}",
        "{% if a == 'X y' %}yes{% endif %}",
        "{# nothing #}",
        "{{ a.replace(' ', '-') }}\r\n{{ nested.key }}",
        "{{ a|to_yaml }}{{ nested|to_yaml }}",
        "{{ a if a else 'no' }}",
        "{{ missing }}",
        "{{ a",
    ],
)
def test_a_text_is_the_same_whether_or_not_jinja_renders_it(template: str) -> None:
    context = {"a": "X y", "place": PurePosixPath("a/b"), "nested": {"key": "v"}}
    results = []
    for may_be_fast in (True, False):
        texts = JinjaText(RendererSettings(filters={"to_yaml": repr}), may_be_fast=may_be_fast)
        texts.environment.filters["to_yaml"] = repr
        try:
            results.append(texts.text(template, context, what="a default"))
        except RenderError as error:
            results.append(str(error))
    assert results[0] == results[1]


def test_a_simple_text_needs_no_environment() -> None:
    texts = JinjaText(RendererSettings())
    assert texts.text("{{ a|upper }}.md", {"a": "readme"}, what="a path") == "README.md"
    assert "environment" not in vars(texts)


def test_a_filter_of_an_extension_takes_plain_values_only() -> None:
    class Shouting(str):
        def __str__(self) -> str:
            return self.upper()

    texts = JinjaText(RendererSettings(filters={"shown": repr}))
    assert texts.text("{{ a|shown }}", {"a": ["x"]}, what="a default") == "['x']"
    with pytest.raises(RenderError, match="shown"):  # Jinja2 was asked, and has no such filter
        texts.text("{{ a|shown }}", {"a": Shouting("x")}, what="a default")
