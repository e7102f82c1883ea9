"""Files as editors and other tools write them: byte order marks, UTF-16, no suffix, unquoted tags."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from mintage.answers.given import read_data_file
from mintage.data.parsing import DataError, parse_json, parse_toml, parse_yaml
from mintage.data.places import written
from mintage.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {"a.toml": 'port = 90\nname = "x"\n', "a.json": '{"port": 90,\n"name": "x"}', "a.yml": "port: 90\nname: x\n"}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_data_file_may_begin_with_a_byte_order_mark(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_text(TEXTS[name], encoding)
    assert read_data_file(tmp_path / name) == {"port": 90, "name": "x"}


@pytest.mark.parametrize("name", TEXTS)
def test_places_are_right_behind_a_byte_order_mark(name: str) -> None:
    (document,) = written("\ufeff" + TEXTS[name], name)
    found = document.find("x")
    assert found is not None
    assert found.line == 2


@pytest.mark.parametrize("parse", [parse_toml, parse_json])
def test_a_byte_order_mark_within_a_text_is_no_excuse(parse: object) -> None:
    with pytest.raises(DataError):
        parse('a\ufeff\ufeff = {"')  # type: ignore[operator]


@pytest.mark.parametrize("name", ["answers", "answers.txt", ".answers"])
@pytest.mark.parametrize("text", [TEXTS["a.yml"], TEXTS["a.json"]])
def test_a_data_file_without_a_known_suffix_is_yaml(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert read_data_file(tmp_path / name) == {"port": 90, "name": "x"}


def test_a_data_file_may_be_a_pipe(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, TEXTS["a.yml"].encode())
    os.close(writing)
    (tmp_path / "fd").symlink_to(f"/dev/fd/{reading}")
    try:
        assert read_data_file(tmp_path / "fd") == {"port": 90, "name": "x"}
    finally:
        os.close(reading)


def test_what_is_no_yaml_says_which_files_are_read_as_something_else(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text('port = "90\n')
    with pytest.raises(UsageError) as caught:
        read_data_file(tmp_path / "answers")
    assert ".toml" in caught.value.hint or "names and their values" in caught.value.what


@pytest.mark.parametrize(
    "text",
    [
        "file: {{ name }}.cfg",
        "a: 1\nb: {{ name }}.cfg",
        "b:\n  - {{ name }}.cfg",
        "- - {{ name }}.cfg",
        "x: {% if a %}b{% endif %}",
        "x: {{ name }}",
    ],
)
def test_a_value_that_begins_with_a_tag_must_be_quoted_in_yaml(text: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_yaml(text)
    value = text[text.index("{") :]
    assert caught.value.hint == f'put a value that begins with a tag in quotes: "{value}"'
    assert caught.value.line == text.count("\n") + 1


@pytest.mark.parametrize("text", ["a: [1", "a: 'b", "a: b: c {{ d }}", "a: {b: c"])
def test_other_mistakes_in_yaml_have_no_such_hint(text: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_yaml(text)
    assert caught.value.hint == ""
