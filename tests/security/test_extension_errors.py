"""Whatever a template's extension does wrong is the template's mistake, in every format and command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]
    Run = Callable[..., subprocess.CompletedProcess[str]]

FORMATS: dict[str, dict[str, str]] = {
    "native": {"mintage.toml": '[render]\nextensions = ["theirs.Shout"]\n', "x": "{{ range(3) | join | shout }}"},
    "copier": {"copier.yml": "_jinja_extensions: [theirs.Shout]\n", "x.jinja": "{{ range(3) | join | shout }}"},
    "cookiecutter": {
        "cookiecutter.json": '{"name": "p", "_extensions": ["theirs.Shout"]}',
        "{{cookiecutter.name}}/x": "{{ range(3) | join | shout }}",
    },
}
EXTENSION = """from jinja2.ext import Extension
class Shout(Extension):
    def __init__(self, environment):
        super().__init__(environment)
        environment.filters["shout"] = self.shout
    def shout(self, text):
        return text.upper()
"""
CLASS = "class Shout(Extension):\n"
BROKEN = {
    "a syntax error": (EXTENSION.replace(CLASS, "def oops(:\n" + CLASS), 2, "syntax error"),
    "an exception": (EXTENSION.replace(CLASS, 'raise RuntimeError("it is down")\n' + CLASS), 2, "it is down"),
    "an exit": (EXTENSION.replace(CLASS, "raise SystemExit(5)\n" + CLASS), 2, "exits the program with status 5"),
    "a base exception": (
        EXTENSION.replace(CLASS, 'raise type("Odd", (BaseException,), {})("so odd")\n' + CLASS),
        2,
        "so odd",
    ),
    "an import that fails": (EXTENSION.replace(CLASS, "import no_such_module\n" + CLASS), 2, "no_such_module"),
    "an exception when it is made": (EXTENSION.replace("super()", "1 / 0; super()"), 4, "ZeroDivisionError"),
    "a type error when it is made": (EXTENSION.replace("super()", "len(1); super()"), 4, "TypeError"),
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("command", ["new", "plan", "check", "test"])
def test_an_extension_that_cannot_be_loaded_is_named_with_its_line(
    write_tree: Write, mintage: Run, form: str, kind: str, command: str
) -> None:
    text, line, why = BROKEN[kind]
    template = write_tree({**FORMATS[form], "theirs.py": text})
    output = ["out", "--defaults"] if command in ("new", "plan") else []
    done = mintage(command, template, *output, "--trust")
    said = done.stdout + done.stderr
    assert done.returncode in ((1, 2) if command in ("check", "test") else (2,)), said
    assert "can't load the extension theirs.Shout" in said
    assert why in said
    assert "theirs.py" in said
    assert f"theirs.py:{line}" in said or f" {line}  error" in said
    assert "bug in mintage" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("executor", ["sequential", "threads", "processes"])
@pytest.mark.parametrize("raised", ["KeyError('it')", "SystemExit(5)"])
def test_a_filter_that_fails_is_a_failure_of_the_file_with_the_line_of_both(
    write_tree: Write, mintage: Run, form: str, executor: str, raised: str
) -> None:
    text = EXTENSION.replace("return text.upper()", f"raise {raised}")
    template = write_tree({**FORMATS[form], "theirs.py": text})
    done = mintage("new", template, "out", "--defaults", "--trust", "--executor", executor, "--json")
    assert done.returncode == 1, done.stderr
    (failure,) = json.loads(done.stdout)["failures"]
    assert failure["where"]["line"] == 1
    assert failure["why"] == "raised in theirs.py, line 7"
    assert ("KeyError" in failure["what"]) or ("exit the program with status 5" in failure["what"])


@pytest.mark.parametrize("raised", ["KeyError('it')", "SystemExit(5)", "SystemExit"])
def test_a_filter_that_fails_in_a_question_or_a_path_is_a_mistake_of_the_template(
    write_tree: Write, mintage: Run, raised: str
) -> None:
    text = EXTENSION.replace("return text.upper()", f"raise {raised}")
    toml = FORMATS["native"]["mintage.toml"]
    asks = f"{toml}[questions.a]\ndefault = \"{{{{ 'x' | shout }}}}\"\n"
    for tree in ({"mintage.toml": asks}, {"mintage.toml": toml, "{{ 'x' | shout }}": ""}):
        done = mintage("new", write_tree({**tree, "theirs.py": text}), "out", "--defaults", "--trust")
        assert done.returncode == 2
        assert "raised in theirs.py, line 7" in done.stderr


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("executor", ["sequential", "threads", "processes"])
def test_what_an_extension_prints_goes_to_standard_error(
    write_tree: Write, mintage: Run, form: str, executor: str
) -> None:
    text = EXTENSION.replace("return text", 'print("shouting")\n        return text')
    template = write_tree({**FORMATS[form], "theirs.py": f'print("loading")\n{text}'})
    done = mintage("new", template, "out", "--defaults", "--trust", "--executor", executor, "--json")
    assert json.loads(done.stdout)["kind"] == "report"
    assert "loading" in done.stderr
    assert "shouting" in done.stderr


def test_help_and_the_version_go_to_standard_output(mintage: Run) -> None:
    assert mintage("--help").stdout.startswith("usage: mintage")
    assert mintage("new", "--help").stdout.startswith("usage: mintage new")
    assert mintage("-V").stdout.startswith("mintage ")
