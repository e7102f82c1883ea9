"""Which answers a question can have, where the template lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.template.questions import REQUIRED, QuestionType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mintage.template.questions import Question

_TAG_STARTS = ("{{", "{%", "[[", "[%", "<<", "<%")
_NO_VALUE = (None, "")


class Domain(Struct, frozen=True):
    """The answers that a question can have."""

    values: tuple[Any, ...]
    """The values that can be chosen."""
    several: bool = False
    """Whether the answer is a list of values."""
    default: Any = REQUIRED
    """The default; REQUIRED if there is none."""
    may_be_hidden: bool = False
    """Whether the question may be skipped, so that its answer is the default, or None."""
    is_constant: bool = False
    """Whether the question is never asked, so that its answer is always the default."""

    def has(self, value: Any) -> bool:
        """Return whether the answer can be, or contain, this value. Text is compared with numbers by their digits."""
        if self.may_be_hidden and value in _NO_VALUE:
            return True
        known = (*self.values, *self._defaults())
        return value in known or str(value) in map(str, known)

    def _defaults(self) -> tuple[Any, ...]:
        if self.default is REQUIRED:
            return ()
        return tuple(self.default) if isinstance(self.default, list | tuple) else (self.default,)

    def odd_defaults(self) -> tuple[Any, ...]:
        """Return the values of the default that cannot be chosen."""
        known = {str(each) for each in self.values}
        return tuple(each for each in self._defaults() if each not in _NO_VALUE and str(each) not in known)


def possible_answers(questions: Iterable[Question]) -> Mapping[str, Domain]:
    """Return the possible answers by question, for the questions whose answers can be listed."""
    found = ((question.name, _of_question(question)) for question in questions)
    return {name: domain for name, domain in found if domain is not None}


def has_tags(value: Any) -> bool:
    """Return whether a value may be, or contain, template text."""
    if isinstance(value, dict):
        return any(has_tags(each) for pair in value.items() for each in pair)
    if isinstance(value, list | tuple):
        return any(map(has_tags, value))
    return isinstance(value, str) and any(start in value for start in _TAG_STARTS)


def _of_question(question: Question) -> Domain | None:
    hidden = question.when is not None
    if not question.asked and isinstance(question.default, str | int) and not has_tags(question.default):
        return Domain((question.default,), default=question.default, is_constant=True)
    if question.type is QuestionType.BOOL:
        return Domain((True, False), default=question.default, may_be_hidden=hidden)
    if question.type not in (QuestionType.CHOICE, QuestionType.MULTI_CHOICE):
        return None
    values = tuple(choice.value for choice in question.choices)
    if has_tags(values) or has_tags(question.default):
        return None
    several = question.type is QuestionType.MULTI_CHOICE
    return Domain(values, several, question.default, may_be_hidden=hidden)
