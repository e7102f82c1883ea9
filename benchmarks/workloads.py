"""Makes the templates that are measured, the same ones every time. Knows no tool and measures nothing.

All are Cookiecutter templates; `for_copier` makes one Copier's. Everything in them comes from seeded random numbers.
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PROJECT = "measured"
MIB = 1024 * 1024
PROJECT_FOLDER = "{{cookiecutter.project_slug}}"
_FILES_PER_FOLDER = 100
_VARIABLES = {
    "project_slug": PROJECT,
    "author": "Zoe Doe",
    "package": "measured_package",
    "version": "1.2.3",
    "use_extras": "yes",
}
_TEXT = "files are rendered by workers in the order that their dependencies and priorities demand of them"
_WORDS = _TEXT.split()
_ENDING = """\
{% if cookiecutter.use_extras == 'yes' %}
extras = '{{ cookiecutter.version }}'
{% else %}
extras = None
{% endif %}
{% for name in ['a', 'b', 'c'] %}
{{ name }} = '{{ cookiecutter.project_slug }}'
{% endfor %}
"""
_MACRO = """\
{% macro greet(name) %}hello {{ name | upper }}{% endmacro %}
{{ greet(cookiecutter.author) }}
"""
_MORE = """\
class {{ cookiecutter.package.split('_') | map('capitalize') | join('') }}:
    author = {{ cookiecutter.author | tojson }}
    short = {{ 'None' if cookiecutter.use_extras == 'no' else cookiecutter.version[:3] }}
"""
_LICENCE = b"Copyright (c) {% now 'utc', '%Y' %}, {{ cookiecutter.author }}\n"  # a plain text to Copier
_TABLE = """\
{% for row in range(40) %}
{% set name = (cookiecutter.package ~ '_' ~ row) | upper | replace('_', '-') %}
{% for column in range(12) -%}
| {{ name }}.{{ column }} {{ '%05d' | format(row * column) }} {% if column is divisibleby 3 %}*{% endif %}
{%- endfor %}
{% endfor %}
"""


def mixed(root: Path, files: int) -> Path:
    """60 % templated text of 10 to 80 lines, 30 % plain text of that size, 10 % binary of 20 kB."""

    def content(rng: random.Random, number: int) -> tuple[str, bytes]:
        if number % 10 < 6:
            return f"module{number}.py", _templated(rng, number).encode()
        if number % 10 < 9:
            return f"notes{number}.txt", _plain(rng).encode()
        return f"data{number}.bin", b"\0" + rng.randbytes(20_000)

    return _many(root, files, content)


def usual(root: Path, files: int, *, macros: bool = False) -> Path:
    """What public templates are made of (of 224 that were counted): mostly text without tags, then a few variables.

    62 % have no tag or are binary, 24 % have variables, 8 % conditions besides, and 6 % need more of Jinja: filters,
    texts that are split and joined, the year in the licence; or macros, without which two of three templates do.
    """

    def content(rng: random.Random, number: int) -> tuple[str, bytes]:
        place = number % 50
        if place < 31:
            return f"notes{number}.txt", _plain(rng).encode()
        if place < 43:
            return f"module{number}.py", _variables(rng).encode()
        if place < 47:
            return f"module{number}.py", _templated(rng, number).encode()
        return f"module{number}.py", (_templated(rng, number) + (_MACRO if macros else _MORE)).encode()

    def with_licence(rng: random.Random, number: int) -> tuple[str, bytes]:
        return ("LICENSE", _LICENCE + _plain(rng).encode()) if number == files - 1 else content(rng, number)

    return _many(root, files, with_licence)


def for_copier(template: Path) -> Path:
    """Make a template of this module one in Copier's format: the files with tags have the suffix `.jinja`."""
    project = template / PROJECT_FOLDER
    for path in project.rglob("*.py"):
        text = path.read_text().replace("cookiecutter.", "")
        path.with_name(f"{path.name}.jinja").write_text(text)
        path.unlink()
    for part in project.iterdir():
        part.rename(template / part.name)
    project.rmdir()
    (template / "cookiecutter.json").unlink()
    (template / "copier.yml").write_text("".join(f'{name}: "{value}"\n' for name, value in _VARIABLES.items()))
    return template


def light(root: Path, files: int) -> Path:
    """Nothing but the templated text of `mixed`: short files, quickly rendered."""
    return _many(root, files, lambda rng, number: (f"module{number}.py", _templated(rng, number).encode()))


def needs_jinja(root: Path, files: int) -> Path:
    """The same with a macro in each file, so that each is compiled by Jinja2."""
    return _many(root, files, lambda rng, number: (f"module{number}.py", (_templated(rng, number) + _MACRO).encode()))


def demanding(root: Path, files: int) -> Path:
    """Templated text with a table of 480 computed cells in each file: rendering costs more than all else."""

    def content(rng: random.Random, number: int) -> tuple[str, bytes]:
        return f"table{number}.md", (_templated(rng, number) + _TABLE).encode()

    return _many(root, files, content)


def large_files(root: Path, *, binary_mib: int, text_mib: int = 0) -> Path:
    """One binary file and one plain text file, written out in full: no holes."""
    project = _begin(root)
    block = random.Random(1).randbytes(MIB)
    with (project / "disk.img").open("wb") as file:
        file.write(b"\0" * 16)
        for _ in range(binary_mib):
            file.write(block)
    if not text_mib:
        return root
    line = " ".join(_WORDS).encode() + b"\n"
    with (project / "log.txt").open("wb") as file:
        for _ in range(text_mib):
            file.write(line * (MIB // len(line)))
    return root


def large_templates(root: Path, files: int, *, mib: int) -> Path:
    """Templated text files of `mib` MiB each, with two variables in every 2,000th line.

    Few variables, because Jinja's compiler takes seconds for a file of that size otherwise.
    """
    project = _begin(root)
    plain = (" ".join(_WORDS) + "\n") * 1999
    for number in range(files):
        unit = plain + f"made by {{{{ cookiecutter.author }}}} for {{{{ cookiecutter.package }}}}, part {number}\n"
        (project / f"large{number}.txt").write_text(unit * (mib * MIB // len(unit)))
    return root


def _many(root: Path, files: int, content: Callable[[random.Random, int], tuple[str, bytes]]) -> Path:
    rng = random.Random(files)
    project = _begin(root)
    for number in range(files):
        folder = project / f"part{number // _FILES_PER_FOLDER}"
        if number % _FILES_PER_FOLDER == 0:
            folder.mkdir()
        name, data = content(rng, number)
        (folder / name).write_bytes(data)
    return root


def _begin(root: Path) -> Path:
    project = root / PROJECT_FOLDER
    project.mkdir(parents=True)
    (root / "cookiecutter.json").write_text(json.dumps(_VARIABLES))
    return project


def _templated(rng: random.Random, number: int) -> str:
    lines = [f"# file {number} of {{{{ cookiecutter.package }}}}"]
    for line in range(rng.randint(10, 80)):
        words = " ".join(rng.choices(_WORDS, k=8))
        lines.append(f"{words} {{{{ cookiecutter.author }}}}" if line % 7 == 0 else words)
    return "\n".join(lines) + "\n" + _ENDING


def _variables(rng: random.Random) -> str:
    return "# {{ cookiecutter.project_slug }} by {{ cookiecutter.author }}\n" + _plain(rng)


def _plain(rng: random.Random) -> str:
    return "\n".join(" ".join(rng.choices(_WORDS, k=8)) for _ in range(rng.randint(10, 80))) + "\n"
