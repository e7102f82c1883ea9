"""Translates simple conditions on answers, such as `use_db and db in ["pg", "mysql"]`, into JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.template.questions import QuestionType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import nodes

    from mintage.template.questions import Question

Schema = dict[str, Any]
_COMPARED = {
    QuestionType.STR: (str,),
    QuestionType.PATH: (str,),
    QuestionType.INT: (int,),
    QuestionType.BOOL: (bool,),
    QuestionType.CHOICE: (str, int, bool),
}


class _NotSimpleError(Exception):
    """The condition is too complex for JSON Schema."""


def condition_schema(expression: str, questions: Mapping[str, Question], defaults: Mapping[str, Any]) -> Schema | None:
    """Return a schema for which an object of answers is valid exactly if a condition holds.

    Return None if the condition is too complex.

    Args:
        expression: The condition, as an expression of Jinja2.
        questions: The questions by name.
        defaults: The default by the name of the question, where it is a constant.
    """
    from jinja2 import Environment
    from jinja2.exceptions import TemplateSyntaxError
    from jinja2.parser import Parser

    try:
        parser = Parser(Environment(), expression, state="variable")  # noqa: S701 - nothing is rendered
        node = parser.parse_expression()
        if not parser.stream.eos:
            return None
        return _Conditions(questions, defaults).schema(node)
    except (_NotSimpleError, TemplateSyntaxError, RecursionError, ValueError):
        return None


class _Conditions:
    """Turns nodes of a syntax tree into schemas."""

    def __init__(self, questions: Mapping[str, Question], defaults: Mapping[str, Any]) -> None:
        self._questions = questions
        self._defaults = defaults

    def schema(self, node: nodes.Expr) -> Schema:
        """Return the schema for a node. Raises _NotSimpleError."""
        from jinja2 import nodes

        if isinstance(node, nodes.Const) and isinstance(node.value, bool):
            return {} if node.value else {"not": {}}
        if isinstance(node, nodes.Name):
            if self._question(node.name).type is not QuestionType.BOOL:
                raise _NotSimpleError
            return self._is_one_of(node.name, [True])
        if isinstance(node, nodes.Not):
            return {"not": self.schema(node.node)}
        if isinstance(node, nodes.And | nodes.Or):
            word = "allOf" if isinstance(node, nodes.And) else "anyOf"
            return {word: [self.schema(node.left), self.schema(node.right)]}
        if isinstance(node, nodes.Compare) and len(node.ops) == 1:
            return self._comparison(node.expr, node.ops[0])
        raise _NotSimpleError

    def _comparison(self, left: nodes.Expr, operand: nodes.Operand) -> Schema:
        from jinja2 import nodes

        if not isinstance(left, nodes.Name):
            raise _NotSimpleError
        if operand.op in ("eq", "ne"):
            found = self._is_one_of(left.name, [_constant(operand.expr)])
        elif operand.op in ("in", "notin") and isinstance(operand.expr, nodes.List | nodes.Tuple):
            found = self._is_one_of(left.name, [_constant(item) for item in operand.expr.items])
        else:
            raise _NotSimpleError
        return {"not": found} if operand.op in ("ne", "notin") else found

    def _is_one_of(self, name: str, values: list[Any]) -> Schema:
        question = self._question(name)
        known = {*_COMPARED.get(question.type, ())}
        choices = {type(choice.value) for choice in question.choices}
        # In Python 1 == True, but not in JSON.
        if any(type(value) not in known or (choices and type(value) not in choices) for value in values):
            raise _NotSimpleError
        allowed: Schema = {"const": values[0]} if len(values) == 1 else {"enum": values}
        schema: Schema = {"properties": {name: allowed}}
        if not (name in self._defaults and self._defaults[name] in values):
            schema["required"] = [name]
        return schema

    def _question(self, name: str) -> Question:
        """Return a question that is always asked, and whose default, if any, is known. Raises _NotSimpleError."""
        question = self._questions.get(name)
        if question is None or question.when is not None or not question.asked:
            raise _NotSimpleError
        if name not in self._defaults and question.has_default:
            raise _NotSimpleError
        return question


def _constant(node: nodes.Expr) -> Any:
    from jinja2 import nodes

    if not isinstance(node, nodes.Const):
        raise _NotSimpleError
    return node.value
