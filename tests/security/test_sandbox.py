"""Expressions reach nothing of Python, of the machine or of the user, wherever a template may write one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Hostile = Callable[..., Path]
    Run = Callable[..., CompletedProcess[str]]
    Made = Callable[[], dict[str, str]]

FORMATS = ("native", "cookiecutter", "copier", "bare")
# Ways that have led out of sandboxes of template tools. Each would print a class, a module or a function's globals.
ESCAPES = (
    "''.__class__.__mro__[1].__subclasses__()",
    "''['__class__']",
    "'' | attr('__class__')",
    "'' | attr('\\x5f\\x5fclass\\x5f\\x5f')",
    "'{0.__class__}'.format(1)",
    "'{x.__class__}'.format_map({'x': 1})",
    "('{0.__class__}' | attr('format'))(1)",
    "'{0.__class__}'['format'](1)",
    "[1] | map(attribute='__class__') | list",
    "[''] | map('attr', '__class__') | list",
    "[{'a': 1}] | sum(attribute='__class__')",
    "[lipsum] | groupby('__globals__')",
    "['a'] | sort(attribute='__class__')",
    "lipsum.__globals__['os'].popen('touch PWNED')",
    "cycler.__init__.__globals__.os",
    "joiner.__init__.__globals__",
    "namespace.__init__.__globals__",
    "range.__class__",
    "dict.mro()",
    "self._TemplateReference__context",
    "self.__init__.__globals__",
    "(range(3) | select).gi_frame.f_back.f_globals",
    "''.join.__self__.__class__",
    "(1).__reduce_ex__(2)",
    "cycler('a').next.__func__.__globals__",
)
# The same by what Copier gives its templates.
COPIERS = (
    "_copier_conf.src_path.__class__",
    "_copier_conf.src_path.parser.os",
    "_copier_conf.src_path._flavour",
    "_copier_conf.dst_path.read_text()",
    "_copier_conf.answers_file.write_text('x')",
    "_copier_conf.settings.__class__",
    "_copier_conf.__class__",
    "now.__globals__",
    "make_secret.__globals__.os",
    "pathjoin.__globals__",
    "_copier_answers.__class__",
    "_external_data.__class__",
    "_external_data._project",
    "'a' | regex_replace('a', '{0.__class__}'.format)",
    "[lipsum] | ans_groupby('__globals__')",
    "'__class__' | extract(lipsum)",
    "lipsum | to_json(default='{0.__globals__}'.format)",
    "'!!python/object/apply:os.getcwd []' | from_yaml",
    "'!!python/object/apply:os.getcwd []' | from_yaml_all | list",
)


def gave_nothing_away(text: str) -> bool:
    return not any(sign in text for sign in ("<class", "<module", "__builtins__", "__name__", "type object"))


@pytest.mark.parametrize("kind", FORMATS)
def test_files_cannot_escape(hostile: Hostile, mint: Run, made: Made, kind: str) -> None:
    files = {f"f{number}": "{{ " + expression + " }}" for number, expression in enumerate(ESCAPES)}
    done = mint(hostile(kind, {**files, "good": "text"}))
    assert done.returncode == 1, done.stderr
    assert all(map(gave_nothing_away, made().values())), made()
    assert made()["good"] == "text"


def test_files_of_copier_templates_cannot_by_what_it_gives_them(hostile: Hostile, mint: Run, made: Made) -> None:
    files = {f"f{number}": "{{ " + expression + " }}" for number, expression in enumerate(COPIERS)}
    done = mint(hostile("copier", {**files, "good": "text"}))
    assert done.returncode == 1, done.stderr
    assert all(map(gave_nothing_away, made().values())), made()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("expression", [each for each in ESCAPES if "/" not in each])
def test_names_cannot_escape(hostile: Hostile, mint: Run, tmp_path: Path, kind: str, expression: str) -> None:
    mint(hostile(kind, {"a{{ " + expression + " }}": ""}))
    names = [path.name for path in tmp_path.glob("out/*")]
    assert all(map(gave_nothing_away, names)), names


@pytest.mark.parametrize("expression", ["lipsum.__globals__.os.getcwd()", "'{0.__class__}'.format(1) + 1"])
@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("native", "[questions.q]\ndefault = TEXT\n"),
        ("native", "[questions.q]\ndefault = 'a'\nwhen = EXPRESSION\n"),
        ("native", "[questions.q]\ndefault = 'a'\ncheck = EXPRESSION\n"),
        ("native", "[questions.q]\ntype = 'choice'\nchoices = [TEXT]\ndefault = 'a'\n"),
        ("native", "[files]\nexclude = [{match = 'x', when = EXPRESSION}]\n"),
        ("native", "[[each]]\nfile = 'f'\nitems = EXPRESSION\n"),
        ("native", "[[each]]\nfile = 'f'\nitems = '[1]'\nwhen = EXPRESSION\n"),
        ("native", "[[each]]\nfile = 'f'\nitems = '[1]'\npath = TEXT\n"),
        ("native", "[[tasks]]\nname = 't'\nrun = TEXT\n"),
        ("native", "[[tasks]]\nname = 't'\nrun = 'true'\nwhen = EXPRESSION\n"),
        ("native", "[[tasks]]\nname = 't'\nrun = 'true'\ndirectory = TEXT\n"),
        ("native", "[[tasks]]\nname = 't'\nrun = 'true'\nenvironment = {A = TEXT}\n"),
        ("cookiecutter", '{"q": TEXT}'),
        ("cookiecutter", '{"q": ["a", TEXT]}'),
        ("cookiecutter", '{"q": {"a": TEXT}}'),
        ("cookiecutter", '{"__q": TEXT}'),
        ("copier", "q: TEXT\n"),
        ("copier", "q: {type: TEXT, default: a}\n"),
        ("copier", "q: {type: str, default: a, when: TEXT}\n"),
        ("copier", "q: {type: str, default: a, validator: TEXT}\n"),
        ("copier", "q: {type: str, default: a, choices: [a, TEXT]}\n"),
        ("copier", "q: {type: str, default: a, choices: TEXT}\n"),
        ("copier", "q: {type: str, default: a, choices: {a: {value: a, validator: TEXT}}}\n"),
        ("copier", "_message_after_copy: TEXT\n"),
        ("copier", "_message_before_copy: TEXT\n"),
        ("copier", "_subdirectory: TEXT\n"),
        ("copier", "_answers_file: TEXT\n"),
        ("copier", "_skip_if_exists: [TEXT]\n"),
        ("copier", "---\n_exclude: [TEXT]\n"),
        ("copier", "_tasks: [TEXT]\n"),
        ("copier", "_tasks: [{command: 'true', when: TEXT}]\n"),
        ("copier", "_tasks: [{command: 'true', working_directory: TEXT}]\n"),
    ],
)
def test_no_other_place_of_a_template_can_escape(
    hostile: Hostile, mint: Run, made: Made, kind: str, config: str, expression: str
) -> None:
    text = json.dumps("{{ " + expression + " }}")
    config = config.replace("TEXT", text).replace("EXPRESSION", json.dumps(expression))
    done = mint(hostile(kind, {"f": ""}, config=config), *(("--trust",) if kind != "cookiecutter" else ()))
    assert done.returncode in (1, 2), done.stdout
    assert gave_nothing_away(done.stdout + done.stderr + str(made()))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_refused_expression_says_that_it_was_the_sandbox(hostile: Hostile, mint: Run, kind: str) -> None:
    done = mint(hostile(kind, {"f": "{{ lipsum.__globals__.os }}"}))
    assert done.returncode == 1
    assert "__globals__" in done.stderr
    assert "f:1" in done.stderr


@pytest.mark.parametrize("expression", ["'$TOKEN_OF_THE_USER' | expandvars", "'~' | expanduser", "'GLOB' | fileglob"])
def test_filters_read_nothing_of_the_machine(
    hostile: Hostile, mint: Run, made: Made, outside: Path, monkeypatch: pytest.MonkeyPatch, expression: str
) -> None:
    monkeypatch.setenv("TOKEN_OF_THE_USER", "SECRET")
    monkeypatch.setenv("HOME", "/home/SECRET")
    expression = expression.replace("GLOB", f"{outside}/sec*")
    mint(hostile("copier", {"f": "{{ " + expression + " }}"}))
    assert "secret" not in made().get("f", "").lower()


class TestAnswers:
    """Are data, from wherever they come."""

    TEXTS = ("{{ 7 * 191 }}", "{% for i in [1] %}1337{% endfor %}", "{{ lipsum.__globals__ }}", "{# c #}")

    @pytest.mark.parametrize("kind", ["native", "copier", "bare"])
    @pytest.mark.parametrize("text", TEXTS)
    def test_that_look_like_templates_are_not_rendered(
        self, hostile: Hostile, mint: Run, made: Made, tmp_path: Path, kind: str, text: str
    ) -> None:
        template = hostile(kind, {"f": "{{ @x }}"}, {"x": "a"})
        (tmp_path / "data.json").write_text(json.dumps({"x": text}))
        assert mint(template, "-d", f"x={text}").returncode == 0
        assert made()["f"] == text
        assert mint(template, "--data-file", "data.json", "--overwrite").returncode == 0
        assert made()["f"] == text
        if kind == "native":  # it keeps the answers
            assert mint(template, "--overwrite").returncode == 0
            assert made()["f"] == text

    def test_of_cookiecutter_templates_are_rendered_in_the_sandbox(
        self, hostile: Hostile, mint: Run, made: Made
    ) -> None:
        template = hostile("cookiecutter", {"f": "{{ @x }}"}, {"x": "a"})
        assert mint(template, "-d", "x={{ 7 * 191 }}").returncode == 0
        assert made() == {"f": "1337"}
        assert mint(template, "-d", "x={{ lipsum.__globals__ }}", "--overwrite").returncode == 2

    def test_in_the_name_of_a_file_are_not_rendered(self, hostile: Hostile, mint: Run, made: Made) -> None:
        template = hostile("native", {"{{ @x }}": "text"}, {"x": "a"})
        assert mint(template, "-d", "x={{ 7 * 7 }}").returncode == 0
        assert made() == {"{{ 7 * 7 }}": "text"}
