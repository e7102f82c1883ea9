"""Configurations and answers that are built to harm a parser: every one is an error that names its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


def unexplained(*values: Any) -> Any:
    """A case that ends, today, in an exception of Python's that nobody explains."""
    mark = pytest.mark.xfail(strict=True, reason="Python's own exception comes out, called a mistake of Mintage")
    return pytest.param(*values, marks=mark)


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
        unexplained("copier", f"x: {DIGITS}\n"),
        unexplained("copier", "x: 2001-99-99\n"),
        unexplained("copier", "x: !!int foo\n"),
        unexplained("copier", "x: !!float foo\n"),
        unexplained("copier", "x: !!bool foo\n"),
        unexplained("copier", "x: !!timestamp foo\n"),
        unexplained("copier", "x: 0x_\n"),
        unexplained("copier", "x: &a [*a]\n"),
        unexplained("copier", "x: {type: str, default: a, choices: &c [a, *c]}\n"),
        unexplained("copier", "_secret_questions: [[a]]\n"),
        unexplained("copier", "_exclude: ['!']\n"),
        unexplained("copier", "_skip_if_exists: ['a\\']\n"),
        unexplained("copier", "!include ''\n"),
        unexplained("copier", "!include 'a**/b'\n"),
        ("cookiecutter", "{"),
        ("cookiecutter", "[" * 100_000),
        ("cookiecutter", "[]"),
        ("cookiecutter", '{"_extensions": "a"}'),
        ("cookiecutter", '{"_jinja2_env_vars": {"loader": "a"}}'),
        ("cookiecutter", '{"_jinja2_env_vars": {"undefined": "a"}}'),
        ("cookiecutter", '{"name": "out", "_jinja2_env_vars": {"block_start_string": "{{"}}'),
        ("cookiecutter", '{"template": ["no path"]}'),
        ("cookiecutter", '{"templates": {"a": 5}}'),
        unexplained("cookiecutter", '{"name": "out", "x": ' + DIGITS + "}"),
        unexplained("cookiecutter", '{"name": "out", "x": ' + "[" * 900 + "]" * 900 + "}"),
        unexplained("cookiecutter", '{"templates": {"a": {"path": "."}}}'),
        unexplained("cookiecutter", '{"name": "out", "__prompts__": {"name": {"__prompt__": 5}}}'),
        ("native", "x = "),
        ("native", "[template]\nroot = 5\n"),
        ("native", "[questions.x]\ndefault = 1\ndefault = 2\n"),
        ("native", "[questions.'a b']\n"),
        ("native", "[questions.x]\npattern = '('\n"),
        unexplained("native", f"[questions.x]\ndefault = {DIGITS}\n"),
        unexplained("native", "x = " + "[" * 5000 + "]" * 5000 + "\n"),
        unexplained("native", "[files]\nexclude = ['!']\n"),
        unexplained("native", "[files]\ncopy_only = ['a\\']\n"),
        unexplained("native", "[[order]]\nfiles = ['!']\nafter = ['f']\n"),
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
        unexplained("data.yml", f"x: {DIGITS}\n"),
        unexplained("data.yml", "x: 2001-99-99\n"),
        unexplained("data.json", '{"x": ' + DIGITS + "}"),
        unexplained("data.json", "[" * 100_000),
        unexplained("data.toml", f"x = {DIGITS}\n"),
        unexplained("data.toml", "x = " + "[" * 5000 + "]" * 5000 + "\n"),
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
        unexplained("copier", ".copier-answers.yml", f"x: {DIGITS}\n"),
        unexplained("copier", ".copier-answers.yml", "x: " + "[" * 500 + "]" * 500 + "\n"),
        unexplained("native", ".mintage.toml", "x = " + "[" * 5000 + "]" * 5000 + "\n"),
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
        unexplained("bare", "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"),
        unexplained("bare", "{{ " + DIGITS + " }}"),
        unexplained("bare", "{% if 1 %}" * 500 + "{% endif %}" * 500),
        ("native", "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"),
        ("native", "{% if 1 %}" * 500 + "{% endif %}" * 500),
        ("copier", "{{ " + DIGITS + " }}"),
        unexplained("native", "{{ output('good') }}{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"),
        unexplained("native", "{{ [].append(1) }}{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"),
        unexplained("native", "{{ outputs('!') }}"),
        ("cookiecutter", "{{ cookiecutter.update({}) }}{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_file_that_cannot_be_looked_into_fails_alone(
    hostile: Hostile, mint: Run, made: Made, kind: str, text: str
) -> None:
    done = mint(hostile(kind, {"f": text, "good": "text"}))
    assert (done.returncode, made()) == (1, {"good": "text"})
