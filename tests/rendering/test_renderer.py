"""Rendering by Jinja2: bytes of a template in, bytes of the output out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mintage.errors import RenderError
from mintage.rendering.renderer import JinjaRenderer
from mintage.rendering.settings import Newlines, RendererSettings
from mintage.rendering.text_files import decode, encode, newline_of

KEEP = {"keep_trailing_newline": True}


def render(
    data: bytes, context: dict[str, Any] | None = None, *, variables: dict[str, Any] | None = None, **settings: Any
) -> bytes:
    renderer = JinjaRenderer(RendererSettings(**{"options": KEEP, **settings}), context or {})
    return renderer.render(data, name="dir/file.txt", loader_name="file.txt", variables=variables or {})


def test_variables_are_replaced_and_everything_else_is_kept() -> None:
    assert render(b"\xef\xbb\xbfHello {{ name }}!\n\n", {"name": "Zoë"}) == "\ufeffHello Zoë!\n\n".encode()


def test_a_files_own_variables_win_over_the_context() -> None:
    assert render(b"{{ item }}", {"item": "context"}, variables={"item": "own"}) == b"own"


@pytest.mark.parametrize(
    ("data", "newlines", "expected"),
    [
        (b"a\r\n{{ x }}\r\n", Newlines.FIRST_SEEN, b"a\r\n1\r\n"),
        (b"a\r\n{{ x }}\r\n", Newlines.LF, b"a\n1\n"),
        (b"a\n{{ x }}\r\n", Newlines.FIRST_SEEN, b"a\n1\n"),
        (b"a\r{{ x }}\r\n", Newlines.FIRST_SEEN, b"a\r1\r"),
        (b"{{ x }}", Newlines.FIRST_SEEN, b"1"),
        (b"a\n{{ x }}\n", "\r\n", b"a\r\n1\r\n"),
    ],
)
def test_line_endings_follow_the_rule_of_the_format(data: bytes, newlines: Any, expected: bytes) -> None:
    assert render(data, {"x": 1}, newlines=newlines) == expected


@given(st.text(st.sampled_from("ab\r\n"), max_size=30))
def test_the_line_ending_is_one_that_the_file_has(text: str) -> None:
    kinds = {kind for kind in ("\r\n", "\r", "\n") if kind in text}
    assert newline_of(text.encode(), Newlines.FIRST_SEEN) in (kinds or {"\n"})


def test_an_undefined_name_is_an_error_with_file_and_line() -> None:
    with pytest.raises(RenderError) as caught:
        render(b"one\ntwo {{ missing }}\n")
    assert str(caught.value.where) == "dir/file.txt:2"
    assert "missing" in caught.value.what
    assert caught.value.hint


def test_a_lenient_template_renders_undefined_names_as_nothing() -> None:
    assert render(b"[{{ missing }}]", strict=False) == b"[]"


def test_a_syntax_error_names_its_line() -> None:
    with pytest.raises(RenderError) as caught:
        render(b"fine\n{% if %}\n")
    assert str(caught.value.where) == "dir/file.txt:2"


def test_an_error_deep_in_a_large_template_names_its_line_too() -> None:
    lines = [b"plain {{ x }} text that is long enough to be cut into pieces soon\n"] * 6000
    lines[4321] = b"{{ missing }}\n"
    with pytest.raises(RenderError) as caught:
        render(b"".join(lines), {"x": 1})
    assert str(caught.value.where) == "dir/file.txt:4322"


def test_a_large_template_renders_as_a_small_one_does() -> None:
    line = b"plain {{ x }} text that is long enough to be cut into pieces soon\n"
    assert render(line * 6000, {"x": 1}) == line.replace(b"{{ x }}", b"1") * 6000


@pytest.mark.parametrize(
    "expression",
    ["{{ ''.__class__.__mro__ }}", "{{ x.__init__.__globals__ }}", "{{ cycler.__init__ }}", "{{ ''['__class__'] }}"],
)
def test_the_sandbox_keeps_expressions_away_from_python(expression: str) -> None:
    with pytest.raises(RenderError):
        render(expression.encode(), {"x": 1})


def test_an_included_template_is_named_when_it_fails(tmp_path: Any) -> None:
    (tmp_path / "part.txt").write_text("ok\n{{ missing }}\n")
    with pytest.raises(RenderError) as caught:
        render(b"{% include 'part.txt' %}", loader_roots=(str(tmp_path),))
    assert str(caught.value.where) == f"{tmp_path}/part.txt:2"


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("{% include 'nowhere.txt' %}", "there is no template 'nowhere.txt' to include"),
        ("{% include ['a', 'b'] %}", "there is no template 'a' or 'b' to include"),
    ],
)
def test_an_include_that_is_not_there_says_where_it_was_looked_for(source: str, what: str) -> None:
    with pytest.raises(RenderError) as caught:
        render(source.encode(), loader_roots=("/nonexistent", "/gone"))
    assert caught.value.what.endswith(what)
    assert caught.value.hint == "searched in /nonexistent and /gone"


def test_a_template_that_includes_itself_is_an_error_of_that_file(tmp_path: Any) -> None:
    (tmp_path / "self.txt").write_text("{% include 'self.txt' %}")
    with pytest.raises(RenderError, match="includes itself"):
        render(b"{% include 'self.txt' %}", loader_roots=(str(tmp_path),))


def test_text_that_is_not_utf8_names_file_and_line() -> None:
    with pytest.raises(RenderError) as caught:
        decode(b"fine\nnot \xe9 fine", "latin.txt")
    assert str(caught.value.where) == "latin.txt:2"


def test_a_lone_surrogate_cannot_be_written() -> None:
    with pytest.raises(RenderError, match="UTF-8"):
        encode("\ud800", "\n", "file.txt")


def test_an_extension_that_is_not_there_says_what_asked_for_it() -> None:
    with pytest.raises(Exception, match="can't load"):
        render(b"", extensions=("no.such.Extension",))


def test_extensions_of_two_templates_with_one_name_do_not_meet(tmp_path: Any) -> None:
    source = """
from jinja2.ext import Extension
class Shout(Extension):
    def __init__(self, environment):
        super().__init__(environment)
        environment.filters["shout"] = lambda text: text + {mark!r}
"""
    rendered = []
    for mark in ("!", "?"):
        root = tmp_path / ("one" if mark == "!" else "two")
        root.mkdir()
        (root / "local_extensions.py").write_text(source.format(mark=mark))
        rendered.append(render(b"{{ 'a' | shout }}", extensions=("local_extensions.Shout",), import_roots=(str(root),)))
    assert rendered == [b"a!", b"a?"]


def test_a_repeated_file_is_rendered_with_the_variables_of_each_repetition() -> None:
    renderer = JinjaRenderer(RendererSettings(options=KEEP), {"a": "x"})

    def repeat(data: bytes, item: int) -> bytes:
        return renderer.render(data, name="f", loader_name="f", variables={"item": item})

    assert [repeat(b"{{ a }}{{ item }}", item) for item in (1, 2)] == [b"x1", b"x2"]
    assert repeat(b"changed {{ item }}", 3) == b"changed 3"
