"""Going through questions, back, and through a summary; without a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mintage.answers.interview import Answered, Asked, GoBackError, Interview
from mintage.prompts.list_prompt import ListState, Row
from mintage.prompts.wording import shown
from mintage.template.questions import Choice, Question, QuestionType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.template.questions import Answers, Asker

BACK = GoBackError()
ACCEPT = object()


class Scripted:
    """An interviewer who answers from a list, and remembers what was asked."""

    def __init__(self, answers: list[Any], changes: list[str | None]) -> None:
        self.answers = answers
        self.changes = changes
        self.asked: list[Asked] = []
        self.told: list[Answered] = []
        self.rows: Sequence[Answered] = ()

    def put(self, asked: Asked) -> Any:
        self.asked.append(asked)
        answer = self.answers.pop(0)
        if answer is BACK:
            raise BACK
        return asked.answer if answer is ACCEPT else answer

    def changed(self, answered: Answered) -> None:
        self.told.append(answered)

    def review(self, answers: Sequence[Answered]) -> str | None:
        self.rows = answers
        return self.changes.pop(0) if self.changes else None

    @property
    def summary(self) -> list[tuple[str, Any]]:
        return [(each.question.name, each.value) for each in self.rows]

    def ask(self, *_: object) -> Any:
        raise AssertionError("an interviewer is asked by `put`")


def _held(questions: dict[str, Question], defaults: dict[str, str], answers: list[Any], *changes: str) -> Scripted:
    """An interview with questions whose defaults are format strings of the answers before."""
    scripted = Scripted(answers, list(changes))

    def collect(asker: Asker) -> Answers:
        found: Answers = {}
        for name, question in questions.items():
            default = defaults[name].format(**found)
            found[name] = asker.ask(question, default, question.choices, lambda _: None)
        return found

    Interview(scripted, list(questions.values())).conduct(collect)
    assert not scripted.answers, "all was asked for"
    return scripted


TEXTS = {name: Question(name) for name in "abc"}
CHAIN = {"a": "1", "b": "{a}+", "c": "{b}+"}


def test_questions_are_counted() -> None:
    held = _held(TEXTS, CHAIN, [ACCEPT, ACCEPT, ACCEPT])
    assert [(each.number, each.total, each.can_go_back) for each in held.asked] == [
        (1, 3, False),
        (2, 3, True),
        (3, 3, True),
    ]
    assert held.summary == [("a", "1"), ("b", "1+"), ("c", "1++")]


def test_going_back_offers_what_was_said_before() -> None:
    held = _held(TEXTS, CHAIN, ["x", "y", BACK, BACK, ACCEPT, ACCEPT])
    assert [(each.question.name, each.answer) for each in held.asked] == [
        ("a", "1"),
        ("b", "x+"),
        ("c", "y+"),
        ("b", "y"),
        ("a", "x"),
        ("c", "y+"),
    ]


def test_defaults_that_were_accepted_follow_what_they_depend_on() -> None:
    held = _held(TEXTS, CHAIN, [ACCEPT, ACCEPT, ACCEPT, "2"], "a")
    assert held.summary == [("a", "2"), ("b", "2+"), ("c", "2++")]
    assert [(each.question.name, each.value) for each in held.told] == [("b", "2+"), ("c", "2++")]


def test_answers_that_were_given_explicitly_do_not() -> None:
    held = _held(TEXTS, CHAIN, [ACCEPT, "mine", ACCEPT, "2"], "a")
    assert held.summary == [("a", "2"), ("b", "mine"), ("c", "mine+")]
    assert held.told == []


def test_a_number_that_is_the_default_written_as_text_is_no_explicit_answer() -> None:
    questions = {"a": Question("a", QuestionType.INT), "b": Question("b", QuestionType.INT)}
    held = _held(questions, {"a": "1", "b": "{a}0"}, [1, 10, 2], "a")
    assert held.summary == [("a", 2), ("b", 20)]


def test_a_choice_that_is_not_offered_any_more_is_asked_for_with_the_reason() -> None:
    kinds = Question("b", QuestionType.CHOICE, choices=(Choice("x"), Choice("y")))
    fewer = Question("b", QuestionType.CHOICE, choices=(Choice("x"),))
    rounds = iter([kinds, fewer])
    scripted = Scripted(["1", "y", "2", "x"], ["a"])

    def collect(asker: Asker) -> Answers:
        question = next(rounds)
        first = asker.ask(TEXTS["a"], "1", (), lambda _: None)
        return {"a": first, "b": asker.ask(question, "x", question.choices, lambda _: None)}

    assert Interview(scripted, [TEXTS["a"], kinds]).conduct(collect) == {"a": "2", "b": "x"}
    assert scripted.asked[-1].objection == "the earlier choice is no longer available"
    assert scripted.asked[-1].answer == "x"


def test_given_answers_are_shown_in_their_place() -> None:
    scripted = Scripted(["x"], [])
    interview = Interview(scripted, [TEXTS["a"], TEXTS["b"]], given=frozenset({"a"}))
    interview.conduct(lambda asker: {"a": "given", "b": asker.ask(TEXTS["b"], "", (), lambda _: None)})
    assert scripted.summary == [("a", "given"), ("b", "x")]
    assert scripted.asked[0].total == 1


def test_nothing_is_reviewed_when_nothing_was_asked() -> None:
    scripted = Scripted([], ["a"])
    assert Interview(scripted, [TEXTS["a"]], given=frozenset({"a"})).conduct(lambda _: {"a": 1}) == {"a": 1}


@pytest.mark.parametrize(
    ("question", "value", "text"),
    [
        (Question("x"), "a\nb", "a b"),
        (Question("x", QuestionType.BOOL), True, "yes"),
        (Question("x", QuestionType.LIST), ["a", "b"], "a, b"),
        (Question("x", QuestionType.DICT), {"a": [1]}, '{"a": [1]}'),
        (Question("x", QuestionType.YAML), {"a": [1]}, '{"a": [1]}'),
        (Question("x"), "\x1b[2Jx", "\ufffd[2Jx"),
    ],
)
def test_answers_are_shown_in_one_line_that_is_safe_to_print(question: Question, value: Any, text: str) -> None:
    assert shown(Answered(question, value)) == text


def test_a_secret_is_not_shown_nor_how_long_it_is() -> None:
    held = _held({"a": Question("a", QuestionType.SECRET)}, {"a": ""}, ["x"])
    assert [shown(each) for each in held.rows] == ["********"]
    assert shown(Answered(TEXTS["a"], "", secret=True)) == ""


def test_a_choice_is_shown_by_its_label() -> None:
    question = Question("x", QuestionType.CHOICE)
    assert shown(Answered(question, "a", (Choice("a", "The first"),))) == "The first"


class TestLists:
    def rows(self, *disabled: int, count: int = 12) -> list[Row]:
        return [Row(f"row {n}", n, disabled="no" if n in disabled else "") for n in range(count)]

    def test_what_cannot_be_chosen_is_passed_over(self) -> None:
        state = ListState(self.rows(0, 2, 11))
        assert state.pointed == 1
        state.move(1)
        assert state.pointed == 3
        state.move(100)
        assert state.pointed == 10
        state.move(1)
        assert state.pointed == 1

    def test_a_search_that_finds_nothing_chooses_nothing(self) -> None:
        state = ListState(self.rows(), pointed=3)
        state.search("row 44")
        with pytest.raises(ValueError, match="nothing matches"):
            state.result()
        state.search("row 4")
        assert state.result() == 4

    def test_a_search_finds_rows_with_all_words_in_any_case(self) -> None:
        state = ListState(self.rows())
        state.search("1 ROW")
        assert [state.rows[index].result for index in state.visible] == [1, 10, 11]

    def test_a_list_without_anything_to_choose_says_so(self) -> None:
        with pytest.raises(ValueError, match="no choice is available"):
            ListState(self.rows(0, 1, count=2)).result()

    def test_all_rows_that_are_seen_are_marked_and_unmarked(self) -> None:
        state = ListState(self.rows(1), checked=set())
        state.search("row 1")
        state.toggle_all()
        assert state.checked == {10, 11}
        state.toggle_all()
        assert state.checked == set()
