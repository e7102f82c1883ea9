"""Repositories that offer several Cookiecutter templates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mintage.errors import AnswerError, MintageError, UnsafePathError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mintage.template.questions import Choice, Question

    Mint = Callable[..., dict[str, bytes]]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two templates side by side."""
    root = tmp_path / "repository"
    for name in ("one", "two"):
        project = root / name / "{{cookiecutter.name}}"
        project.mkdir(parents=True)
        (root / name / "cookiecutter.json").write_text('{"name": "project"}')
        (project / "which.txt").write_text(name)
    return root


def offer(repository: Path, offered: dict[str, Any]) -> Path:
    (repository / "cookiecutter.json").write_text(json.dumps(offered))
    return repository


MODERN = {"templates": {"a": {"path": "./one", "title": "One"}, "b": {"path": "./two", "title": "Two"}}}
OLD = {"template": ["First (one)", "Second (two)"]}


class TakesLast:
    """Somebody who always takes the last choice."""

    def ask(
        self, question: Question, default: Any, choices: Sequence[Choice], check: Callable[[Any], str | None]
    ) -> Any:
        return choices[-1].value if choices else default

    def confirm(self, text: str, *, default: bool) -> bool:
        return default


@pytest.mark.parametrize("offered", [MODERN, OLD], ids=["templates", "template"])
def test_the_first_is_taken_when_nobody_is_asked(repository: Path, mint: Mint, offered: dict[str, Any]) -> None:
    assert mint(offer(repository, offered)) == {"which.txt": b"one"}


@pytest.mark.parametrize("offered", [MODERN, OLD], ids=["templates", "template"])
def test_the_person_at_the_terminal_chooses(repository: Path, offered: dict[str, Any], tmp_path: Path) -> None:
    from mintage.minting.generator import Generator, Options

    generator = Generator(Options(use_defaults=False), asker=TakesLast())
    report = generator.generate(offer(repository, offered), tmp_path / "out")
    assert (report.destination / "which.txt").read_text() == "two"


@pytest.mark.parametrize("path", ["../outside", "/outside", "one/../../outside"])
def test_a_template_outside_of_the_repository_is_refused(repository: Path, mint: Mint, path: str) -> None:
    outside = repository.parent / "outside"
    outside.mkdir()
    (outside / "cookiecutter.json").write_text('{"name": "project"}')
    with pytest.raises(UnsafePathError):
        mint(offer(repository, {"templates": {"a": {"path": path}}}))


@pytest.mark.parametrize(
    "offered", [{"templates": {}}, {"templates": {"a": {}}}, {"template": ["no parentheses"]}, {"template": ["(gone)"]}]
)
def test_an_offer_that_makes_no_sense_is_an_error(repository: Path, mint: Mint, offered: dict[str, Any]) -> None:
    with pytest.raises(MintageError):
        mint(offer(repository, offered))


def test_a_template_of_old_can_be_chosen_by_an_answer(repository: Path, mint: Mint) -> None:
    assert mint(offer(repository, OLD), flags={"template": "Second (two)"}) == {"which.txt": b"two"}


def test_an_answer_that_names_none_of_the_old_templates_is_an_error(repository: Path, mint: Mint) -> None:
    with pytest.raises(AnswerError) as caught:
        mint(offer(repository, OLD), flags={"template": "Third (three)"})
    assert [problem.what for problem in caught.value.problems] == [
        "template: 'Third (three)' is not one of the choices: First (one), Second (two)"
    ]


@pytest.mark.parametrize("name", ["template", "templates"])
@pytest.mark.parametrize("answer", ["b", "The second", "two", "./two"])
def test_a_template_can_be_chosen_by_its_name_title_or_path(
    repository: Path, mint: Mint, name: str, answer: str
) -> None:
    offered = {"templates": {**MODERN["templates"], "b": {"path": "./two", "title": "The second"}}}
    assert mint(offer(repository, offered), flags={name: answer}) == {"which.txt": b"two"}


@pytest.mark.parametrize("name", ["template", "templates"])
def test_an_answer_that_is_none_of_the_templates_names_them_and_the_option(
    repository: Path, mint: Mint, name: str
) -> None:
    with pytest.raises(AnswerError) as caught:
        mint(offer(repository, MODERN), flags={name: "third"})
    (problem,) = caught.value.problems
    assert f"{name}: 'third' is not one of the choices" in problem.what
    assert "`Options(directory=...)`" in problem.hint


@pytest.mark.parametrize("offered", [MODERN, OLD], ids=["templates", "template"])
def test_a_template_is_chosen_in_the_copy_that_a_pre_prompt_hook_has_changed(
    repository: Path, mint: Mint, offered: dict[str, Any]
) -> None:
    hooks = repository / "hooks"
    hooks.mkdir()
    (hooks / "pre_prompt.py").write_text("open('one/{{cookiecutter.name}}/which.txt', 'a').write(' changed')")
    assert mint(offer(repository, offered), trust=True) == {"which.txt": b"one changed"}
