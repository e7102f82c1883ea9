"""Questions as JSON Schema: what Mintage takes as an answer is valid, and what is not valid Mintage does not take."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mintage import formats
from mintage.answers import collect
from mintage.answers.schema import question_schema
from mintage.errors import AnswerError
from mintage.formats import LoadRequest
from mintage.rendering.jinja_text import JinjaText
from mintage.sources import Origin, Source
from mintage.template.questions import GivenAnswers

if TYPE_CHECKING:
    from collections.abc import Callable

    from mintage.template import Template

    Questions = dict[str, dict[str, Any]]
    Schema = Callable[[dict[str, str]], dict[str, Any]]


def _loaded(root: Path, scratch: ExitStack, data: dict[str, Any] | None = None) -> Template:
    source = Source(root, root, Origin(str(root), str(root)))
    request = LoadRequest(source, scratch, output=root / "project", given=GivenAnswers(data=data or {}), load_only=True)
    return formats.load(request)


@pytest.fixture
def schema(write_tree: Callable[..., Path]) -> Schema:
    """Write a template of the files {path: text}; its questions as a schema, which is a valid one."""

    def of(files: dict[str, str]) -> dict[str, Any]:
        with ExitStack() as scratch:
            template = _loaded(write_tree(files), scratch)
            found = question_schema(template, JinjaText(template.renderer))
        Draft202012Validator.check_schema(found)
        return found

    return of


def _is_valid(schema: dict[str, Any], answers: dict[str, Any]) -> bool:
    return Draft202012Validator(schema).is_valid(answers)


# Questions of native templates, and answers that fit them or nearly do.

_SIMPLE = st.one_of(st.booleans(), st.integers(-9, 9), st.text("ab1, ", max_size=3), st.floats(-9, 9))
_ANY = st.one_of(
    _SIMPLE, st.lists(_SIMPLE, max_size=2), st.dictionaries(st.text("ab", min_size=1, max_size=1), _SIMPLE, max_size=1)
)
_CHOICES = st.lists(
    st.one_of(st.sampled_from(["a", "b", "a b"]), st.integers(0, 3), st.booleans()), min_size=1, max_size=3
)
_VALUES = {
    "str": st.text("ab1", max_size=3),
    "secret": st.text("ab1", max_size=3),
    "path": st.text("ab/", max_size=3),
    "int": st.integers(-9, 9),
    "float": st.floats(-9, 9),
    "bool": st.booleans(),
    "list": st.lists(st.text("ab", max_size=2), max_size=2),
}
_PATTERNS = ["[ab]+", "a|b1?", r"\w*", "(?:a)?b*", "^a$", r"(?i)A+", r"a\.b", "(a)\\1"]


@st.composite
def _question(draw: st.DrawFn) -> dict[str, Any]:
    kind: str = draw(st.sampled_from([*_VALUES, "choice", "multi-choice"]))
    table: dict[str, Any] = {"type": kind}
    if kind in ("choice", "multi-choice"):
        choices = draw(_CHOICES)
        labels = draw(st.booleans())
        table["choices"] = [{"value": each, "label": f"the {each}"} if labels else each for each in choices]
        if draw(st.booleans()):
            table["default"] = choices[-1] if kind == "choice" else choices
    else:
        if draw(st.booleans()):
            table["pattern"] = draw(st.sampled_from(_PATTERNS))
        if draw(st.booleans()):
            table["default"] = draw(_VALUES[kind])
    return table


def _condition(earlier: Questions) -> st.SearchStrategy[str]:
    compared = st.sampled_from([f"{name} == 'a'" for name in earlier] + [f"{name} != 1" for name in earlier])
    chosen = st.sampled_from([f"{name} in ['a', 'b']" for name in earlier])
    leaves = st.one_of(st.sampled_from(list(earlier)), compared, chosen)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            inner.map(lambda one: f"not ({one})"),
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: "({}) {} ({})".format(*parts)),
        ),
        max_leaves=3,
    )


@st.composite
def _questions(draw: st.DrawFn) -> Questions:
    found: Questions = {}
    for name in "abcd"[: draw(st.integers(1, 4))]:
        table = draw(_question())
        if draw(st.booleans()) and found:
            table["when"] = draw(_condition(found))
        found[f"q_{name}"] = table
    return found


@st.composite
def _answers(draw: st.DrawFn, questions: Questions) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, table in questions.items():
        if draw(st.integers(0, 3)):
            fitting = [_VALUES[table["type"]]] if table["type"] in _VALUES else []
            choices = [each["value"] if isinstance(each, dict) else each for each in table.get("choices", ())]
            if choices:
                fitting += [st.sampled_from(choices), st.lists(st.sampled_from(choices), max_size=2)]
            found[name] = draw(st.one_of(*fitting, *fitting, *fitting, _ANY))
    return found


@given(st.data())
def test_answers_are_valid_if_they_are_taken(data: st.DataObject) -> None:
    """What is taken is what templates see: `"5"` for a whole number is not valid, and is taken as 5, which is.

    Only answers to questions that are asked count; Mintage looks at no other.
    """
    questions = data.draw(_questions())
    answers = data.draw(_answers(questions))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as scratch:
        Path(folder, "mintage.toml").write_text(tomli_w.dumps({"questions": questions}))
        template = _loaded(Path(folder), scratch)
        render = JinjaText(template.renderer)
        schema = question_schema(template, render)
        Draft202012Validator.check_schema(schema)
        try:
            taken = collect(template, GivenAnswers(data=answers), asker=None, use_defaults=True, render=render)
        except AnswerError:
            taken = None
    if taken is not None:
        asked = {name for name, table in questions.items() if _holds(table.get("when", "True"), taken)}
        assert _is_valid(schema, {name: taken[name] for name in answers if name in asked})
    elif "x-pattern" not in str(schema) and "when" not in str(questions):
        has_round_float = any(isinstance(each, float) and each.is_integer() for each in answers.values())
        assume(not has_round_float)  # 5.0 is a whole number in JSON, and none here
        assert not _is_valid(schema, answers)


def _holds(expression: str, answers: dict[str, Any]) -> bool:
    return bool(eval(expression, {}, dict(answers)))


@given(st.data())
def test_a_condition_that_is_simple_holds_exactly_where_the_expression_does(data: st.DataObject) -> None:
    questions: Questions = {
        "yes": {"type": "bool", "default": data.draw(st.booleans())},
        "word": {"type": "str", "default": data.draw(st.sampled_from(["a", "b", "c"]))},
        "kind": {"type": "choice", "choices": ["a", "b", "c"], "default": "b"},
        "many": {"type": "int"},
    }
    questions["secret"] = {"type": "secret", "when": data.draw(_condition(questions))}
    answers: dict[str, Any] = {"many": data.draw(st.integers(0, 2))}
    for name, values in (("yes", [True, False]), ("word", ["a", "b", "d"]), ("kind", ["a", "b", "c"])):
        if data.draw(st.booleans()):
            answers[name] = data.draw(st.sampled_from(values))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as scratch:
        Path(folder, "mintage.toml").write_text(tomli_w.dumps({"questions": questions}))
        template = _loaded(Path(folder), scratch)
        schema = question_schema(template, JinjaText(template.renderer))
    assume("allOf" in schema)
    seen = {name: table["default"] for name, table in questions.items() if "default" in table} | answers
    assert _is_valid(schema, answers) != _holds(questions["secret"]["when"], seen)


@pytest.mark.parametrize(
    ("when", "is_simple"),
    [
        ("yes", True),
        ("not yes and word == 'a'", True),
        ("word in ['a', 'b'] or yes", True),
        ("true", True),
        ("word", False),
        ("word | length > 2", False),
        ("word == made", False),
        ("made == 'a'", False),
        ("unknown", False),
        ("yes == 1", False),
        ("yes ==", False),
        ("1 < 2 < 3", False),
    ],
)
def test_conditions_that_need_jinja_are_annotations_only(schema: Schema, when: str, is_simple: bool) -> None:
    found = schema(
        {
            "mintage.toml": f"""
                [questions.yes]
                type = "bool"
                default = true
                [questions.word]
                default = "a"
                [questions.made]
                default = "{{{{ word }}}}"
                [questions.port]
                type = "int"
                when = "{when}"
            """
        }
    )
    assert found["properties"]["port"]["x-when"] == when
    assert ("allOf" in found) == is_simple
    assert "required" not in found


def test_a_native_question_has_all_that_a_form_needs(schema: Schema) -> None:
    found = schema(
        {
            "mintage.toml": """
                [questions.name]
                prompt = "Name"
                help = "What it is called"
                pattern = "[a-z]+"
                message = "lowercase letters"
                check = "name != 'x'"
                [questions.db]
                type = "choice"
                choices = ["none", {value = "pg", label = "PostgreSQL"}]
                default = "pg"
                [questions.parts]
                type = "multi-choice"
                choices = ["a", "b"]
                default = ["a"]
                [questions.made]
                default = "{{ name }}!"
                [questions.key]
                type = "secret"
                default = "hunter22"
                [questions.day]
                type = "list"
                default = [2020-01-01]
            """
        }
    )
    properties = found["properties"]
    assert properties["name"] == {
        "title": "Name",
        "description": "What it is called",
        "type": "string",
        "pattern": "^(?:[a-z]+)$",
        "x-pattern": "[a-z]+",
        "x-type": "str",
        "x-check": "name != 'x'",
        "x-message": "lowercase letters",
    }
    assert properties["db"]["oneOf"] == [
        {"const": "none", "title": "none"},
        {"const": "pg", "title": "PostgreSQL"},
    ]
    assert properties["db"]["default"] == "pg"
    assert properties["parts"] == {
        "type": "array",
        "items": {"enum": ["a", "b"]},
        "x-type": "multi-choice",
        "default": ["a"],
    }
    assert properties["made"]["x-default-template"] == "{{ name }}!"
    assert properties["key"] == {"type": "string", "x-type": "secret", "writeOnly": True}
    assert properties["day"]["default"] == ["2020-01-01"]
    assert found["required"] == ["name"]
    assert found["additionalProperties"] is False


def test_a_copier_question_has_the_same(schema: Schema) -> None:
    found = schema(
        {
            "copier.yml": """
                name: {type: str, help: What it is called, placeholder: atlas, validator: "{{ name[9:] }}"}
                short: 5
                docker: {type: bool, default: true}
                registry: {type: str, when: "{{ docker }}"}
                license:
                  type: str
                  default: mit
                  choices:
                    MIT License: mit
                    Apache: {value: apache, validator: "{% if docker %}not here{% endif %}"}
                    Old: {value: old, validator: gone}
                parts: {type: str, multiselect: true, choices: [a, b], default: "[]"}
                made: {type: str, choices: "{{ x }}"}
                hidden: {type: str, default: x, when: false}
                key: {type: str, default: hunter22}
                data: {type: yaml, default: "a: [1]"}
                _secret_questions: [key]
            """
        }
    )
    properties = found["properties"]
    assert properties["name"]["description"] == "What it is called"
    assert properties["name"]["x-placeholder"] == "atlas"
    assert properties["name"]["x-validator"] == "{{ name[9:] }}"
    assert (properties["short"]["type"], properties["short"]["default"]) == ("integer", 5)
    assert properties["registry"]["x-when"] == "{{ docker }}"
    assert properties["license"]["oneOf"] == [
        {"const": "mit", "title": "MIT License"},
        {"const": "apache", "title": "Apache"},
    ]
    assert properties["parts"]["items"] == {"enum": ["a", "b"]}
    assert "enum" not in properties["made"]
    assert "hidden" not in properties
    assert properties["key"] == {"type": "string", "x-type": "secret", "writeOnly": True}
    assert properties["data"]["default"] == {"a": [1]}
    assert found["required"] == ["name", "made"]
    assert found["allOf"] == [{"if": {"properties": {"docker": {"const": True}}}, "then": {"required": ["registry"]}}]
    assert _is_valid(found, {"name": "a", "made": 1, "docker": False, "more": 1})
    assert not _is_valid(found, {"name": "a", "made": 1})


@given(
    st.dictionaries(
        st.sampled_from(["text", "whole", "number", "yes", "one", "some"]),
        st.one_of(st.sampled_from(["a", "b", "1", "yes", "[a]"]), st.integers(0, 2), st.booleans()),
    )
)
def test_answers_to_copier_questions_are_valid_if_they_are_taken(answers: dict[str, Any]) -> None:
    config = (
        "text: {type: str, default: x}\nwhole: {type: int, default: 1}\nnumber: {type: float, default: 1}\n"
        "yes: {type: bool, default: no}\none: {type: str, choices: [a, b], default: a}\n"
        'some: {type: str, multiselect: true, choices: [a, b], default: "[a]"}\n'
    )
    with tempfile.TemporaryDirectory() as folder, ExitStack() as scratch:
        Path(folder, "copier.yml").write_text(config)
        template = _loaded(Path(folder), scratch, answers)
        render = JinjaText(template.renderer)
        schema = question_schema(template, render)
        try:
            taken = collect(template, GivenAnswers(data=answers), asker=None, use_defaults=True, render=render)
        except AnswerError:
            taken = None
    if taken is not None:
        assert _is_valid(schema, {name: taken[name] for name in schema["properties"]})
    else:
        assert not _is_valid(schema, answers)


def test_a_cookiecutter_question_has_the_same(schema: Schema) -> None:
    found = schema(
        {
            "cookiecutter.json": """{
                "name": "Atlas", "slug": "{{ cookiecutter.name|lower }}", "license": ["MIT", "BSD"], "docs": true,
                "nothing": null, "table": {"a": "b"}, "_private": 1, "__rendered": "{{ 1 }}",
                "__prompts__": {"name": "The name", "license": {"__prompt__": "Which?", "BSD": "Berkeley"}}
            }""",
            "{{cookiecutter.slug}}/a": "",
        }
    )
    assert list(found["properties"]) == ["name", "slug", "license", "docs", "nothing", "table"]
    properties = found["properties"]
    assert (properties["name"]["title"], properties["name"]["default"]) == ("The name", "Atlas")
    assert properties["slug"]["x-default-template"] == "{{ cookiecutter.name|lower }}"
    assert properties["license"]["oneOf"] == [{"const": "MIT", "title": "MIT"}, {"const": "BSD", "title": "Berkeley"}]
    assert (properties["docs"]["type"], properties["docs"]["default"]) == ("boolean", True)
    assert (properties["nothing"]["type"], properties["nothing"]["default"]) == (["string", "null"], None)
    assert (properties["table"]["type"], properties["table"]["default"]) == ("object", {"a": "b"})
    assert "required" not in found


def test_names_that_a_bare_folder_uses_may_be_anything(schema: Schema) -> None:
    found = schema({"a.txt": "{{ name }}{% for each in items %}{% endfor %}"})
    assert found["properties"] == {"name": {"x-type": "str"}, "items": {"x-type": "str"}}
    assert _is_valid(found, {"name": "x", "items": [1], "more": 1})
    assert not _is_valid(found, {"name": "x"})
