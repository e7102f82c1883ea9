"""Whole templates of each format, nearly valid ones: a plan and a project come out, or a refusal."""

from __future__ import annotations

import json
from typing import Any

import tomli_w
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fuzz.examples import examples
from fuzz.properties import template_is_minted_or_refused

TEXT = st.sampled_from(
    [
        "",
        "a",
        "x.txt",
        "{{ a }}",
        "{{ cookiecutter.a }}",
        "{{ b | upper }}",
        "{% if a %}x{% endif %}",
        "{{ nobody.x }}",
        "{{ a",
        "{% include '../outside/secret.txt' %}",
        "{% include 'x.txt' %}",
        "{{ output('x.txt') }}",
        "..",
        "../outside",
        "/etc",
        "\0",
        "\x1b[31m",
        "\u202e",
        "é",
        "*",
        "!",
        "/",
        "[",
        "jinja2.ext.do",
        "nobody.Extension",
        "\\",
        "true",
        "no",
        "1e999",
        "a[b",
    ]
) | st.text(max_size=6)
NUMBER = st.sampled_from([0, 1, -1, 10**30, 1.5])
SCALAR = TEXT | NUMBER | st.booleans()
VALUE = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=5
)
WITH_NULL = VALUE | st.none()
NAME = st.sampled_from(["a", "b", "x.txt", "name"])
PATH = st.lists(
    st.sampled_from(
        ["a", "{{ a }}", "{{cookiecutter.a}}", "{{ item }}", "x.txt", "..", "é", "E\u0301", ".git", "\x1b"]
    ),
    min_size=1,
    max_size=3,
).map("/".join)
FILES = st.dictionaries(PATH | st.just("x.txt"), TEXT | st.binary(max_size=8), max_size=4)
LINKS = st.dictionaries(
    PATH,
    st.sampled_from(["x.txt", ".", "..", "../outside", "../outside/secret.txt", "/etc/passwd", "nothing", "a", "b"]),
    max_size=2,
)
GIVEN = st.dictionaries(NAME | st.just("_extensions"), TEXT, max_size=2)


def _table(keys: list[str], value: Any = WITH_NULL) -> Any:
    """A table that has some of these keys, with any values."""
    return st.dictionaries(st.sampled_from(keys), value, max_size=4)


COOKIECUTTER_KEYS = [
    "a",
    "b",
    "_private",
    "__rendered",
    "_extensions",
    "_copy_without_render",
    "_jinja2_env_vars",
    "_new_lines",
    "__prompts__",
]
PROMPTS = st.dictionaries(NAME, TEXT | st.dictionaries(st.sampled_from(["__prompt__", "a", "1"]), VALUE), max_size=2)
DELIMITERS = st.dictionaries(
    st.sampled_from(
        ["variable_start_string", "block_end_string", "trim_blocks", "line_statement_prefix", "newline_sequence", "x"]
    ),
    st.sampled_from(["", "[[", "{{", "<%", 5, None, True, "\n", "#", "\ud800"]),
    max_size=2,
)


@st.composite
def cookiecutter_templates(draw: st.DrawFn) -> dict[str, bytes | str]:
    """A cookiecutter.json, and files in a project directory."""
    variables = {"a": "project", **draw(_table(COOKIECUTTER_KEYS))}
    if draw(st.booleans()):
        variables["__prompts__"] = draw(PROMPTS)
    if draw(st.integers(0, 3)) == 0:
        variables["_jinja2_env_vars"] = draw(DELIMITERS)
    if draw(st.integers(0, 5)) == 0:
        paths = st.sampled_from([".", "..", "other", "../outside", "/etc", ""])
        variables["templates"] = draw(st.dictionaries(NAME, st.fixed_dictionaries({"path": paths | VALUE}), max_size=2))
    files: dict[str, bytes | str] = {f"{{{{cookiecutter.a}}}}/{name}": text for name, text in draw(FILES).items()}
    return {"cookiecutter.json": json.dumps(variables), **files}


