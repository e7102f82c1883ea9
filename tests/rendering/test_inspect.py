"""What is seen in a template file before anything runs."""

from __future__ import annotations

import io
from typing import Any

import pytest
from jinja2 import Environment

from mintage.rendering.inspect import Inspection, Inspector, Verdict
from mintage.rendering.settings import BinaryRule, RendererSettings

MIB = 1024 * 1024


def inspect(data: bytes, name: str = "file.txt", **settings: Any) -> Inspection:
    inspector = Inspector(RendererSettings(**settings), Environment)
    return inspector.inspect(io.BytesIO(data), name, len(data))


def inspector() -> Inspector:
    return Inspector(RendererSettings(), lambda: Environment(extensions=["jinja2.ext.do"]))


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (b"", Verdict.PLAIN),
        (b"plain", Verdict.PLAIN),
        (b"{ not a tag }", Verdict.PLAIN),
        (b"{{ tag }}", Verdict.TEXT),
        (b"{% tag %}", Verdict.TEXT),
        (b"{# comment #}", Verdict.TEXT),
        (b"{{ tag }}\0", Verdict.BINARY),
        (b"x" * (3 * MIB), Verdict.PLAIN),
        (b"x" * (3 * MIB) + b"{{ late }}", Verdict.TEXT),
        (b"x" * (MIB - 1) + b"{{ across the edge of two reads }}", Verdict.TEXT),
    ],
)
def test_a_file_is_judged_by_its_bytes(data: bytes, verdict: Verdict) -> None:
    assert inspect(data).verdict is verdict


def test_tags_begin_as_the_template_says() -> None:
    options = {"variable_start_string": "<<", "block_start_string": "<%", "comment_start_string": "<#"}
    assert inspect(b"{{ x }}", options=options).verdict is Verdict.PLAIN
    assert inspect(b"<< x >>", options=options).verdict is Verdict.TEXT
    assert inspect(b"# set x = 1\n", options={"line_statement_prefix": "#"}).verdict is Verdict.TEXT


def test_where_rendering_changes_line_endings_text_without_tags_is_rendered_too() -> None:
    cookiecutter: dict[str, Any] = {"normalizes_newlines": True, "options": {"keep_trailing_newline": True}}
    assert inspect(b"a\r\n", **cookiecutter).verdict is Verdict.TEXT
    assert inspect(b"a\n", **cookiecutter).verdict is Verdict.PLAIN
    assert inspect(b"caf\xe9", **cookiecutter).verdict is Verdict.NOT_UTF8


def test_cookiecutters_binary_files_are_known_by_name_or_content() -> None:
    assert inspect(b"{{ x }}", "photo.png", binary=BinaryRule.BINARYORNOT).verdict is Verdict.BINARY
    assert inspect(b"\x89PNG\r\n\x1a\n....", "photo", binary=BinaryRule.BINARYORNOT).verdict is Verdict.BINARY
    assert inspect(b"{{ x }}", "note.txt", binary=BinaryRule.BINARYORNOT).verdict is Verdict.TEXT


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("{% do shared.append(1) %}", True),
        ("{{ shared.inner.update(a=1) }}", True),
        ("{{ shared['list'].pop() }}", True),
        ("{% set mine = [] %}{% do mine.append(1) %}", False),
        ("{{ shared.get('a') }}", False),
        ("{% if unclosed", False),
    ],
)
def test_templates_that_change_what_others_see_are_found(source: str, changes: bool) -> None:
    assert inspector().changes_context(source, ["shared"]) is changes


@pytest.mark.parametrize(
    ("source", "needs_jinja", "may_mutate", "may_read"),
    [
        ("{{ name }} names.append(output('x'))", False, False, False),
        ("{% if a %}{{ b | upper }}{% endif %}", False, False, False),
        ("{{ names.append(1) }}", True, True, False),
        ("{{ output('x') }}", True, False, True),
        ("{{ name }}{% macro m() %}{% endmacro %}", True, False, False),
        ("{{ name }}" * 100_000, False, False, False),
        ("{{ name }}" * 200_000, True, False, False),
    ],
    ids=["text", "statements", "mutates", "reads", "macro", "large", "larger than is looked at at once"],
)
def test_only_what_the_interpreter_does_not_support_may_change_or_read_anything(
    source: str, needs_jinja: bool, may_mutate: bool, may_read: bool
) -> None:
    found = inspect(source.encode())
    assert (found.needs_jinja, found.maybe_mutates, found.maybe_reads) == (needs_jinja, may_mutate, may_read)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ output('a.txt') }}{{ sha256('b.txt') }}", (("a.txt", "b.txt"), ())),
        ("{% for f in outputs('*.md') %}{% endfor %}", ((), ("*.md",))),
        ("{{ output(name) }}", (("rendered",), ())),
        ("{{ output(name ~ '.txt') }}", (("rendered.txt",), ())),
        ("{% for n in names %}{{ output(n) }}{% endfor %}", ((), ())),
        ("{{ thing.output('a.txt') }}", ((), ())),
    ],
)
def test_the_outputs_that_a_template_reads_are_found(source: str, expected: object) -> None:
    def evaluate(text: str) -> Any:
        names = {"name": "rendered"}
        compiled = Environment().compile_expression(text, undefined_to_none=True)
        value = compiled(**names)
        if value is None:
            from mintage.errors import RenderError

            raise RenderError("undefined")
        return value

    assert inspector().outputs_read(source, evaluate) == expected
