"""Evaluates `when`: whether a question is asked, or a task runs. Knows neither questions nor tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.template.questions import YesNoText, parse_loose_yes_no

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mintage.rendering.settings import TextRenderer


def applies(when: str | YesNoText | None, render: TextRenderer, context: Mapping[str, Any], *, what: str) -> bool:
    """Return whether a condition holds.

    Args:
        when: An expression, or text that renders to yes or no; None for always.
        render: Renders the text or evaluates the expression.
        context: The names that the condition sees.
        what: The name of the question or task, for errors.

    Raises:
        RenderError: The condition cannot be rendered.
    """
    if when is None:
        return True
    if isinstance(when, YesNoText):
        return parse_loose_yes_no(render.text(when.text, context, what=f"`when` of {what}"))
    return bool(render.value(when, context, what=f"`when` of {what}"))