@examples(50)
@given(files=cookiecutter_templates(), links=LINKS, flags=GIVEN)
def test_cookiecutter_templates(files: dict[str, bytes | str], links: dict[str, str], flags: dict[str, str]) -> None:
    template_is_minted_or_refused(files, links=links, flags=flags)


COPIER_SETTINGS = [
    "_exclude",
    "_subdirectory",
    "_envops",
    "_tasks",
    "_answers_file",
    "_external_data",
    "_secret_questions",
    "_skip_if_exists",
    "_jinja_extensions",
    "_templates_suffix",
    "_min_copier_version",
    "_preserve_symlinks",
    "_message_before_copy",
    "a",
    "b",
]
QUESTION_KEYS = [
    "type",
    "default",
    "choices",
    "when",
    "validator",
    "help",
    "secret",
    "multiselect",
    "multiline",
    "placeholder",
]
TYPES = st.sampled_from(["str", "int", "float", "bool", "json", "yaml", "path", "nothing", "{{ a }}"])
QUESTION = st.builds(lambda table, kind: {**table, "type": kind}, _table(QUESTION_KEYS), TYPES)
YAML_ODDITIES = st.sampled_from(
    [
        "b: &b [*b, 1]\n",
        "b: &b {x: *b}\n",
        "b: 2024-13-45\n",
        "b: .inf\n",
        "b: !!int ''\n",
        "b: !!bool maybe\n",
        "b: !!float x\n",
        "b: !!timestamp x\n",
        "b: !!binary x\n",
        "b: !!set {a}\n",
        "b: !include x.yml\n",
        "b: !include ''\n",
        "b: !include '**x'\n",
        "b: !include copier.yml\n",
        "b: !include ../outside/secret.yml\n",
        "--- !include x.yml\n",
        "--- !include copier.yml\n",
        "---\n- [a: 1]\n",
        "---\n&a [*a]\n",
        "--- 5\n",
        "? [a, b]\n: c\n",
        "1: 2\n",
        "<<: [{b: 1}]\n",
        "b: " + "[" * 400 + "]" * 400 + "\n",
    ]
)


@st.composite
def copier_templates(draw: st.DrawFn) -> dict[str, bytes | str]:
    """A copier.yml, an answers file's template, and files."""
    options = draw(_table(COPIER_SETTINGS))
    options.update(draw(st.dictionaries(NAME, QUESTION, max_size=2)))
    if draw(st.integers(0, 3)) == 0:
        options["_envops"] = draw(DELIMITERS)
    text = yaml.safe_dump(options, allow_unicode=True) if options else ""
    if draw(st.booleans()):
        text += draw(YAML_ODDITIES)
    files = {f"{name}{draw(st.sampled_from(['', '.jinja']))}": content for name, content in draw(FILES).items()}
    included = draw(st.sampled_from(["b: 1\n", "[b, c]\n", "!include x.yml\n", "{", "a: {type: str}\n---\nb: 1\n"]))
    return {"copier.yml": text, "x.yml": included, **files}


@examples(60)
@given(files=copier_templates(), links=LINKS, flags=GIVEN)
def test_copier_templates(files: dict[str, bytes | str], links: dict[str, str], flags: dict[str, str]) -> None:
    template_is_minted_or_refused(files, links=links, flags=flags)


NATIVE = {
    "template": ["name", "requires", "root", "output"],
    "render": ["suffix", "undefined", "delimiters", "trim_blocks", "newlines", "extensions"],
    "files": ["exclude", "copy_only", "skip_if_exists"],
}
NATIVE_QUESTION = ["type", "default", "choices", "when", "pattern", "check", "message", "help", "label"]
NATIVE_TYPES = st.sampled_from(["str", "int", "float", "bool", "choice", "multi-choice", "list", "path", "secret"])
RULES = st.lists(TEXT, max_size=2)


