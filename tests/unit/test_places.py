"""Values with the places where they are written."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest
import tomli_w
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mintage.data.places import Written, written, written_json, written_yaml
from mintage.data.toml_places import written_toml

SCALARS = st.none() | st.booleans() | st.integers() | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)


def values(written: Written) -> Any:
    if isinstance(written.value, dict):
        return {key: values(inner) for key, inner in written.value.items()}
    if isinstance(written.value, list):
        return [values(inner) for inner in written.value]
    return written.value


def as_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_texts(inner) for inner in value]
    return value if isinstance(value, str) else json.dumps(value)


@given(JSON, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_json_is_read_as_it_is(value: Any, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert values(written_json(text, "f")) == as_texts(value)


def test_json_has_the_places_of_keys_and_values() -> None:
    document = written_json('{\n\t"a": ["x",\n  "y"],\r\n "\\u00e9": {"b" : true}}', "f.json")
    assert [(text.value, text.line, text.column) for text in document.texts()] == [
        ("x", 2, 9),
        ("y", 3, 4),
        ("true", 4, 19),
    ]
    assert {key: str(place) for key, place in document.keys.items()} == {"a": "f.json:2:2", "é": "f.json:4:2"}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: b", 1, 4),
        ("a: 'b'", 1, 5),
        ("a: |\n   b\n   c", 2, 4),
        ("a: >-\n\n    b", 2, 5),
        ("a: [b]", 1, 5),
        ("--- \na:\n  b", 3, 3),
    ],
)
def test_yaml_has_the_place_where_a_text_begins(text: str, line: int, column: int) -> None:
    (document,) = written_yaml(text, "f.yml")
    found = next(document.texts())
    assert (found.line, found.column) == (line, column)
    assert values(document) == yaml.safe_load(text)


TOML_KEYS = st.from_regex(r"[A-Za-z0-9_-]{1,5}", fullmatch=True) | st.text(st.characters(codec="utf-8"), max_size=5)
TOML_SCALARS = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"))
    | st.dates()
)
TOML_VALUES = st.recursive(
    TOML_SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TOML_KEYS, inner), max_leaves=15
)


def typed(written: Written, value: Any) -> Any:
    """Return what was read, with literals as the parser reads them."""
    if isinstance(written.value, dict):
        return {key: typed(inner, value[key]) for key, inner in written.value.items()}
    if isinstance(written.value, list):
        return [typed(inner, each) for inner, each in zip(written.value, value, strict=True)]
    return written.value if isinstance(value, str) else tomllib.loads(f"k={written.value}")["k"]


@given(st.dictionaries(TOML_KEYS, TOML_VALUES), st.booleans())
def test_toml_is_read_as_it_is(value: dict[str, Any], multiline: bool) -> None:
    text = tomli_w.dumps(value, multiline_strings=multiline)
    parsed = tomllib.loads(text)
    assert typed(written_toml(text, "f.toml"), parsed) == parsed


@given(st.dictionaries(TOML_KEYS, TOML_VALUES))
def test_every_key_and_text_of_toml_is_where_it_says(value: dict[str, Any]) -> None:
    text = tomli_w.dumps(value)
    lines = text.split("\n")

    def spelled_at(line: int, column: int) -> str:
        return "\n".join([lines[line - 1][column - 1 :], *lines[line:]])

    def check(written: Written) -> None:
        if isinstance(written.value, dict):
            for name, inner in written.value.items():
                place = written.keys[name]
                assert place.line is not None
                assert place.column is not None
                found = spelled_at(place.line, place.column)
                key = re.match(r'"(?:\\.|[^"\\])*"|[A-Za-z0-9_-]+', found)
                assert key
                assert tomllib.loads(f"{key[0]}=1") == {name: 1}
                check(inner)
        elif isinstance(written.value, list):
            for each in written.value:
                check(each)
        elif written.value:
            first = json.dumps(written.value[0], ensure_ascii=False)[1]
            assert spelled_at(written.line, written.column)[0] in (first, written.value[0], "\\")

    check(written_toml(text, "f.toml"))


EVERYTHING = '''
title = "a = 1"  # title = "no"
"quoted key" = 1
a.b . "c.d" = [ "x", # "y"
  'say "hi"', { e = "f", "g" = [true] },
]
long = """
[nowhere]
title = "still text"
"""
escaped = """\\
   one"two\\"""three"""
short = QQQ'it's'QQQ

[questions.name]  # [questions.other]
default = "b"
[questions]
other = { default = "c" }
[questions.last.more]
x = 1979-05-27T07:32:00Z

[[tasks]]
name = "t"
[tasks.environment]
E = ""
[[ tasks ]]
[[tasks.inner]]
y = 0x10
'''.replace("QQQ", "'" * 3)


def test_toml_of_every_spelling_is_read() -> None:
    parsed = tomllib.loads(EVERYTHING)
    assert typed(written_toml(EVERYTHING, "f.toml"), parsed) == parsed


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), "title = "),
        (("quoted key",), '"quoted key"'),
        (("a", "b", "c.d"), "a.b"),
        (("a", "b", "c.d", 2, "e"), "  'say"),
        (("questions", "name"), "[questions.name]"),
        (("questions", "name", "default"), 'default = "b"'),
        (("questions", "name", "help"), "[questions.name]"),
        (("questions", "other"), "other = "),
        (("questions", "other", "default"), "other = "),
        (("questions", "last"), "[questions.last"),
        (("tasks",), "[[tasks]]"),
        (("tasks", 0, "name"), 'name = "t"'),
        (("tasks", 0, "run"), "[[tasks]]"),
        (("tasks", 0, "environment", "E"), "E ="),
        (("tasks", 1), "[[ tasks ]]"),
        (("tasks", 1, "inner", 0, "y"), "y ="),
        (("tasks", 2, "name"), "[[tasks]]"),
        (("nothing",), ""),
    ],
)
def test_a_key_of_toml_has_a_line_or_else_its_table_has(path: tuple[str | int, ...], line: str) -> None:
    found = written_toml(EVERYTHING, "f.toml").line_of(*path)
    assert EVERYTHING.split("\n")[found - 1].startswith(line)


@pytest.mark.parametrize(("file", "text"), [("f.json", '{"a": "b"}'), ("f.toml", 'a = "b"'), ("f.yml", "a: b")])
def test_the_name_of_a_file_says_what_is_in_it(file: str, text: str) -> None:
    (document,) = written(text, file)
    found = document.find("b")
    assert found is not None
    assert found.line == 1
    assert document.find("c") is None
    assert str(document.keys["a"]).startswith(f"{file}:1:")
