"""The questions of a template as JSON Schema (draft 2020-12), for building a form or for programs that answer them.

Every answer that Mintage accepts is valid, in the form in which templates see it. The reverse is not true: conditions
that only the template's expressions can decide are annotations.
"""

from __future__ import annotations

import re
from datetime import date, time
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage.answers.conditions import condition_schema
from mintage.answers.values import convert, parse
from mintage.template.questions import QuestionType, YesNoText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mintage.rendering.settings import TextRenderer
    from mintage.template import Template
    from mintage.template.questions import Choice, Question

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

_TYPES: dict[QuestionType, Schema] = {
    QuestionType.STR: {"type": "string"},
    QuestionType.INT: {"type": "integer"},
    QuestionType.FLOAT: {"type": "number"},
    QuestionType.BOOL: {"type": "boolean"},
    QuestionType.LIST: {"type": "array"},
    QuestionType.PATH: {"type": "string"},
    QuestionType.SECRET: {"type": "string"},
    QuestionType.DICT: {"type": "object"},
}
_PARSED = (QuestionType.YAML, QuestionType.JSON)
# What has the same meaning in Python's regular expressions and in those of JSON Schema (ECMA-262).
_COMMON_PATTERN = re.compile(r"(?:[^\\(]|\\[wsdWSDbBnrtfv^$.|?*+()\[\]{}/\\-]|\((?!\?)|\(\?(?:[:=!]|<[=!]))*")
_ONLY_PYTHON = re.compile(r"[*+?}]\+|\[\^?\]|\{,")


def question_schema(template: Template, render: TextRenderer) -> Schema:
    """Return the schema of an object with a property for each question that can be answered.

    Args:
        template: The template that has the questions.
        render: Tells template text from plain text.
    """
    return _Questions(template, render).schema()


class _Questions(Struct):
    """The questions of one template."""

    template: Template
    render: TextRenderer
    defaults: dict[str, Any] = field(default_factory=dict)
    """The defaults that don't depend on answers, by the name of the question."""

    def schema(self) -> Schema:
        """See `question_schema`."""
        asked = [question for question in self.template.questions if question.asked]
        by_name = {question.name: question for question in asked}
        properties = {name: self._property(question) for name, question in by_name.items()}
        required = [name for name, each in by_name.items() if not each.has_default and each.when is None]
        schema: Schema = {"$schema": DIALECT, "title": self.template.origin, "type": "object", "properties": properties}
        if required:
            schema["required"] = required
        if not self.template.allows_extra_answers:
            schema["additionalProperties"] = False
        if rules := list(self._rules(by_name)):
            schema["allOf"] = rules
        return schema

    def _rules(self, questions: dict[str, Question]) -> Iterator[Schema]:
        """Yield the rules for questions that must be answered if a condition holds."""
        for question in questions.values():
            if question.has_default or (expression := self._expression(question)) is None:
                continue
            condition = condition_schema(expression, questions, self.defaults)
            if condition is not None:
                yield {"if": condition, "then": {"required": [question.name]}}

    def _expression(self, question: Question) -> str | None:
        """Return the condition for asking a question; None if there is none, or if it is not a single expression."""
        if not isinstance(question.when, YesNoText):
            return question.when
        options = self.template.renderer.options
        start = re.escape(str(options.get("variable_start_string", "{{")))
        end = re.escape(str(options.get("variable_end_string", "}}")))
        found = re.fullmatch(rf"\s*{start}-?((?:(?!{start}|{end}).)*?)-?{end}\s*", question.when.text, re.DOTALL)
        return found[1].strip() if found else None

    def _property(self, question: Question) -> Schema:
        schema: Schema = {}
        if question.prompt:
            schema["title"] = question.prompt
        if question.help:
            schema["description"] = question.help
        schema.update(self._allowed(question))
        schema["x-type"] = question.type.value
        if question.secret or question.name in self.template.secrets:
            schema["writeOnly"] = True
        else:
            schema.update(self._default(question, schema))
        when = question.when.text if isinstance(question.when, YesNoText) else question.when
        annotations = {
            "x-when": when,
            "x-check": question.check,
            "x-validator": question.validator,
            "x-message": question.message,
            "x-placeholder": question.placeholder,
            "x-multiline": question.multiline,
        }
        schema.update((name, value) for name, value in annotations.items() if value)
        return schema

    def _allowed(self, question: Question) -> Schema:
        """Return the part of the schema that restricts the answers."""
        if not self.template.answers_have_types:
            return {}
        if question.type is QuestionType.CHOICE:
            return self._one_of(question.choices)
        if question.type is QuestionType.MULTI_CHOICE:
            return {"type": "array", "items": {**self._one_of(question.choices), **_pattern(question)}}
        allowed = dict(_TYPES.get(question.type, {}))
        if question.type is QuestionType.LIST:
            return {**allowed, **({"items": found} if (found := _pattern(question)) else {})}
        return {**allowed, **_pattern(question)}

    def _one_of(self, choices: tuple[Choice, ...]) -> Schema:
        taken = [each for each in choices if not (each.disabled and self._is_constant(each.disabled))]
        offered = _distinct([(_of_json(choice.value), choice.label) for choice in taken])
        if not offered or not all(self._is_constant(each) for each in offered):
            return {"x-choices-template": [value for value, _ in offered]} if offered else {}
        if any(label for _, label in offered):
            return {"oneOf": [{"const": value, "title": label or str(value)} for value, label in offered]}
        return {"enum": [value for value, _ in offered]}

    def _default(self, question: Question, schema: Schema) -> Schema:
        if not question.has_default:
            return {}
        default = question.default
        if question.default_is_template and not self._is_constant(default):
            return {"x-default-template": _of_json(default)}
        try:
            if question.type in _PARSED and isinstance(default, str):
                default = parse(question, default, question.choices)
            default = convert(question, default, question.choices)
        except ValueError:  # such as a choice that is rendered
            return {}
        self.defaults[question.name] = default
        if default is None and isinstance(schema.get("type"), str):  # null is a valid answer, too
            schema["type"] = [schema["type"], "null"]
        return {"default": _of_json(default)}

    def _is_constant(self, value: Any) -> bool:
        if isinstance(value, str):
            return self.render.is_plain(value)
        if isinstance(value, dict):
            return all(self._is_constant(each) for pair in value.items() for each in pair)
        return not isinstance(value, list | tuple) or all(map(self._is_constant, value))


def _distinct(offered: list[tuple[Any, str]]) -> list[tuple[Any, str]]:
    """Return each value once, by JSON's equality (1 is 1.0, but not true): exactly one of `oneOf` must be valid."""
    found: list[tuple[Any, str]] = []
    for value, label in offered:
        if not any(value == other and isinstance(value, bool) == isinstance(other, bool) for other, _ in found):
            found.append((value, label))
    return found


def _pattern(question: Question) -> Schema:
    """Return the pattern of a question, if it has the same meaning in JSON Schema. It applies only to strings."""
    if question.pattern is None:
        return {}
    if _COMMON_PATTERN.fullmatch(question.pattern) and not _ONLY_PYTHON.search(question.pattern):
        return {"pattern": f"^(?:{question.pattern})$", "x-pattern": question.pattern}
    return {"x-pattern": question.pattern}


def _of_json(value: Any) -> Any:
    """Return a value from YAML or TOML as a value of JSON."""
    if isinstance(value, dict):
        return {str(name): _of_json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return list(map(_of_json, value))
    return value.isoformat() if isinstance(value, date | time) else value
