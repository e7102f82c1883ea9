"""copier.yml: where it may be, how its documents become one, and what is said of mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mintage.errors import MintageError, TemplateError, UnsafePathError
from mintage.minting.generator import Generator, Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Mint = Callable[..., dict[str, str]]
    Write = Callable[..., Path]


def test_later_documents_win_but_lists_of_patterns_are_joined(write_template: Write, mint: Mint) -> None:
    config = """
a: 1
_exclude: [copier.yml, "*.a"]
---
b: 2
a: 3
_exclude: ["*.b"]
"""
    made = mint(write_template(config, {"x.a": "", "x.b": "", "c.jinja": "{{ a }}{{ b }}"}))
    assert made == {"c": "32"}


def test_other_files_can_be_included_by_pattern(write_template: Write, mint: Mint) -> None:
    files = {"shared/one.yml": "a: 1\n---\nb: 2", "shared/two.yml": "c: 3", "x.jinja": "{{ a }}{{ b }}{{ c }}"}
    config = "_exclude: [shared, copier.yml]\n---\n!include shared/*.yml\n---\na: 5\n"
    assert mint(write_template(config, files)) == {"x": "523"}


@pytest.mark.parametrize("pattern", ["/etc/passwd", "../outside.yml", "link.yml"])
def test_nothing_outside_can_be_included(write_template: Write, mint: Mint, tmp_path: Path, pattern: str) -> None:
    (tmp_path / "outside.yml").write_text("a: 1")
    with pytest.raises(UnsafePathError, match="leads out of the template"):
        mint(write_template(f"--- !include {pattern}", {"link.yml": "-> ../outside.yml"}))


@pytest.mark.parametrize("name", ["copier.yaml", "copier.YML", "copier.Yaml"])
def test_the_file_has_several_spellings(write_template: Write, mint: Mint, name: str) -> None:
    template = write_template("", {name: "x: 1\n_exclude: ['copier.*']", "a.jinja": "{{ x }}"})
    (template / "copier.yml").unlink()
    assert mint(template) == {"a": "1"}


def test_more_than_one_is_refused(write_template: Write, mint: Mint) -> None:
    with pytest.raises(TemplateError, match=r"more than one configuration: copier.yaml, copier.yml"):
        mint(write_template("", {"copier.yaml": ""}))


def test_a_folder_without_one_is_taken_if_the_user_says_so(write_template: Write, mint: Mint) -> None:
    template = write_template("", {"a.jinja": "{{ nobody }}", "b": "{{ x }}"})
    (template / "copier.yml").unlink()
    assert mint(template, format="copier") == {"a": "", "b": "{{ x }}"}


def test_a_template_of_two_tools_is_that_of_the_one_which_is_asked_for(write_template: Write, tmp_path: Path) -> None:
    template = write_template("x: 1", {"cookiecutter.json": "{}", "{{'cookiecutter'}}/b": ""})
    assert Generator().plan(template, tmp_path / "out", given=None).format == "cookiecutter"
    assert Generator(Options(format="copier")).plan(template, tmp_path / "out").format == "copier"


@pytest.mark.parametrize(
    ("config", "what", "line"),
    [
        ("a: [", "not valid YAML", 1),
        ("a: 1\nb: {\n", "not valid YAML", 3),
        ("a: !!python/object/apply:os.system [id]", "not valid YAML", 1),
        ("just text", "must contain questions and settings", 1),
        ("a: 1\n_exclude: nothing", "_exclude must be a list", 2),
        ("_envops: [a]", "_envops must be a mapping", 1),
        ("_envops: {finalize: x}", "unknown option finalize", 1),
        ("_envops: {undefined: jinja2.ChainableUndefined}", "must be one of", 1),
        ("_answers_file: /etc/x", "within the project", 1),
        ("_tasks: [{when: true}]", "a task has no `command`", 1),
        ("a: 1\nnow: 2", "now is reserved; choose another name for the question", 2),
        ("a: {secret: true}", "needs a default", 1),
        ("a: {choices: 5}", "`choices` of a", 1),
        ("_min_copier_version: '99.0'", "the template needs Copier 99.0", 1),
        ("_min_copier_version: new", "is not a version", 1),
    ],
)
def test_mistakes_are_named_with_their_line(
    write_template: Write, mint: Mint, config: str, what: str, line: int
) -> None:
    with pytest.raises(MintageError) as caught:
        mint(write_template(config))
    error = caught.value
    found = [(error.what, error.where), *((problem.what, problem.where) for problem in error.problems)]
    assert [where.line for said, where in found if what in said and where] == [line]


def test_a_template_for_an_older_copier_is_taken_with_a_warning(write_template: Write, tmp_path: Path) -> None:
    warnings: list[str] = []
    Generator(warn=warnings.append).generate(write_template("_min_copier_version: '8.1'"), tmp_path / "out")
    assert "written for Copier 8.1" in warnings[0]
