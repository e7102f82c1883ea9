"""Reads the choices of a question as they are written, and the answers that they allow. Renders nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.template.possible_answers import Domain, has_tags
from mintage.template.questions import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mintage.formats.copier.configuration import Configuration


class WrittenChoice(Struct, frozen=True):
    """One entry of `choices`, before anything in it is rendered."""

    label: Any
    """What is shown; the value itself if the entry has no label."""
    value: Any
    """The answer, or a table with `value` and `validator` for a choice that may be disabled."""
    has_label: bool
    """Whether the entry is a pair of a label and a value."""

    @property
    def is_table(self) -> bool:
        """Whether the value is a table that may disable the choice."""
        return self.has_label and isinstance(self.value, dict)

    @property
    def answer(self) -> Any:
        """The answer that the entry stands for, as it is written; the label if the value is null, as in Copier."""
        value = self.value.get("value") if self.is_table else self.value
        return self.label if value is None else value

    @property
    def validator(self) -> Any:
        """Template text that renders to why the choice is disabled; "" if it never is."""
        return (self.value.get("validator") or "") if self.is_table else ""


def written_choices(offered: Any) -> Iterator[WrittenChoice]:
    """Yield the entries of `choices`, a list of values or `[label, value]` pairs, or a table of both."""
    is_table = isinstance(offered, dict)
    for each in offered.items() if is_table else offered:
        has_label = is_table or (isinstance(each, list | tuple) and len(each) == 2)
        label, value = each if has_label else (each, each)
        yield WrittenChoice(label, value, has_label)


def possible_answers(configuration: Configuration) -> Mapping[str, Domain]:
    """Return the answers of the questions whose answers can be listed, by name."""
    found = ((name, _domain(table)) for name, table in configuration.questions.items())
    return {name: domain for name, domain in found if domain is not None}


def _domain(table: Mapping[str, Any]) -> Domain | None:
    hidden = table.get("when", True) is not True
    default = table.get("default", REQUIRED)
    if has_tags(default) or "UNSET" in str(default):
        return None
    if table.get("type") == "bool" and isinstance(default, bool) and "choices" not in table:
        return Domain((True, False), default=default, may_be_hidden=hidden)
    choices = table.get("choices")
    if not choices or not isinstance(choices, list | dict) or has_tags(choices):
        return None
    values = tuple(each.answer for each in written_choices(choices))
    return Domain(values, bool(table.get("multiselect")), default, may_be_hidden=hidden)
