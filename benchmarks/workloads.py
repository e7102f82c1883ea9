"""Makes the templates that are measured. The same ones every time."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = "{{cookiecutter.project_slug}}"
MIB = 1024 * 1024
_VARIABLES = {
    "project_slug": "measured",
    "author": "Zoe Doe",
    "package": "measured_package",
    "version": "1.2.3",
    "use_extras": "yes",
}
_TEXT = "files are rendered by workers in the order that their dependencies and priorities demand of them"
_WORDS = _TEXT.split()


def mixed(root: Path, files: int) -> Path:
    """60 % templated text of 10 to 80 lines, 30 % plain text, 10 % binary of 20 kB."""
    rng = random.Random(files)
    project = _begin(root)
    for number in range(files):
        folder = project / f"part{number // 100}"
        folder.mkdir(exist_ok=True)
        kind = number % 10
        if kind < 6:
            (folder / f"module{number}.py").write_text(_templated(rng, number))
        elif kind < 9:
            (folder / f"notes{number}.txt").write_text(_plain(rng))
        else:
            (folder / f"data{number}.bin").write_bytes(b"\0" + rng.randbytes(20_000))
    return root


def rendered(root: Path, files: int) -> Path:
    """Nothing but templated text: the cost is rendering."""
    rng = random.Random(files)
    project = _begin(root)
    for number in range(files):
        folder = project / f"part{number // 100}"
        folder.mkdir(exist_ok=True)
        (folder / f"module{number}.py").write_text(_templated(rng, number))
    return root


def large_files(root: Path) -> Path:
    """A binary file of 2 GiB and a plain text of 200 MiB."""
    project = _begin(root)
    block = random.Random(1).randbytes(MIB)
    with (project / "disk.img").open("wb") as file:
        file.write(b"\0" * 16)
        for _ in range(2048):
            file.write(block)
    line = " ".join(_WORDS).encode() + b"\n"
    with (project / "log.txt").open("wb") as file:
        for _ in range(200):
            file.write(line * (MIB // len(line)))
    return root


def large_templates(root: Path, count: int = 200) -> Path:
    """Templates of 5 MiB each, with a variable every few lines."""
    project = _begin(root)
    plain = (" ".join(_WORDS) + "\n") * 6
    for number in range(count):
        unit = plain + f"made by {{{{ cookiecutter.author }}}} for {{{{ cookiecutter.package }}}}, part {number}\n"
        (project / f"large{number}.txt").write_text(unit * (5 * MIB // len(unit)))
    return root


def _begin(root: Path) -> Path:
    project = root / PROJECT
    project.mkdir(parents=True)
    (root / "cookiecutter.json").write_text(json.dumps(_VARIABLES))
    return project


def _templated(rng: random.Random, number: int) -> str:
    lines = [f"# file {number} of {{{{ cookiecutter.package }}}}"]
    for line in range(rng.randint(10, 80)):
        words = " ".join(rng.choices(_WORDS, k=8))
        lines.append(f"{words} {{{{ cookiecutter.author }}}}" if line % 7 == 0 else words)
    lines += [
        "{% if cookiecutter.use_extras == 'yes' %}",
        "extras = '{{ cookiecutter.version }}'",
        "{% else %}",
        "extras = None",
        "{% endif %}",
        "{% for name in ['a', 'b', 'c'] %}",
        "{{ name }} = '{{ cookiecutter.project_slug }}'",
        "{% endfor %}",
    ]
    return "\n".join(lines) + "\n"


def _plain(rng: random.Random) -> str:
    return "\n".join(" ".join(rng.choices(_WORDS, k=8)) for _ in range(rng.randint(10, 80))) + "\n"
