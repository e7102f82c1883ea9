"""Combines settings: all combinations, or few in which every two settings occur together. Pure; knows no template.

Which settings can be chosen depends on others (`when`, conditional choices) in ways that are not known. So combinations
are tried: an `Interview` takes what is wanted, and returns what was chosen.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_CANDIDATES = 12
_SEED = 1


class Parameter(Struct, frozen=True):
    """Something that has one of several values: a question, or one option of a multiple-choice question."""

    question: str
    """The name of the question."""
    option: str = ""
    """The option; "" for the question itself."""

    def __str__(self) -> str:
        return f"{self.question}[{self.option}]" if self.option else self.question


class Setting(Struct, frozen=True):
    """A parameter with one of its values."""

    parameter: Parameter
    """The question or option."""
    value: str
    """The value as text."""


class Step(Struct, frozen=True):
    """One parameter of an interview."""

    parameter: Parameter
    """The question or option."""
    offered: tuple[str, ...]
    """Its values, the default first."""
    wanted: int
    """The index of the value that was wanted, or of the default if it was not offered."""
    chosen: int
    """The index of the value that was chosen; it differs if the template rejected the wanted one."""

    @property
    def settings(self) -> tuple[Setting, ...]:
        """All settings that were offered."""
        return tuple(Setting(self.parameter, value) for value in self.offered)

    @property
    def setting(self) -> Setting:
        """The setting that was chosen."""
        return Setting(self.parameter, self.offered[self.chosen])


class Interview(Protocol):
    """Answers the questions of a template, as often as needed."""

    def hold(self, wanted: Mapping[Parameter, str]) -> tuple[Step, ...]:
        """Choose the wanted values where they are offered, and defaults otherwise. Return what was asked, in order."""
        ...


Row = tuple[Step, ...]


def all_rows(interview: Interview) -> Iterator[Row]:
    """Yield every combination that can be chosen, the defaults first."""
    wanted: dict[Parameter, str] = {}
    seen: set[tuple[Setting, ...]] = set()
    while True:
        row = interview.hold(wanted)
        settings = _settings(row)
        if settings not in seen:
            seen.add(settings)
            yield row
        last = next((at for at in reversed(range(len(row))) if row[at].wanted + 1 < len(row[at].offered)), None)
        if last is None:
            return
        wanted = {step.parameter: step.offered[step.wanted] for step in row[:last]}
        wanted[row[last].parameter] = row[last].offered[row[last].wanted + 1]


def pairwise_rows(interview: Interview) -> Iterator[Row]:
    """Yield rows so that every two settings that can be chosen together are in one of them; the defaults come first.

    Every setting counts as a pair with itself, so that all are chosen even if there is only one question.
    """
    known = _Known(interview)
    known.explore()
    first = interview.hold({})
    known.cover(first)
    yield first
    while (pair := known.next_pair()) is not None:
        row = interview.hold(known.best_row(*pair))
        if not known.has(row, *pair):
            row = known.insisted(*pair) or row
        if known.cover(row):
            yield row
        known.give_up(*pair)  # if it is still uncovered, these two cannot be chosen together


class _Known(Struct):
    """The settings that are known so far, by number, and which pairs of them are uncovered."""

    interview: Interview
    """Tries combinations."""
    settings: list[Setting] = field(default_factory=list)
    """The settings; the index of each is its number."""
    numbers: dict[Setting, int] = field(default_factory=dict)
    """The number of each setting."""
    of_parameter: dict[Parameter, list[int]] = field(default_factory=dict)
    """The numbers of each parameter's settings."""
    needs: list[dict[Parameter, str]] = field(default_factory=list)
    """For each setting, what else was chosen when it was first offered."""
    uncovered: list[int] = field(default_factory=list)
    """For each setting, a bit for every other one that it has not met yet, and one for itself."""

    def explore(self) -> None:
        """Choose each setting once, to find the questions that depend on it."""
        self._learn(self.interview.hold({}), {})
        done = 0
        while done < len(self.settings):
            setting, needs = self.settings[done], self.needs[done]
            wanted = {**needs, setting.parameter: setting.value}
            self._learn(self.interview.hold(wanted), wanted)
            done += 1

    def next_pair(self) -> tuple[int, int] | None:
        """Return two settings that have not met yet: the first ones with the most uncovered pairs; None if all met."""
        most = max(range(len(self.uncovered)), key=lambda at: (self.uncovered[at].bit_count(), -at), default=0)
        if not self.uncovered or not self.uncovered[most]:
            return None
        others = _bits(self.uncovered[most])
        return most, max(others, key=lambda at: (self.uncovered[at].bit_count(), -at))

    def best_row(self, one: int, two: int) -> dict[Parameter, str]:
        """Return the values to want so that these two settings meet, and as many others as can be found quickly."""
        random = Random(_SEED)  # noqa: S311 - reproducible
        parameters = list(self.of_parameter)
        best: dict[Parameter, str] = {}
        best_gain = -1
        for _ in range(_CANDIDATES):
            wanted, gain = self._completed(self._with_needs(one, two), parameters)
            if gain > best_gain:
                best, best_gain = wanted, gain
            random.shuffle(parameters)
        return best

    def insisted(self, one: int, two: int) -> Row | None:
        """Return a row with both settings and little else, if the best row doesn't have them; None if there is none."""
        tried: list[dict[Parameter, str]] = []
        for first, second in ((one, two), (two, one)):
            for wanted in (self._with_needs(first, second), {**self._with_needs(first), **self._only(second)}):
                if wanted in tried:
                    continue
                tried.append(wanted)
                row = self.interview.hold(wanted)
                if self.has(row, one, two):
                    return row
        return None

    def cover(self, row: Row) -> bool:
        """Mark the pairs in a row as covered. Return whether any of them was uncovered."""
        self._learn(row, {step.parameter: step.setting.value for step in row})
        numbers = [self.numbers[setting] for setting in _settings(row)]
        mask = sum(1 << number for number in numbers)
        is_new = any(self.uncovered[number] & mask for number in numbers)
        for number in numbers:
            self.uncovered[number] &= ~mask
        return is_new

    def give_up(self, one: int, two: int) -> None:
        """Stop trying to cover a pair."""
        self.uncovered[one] &= ~(1 << two)
        self.uncovered[two] &= ~(1 << one)

    def has(self, row: Row, *numbers: int) -> bool:
        """Return whether a row has all of these settings."""
        return {self.settings[number] for number in numbers} <= set(_settings(row))

    def _completed(
        self, wanted: dict[Parameter, str], parameters: Sequence[Parameter]
    ) -> tuple[dict[Parameter, str], int]:
        mask = sum(1 << self.numbers[Setting(*each)] for each in wanted.items() if Setting(*each) in self.numbers)
        gain = sum((self.uncovered[at] & mask).bit_count() for at in _bits(mask)) // 2
        for parameter in parameters:
            if parameter in wanted:
                continue
            fitting = [at for at in self.of_parameter[parameter] if self._fits(at, wanted)]
            if not fitting:
                continue
            best = max(
                fitting, key=lambda at: ((self.uncovered[at] & mask).bit_count(), self.uncovered[at].bit_count(), -at)
            )
            gain += (self.uncovered[best] & mask).bit_count()
            wanted = {**wanted, **self.needs[best], parameter: self.settings[best].value}
            mask |= 1 << best
        return wanted, gain

    def _fits(self, number: int, wanted: Mapping[Parameter, str]) -> bool:
        return all(wanted.get(parameter, value) == value for parameter, value in self.needs[number].items())

    def _with_needs(self, *numbers: int) -> dict[Parameter, str]:
        """Return the settings and what they need; in conflicts, the settings and earlier needs take precedence."""
        wanted: dict[Parameter, str] = {}
        for number in numbers:
            wanted.update(self._only(number))
        for number in numbers:
            for parameter, value in self.needs[number].items():
                wanted.setdefault(parameter, value)
        return wanted

    def _only(self, number: int) -> dict[Parameter, str]:
        setting = self.settings[number]
        return {setting.parameter: setting.value}

    def _learn(self, row: Row, needs: Mapping[Parameter, str]) -> None:
        """Take in settings that are offered for the first time, with what was chosen for it."""
        for at, step in enumerate(row):
            before = {earlier.parameter for earlier in row[:at]}
            needed = {parameter: value for parameter, value in needs.items() if parameter in before}
            for setting in step.settings:
                if setting not in self.numbers:
                    self._add(setting, needed)

    def _add(self, setting: Setting, needs: dict[Parameter, str]) -> None:
        number = len(self.settings)
        self.numbers[setting] = number
        self.settings.append(setting)
        self.needs.append(needs)
        own = self.of_parameter.setdefault(setting.parameter, [])
        others = (1 << number) - 1
        for other in own:
            others &= ~(1 << other)
        self.uncovered.append(others | 1 << number)
        for other in _bits(others):
            self.uncovered[other] |= 1 << number
        own.append(number)


def settings_offered(interview: Interview) -> list[Setting]:
    """Return all settings that are found by choosing each one once, in the order in which they were found."""
    known = _Known(interview)
    known.explore()
    return known.settings


def _settings(row: Row) -> tuple[Setting, ...]:
    return tuple(step.setting for step in row)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
