"""Every two values that can be chosen together are together in a row, and all that can be chosen is found."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from mintage.testing.combinations import Parameter, Row, Setting, Step, all_rows, pairwise_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Asked(Struct, frozen=True):
    """A question with values "0", "1", ...; asked only if an earlier question has the value that `when` names."""

    values: int
    when: tuple[int, str] | None = None


class Questions:
    """An interview with questions of this kind."""

    def __init__(self, *asked: Asked) -> None:
        self.asked = asked
        self.held = 0

    def hold(self, wanted: Mapping[Parameter, str]) -> Row:
        self.held += 1
        answers: dict[int, str] = {}
        steps = []
        for number, each in enumerate(self.asked):
            if each.when is not None and answers.get(each.when[0]) != each.when[1]:
                continue
            offered = tuple(map(str, range(each.values)))
            value = wanted.get(_parameter(number), "0")
            index = offered.index(value) if value in offered else 0
            answers[number] = offered[index]
            steps.append(Step(_parameter(number), offered, index, index))
        return tuple(steps)


def _parameter(number: int) -> Parameter:
    return Parameter(f"q{number}")


def _chosen(row: Row) -> frozenset[Setting]:
    return frozenset(step.setting for step in row)


def _pairs(rows: Iterable[frozenset[Setting]]) -> set[frozenset[Setting]]:
    return {frozenset(pair) for row in rows for pair in combinations(row, 2)}


def _by_brute_force(asked: tuple[Asked, ...]) -> set[frozenset[Setting]]:
    """What each combination of values comes to."""
    interview = Questions(*asked)
    ranges = [range(each.values) for each in asked]
    wanted = ({_parameter(number): str(value) for number, value in enumerate(values)} for values in product(*ranges))
    return {_chosen(interview.hold(each)) for each in wanted}


@st.composite
def questions(draw: st.DrawFn) -> tuple[Asked, ...]:
    asked: list[Asked] = []
    for number in range(draw(st.integers(1, 6))):
        values = draw(st.integers(1, 4))
        when = None
        if number and draw(st.booleans()):
            other = draw(st.integers(0, number - 1))
            when = (other, str(draw(st.integers(0, asked[other].values - 1))))
        asked.append(Asked(values, when))
    return tuple(asked)


@given(questions())
@settings(max_examples=150, deadline=None)
def test_every_two_values_that_can_be_together_are_together(asked: tuple[Asked, ...]) -> None:
    possible = _pairs(_by_brute_force(asked))
    assert _pairs(map(_chosen, pairwise_rows(Questions(*asked)))) == possible


@given(questions())
@settings(max_examples=60, deadline=None)
def test_every_value_that_can_be_chosen_is_chosen_also_where_there_is_one_question(asked: tuple[Asked, ...]) -> None:
    possible = frozenset().union(*_by_brute_force(asked))
    assert frozenset().union(*map(_chosen, pairwise_rows(Questions(*asked)))) == possible


@given(questions())
@settings(max_examples=60, deadline=None)
def test_all_combinations_are_all_of_them_and_each_once(asked: tuple[Asked, ...]) -> None:
    rows = [_chosen(row) for row in all_rows(Questions(*asked))]
    assert len(rows) == len(set(rows))
    assert set(rows) == _by_brute_force(asked)


@given(questions())
@settings(max_examples=30, deadline=None)
def test_the_same_questions_give_the_same_rows(asked: tuple[Asked, ...]) -> None:
    assert list(pairwise_rows(Questions(*asked))) == list(pairwise_rows(Questions(*asked)))


def test_the_first_row_has_the_defaults() -> None:
    asked = (Asked(3), Asked(2), Asked(2))
    for rows in (pairwise_rows, all_rows):
        assert _chosen(next(rows(Questions(*asked)))) == {Setting(_parameter(number), "0") for number in range(3)}


def test_rows_grow_with_the_two_largest_questions_and_not_with_their_number() -> None:
    twenty_yes_or_no = [Asked(2)] * 20
    assert len(list(pairwise_rows(Questions(Asked(9), Asked(5), *twenty_yes_or_no)))) <= 9 * 5 + 10
    assert len(list(pairwise_rows(Questions(*twenty_yes_or_no)))) <= 14


def test_questions_that_wait_for_each_other_are_found_and_cost_few_interviews() -> None:
    chain = [Asked(2), *(Asked(2, (number, "1")) for number in range(8))]
    interview = Questions(*chain)
    rows = list(pairwise_rows(interview))
    assert {step.parameter for row in rows for step in row} == {_parameter(number) for number in range(9)}
    assert interview.held < 400
