"""Whatever way a value takes to a context, it has the type of its question there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mintage.answers import collect
from mintage.errors import AnswerError, Location
from mintage.rendering.settings import RendererSettings
from mintage.template import Template
from mintage.template.questions import REQUIRED, Choice, GivenAnswers, Question, QuestionType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WHERE = Location("mintage.toml", 7)
WORDS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8)
CHOICES = (Choice("a", "The first"), Choice("b"), Choice(3))
VALUES: dict[QuestionType, st.SearchStrategy[Any]] = {
    QuestionType.STR: WORDS,
    QuestionType.PATH: WORDS,
    QuestionType.SECRET: WORDS,
    QuestionType.INT: st.integers(),
    QuestionType.FLOAT: st.floats(allow_nan=False, allow_infinity=False),
    QuestionType.BOOL: st.booleans(),
    QuestionType.CHOICE: st.sampled_from(["a", "b", 3]),
    QuestionType.MULTI_CHOICE: st.lists(st.sampled_from(["a", "b", 3]), unique=True),
    QuestionType.LIST: st.lists(WORDS, min_size=1),
    QuestionType.DICT: st.dictionaries(WORDS, WORDS, min_size=1),
}
OF_PYTHON = {
    QuestionType.INT: int,
    QuestionType.FLOAT: float,
    QuestionType.BOOL: bool,
    QuestionType.MULTI_CHOICE: list,
    QuestionType.LIST: list,
    QuestionType.DICT: dict,
}


class AcceptingAsker:
    """A person who accepts every default."""

    def ask(
        self, question: Question, default: Any, choices: Sequence[Choice], check: Callable[[Any], str | None]
    ) -> Any:
        assert check(default) is None
        return default


def answer(question: Question, given: GivenAnswers | None = None, saved: Any = None, *, asked: bool = False) -> Any:
    template = Template(
        "test",
        "/",
        "test",
        layout=None,  # type: ignore[arg-type]
        renderer=RendererSettings(),
        questions=(Question("text", default=saved if isinstance(saved, str) else "{}"), question),
        saved_answers={} if saved is None else {"q": saved},
    )
    asker = AcceptingAsker() if asked else None
    return collect(template, given or GivenAnswers(), asker=asker, use_defaults=not asked)["q"]


def as_text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, list | dict) else str(value)


def computed(value: Any) -> str:
    """Return template text that renders to a value."""
    return "{{ " + repr(as_text(value)) + " }}"


def question(kind: QuestionType, default: Any, **more: Any) -> Question:
    choices = CHOICES if kind in (QuestionType.CHOICE, QuestionType.MULTI_CHOICE) else ()
    return Question("q", kind, default, choices=choices, where=WHERE, **more)


WAYS: dict[str, Callable[[QuestionType, Any], Any]] = {
    "given as text": lambda kind, value: answer(question(kind, REQUIRED), GivenAnswers(flags={"q": as_text(value)})),
    "given as data": lambda kind, value: answer(question(kind, REQUIRED), GivenAnswers(data={"q": value})),
    "given as text in data": lambda kind, value: answer(
        question(kind, REQUIRED), GivenAnswers(data={"q": as_text(value)})
    ),
    "the user's default": lambda kind, value: answer(
        question(kind, REQUIRED), GivenAnswers(user_defaults={"q": value})
    ),
    "saved": lambda kind, value: answer(question(kind, REQUIRED), saved=value),
    "a default": lambda kind, value: answer(question(kind, value)),
    "a computed default": lambda kind, value: answer(question(kind, computed(value))),
    "a computed default, accepted": lambda kind, value: answer(question(kind, computed(value)), asked=True),
    "not asked": lambda kind, value: answer(question(kind, value, asked=False)),
    "not asked and computed": lambda kind, value: answer(question(kind, computed(value), asked=False)),
    "not applying": lambda kind, value: answer(question(kind, value, when="false")),
    "not applying and computed": lambda kind, value: answer(question(kind, computed(value), when="false")),
    "not applying, beside a person": lambda kind, value: answer(
        question(kind, computed(value), when="false"), asked=True
    ),
}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("way", WAYS)
@given(data=st.data())
def test_an_answer_has_the_type_of_its_question_whatever_way_it_takes(
    kind: QuestionType, way: str, data: st.DataObject
) -> None:
    value = data.draw(VALUES[kind])
    found = WAYS[way](kind, value)
    assert type(found) is OF_PYTHON.get(kind, type(found))
    assert found == value


@pytest.mark.parametrize("more", [{"asked": False}, {"when": "false"}, {}])
@pytest.mark.parametrize(
    ("kind", "default", "expected"),
    [
        (QuestionType.BOOL, "{{ 'maybe' }}", "neither yes nor no"),
        (QuestionType.INT, "{{ 1 / 2 }}", "expected a whole number"),
        (QuestionType.LIST, "[{{ 'x' }}", "expected a JSON list"),
        (QuestionType.DICT, "{{ 'x' }}", "expected a JSON object"),
        (QuestionType.CHOICE, "{{ 'z' }}", "not one of the choices"),
    ],
)
def test_a_default_of_another_type_is_refused_with_its_question_and_line(
    kind: QuestionType, default: str, expected: str, more: dict[str, Any]
) -> None:
    with pytest.raises(AnswerError) as caught:
        answer(question(kind, default, **more))
    (problem,) = caught.value.problems
    assert problem.what.startswith("q: ")
    assert expected in problem.what
    assert problem.where == WHERE


@pytest.mark.parametrize("more", [{"asked": False}, {"when": "false"}, {}])
@pytest.mark.parametrize("rule", [{"pattern": "[a-z]+"}, {"check": "q != 'A1'"}])
def test_a_default_is_held_to_pattern_and_check_even_if_nobody_is_asked(
    more: dict[str, Any], rule: dict[str, Any]
) -> None:
    with pytest.raises(AnswerError):
        answer(question(QuestionType.STR, "{{ 'A1' }}", **more, **rule))


@pytest.mark.parametrize("kind", VALUES)
def test_null_in_a_data_file_is_no_answer(kind: QuestionType) -> None:
    with pytest.raises(AnswerError) as caught:
        answer(question(kind, REQUIRED), GivenAnswers(data={"q": None}))
    assert "got null" in caught.value.problems[0].what


def test_a_question_that_does_not_apply_may_have_no_default() -> None:
    assert answer(question(QuestionType.INT, REQUIRED, when="false")) is None
