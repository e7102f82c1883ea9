"""Evaluates expressions for one context. Those that depend on it alone are evaluated once in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mintage.rendering.fast.expressions import Expression


class Evaluation:
    """Evaluates expressions for one context.

    Attributes:
        context: The names that all templates can use.
        values: The values of expressions that depend on the context alone, by their text.
    """

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.context = context
        self.values: dict[str, Any] = {}

    def value(self, expression: Expression, variables: Mapping[str, Any]) -> Any:
        """Return the value of an expression.

        Args:
            expression: The expression.
            variables: More names, which take precedence over the context.
        """
        if variables and not expression.names.isdisjoint(variables):
            if expression.bare:
                return variables[expression.text]
            return expression.evaluate({**self.context, **variables})
        if expression.text not in self.values:
            self.values[expression.text] = expression.evaluate(self.context)
        return self.values[expression.text]
