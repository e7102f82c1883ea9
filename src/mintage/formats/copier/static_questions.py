"""Describes the questions of a copier.yml before any is answered, to show them. Renders nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.formats.copier.casting import TYPES, cast
from mintage.formats.copier.choices import written_choices
from mintage.template.questions import REQUIRED, Choice, Question, QuestionType, YesNoText, parse_loose_yes_no

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mintage.errors import Location
    from mintage.formats.copier.configuration import Configuration

KINDS = {
    "bool": QuestionType.BOOL,
    "float": QuestionType.FLOAT,
    "int": QuestionType.INT,
    "json": QuestionType.JSON,
    "path": QuestionType.PATH,
    "str": QuestionType.STR,
    "yaml": QuestionType.YAML,
}


def kind_of(table: Mapping[str, Any], of_type: QuestionType, *, offers: bool) -> QuestionType:
    """Return how a question is asked.

    Args:
        table: The question.
        of_type: How questions of its type are asked.
        offers: Whether it has choices.
    """
    if offers:
        return QuestionType.MULTI_CHOICE if table.get("multiselect") else QuestionType.CHOICE
    return QuestionType.SECRET if table.get("secret") else of_type


def static_questions(configuration: Configuration) -> tuple[Question, ...]:
    """Return all questions, with template text unrendered."""
    return tuple(_question(name, table, configuration.where(name)) for name, table in configuration.questions.items())


def _question(name: str, table: Mapping[str, Any], where: Location | None) -> Question:
    default = table.get("default", REQUIRED)
    type_name = str(table.get("type") or type(default).__name__)
    if type_name not in TYPES:  # template text, which may render to any type
        type_name = "yaml"
    offered = table.get("choices") or ()
    when = table.get("when", True)
    return Question(
        name,
        kind_of(table, KINDS[type_name], offers=bool(offered)),
        default=default,
        help=str(table.get("help") or ""),
        choices=() if isinstance(offered, str) else tuple(_choices(offered, type_name)),
        when=YesNoText(when) if isinstance(when, str) else None,
        validator=str(table.get("validator") or ""),
        asked=isinstance(when, str) or parse_loose_yes_no(when),
        multiline=parse_loose_yes_no(table.get("multiline", False)),
        placeholder=str(table.get("placeholder") or ""),
        where=where,
    )


def _choices(offered: Any, type_name: str) -> Iterator[Choice]:
    for each in written_choices(offered):
        try:
            value = cast(each.answer, type_name)
        except ValueError:
            value = each.answer  # template text, or a choice that nobody can make
        yield Choice(value, str(each.label) if each.has_label else "", str(each.validator))
