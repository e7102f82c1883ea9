"""Text and data become typed answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mintage.answers.given import parse_flag, read_data_file
from mintage.answers.values import convert, parse
from mintage.errors import UsageError
from mintage.template.questions import Choice, Question, QuestionType

if TYPE_CHECKING:
    from pathlib import Path

CHOICES = (Choice("a", "The first"), Choice(2), Choice(True))


def question(kind: str) -> Question:
    return Question("q", QuestionType(kind))


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("str", " as typed ", " as typed "),
        ("int", "42", 42),
        ("float", "1.5", 1.5),
        ("bool", "Yes", True),
        ("choice", "a", "a"),
        ("choice", "The first", "a"),
        ("choice", "2", 2),
        ("multi-choice", "a, 2", ["a", 2]),
        ("multi-choice", '["a"]', ["a"]),
        ("multi-choice", "", []),
        ("list", "x, y", ["x", "y"]),
        ("list", '["x, y", 1]', ["x, y", 1]),
        ("path", "a/b", "a/b"),
        ("dict", '{"a": 1}', {"a": 1}),
    ],
)
def test_text_is_parsed_by_type(kind: str, text: str, expected: Any) -> None:
    assert parse(question(kind), text, CHOICES) == expected


@pytest.mark.parametrize(
    ("kind", "text"),
    [("int", "1.5"), ("float", "x"), ("bool", "maybe"), ("choice", "z"), ("multi-choice", "a,z"), ("dict", "[]")],
)
def test_text_that_makes_no_sense_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|not one of|neither"):
        parse(question(kind), text, CHOICES)


@pytest.mark.parametrize(("kind", "value"), [("int", True), ("int", 1.5), ("str", ["x"]), ("bool", 1), ("dict", "x")])
def test_data_of_another_type_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"expected|neither"):
        convert(question(kind), value, ())


def test_a_flag_is_split_at_the_first_equals_sign() -> None:
    assert parse_flag("a=b=c") == ("a", "b=c")
    with pytest.raises(UsageError):
        parse_flag("nothing")


@pytest.mark.parametrize(
    ("name", "text"),
    [("d.toml", "a = 1"), ("d.yaml", "a: 1"), ("d.json", '{"a": 1}'), (".mintage.toml", "[answers]\na = 1")],
)
def test_data_files_are_told_apart_by_suffix(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert read_data_file(tmp_path / name) == {"a": 1}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("d.toml", "a = "),
        ("d.yaml", "a: [1\nb"),
        ("d.yaml", "!!python/object/apply:os.system ['true']"),
        ("d.json", "{"),
        ("d.json", "[1]"),
        ("d.txt", "a"),
    ],
)
def test_data_files_that_cannot_be_used_name_their_place(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError) as caught:
        read_data_file(tmp_path / name)
    assert name in str(caught.value.where)


def test_a_data_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_data_file(tmp_path / "gone.toml")