@st.composite
def native_templates(draw: st.DrawFn) -> dict[str, bytes | str]:
    """A mintage.toml, and files."""
    document: dict[str, Any] = {}
    for table, keys in NATIVE.items():
        if draw(st.booleans()):
            document[table] = draw(st.dictionaries(st.sampled_from(keys), TEXT | RULES | VALUE, max_size=2))
    questions = st.builds(
        lambda table, kind: {**table, "type": kind}, _table(NATIVE_QUESTION, TEXT | RULES | VALUE), NATIVE_TYPES
    )
    document["questions"] = draw(st.dictionaries(NAME, questions, max_size=2))
    if draw(st.integers(0, 2)) == 0:
        each = st.fixed_dictionaries(
            {"file": PATH | st.just("x.txt"), "items": TEXT}, optional={"path": PATH, "as": NAME}
        )
        document["each"] = draw(st.lists(each, max_size=2))
    if draw(st.integers(0, 2)) == 0:
        document["order"] = draw(st.lists(st.fixed_dictionaries({"files": RULES, "after": RULES}), max_size=2))
    text = _as_toml(document)
    return {"mintage.toml": text, **draw(FILES)}


def _as_toml(document: dict[str, Any]) -> str:
    try:
        return tomli_w.dumps(document)
    except UnicodeEncodeError:
        return ""


@examples(60)
@given(files=native_templates(), links=LINKS, flags=GIVEN)
def test_native_templates(files: dict[str, bytes | str], links: dict[str, str], flags: dict[str, str]) -> None:
    template_is_minted_or_refused(files, links=links, flags=flags)


@examples(40)
@given(files=FILES, links=LINKS, flags=GIVEN)
def test_bare_folders(files: dict[str, bytes | str], links: dict[str, str], flags: dict[str, str]) -> None:
    template_is_minted_or_refused(files, links=links, flags=flags)


SURROGATES = st.text(st.characters(categories=["Cs", "Cc", "Cf", "Lu"]), max_size=3)
DATA = st.recursive(
    SCALAR | SURROGATES | st.binary(max_size=3) | st.dates() | st.floats(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
TAKING_ANSWERS = [
    {"mintage.toml": "[questions.a]\ndefault = 'x'\n", "{{ a }}.txt": "{{ a }}"},
    {"mintage.toml": "[questions.a]\ntype = 'list'\ndefault = []\n", "a.txt": "{{ a }}"},
    {"mintage.toml": "[questions.a]\ntype = 'int'\n", "a.txt": "{{ a }}"},
    {"mintage.toml": "[questions.a]\ntype = 'float'\n", "a.txt": "{{ a }}"},
    {"mintage.toml": "[questions.a]\ntype = 'choice'\nchoices = ['x', 1]\n", "a.txt": "{{ a }}"},
    {"cookiecutter.json": '{"a": "x", "b": {"c": 1}}', "{{cookiecutter.a}}/{{cookiecutter.b}}": "{{ cookiecutter.a }}"},
    {
        "cookiecutter.json": '{"a": ["x", "y"], "_copy_without_render": []}',
        "{{cookiecutter.a}}/b": "{{ cookiecutter }}",
    },
    {"copier.yml": "a: x\n", "{{ a }}.txt.jinja": "{{ a }}", "[[ _copier_conf.answers_file ]].jinja": "{{ a }}"},
    {"copier.yml": "a: {type: int}\n", "{{_copier_conf.answers_file}}.jinja": "{{ _copier_answers|to_nice_yaml }}"},
    {"copier.yml": "a: {type: json}\nb: {type: yaml}\n", "a.jinja": "{{ a }}{{ b | to_json }}"},
    {"copier.yml": "a: {type: str, choices: [x, y], multiselect: true}\n", "a.jinja": "{{ a }}"},
    {"{{ a }}": "{{ b }}"},
]


@examples(90)
@given(
    files=st.sampled_from(TAKING_ANSWERS),
    data=st.dictionaries(st.sampled_from(["a", "b"]), DATA, max_size=2),
    flags=st.dictionaries(st.sampled_from(["a", "b", "_copy_without_render"]), TEXT | SURROGATES, max_size=2),
)
def test_any_answer(files: dict[str, bytes | str], data: dict[str, Any], flags: dict[str, str]) -> None:
    template_is_minted_or_refused(files, data=data, flags=flags)
