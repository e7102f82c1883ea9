"""Values of expressions for one context. What depends on the context alone is worked out once in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mintage.rendering.fast.expressions import Expression


class Evaluation:
    """The expressions of one context.

    Attributes:
        values: Of those over it alone that were asked for, by their texts.
    """

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.context = context
        self.values: dict[str, Any] = {}

    def value(self, expression: Expression, variables: Mapping[str, Any]) -> Any:
        """Return the value of an expression.

        Args:
            variables: Names that are not the context's, or stand before it.
        """
        if variables and not expression.names.isdisjoint(variables):
            if expression.bare:
                return variables[expression.text]
            return expression.evaluate({**self.context, **variables})
        if expression.text not in self.values:
            self.values[expression.text] = expression.evaluate(self.context)
        return self.values[expression.text]
