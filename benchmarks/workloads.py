"""Makes the templates for the benchmarks, the same ones every time. Knows no tools, and measures nothing.

All are Cookiecutter templates; `for_copier` converts one to Copier's format. Their text is random, with fixed seeds.
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
_LICENSE = b"Copyright (c) {% now 'utc', '%Y' %}, {{ cookiecutter.author }}\n"  # plain text for Copier
_TABLE = """\
{% for row in range(40) %}
{% set name = (cookiecutter.package ~ '_' ~ row) | upper | replace('_', '-') %}
{% for column in range(12) -%}
| {{ name }}.{{ column }} {{ '%05d' | format(row * column) }} {% if column is divisibleby 3 %}*{% endif %}
{%- endfor %}
{% endfor %}
"""


def mixed(root: Path, files: int) -> Path:
    """Make 60% templated text of 10 to 80 lines, 30% plain text of that size, and 10% binary files of 20 kB."""

    def content(rng: random.Random, number: int) -> tuple[str, bytes]:
        if number % 10 < 6:
            return f"module{number}.py", _templated(rng, number).encode()
        if number % 10 < 9:
            return f"notes{number}.txt", _plain(rng).encode()
        return f"data{number}.bin", b"\0" + rng.randbytes(20_000)

    return _many(root, files, content)


def usual(root: Path, files: int, *, macros: bool = False) -> Path:
    """Make the kinds of files that 224 public templates have: mostly text without tags, then some variables.

    62% have no tags or are binary, 24% have variables, 8% also conditions, and 6% need more of Jinja: filters, split
    strings, the year in the license; or macros, which a third of the templates use.
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

    def with_license(rng: random.Random, number: int) -> tuple[str, bytes]:
        return ("LICENSE", _LICENSE + _plain(rng).encode()) if number == files - 1 else content(rng, number)

    return _many(root, files, with_license)


def for_copier(template: Path) -> Path:
    """Convert a template of this module to Copier's format: files with tags get the suffix `.jinja`."""
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
    """Make only the templated text of `mixed`: short files that render quickly."""
    return _many(root, files, lambda rng, number: (f"module{number}.py", _templated(rng, number).encode()))


def needs_jinja(root: Path, files: int) -> Path:
    """Make the same with a macro in each file, so that Jinja2 compiles each of them."""
    return _many(root, files, lambda rng, number: (f"module{number}.py", (_templated(rng, number) + _MACRO).encode()))


def demanding(root: Path, files: int) -> Path:
    """Make templated text with a table of 480 computed cells in each file: rendering dominates."""

    def content(rng: random.Random, number: int) -> tuple[str, bytes]:
        return f"table{number}.md", (_templated(rng, number) + _TABLE).encode()

    return _many(root, files, content)


def large_files(root: Path, *, binary_mib: int, text_mib: int = 0) -> Path:
    """Make one binary file and one plain text file, neither of them sparse."""
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
    """Make templated text files of `mib` MiB each, with two variables in every 2,000th line.

    With more variables, Jinja2 would take seconds to compile a file of that size.
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
