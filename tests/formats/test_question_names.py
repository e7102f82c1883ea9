"""Names of questions that meet names of ours, of Jinja's or of Python's are answered and rendered like any other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mintage.errors import MintageError
from mintage.minting.generator import Generator, Options
from mintage.template.questions import GivenAnswers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = [
    *("value", "names", "context", "what", "name", "template", "text", "render", "kind", "key", "default", "questions"),
    *("range", "dict", "lipsum", "cycler", "joiner", "namespace", "uuid4", "output", "sha256", "outputs"),
    *("items", "keys", "values", "get", "update", "pop", "copy", "class", "def", "lambda", "async", "print", "type"),
    *("environment", "resolve", "blocks", "vars", "parent", "exported_vars", "eval_ctx", "missing", "undefined"),
    *("__init__", "__class__", "_private", "é", "x1"),
]
# Jinja2 gives these another meaning within templates, whatever an answer is.
OF_JINJA = ["self", "loop", "caller", "varargs", "kwargs", "super", "none", "true", "false", "not", "in", "is", "if"]


def mint(template: Path, tmp_path: Path, given: dict[str, str] | None = None) -> str:
    report = Generator(Options()).generate(template, tmp_path / "out", given=GivenAnswers(flags=given or {}))
    return (report.destination / "x").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_of_native_templates(write_tree: Callable[..., Path], tmp_path: Path, name: str) -> None:
    after = f'[questions.after]\ndefault = "{{{{ {name} }}}}"\nwhen = "{name} == \'g\'"\n'
    toml = f'[questions."{name}"]\ndefault = "d"\n{after}'
    tree = {"mintage.toml": toml, "x": f"{{{{ {name} }}}} {{{{ after }}}}"}
    if name == "é":
        with pytest.raises(MintageError):
            mint(write_tree({**tree, "mintage.toml": toml.replace('."é"', '."a b"')}), tmp_path)
        return
    assert mint(write_tree(tree), tmp_path, {name: "g"}) == "g g"


@pytest.mark.parametrize("name", NAMES)
def test_of_copier_templates(write_tree: Callable[..., Path], tmp_path: Path, name: str) -> None:
    if name.startswith("_"):
        return  # a setting
    validator = f"validator: \"{{% if {name} == 'bad' %}}no{{% endif %}}\""
    config = f"{name}:\n  type: str\n  {validator}\nafter:\n  type: str\n  default: '{{{{ {name} }}}}'\n"
    template = write_tree({"copier.yml": config, "x.jinja": f"{{{{ {name} }}}} {{{{ after }}}}"})
    assert mint(template, tmp_path, {name: "g"}) == "g g"


@pytest.mark.parametrize("name", [*NAMES, "a-b", "a b", *OF_JINJA])
def test_of_cookiecutter_templates(write_tree: Callable[..., Path], tmp_path: Path, name: str) -> None:
    if name in dir({}) or name.startswith("_") or name == "template":
        return  # an attribute of the table of answers, or a choice of templates, in Cookiecutter too
    variables = {"project": "p", name: "d"}
    tree = {
        "cookiecutter.json": json.dumps(variables),
        "{{cookiecutter.project}}/x": f"{{{{ cookiecutter['{name}'] }}}}",
    }
    assert mint(write_tree(tree), tmp_path, {name: "g"}) == "g"


@pytest.mark.parametrize("name", OF_JINJA)
def test_names_that_templates_cannot_read_do_no_harm(
    write_tree: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    template = write_tree({"copier.yml": f"'{name}':\n  default: d\n", "x.jinja": "fine"})
    assert mint(template, tmp_path) == "fine"
