"""A good template of each format, in which nothing is found, and what is found when one thing in it is broken."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from mintage.analysis.checks.loading import check_template

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mintage.analysis.checks.findings import Finding

Files = dict[str, "str | bytes"]

NATIVE: Files = {
    "mintage.toml": """\
[template]
output = "{{ name }}"

[questions.name]
default = "demo"
pattern = "[a-z]+"

[questions.license]
type = "choice"
choices = ["MIT", "BSD", "none"]
default = "MIT"

[questions.docs]
type = "bool"
default = true

[questions.modules]
type = "list"
default = ["core"]

[files]
exclude = ["parts", { match = "LICENSE", when = "license == 'none'" }]

[[each]]
file = "module.py"
items = "modules"
as = "module"
path = "{{ module }}.py"

[[order]]
files = ["index.md"]
after = ["*.py"]

[[tasks]]
name = "greet"
run = "echo {{ name }}"
after = ["index.md"]
""",
    "LICENSE": "The {{ license }} license.\n",
    "README.md": "# {{ name }}\n\n{% if docs %}See the docs.{% endif %}\n{% include 'parts/footer' %}\n",
    "parts/footer": "{{ name }}, {{ license }}\n",
    "module.py": '"""The module {{ module }}."""\n',
    "index.md": "{% for file in outputs('*.py') %}{{ file }}{% endfor %}\n",
}

COOKIECUTTER: Files = {
    "cookiecutter.json": json.dumps(
        {
            "name": "demo",
            "slug": "{{ cookiecutter.name | slugify }}",
            "license": ["MIT", "BSD"],
            "docs": True,
            "_copy_without_render": ["*.html"],
            "__prompts__": {"name": "Name"},
        },
        indent=2,
    ),
    "{{cookiecutter.slug}}/README.md": "# {{ cookiecutter.name }}\n\n{{ cookiecutter.license }}\n",
    "{{cookiecutter.slug}}/{% if cookiecutter.docs %}docs{% endif %}/index.md": "{% now 'utc', '%Y' %}\n",
    "{{cookiecutter.slug}}/page.html": "{{ vue.name }}\n",
    "hooks/post_gen_project.py": "print('{{ cookiecutter.slug }}')\n",
}

COPIER: Files = {
    "copier.yml": """\
_subdirectory: template
_envops:
  undefined: jinja2.StrictUndefined
name:
  type: str
  default: demo
  validator: "{% if not name %}a name is needed{% endif %}"
license:
  type: str
  choices: [MIT, BSD]
  default: MIT
docs:
  type: bool
  default: true
  help: Shall there be docs for {{ name }}?
_tasks:
  - "echo {{ name }}"
