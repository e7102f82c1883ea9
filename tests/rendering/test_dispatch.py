"""The interpreter: what it supports, and that it never makes other bytes than Jinja2."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mintage.errors import RenderError
from mintage.rendering.dispatch import DispatchingRenderer, RenderedBy, tags_for
from mintage.rendering.renderer import JinjaRenderer
from mintage.rendering.settings import Newlines, RendererSettings

CONTEXT: dict[str, Any] = {
    "name": "Zoë <b>",
    "empty": "",
    "number": 7,
    "zero": 0,
    "ratio": 1.5,
    "yes": True,
    "no": False,
    "nothing": None,
    "spaced": "  a b  ",
    "lines": "one\r\ntwo",
    "items": ["x", "y", ""],
    "numbers": [3, 1],
    "pairs": [["a", 1], ("b", 2)],
    "table": {"key": "value", "items": "shadowed", "_private": "p", "inner": {"deep": "d"}, "n": 0, "__hidden": "h"},
    "cookiecutter": OrderedDict(name="cc", use="y", _hidden="h"),
    "range": "shadows a function",
    "loop": "shadowed",
    "odd": object,
}

WITHOUT_LOOP = {name: value for name, value in CONTEXT.items() if name != "loop"}

_ADDRESS = re.compile(rb" at 0x[0-9a-f]+")  # of a generator that is printed


def settings_of(**options: Any) -> RendererSettings:
    options.setdefault("keep_trailing_newline", True)
    strict = options.pop("strict", True)
    newlines = options.pop("newlines", Newlines.LF)
    extensions = options.pop("extensions", ())
    return RendererSettings(options=options, strict=strict, newlines=newlines, extensions=extensions)


def both(
    text: str,
    made: RendererSettings,
    variables: dict[str, Any] | None = None,
    context: dict[str, Any] = CONTEXT,
) -> tuple[bytes | str, RenderedBy]:
    """What the interpreter and Jinja2 together make of a text; Jinja2 alone must make the same."""
    data = text.encode()
    arguments: dict[str, Any] = {"name": "f", "loader_name": "f", "variables": variables or {}}
    renderer = DispatchingRenderer(made, context)
    results: list[bytes | str] = []
    for each in (renderer, JinjaRenderer(made, context)):
        try:
            results.append(_ADDRESS.sub(b"", each.render(data, **arguments)))
        except RenderError as error:
            results.append(f"{error.what} {error.where}")
    assert results[0] == results[1]
    return results[0], renderer.rendered_by


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("plain", "plain"),
        ("{{ name }}", "Zoë <b>"),
        ("{{cookiecutter.name|upper}}", "CC"),
        ("{{ table.inner.deep }}{{ number }}{{ ratio }}{{ yes }}{{ nothing }}", "d71.5TrueNone"),
        ("{{ spaced | trim | replace(' ', '-') }}", "a-b"),
        ("{{ name.lower().replace('z', 'y') }}", "yoë <b>"),
        ("{{ name ~ '-' ~ number }}", "Zoë <b>-7"),
        ("{# gone #}a{#- and -#} b", "ab"),
        ("{% if yes and not no %}a{% elif yes %}b{% else %}c{% endif %}", "a"),
        ("{% if cookiecutter.use == 'y' or odd %}a{% endif %}", "a"),
        ("{% if 'x' in items and 'q' not in items %}a{% endif %}", "a"),
        ("{% if number >= 7 %}a{% endif %}{% if name in ['a', 'b'] %}b{% endif %}", "a"),
        ("{% for i in items %}<{{ i }}>{% endfor %}", "<x><y><>"),
        ("{% for a, b in pairs %}{{ a }}{{ b }}{% endfor %}", "a1b2"),
        ("{% for i in empty %}x{% else %}none{% endfor %}", "none"),
        ("{% for i in items %}{% for j in items %}{{ i }}{{ j }},{% endfor %}{% endfor %}", None),
        ("{% set x = name ~ '!' %}{{ x }}", "Zoë <b>!"),
        ("{% if yes %}{% set x = 'a' %}{% endif %}{{ x }}", "a"),
        ("{% raw %}{{ not }} ${{ a['{'] }} {% if %}{% endraw %}{{ number }}", "{{ not }} ${{ a['{'] }} {% if %}7"),
        ("a  {%- if yes -%}  b  {%- endif %}  c", "ab  c"),
        ("a\r\n{{ number }}\rb", "a\n7\nb"),
        ("{{ lines }}", "one\r\ntwo"),
        ("{{ table['n'] }}{{ table['inner'].deep }}{{ items[0] }}{{ name[1] }}", "0dxo"),
        ("{{ table.__hidden }}{{ table._private }}{{ table['items'] }}", "hpshadowed"),
        ("{{ \"${{ secrets.TOKEN }}\" }} {{ '{{' }}{{- '}}' -}} {{ ' }} ' }}", "${{ secrets.TOKEN }} {{}} }} "),
        ("{% if 'x' in ('x', 'y') and name not in ('a',) %}a{% endif %}", "a"),
        ('{{ "don\'t stop-it (now)" | title }} {{ name | capitalize }}', "Don't Stop-It (Now) Zoë <b>"),
        ("{{ items | length }}{{ name | count }}{{ items | join('-') }}{{ items | join }}", "37x-y-xy"),
        ("{{ name | default('q') }}", "Zoë <b>"),
        ("{{ name[:2] }}{{ name[1:-1] }}{{ name[-1] }}{{ items[-2] }}{{ items[1:] | join }}", "Zooë <b>yy"),
        ("{{ 'a@b.c'.split('@')[1].rsplit('.', 1)[0] }}{{ 'a.b.c'.count('.') }}", "b2"),
        ("{{ 'my_own_name'.split('_') | map('capitalize') | join('') }}", "MyOwnName"),
        ("{% for i in 'a, b'.split(',') | map('trim') | map('upper') %}{{ i }}{% endfor %}", "AB"),
        ("{% if 'b' in 'a , b'.split(',') | map('trim') %}b{% endif %}", "b"),
        ("{{ 'pt' if yes else 'c' }}{{ 'a' if no else 'b' if no else 'c' }}", "ptc"),
        ("{{ 'https://' + name + '/' ~ number }}{{ (items + ['z']) | join }}", "https://Zoë <b>/7xyz"),
        ("{{ '17.4' | int + 1 }}{% if '18' | int >= 18 %}!{% endif %}{{ 'x' | int }}", "18!0"),
        ("{{ name | tojson }}{{ table.inner | tojson }}", '"Zo\\u00eb \\u003cb\\u003e"{"deep": "d"}'),
        ("{{ 'a' | replace('a', '\\\\') }}{{ 'it\\'s' }}{{ \"q\\\"\\n\" }}", "\\it'sq\"\n"),
        ("{{ '${{ a == \\'b\\' }}' }}", "${{ a == 'b' }}"),
        ("{% raw %}{{ {% endraw %} }}", "{{  }}"),
        ("{% raw %}{% load x {% endraw %}{{ number }}{% raw %} %}{% endraw %}", "{% load x 7 %}"),
        ("{% for i in items %}{{ loop.index0 }}{{ i }}{% if not loop.last %}, {% endif %}{% endfor %}", "0x, 1y, 2"),
        ("{% for i in name[:2] %}{{ loop.index }}{{ loop.length }}{{ loop.revindex }} {% endfor %}", "122 221 "),
        ("{% for i in name[:2] %}{{ loop.revindex0 }}{% endfor %}", "10"),
        (
            "{% for i in numbers %}{% for j in items %}{{ loop.first }}{% endfor %}{{ loop.last }} {% endfor %}",
            "TrueFalseFalseFalse TrueFalseFalseTrue ",
        ),
        ("{% for i in items %}{% for j in [loop.index] %}{{ j }}{{ loop.index }}{% endfor %}{% endfor %}", "112131"),
        ("{% for i in items | map('upper') %}{{ loop.length }}{{ i }}{% endfor %}", None),
        ("{% for i in items %}{% if loop.index == 2 %}{{ loop.index ~ i }}{% endif %}{% endfor %}", "2y"),
        (
            "{{ table.get('key') }}{{ table.get('q') }}{{ table.get('q', 'r') }}{{ cookiecutter.get('use') }}",
            "valueNonery",
        ),
        (
            "{{ 'pre-x'.removeprefix('pre-').removesuffix('q') }}{{ name.isidentifier() }}{{ '7'.isdigit() }}",
            "xFalseTrue",
        ),
        ("{{ number | string }}{{ (number | string) + 'x' }}", "77x"),
        ("{{ name | list | first }}{{ 'a\\nb'.splitlines() | join('+') }}", "Za+b"),
    ],
)
def test_little_is_rendered_without_jinja(text: str, rendered: str | None) -> None:
    made, rendered_by = both(text, settings_of())
    assert rendered_by is RenderedBy.FAST
    assert rendered is None or made == rendered.encode()


@pytest.mark.parametrize(
    "text",
    [
        "{{ nobody }}",
        "{{ nobody.x }}",
        "{{ table.missing }}",
        "{{ table.items }}",
        "{{ table._missing }}",
        "{{ table.__class__ }}",
        "{{ table['missing'] }}",
        "{{ table[name] }}",
        "{{ items[7] }}",
        "{{ items[-4] }}",
        "{{ items[0:1] }}",
        "{{ name[::2] }}",
        "{{ name[:number] }}",
        "{{ items | map('upper') }}",
        "{{ items | map('upper') | length }}",
        "{% set i = items | map('upper') %}{{ i | join }}{{ i | join }}",
        "{% for i in [items | map('upper')] %}{{ i | join }}{{ i | join }}{% endfor %}",
        "{{ items | map(attribute='x') | join }}",
        "{{ items | map('upper', 1) | join }}",
        "{{ name | tojson ~ name }}",
        "{{ name | tojson | upper }}",
        "{{ odd | tojson }}",
        "{{ empty | first }}",
        "{{ nothing | int }}",
        "{{ 'a'.split('') }}",
        "{{ number | length }}",
        "{{ name | join }}",
        "{{ nobody | default('q') }}",
        "{{ ('a', 'b') }}",
        "{{ () }}",
        "{{ items }}",
        "{{ odd }}",
        "{{ range(3) }}",
        "{{ number + ratio }}",
        "{{ name + number }}",
        "{{ number - 1 }}",
        "{% if no %}{{ true[0] and name }}{{ [] | first and name }}{{ 'ab'[7] and name }}{% endif %}",
        "{{ 1.5 }}",
        "{{ 'a' 'b' }}",
        "{{ 'a\\x41' }}",
        "{{ name if yes }}",
        "{{ 1 < 2 < 3 }}",
        "{{ name is defined }}",
        "{{ (name) .upper() }}",
        "{{ name|center }}",
        "{{ number|lower }}",
        "{{ name.format() }}",
        "{{ ' }} '.upper() }}",
        "{{ {'a': 1} }}",
        "{{ name, number }}",
        "{{ loop }}",
        "{{ self }}",
        "{{ -1 }}",
        "{{ é }}",
        "{{ }}",
        "{{ name",
        "{% if yes %}",
        "{% endif %}",
        "{% if yes %}{% endfor %}",
        "{% if yes %}{% else %}{% else %}{% endif %}",
        "{% if name if yes else no %}x{% endif %}",
        "{% for i in items if i %}{{ i }}{% endfor %}",
        "{% for i in items %}{{ loop }}{% endfor %}",
        "{% for i in items %}{{ loop.previtem }}{% endfor %}",
        "{% for i in items %}{{ loop.cycle('a', 'b') }}{% endfor %}",
        "{% for i in items %}{{ loop['index'] }}{% endfor %}",
        "{% for i in items %}{{ loop | length }}{% endfor %}",
        "{% for i in empty %}{% else %}{{ loop.index }}{% endfor %}",
        "{% for i in items %}{% endfor %}{{ loop.index }}",
        "{% for i in items recursive %}{{ loop.index }}{% endfor %}",
        "{{ loop.index }}",
        "{{ name.get('a') }}",
        "{{ table.get(number) }}",
        "{{ items | string }}",
        "{{ name | tojson | string }}",
        "{{ number.isdigit() }}",
        "{% for i in items %}{% set x = i %}{% endfor %}",
        "{% for a, b in numbers %}{% endfor %}",
        "{% for loop in items %}{{ loop }}{% endfor %}",
        "{% for i in items %}{{ name }}{% endfor %}{% set name = 1 %}",
        "{% set true = 1 %}",
        "{% set x %}a{% endset %}{{ x }}",
        "{% macro m() %}a{% endmacro %}{{ m() }}",
        "{% include 'x' %}",
        "{% raw %}{{ {% endraw %} }}{% endraw %}",
        "{% raw %}",
        "{% endraw %}",
        "{% do items.append(1) %}",
        "{{ name }} {# not closed",
    ],
)
def test_everything_else_is_jinjas(text: str) -> None:
    _, rendered_by = both(text, settings_of())
    assert rendered_by is RenderedBy.REFERENCE


def test_each_file_is_dispatched_separately() -> None:
    renderer = DispatchingRenderer(settings_of(), CONTEXT)
    rendered_by = []
    for text in ("{{ name }}", "{{ name | center }}", "{{ name }}"):
        renderer.render(text.encode(), name="f", loader_name="f", variables={})
        rendered_by.append(renderer.rendered_by)
    assert rendered_by == [RenderedBy.FAST, RenderedBy.REFERENCE, RenderedBy.FAST]


def test_tags_are_evaluated_at_most_once_and_only_when_reached() -> None:
    asked: list[Any] = []

    def noted(value: Any) -> Any:
        asked.append(value)
        return value

    made = RendererSettings(options={"keep_trailing_newline": True}, filters={"noted": noted})
    renderer = DispatchingRenderer(made, CONTEXT)
    texts = [
        "{% if no %}{{ name | noted }}{% endif %}",
        "{{ number | noted }}",
        "{{ number | noted }}{{ name | noted }}",
    ]
    rendered = [renderer.render(each.encode(), name="f", loader_name="f", variables={}) for each in (*texts, *texts)]
    assert rendered[:3] == rendered[3:] == [b"", b"7", "7Zoë <b>".encode()]
    assert asked == [7, "Zoë <b>"]


def test_variables_of_one_file_are_not_remembered_for_the_next() -> None:
    renderer = DispatchingRenderer(settings_of(), CONTEXT)
    texts = [
        renderer.render(b"{{ item }} {{ name }}", name="f", loader_name="f", variables={"item": item, "name": item})
        for item in "ab"
    ]
    assert texts == [b"a a", b"b b"]
    assert renderer.render(b"{{ name }}", name="f", loader_name="f", variables={}) == "Zoë <b>".encode()


@pytest.mark.parametrize(
    "made",
    [
        settings_of(extensions=("somebody.Extension",)),
        settings_of(autoescape=True),
        settings_of(newline_sequence="\r\n"),
        settings_of(line_statement_prefix="#"),
        settings_of(variable_start_string="<%=", block_start_string="<%"),
        settings_of(variable_start_string="BEGIN", variable_end_string="END"),
    ],
)
def test_settings_that_could_change_more_than_is_known_close_it(made: RendererSettings) -> None:
    assert tags_for(made) is None


SPACE = st.sampled_from(["", " ", "  ", "\n", "\n  ", "  \n", "\t\n\n ", "\r\n", "\u00a0", "\x1c"])
WORD = st.sampled_from(["a", "x y", "{", "}", "%", "#", "-", "$", "é", "{ {", "}}", "%}", "&lt;", ""])
DATA = st.lists(SPACE | WORD, max_size=4).map("".join)
ROOT = st.sampled_from([*CONTEXT, "i", "nobody", "true", "none", "cookiecutter.name", "table.inner.deep", "table.n"])
ATOM = ROOT | st.sampled_from(
    [
        "'a'",
        '"x y"',
        "0",
        "7",
        "'y'",
        "[]",
        "['a', 'cc']",
        "(name)",
        "''",
        "('a', 'cc')",
        "('y',)",
        "table['n']",
        "items[0]",
        "'}}'",
        "'${{ x }}'",
        "table.__hidden",
        "'a\\\\ \\'b'",
        "'b a'.split(' ')",
        *(f"loop.{name}" for name in ("index", "index0", "first", "last", "length", "revindex", "nextitem", "x")),
    ]
)
FILTERED = st.tuples(
    ATOM,
    st.sampled_from(
        [
            "",
            "|lower",
            " | upper",
            "|trim",
            "|replace('a', 'b')",
            ".upper()",
            ".strip('a')",
            "|title",
            "|capitalize",
            "|length",
            "|join",
            "|join('-')",
            "|default('q')",
            "[0]",
            "['n']",
            "|center",
            "[-1]",
            "[1:]",
            "[:-2]",
            ".split('a')",
            ".split()[0]",
            ".count('a')",
            "|int",
            "|list",
            "|first",
            "|last",
            "|tojson",
            "|map('upper')",
            "|map('trim')|join('-')",
            "|string",
            ".get('n')",
            ".removeprefix('x')",
            ".isalpha()",
        ]
    ),
).map("".join)


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    infix = st.sampled_from([" == ", " != ", " and ", " or ", " in ", " not in ", " ~ ", " < ", ">=", " + "])
    chosen = st.tuples(inner, inner, inner).map("{0[0]} if {0[1]} else {0[2]}".format)
    joined = st.tuples(inner, infix, inner).map("".join)
    return joined | chosen | inner.map("not {}".format) | inner.map("({})".format)


EXPRESSION = st.recursive(FILTERED, _combined, max_leaves=4)
SIGN = st.sampled_from(["", "", "", "-", "+"])


def _tag(kind: str) -> Any:
    start, end = {"p": ("{{", "}}"), "b": ("{%", "%}"), "c": ("{#", "#}")}[kind]

    def tag(parts: tuple[str, str, str]) -> str:
        before, body, after = parts
        return f"{start}{before} {body} {'' if kind == 'p' and after == '+' else after}{end}"

    return tag


def _statement(body: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(SIGN, body, SIGN).map(_tag("b"))


PRINT = st.tuples(SIGN, EXPRESSION, SIGN).map(_tag("p"))
COMMENT = st.tuples(SIGN, st.sampled_from(["", "x", "{{ y }}", "-"]), SIGN).map(_tag("c"))
RAW = st.tuples(
    _statement(st.just("raw")),
    st.sampled_from(["", " {{ a }} ", "\n{% if %}\n", "{#", "{{ '{' }}", "{% load", "%} {", "{% raw %}"]),
    _statement(st.just("endraw")),
).map("".join)
SET = _statement(st.tuples(st.sampled_from(["i", "fresh", "name"]), EXPRESSION).map("set {0[0]} = {0[1]}".format))


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, max_size=3).map("".join)
    condition = st.tuples(
        _statement(EXPRESSION.map("if {}".format)),
        body,
        st.one_of(st.just(""), st.tuples(_statement(EXPRESSION.map("elif {}".format)), body).map("".join)),
        st.one_of(st.just(""), st.tuples(_statement(st.just("else")), body).map("".join)),
        _statement(st.just("endif")),
    ).map("".join)
    loop = st.tuples(
        _statement(
            st.sampled_from(
                ["i in items", "i in empty", "a, b in pairs", "name in numbers", "i in name", "i in zero"]
            ).map("for {}".format)
        ),
        body,
        st.one_of(st.just(""), st.tuples(_statement(st.just("else")), body).map("".join)),
        _statement(st.just("endfor")),
    ).map("".join)
    return condition | loop


TEMPLATE = st.lists(st.recursive(DATA | PRINT | COMMENT | RAW | SET, _blocks, max_leaves=6), max_size=6).map("".join)
OPTIONS = st.fixed_dictionaries(
    {
        "trim_blocks": st.booleans(),
        "lstrip_blocks": st.booleans(),
        "keep_trailing_newline": st.booleans(),
        "strict": st.booleans(),
        "newlines": st.sampled_from([Newlines.LF, Newlines.FIRST_SEEN]),
    }
)


@pytest.mark.filterwarnings("ignore::SyntaxWarning")  # of what Jinja2 makes of `true[1:]`, which is no error to users
@settings(max_examples=400, deadline=None)
@given(text=TEMPLATE, options=OPTIONS, has_loop=st.booleans())
def test_the_interpreter_and_jinja_make_the_same_bytes(text: str, options: dict[str, Any], has_loop: bool) -> None:
    both(text, settings_of(**options), context=CONTEXT if has_loop else WITHOUT_LOOP)


@settings(max_examples=200, deadline=None)
@given(text=TEMPLATE)
def test_also_with_other_delimiters(text: str) -> None:
    changed = text.translate(str.maketrans("{}", "[]"))
    delimiters: dict[str, Any] = {
        f"{kind}_{end}_string": value
        for kind, ends in {"variable": ("[[", "]]"), "block": ("[%", "%]"), "comment": ("[#", "#]")}.items()
        for end, value in zip(("start", "end"), ends, strict=True)
    }
    both(changed, settings_of(**delimiters))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@settings(max_examples=50_000, deadline=None, derandomize=False)
@given(text=TEMPLATE, options=OPTIONS, has_loop=st.booleans())
def test_the_interpreter_and_jinja_make_the_same_bytes_again_and_again(
    text: str, options: dict[str, Any], has_loop: bool
) -> None:
    both(text, settings_of(**options), context=CONTEXT if has_loop else WITHOUT_LOOP)
