"""Configurations and answers that are built to harm a parser: every one is an error that names its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Hostile = Callable[..., Path]
    Fill = Callable[..., Path]
    Run = Callable[..., CompletedProcess[str]]
    Made = Callable[[], dict[str, str]]

FILES = {"native": "mintage.toml", "cookiecutter": "cookiecutter.json", "copier": "copier.yml"}
DIGITS = "9" * 5000


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("copier", "x: !!python/object/apply:os.system [touch PWNED]\n"),
        ("copier", "x: !!python/name:os.system\n"),
        ("copier", "x: !!python/module:os\n"),
        ("copier", "x: !unknown 1\n"),
        ("copier", "x: *nothing\n"),
        ("copier", "x: " + "[" * 500 + "]" * 500 + "\n"),
        ("copier", "x: " + "{a: " * 500 + "1" + "}" * 500 + "\n"),
        ("copier", "? [a]\n: 1\n"),
        ("copier", "<<: 5\n"),
        ("copier", "x: !!omap [a]\n"),
        ("copier", "x: 'half a text\n"),
        ("copier", "- a\n- b\n"),
        ("copier", "_tasks: 5\n"),
        ("copier", "_exclude: {a: b}\n"),
        ("copier", "_envops: {finalize: x}\n"),
        ("copier", "_envops: {loader: x}\n"),
        ("copier", "_envops: {extensions: [jinja2.ext.do]}\n"),
        ("copier", "!include copier.yml\n"),
        ("copier", f"x: {DIGITS}\n"),
        ("copier", "x: 2001-99-99\n"),
        ("copier", "x: !!int foo\n"),
        ("copier", "x: !!float foo\n"),
        ("copier", "x: !!bool foo\n"),
        ("copier", "x: !!timestamp foo\n"),
        ("copier", "x: 0x_\n"),
        ("copier", "x: &a [*a]\n"),
        ("copier", "x: {type: str, default: a, choices: &c [a, *c]}\n"),
        ("copier", "_secret_questions: [[a]]\n"),
        ("copier", "_exclude: ['!']\n"),
        ("copier", "!include ''\n"),
        ("copier", "!include 'a**/b'\n"),
        ("cookiecutter", "{"),
        ("cookiecutter", "[" * 100_000),
        ("cookiecutter", "[]"),
        ("cookiecutter", '{"_extensions": "a"}'),
        ("cookiecutter", '{"_jinja2_env_vars": {"loader": "a"}}'),
        ("cookiecutter", '{"_jinja2_env_vars": {"undefined": "a"}}'),
        ("cookiecutter", '{"name": "out", "_jinja2_env_vars": {"block_start_string": "{{"}}'),
        ("cookiecutter", '{"template": ["no path"]}'),
        ("cookiecutter", '{"templates": {"a": 5}}'),
        ("cookiecutter", '{"name": "out", "x": ' + DIGITS + "}"),
        ("cookiecutter", '{"name": "out", "x": ' + "[" * 900 + "]" * 900 + "}"),
        ("cookiecutter", '{"templates": {"a": {"path": "."}}}'),
        ("native", "x = "),
        ("native", "[template]\nroot = 5\n"),
        ("native", "[questions.x]\ndefault = 1\ndefault = 2\n"),
        ("native", "[questions.'a b']\n"),
        ("native", "[questions.x]\npattern = '('\n"),
        ("native", f"[questions.x]\ndefault = {DIGITS}\n"),
        ("native", "x = " + "[" * 5000 + "]" * 5000 + "\n"),
        ("native", "[files]\nexclude = ['!']\n"),
        ("native", "[files]\ncopy_only = ['a\\']\n"),
        ("native", "[[order]]\nfiles = ['!']\nafter = ['f']\n"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_configuration_that_makes_no_sense_is_an_error(
    hostile: Hostile, mint: Run, made: Made, kind: str, text: str
) -> None:
    template = hostile(kind, {"f": "", "g": ""})
    (template / FILES[kind]).write_text(text)
    done = mint(template)
    assert (done.returncode, made()) == (2, {}), done.stderr
    assert done.stderr.startswith("error: ")


@pytest.mark.parametrize(("kind", "file"), FILES.items())
@pytest.mark.parametrize("data", [b"\xffa", b"\x00", b"a: \x1b[31m", b"\xef\xbb\xbf\xff"])
def test_a_configuration_that_is_no_text_is_an_error(
    hostile: Hostile, mint: Run, made: Made, kind: str, file: str, data: bytes
) -> None:
    template = hostile(kind, {"f": ""})
    (template / file).write_bytes(data)
    done = mint(template)
    assert (done.returncode, made()) == (2, {})
    assert file in done.stderr


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("data.yml", "x: !!python/object/apply:os.system [touch PWNED]\n"),
        ("data.yml", "x: " + "[" * 500 + "]" * 500 + "\n"),
        ("data.yml", "- a\n"),
        ("data.yml", "5: a\n"),
        ("data.json", "{"),
        ("data.json", "[1]"),
        ("data.toml", "x = "),
        ("data.yml", f"x: {DIGITS}\n"),
        ("data.yml", "x: 2001-99-99\n"),
        ("data.json", '{"x": ' + DIGITS + "}"),
        ("data.json", "[" * 100_000),
        ("data.toml", f"x = {DIGITS}\n"),
        ("data.toml", "x = " + "[" * 5000 + "]" * 5000 + "\n"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_data_file_that_makes_no_sense_is_an_error(
    hostile: Hostile, mint: Run, made: Made, fill: Fill, file: str, text: str
) -> None:
    template = hostile("native", {"f": "{{ x }}"}, {"x": "a"})
    fill(template.parent, {file: text})
    done = mint(template, "--data-file", file)
    assert (done.returncode, made()) == (2, {}), done.stderr


@pytest.mark.parametrize(
    ("kind", "file", "text"),
    [
        ("copier", ".copier-answers.yml", "x: !!python/object/apply:os.system [touch PWNED]\n"),
        ("native", ".mintage.toml", "x = "),
        ("copier", ".copier-answers.yml", f"x: {DIGITS}\n"),
        ("copier", ".copier-answers.yml", "x: " + "[" * 500 + "]" * 500 + "\n"),
        ("native", ".mintage.toml", "x = " + "[" * 5000 + "]" * 5000 + "\n"),
        ("native", ".mintage.toml", f"x = {DIGITS}\n"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_saved_answers_that_make_no_sense_are_an_error(
    hostile: Hostile, mint: Run, made: Made, fill: Fill, kind: str, file: str, text: str
) -> None:
    template = hostile(kind, {"f": "{{ x }}"}, {"x": "a"})
    fill(template.parent / "out", {file: text})
    assert mint(template, "--overwrite").returncode == 2
    assert "f" not in made()


@pytest.mark.parametrize("kind", ["native", "cookiecutter", "copier", "bare"])
@pytest.mark.parametrize(
    "text",
    [
        "{% include 'f' %}",
        "{% extends 'f' %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{{ '\\N{nothing}' }}",
        "{{ 1 // 0 }}",
        "{% nothing %}",
        "{{ 1 | nothing }}",
        "{{ 1 }",
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_file_that_cannot_be_rendered_fails_alone(
    hostile: Hostile, mint: Run, made: Made, kind: str, text: str
) -> None:
    done = mint(hostile(kind, {"f": text, "good": "text"}))
    assert (done.returncode, made()) == (1, {"good": "text"}), done.stderr
    assert "failed: f" in done.stderr


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("bare", "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"),
        ("bare", "{{ " + DIGITS + " }}"),
        ("bare", "{% if 1 %}" * 500 + "{% endif %}" * 500),
        ("native", "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"),
        ("native", "{% if 1 %}" * 500 + "{% endif %}" * 500),
        ("copier", "{{ " + DIGITS + " }}"),
        ("native", "{{ output('good') }}{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"),
        ("native", "{{ [].append(1) }}{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"),
        ("native", "{{ outputs('!') }}"),
        ("cookiecutter", "{{ cookiecutter.update({}) }}{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_file_that_cannot_be_looked_into_fails_alone(
    hostile: Hostile, mint: Run, made: Made, kind: str, text: str
) -> None:
    done = mint(hostile(kind, {"f": text, "good": "text"}))
    assert (done.returncode, made()) == (1, {"good": "text"})


def test_a_mistake_in_what_is_not_asked_for_is_none(hostile: Hostile, mint: Run, made: Made) -> None:
    prompts = '{"name": "out", "__prompts__": {"name": {"__prompt__": 5}}}'
    assert mint(hostile("cookiecutter", {"f": "text"}, config=prompts)).returncode == 0
    assert made() == {"f": "text"}


def test_copiers_patterns_of_what_stays_are_looked_at_where_something_is(
    hostile: Hostile, mint: Run, made: Made
) -> None:
    template = hostile("copier", {"f": "text"}, config="_skip_if_exists: ['a\\']\n")
    assert mint(template).returncode == 0
    (template / "f").write_text("other")
    done = mint(template, "--overwrite")
    assert (done.returncode, made()) == (2, {"f": "text"})
    assert "copier.yml:3" in done.stderr


@pytest.mark.parametrize("key", ["exclude", "copy_only", "skip_if_exists"])
def test_a_pattern_that_is_none_is_said_with_its_line(hostile: Hostile, mint: Run, key: str) -> None:
    done = mint(hostile("native", {"f": ""}, config=f"[files]\n# patterns\n{key} = ['*.txt', '!']\n"))
    assert done.returncode == 2
    assert "mintage.toml:3" in done.stderr
