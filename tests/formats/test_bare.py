"""Any directory as a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import mintage
from mintage.errors import AnswerError, TemplateError, UnsafePathError, UsageError
from mintage.minting.generator import Generator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]


def test_files_and_names_are_rendered(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"{{ a }}.txt": "{{ b.c }}", "plain": "x", ".git/config": "left out"})
    mintage.generate(template, tmp_path / "out", data={"a": "name", "b": {"c": "inner"}})
    found = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert found == {"name.txt": "inner", "plain": "x"}


def test_every_variable_that_is_used_must_be_answered(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"f": "{% set own = 1 %}{{ own }}{{ used }}{{ range(3) }}", "{{ name }}": ""})
    with pytest.raises(AnswerError) as caught:
        mintage.generate(template, tmp_path / "out")
    assert {problem.what.split(":")[0] for problem in caught.value.problems} == {"used", "name"}


def test_templates_in_a_folder_that_is_none_are_named(write_tree: Write, tmp_path: Path) -> None:
    folder = write_tree({"web/mintage.toml": "", "old/cookiecutter.json": "{}", "plain/f": "", "g": ""})
    warnings: list[str] = []
    Generator(warn=warnings.append).generate(folder, tmp_path / "out")
    assert warnings == [
        (
            f"{folder} is used as a bare template, but contains templates: old, web"
            " (use `Options(directory='old')` for one of them)"
        )
    ]


def test_a_folder_of_other_folders_is_taken_in_silence(write_tree: Write, tmp_path: Path) -> None:
    warnings: list[str] = []
    Generator(warn=warnings.append).generate(write_tree({"docs/f": "", "g": ""}), tmp_path / "out")
    assert warnings == []


def test_binary_files_are_not_asked_about(write_tree: Write, tmp_path: Path) -> None:
    mintage.generate(write_tree({"f": b"\0{{ nobody }}"}), tmp_path / "out")
    assert (tmp_path / "out" / "f").read_bytes() == b"\0{{ nobody }}"


def test_an_output_must_be_named(write_tree: Write) -> None:
    with pytest.raises(UsageError, match="doesn't name its project"):
        mintage.generate(write_tree({"f": ""}))


def test_links_within_are_followed_and_links_out_are_refused(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"d/real.txt": "x"})
    (template / "link.txt").symlink_to("d/real.txt")
    (template / "folder").symlink_to("d")
    mintage.generate(template, tmp_path / "out")
    assert (tmp_path / "out" / "folder" / "real.txt").read_text() == "x"
    assert not (tmp_path / "out" / "link.txt").is_symlink()
    (template / "out").symlink_to(tmp_path)
    with pytest.raises(UnsafePathError):
        mintage.generate(template, tmp_path / "second")


def test_a_link_to_a_folder_that_it_is_in_is_refused(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"d/f": "x"})
    (template / "d" / "up").symlink_to("../d")
    with pytest.raises(TemplateError, match="back"):
        mintage.generate(template, tmp_path / "out")
