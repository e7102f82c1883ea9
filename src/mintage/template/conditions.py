"""Whether a question is asked, or a task runs: what its `when` says. Knows neither questions nor tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.template.questions import YesNoText, parse_loose_yes_no

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mintage.rendering.settings import TextRenderer


def applies(when: str | YesNoText | None, render: TextRenderer, context: Mapping[str, Any], *, what: str) -> bool:
    """Return whether a condition holds.

    Args:
        when: An expression, or a text that renders to a yes or a no; None for always.
        render: Renders the text or evaluates the expression.
        context: What it sees.
        what: Whose condition it is, for errors.

    Raises:
        RenderError: The condition cannot be rendered.
    """
    if when is None:
        return True
    if isinstance(when, YesNoText):
        return parse_loose_yes_no(render.text(when.text, context, what=f"`when` of {what}"))
    return bool(render.value(when, context, what=f"`when` of {what}"))