""",
    "template/README.md.jinja": "# {{ name }}\n\n{{ license }}\n",
    "template/{% if docs %}docs{% endif %}/index.md": "${{ github.actor }}\n",
    "template/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml }}",
}

GOOD = {"native": NATIVE, "cookiecutter": COOKIECUTTER, "copier": COPIER}


@pytest.mark.parametrize("name", GOOD)
def test_nothing_is_found_in_a_good_template(found: Callable[[Files], list[Finding]], name: str) -> None:
    assert found(GOOD[name]) == []


def _replaced(text: str, by: str, files: Files, file: str) -> Files:
    original = files[file]
    assert isinstance(original, str)
    assert text in original
    return {**files, file: original.replace(text, by)}


def in_toml(text: str, by: str) -> Files:
    return _replaced(text, by, NATIVE, "mintage.toml")


def in_json(text: str, by: str) -> Files:
    return _replaced(text, by, COOKIECUTTER, "cookiecutter.json")


def in_yaml(text: str, by: str) -> Files:
    return _replaced(text, by, COPIER, "copier.yml")


def native_file(text: str, path: str = "a.txt") -> Files:
    return {**NATIVE, path: text}


def cookiecutter_file(text: str, path: str = "a.txt") -> Files:
    return {**COOKIECUTTER, f"{{{{cookiecutter.slug}}}}/{path}": text}


def copier_file(text: str, path: str = "a.txt.jinja") -> Files:
    return {**COPIER, f"template/{path}": text}


IN_PROJECT = "{{cookiecutter.slug}}"

BROKEN: dict[str, tuple[Files, str]] = {
    # Native
    "a tag that is not closed": (native_file("one\n{% if docs %}\n"), "syntax-error a.txt:2"),
    "a condition that is none": (in_toml("license == 'none'", "license ="), "syntax-error mintage.toml:22"),
    "a name that is misspelled": (native_file("\n  {{ nmae }}\n"), "undefined-variable a.txt:2:6"),
    "a name that is misspelled in a default": (
        in_toml('default = "demo"', 'default = "{{ nam }}"'),
        "undefined-variable mintage.toml:5:15",
    ),
    "a name that is misspelled in a task": (
        in_toml("echo {{ name }}", "echo {{ mane }}"),
        "undefined-variable mintage.toml:36:16",
    ),
    "a loop's variable outside of the loop": (
        native_file("{% for x in modules %}{{ x }}{% endfor %}\n{{ x }}"),
        "undefined-variable a.txt:2:4",
    ),
    "an answer in an imported template": (
        {
            **native_file("{% from 'parts/m' import f %}{{ f() }}"),
            "parts/m": "{% macro f() %}\n{{ name }}{% endmacro %}",
        },
        "undefined-variable parts/m:2:4",
    ),
    "a question that reads a later one": (
        in_toml('default = "demo"', 'default = "{{ license }}"'),
        "asked-later mintage.toml:5:15",
    ),
    "a question that nobody needs": (
        in_toml("[questions.docs]", '[questions.more]\ndefault = "a"\n\n[questions.docs]'),
        "unused-question mintage.toml:13",
    ),
    "a filter that does not exist": (native_file("{{ name | uper }}"), "unknown-filter a.txt:1:11"),
    "a test that does not exist": (native_file("{% if name is strang %}x{% endif %}"), "unknown-test a.txt:1:15"),
    "a tag that does not exist": (native_file("\n\n{% fro x in name %}"), "unknown-tag a.txt:3:4"),
    "a template that does not exist": (native_file("{% include 'parts/foter' %}"), "missing-template a.txt:1:13"),
    "a branch that is never taken": (native_file("{% if false %}x{% endif %}"), "unreachable-branch a.txt:1:7"),
    "the same condition twice": (
        native_file("{% if docs %}a{% elif name %}b{% elif docs %}c{% endif %}"),
        "unreachable-branch a.txt:1:39",
    ),
    "a choice that does not exist": (
        native_file("{% if license == 'GPL' %}x{% endif %}"),
        "impossible-comparison a.txt:1:18",
    ),
    "a choice that does not exist among others": (
        native_file("{% if license in ['MIT',\n 'BSD3'] %}x{% endif %}"),
        "impossible-comparison a.txt:1:18",
    ),
    "a default that cannot be chosen": (
        in_toml('default = "MIT"', 'default = "mit"'),
        "default-not-a-choice mintage.toml:11:12",
    ),
    "a key of mintage.toml that is misspelled": (in_toml("pattern =", "patern ="), "unknown-key mintage.toml:6"),
    "a table of mintage.toml that is misspelled": (in_toml("[[order]]", "[[oder]]"), "unknown-key mintage.toml:30"),
    "a type that does not exist": (
        in_toml('type = "bool"\ndefault = true', 'type = "yesno"'),
        "invalid-configuration mintage.toml:14",
    ),
    "an [[each]] for no file": (in_toml('file = "module.py"', 'file = "modul.py"'), "unmatched-rule mintage.toml:25:9"),
    "an [[order]] for no file": (
        in_toml('files = ["index.md"]', 'files = ["indx.md"]'),
        "unmatched-rule mintage.toml:31:11",
    ),
    "a task that waits for no task": (
        in_toml('after = ["index.md"]', 'after = ["task:grete"]'),
        "unmatched-rule mintage.toml:37:11",
    ),
    "files that wait for each other": (
        {**native_file("\n{{ output('b.txt') }}"), "b.txt": "{{ output('a.txt') }}"},
        "dependency-cycle a.txt:2:4",
    ),
    "an output that is chosen in a loop": (
        native_file("{% for f in ['README.md'] %}\n{{ output(f) }}{% endfor %}", "b.txt"),
        "unknown-output b.txt:2:4",
    ),
    "two files for one target": (
        {
            **native_file("a", "{% if docs %}x.txt{% endif %}"),
            "{% if license == 'MIT' %}x.txt{% endif %}": "b",
        },
        "colliding-paths {% if license == 'MIT' %}x.txt{% endif %}",
    ),
    "a name that leads out of the project": (native_file("a", "{{ '..' }}"), "escaping-path {{ '..' }}"),
    "a file that is not a text": ({**NATIVE, "a.txt": b"{{ name }} \xe9"}, "not-utf8 a.txt"),
    "a text that Cookiecutter takes for a picture": (
        cookiecutter_file("BM {{ cookiecutter.slug }}\n", "bmi.txt"),
        f"unrendered-text {IN_PROJECT}/bmi.txt",
    ),
    "a pattern of files to copy that matches none": (
        in_toml("[files]\n", '[files]\ncopy_only = ["nothing.txt"]\n'),
        "unmatched-rule mintage.toml:22:15",
    ),
    "a pattern that begins with the project's directory": (
        in_json('"*.html"', '"*.html", "{{cookiecutter.slug}}/README.md"'),
        "unmatched-rule cookiecutter.json:10:16",
    ),
    "an image that would be rendered": (native_file("{{ name }}", "a.png"), "rendered-binary a.png"),
    "an expression of GitHub Actions": (
        native_file("on: push\nrun: ${{ github.actor }}\n", "ci.yml"),
        "foreign-syntax ci.yml:2:10",
    ),
    "a condition of GitHub Actions": (
        native_file("on: push\nif: ${{ github.a && github.b }}\n", "ci.yml"),
        "foreign-syntax ci.yml:2",
    ),
    "a Helm chart": (native_file("kind: Pod\nname: {{ .Values.name }}\n", "pod.yml"), "foreign-syntax pod.yml:2"),
    "LaTeX": (native_file("\\title{{Title: one}}\n", "paper.tex"), "foreign-syntax paper.tex:1"),
    "the length of a shell's array": (native_file("a=()\necho ${#a[@]}\n", "run.sh"), "foreign-syntax run.sh:2"),
    # Cookiecutter
    "a variable that is misspelled": (
        cookiecutter_file("{{ cookiecutter.licence }}"),
        f"undefined-variable {IN_PROJECT}/a.txt:1:17",
    ),
    "a variable without its namespace": (cookiecutter_file("{{ name }}"), f"undefined-variable {IN_PROJECT}/a.txt:1:4"),
    "a variable that a hook misspells": (
        {**COOKIECUTTER, "hooks/pre_gen_project.sh": "#!/bin/sh\necho {{ cookiecutter.nam }}\n"},
        "undefined-variable hooks/pre_gen_project.sh:2:22",
    ),
    "a hook that is not a template": (
        {**COOKIECUTTER, "hooks/pre_gen_project.py": "x = {}\ny = '{{ cookiecutter. }}'\n"},
        "syntax-error hooks/pre_gen_project.py:2",
    ),
    "a yes or no that is compared with a text": (
        cookiecutter_file("{% if cookiecutter.docs == 'y' %}x{% endif %}"),
        f"impossible-comparison {IN_PROJECT}/a.txt:1:28",
    ),
    "a setting of Cookiecutter that is misspelled": (
        {
            **in_json("_copy_without_render", "_copy_without_rendering"),
            f"{IN_PROJECT}/page.html": "plain",
        },
        "unknown-key cookiecutter.json:9:3",
    ),
    "a prompt for no variable": (in_json('"name": "Name"', '"nam": "Name"'), "unknown-key cookiecutter.json:13:5"),
    "an extension that is not installed": (
        in_json('"docs": true', '"docs": true, "_extensions": ["no_such_package.Extension"]'),
        "missing-extension cookiecutter.json:8:34",
    ),
    "an extension file of the template that does not exist": (
        in_json('"docs": true', '"docs": true,\n"_extensions": ["extensions.py:Extension"]'),
        "missing-extension cookiecutter.json:9:18",
    ),
    "a cookiecutter.json that is none": (in_json('"demo",', '"demo"'), "invalid-configuration cookiecutter.json:3:3"),
    # Copier
    "a name that a task misspells": (
        in_yaml("echo {{ name }}", "echo {{ nane }}"),
        "undefined-variable copier.yml:17:14",
    ),
    "a name that a validator misspells": (in_yaml("if not name", "if not nam"), "undefined-variable copier.yml:7:25"),
    "a setting of Copier that is misspelled": (
        in_yaml("_tasks:", "_task:"),
        "unknown-key copier.yml:16:1",
    ),
    "a key of a question that is misspelled": (in_yaml("help:", "hlep:"), "unknown-key copier.yml:15:3"),
    "a default that Copier cannot choose": (
        in_yaml("default: MIT", "default: mit"),
        "default-not-a-choice copier.yml:11:12",
    ),
    "a file's name that is not a template": (
        copier_file("", "{% if docs %}a.txt"),
        "syntax-error template/{% if docs %}a.txt",
    ),
    "an include that looks in the wrong folder": (
        copier_file("\n{% include 'README.md.jinja' %}"),
        "missing-template template/a.txt.jinja:2:13",
    ),
    "a copier.yml that is none": (in_yaml("name:\n", "name: [\n"), "invalid-configuration copier.yml:6"),
}


@pytest.mark.parametrize("defect", BROKEN)
def test_what_is_broken_is_found_where_it_is(found: Callable[[Files], list[Finding]], defect: str) -> None:
    files, expected = BROKEN[defect]
    assert [f"{each.rule} {each.where}" for each in found(files) if each.severity.value != "note"] == [expected]


def test_a_tag_without_an_end_is_found_even_if_it_is_unknown(found: Callable[[Files], list[Finding]]) -> None:
    rules = {f"{each.rule} {each.where}" for each in found({"a.txt": "one {% twwo"})}
    assert rules == {"syntax-error a.txt:1", "unknown-tag a.txt:1:8"}


def test_a_pipe_is_found_and_not_waited_for(write_tree: Callable[..., Path]) -> None:
    template = write_tree({"good.txt": "good"})
    os.mkfifo(template / "pipe.txt")
    (finding,) = check_template(template).findings
    assert (finding.rule, finding.where.file) == ("impossible-layout", "pipe.txt")


def test_a_subdirectory_outside_of_the_template_is_found_and_not_looked_into(
    write_tree: Callable[..., Path],
) -> None:
    outside = write_tree({"template/copier.yml": "_subdirectory: ..\n", "template/a": "", "private.jinja": "{{ oops"})
    (finding,) = check_template(outside / "template").findings
    assert (finding.rule, finding.where.file) == ("escaping-path", "copier.yml")
