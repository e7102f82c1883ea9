"""Values of expressions for one context. What depends on the context alone is worked out once in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.rendering.fast.expressions import parse
from mintage.rendering.fast.values import printed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mintage.rendering.fast.expressions import Expression
    from mintage.rendering.fast.tags import Tag


class Evaluation:
    """The expressions of one context, by their texts. filters, statements: see `RendererSettings`.

    texts: what expressions print that were asked for without variables of a template's own.
    """

    def __init__(
        self,
        context: Mapping[str, Any],
        filters: Mapping[str, Callable[[Any], Any]],
        statements: Mapping[str, Callable[..., str]],
    ) -> None:
        self._context = context
        self._filters = filters
        self._statements = statements
        self._expressions: dict[str, Expression] = {}
        self._values: dict[str, Any] = {}
        self.texts: dict[str, str] = {}

    def over(self, context: Mapping[str, Any]) -> Evaluation:
        """The same for another context. Expressions that were understood are not read again."""
        other = Evaluation(context, self._filters, self._statements)
        other._expressions = self._expressions
        return other

    @property
    def names(self) -> Mapping[str, Any]:
        """What the context has a value for."""
        return self._context

    def names_in(self, text: str) -> frozenset[str]:
        """What an expression reads that was required before."""
        return self._expressions[text].names

    def require(self, tags: list[Tag]) -> None:
        """Raise OffRoad if one of the tags has an expression that is not for the fast road."""
        known = self._expressions
        for text in [tag.expression for tag in tags if tag.expression not in known]:
            if text:
                known[text] = parse(text, self._filters, self._statements)

    def value(self, text: str, variables: Mapping[str, Any]) -> Any:
        """The value of an expression. variables: names that are not the context's, or stand before it."""
        expression = self._expressions[text]
        if variables and not expression.names.isdisjoint(variables):
            if expression.bare:
                return variables[text]
            return expression.evaluate({**self._context, **variables})
        if text not in self._values:
            self._values[text] = expression.evaluate(self._context)
        return self._values[text]

    def text(self, text: str, variables: Mapping[str, Any]) -> str:
        """What an expression prints."""
        if variables:
            if text in variables and self._expressions[text].bare:
                return printed(variables[text])
            if not self._expressions[text].names.isdisjoint(variables):
                return printed(self.value(text, variables))
        found = self.texts.get(text)
        if found is None:
            found = self.texts[text] = printed(self.value(text, variables))
        return found
