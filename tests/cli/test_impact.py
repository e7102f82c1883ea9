"""`mintage impact`: what depends on an answer, to read and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Mintage = Callable[..., subprocess.CompletedProcess[str]]
    Write = Callable[..., Path]

FILES = {
    "mintage.toml": '[questions.name]\ndefault = "x"\n[questions.slug]\ndefault = "{{ name }}"\n',
    "a.txt": "{{ name }}\n{{ name }}",
    "b.txt": "{{ slug }}",
}


def test_people_read_what_depends_directly_and_then_what_does_through_others(
    mintage: Mintage, write_tree: Write
) -> None:
    write_tree(FILES)
    done = mintage("impact", "name", "--template", "template")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "depends on name:",
        "  contents   a.txt  1:4, 2:4",
        "  question   slug: default  mintage.toml:4:15",
        "through slug:",
        "  contents   b.txt  1:4",
    ]


def test_an_answer_without_impact_is_said_to_have_none(mintage: Mintage, write_tree: Write) -> None:
    write_tree({"mintage.toml": "[questions.name]\n"})
    assert mintage("impact", "name", "--template", "template").stdout == "nothing depends on name\n"


def test_in_a_project_its_template_is_found(mintage: Mintage, write_tree: Write) -> None:
    write_tree(FILES)
    mintage("new", "template", "project", "--defaults")
    assert mintage("impact", "slug", "--project", "project").stdout.startswith("depends on slug:")


def test_programs_get_a_document(mintage: Mintage, write_tree: Write, require_described: Callable[..., None]) -> None:
    write_tree(FILES)
    document = json.loads(mintage("impact", "name", "--template", "template", "--json").stdout)
    require_described(document)
    assert [(each["aspect"], each["name"], each["via"]) for each in document["effects"]] == [
        ("question", "slug", []),
        ("contents", "a.txt", []),
        ("contents", "b.txt", ["slug"]),
    ]


def test_names_do_not_steer_the_terminal(mintage: Mintage, write_tree: Write) -> None:
    write_tree({"mintage.toml": "[questions.name]\n", "a\x1b[2J": "{{ name }}"})
    assert "\x1b" not in mintage("impact", "name", "--template", "template").stdout
