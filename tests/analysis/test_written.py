"""Values with the places where they are written."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mintage.data.places import TomlLines, Written, written_json, written_yaml

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
    written = written_json('{\n\t"a": ["x",\n  "y"],\r\n "\\u00e9": {"b" : true}}', "f.json")
    assert [(text.value, text.line, text.column) for text in written.texts()] == [
        ("x", 2, 9),
        ("y", 3, 4),
        ("true", 4, 19),
    ]
    assert {key: str(place) for key, place in written.keys.items()} == {"a": "f.json:2:2", "é": "f.json:4:2"}


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


def test_texts_of_toml_are_found_below_their_key() -> None:
    lines = TomlLines('a = [\n  "x",\n  "say \\"hi\\"",\n]\nb = """\none\ntwo"""\n')
    assert lines.find("x", 1) == (2, 4)
    assert lines.find('say "hi"', 1) == (3, 4)
    assert lines.find("one\ntwo", 5) == (6, 1)
    assert lines.find("nowhere", 1) == (1, 1)
