"""Which cases there are: what the questions of each format offer, what is fixed, what is named."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mintage.answers.given import read_given
from mintage.errors import AnswerError, UsageError
from mintage.minting.generator import Generator, Options
from mintage.testing.cases import flags

if TYPE_CHECKING:
    from collections.abc import Callable

    from mintage.testing.model import TestReport

    Write = Callable[..., Path]
    Tester = Callable[..., TestReport]


def cookiecutter(write_tree: Write, **variables: Any) -> Path:
    """A template that writes down its answers."""
    configuration = json.dumps({"slug": "demo", **variables})
    return write_tree({"cookiecutter.json": configuration, "{{cookiecutter.slug}}/a.txt": "{{ cookiecutter.slug }}"})


def copier(write_tree: Write, questions: str) -> Path:
    return write_tree({"copier.yml": questions, "a.txt.jinja": "{{ _copier_answers }}"})


def native(write_tree: Write, questions: str) -> Path:
    return write_tree({"mintage.toml": f"[template]\nname = 'demo'\n{questions}", "a.txt": "a"})


def answers_of(report: TestReport) -> list[dict[str, Any]]:
    assert not report.failed, report.failed
    return [dict(case.answers) for case, _ in report.results]


def test_cookiecutters_lists_and_booleans_are_varied_and_texts_are_not(write_tree: Write, tested: Tester) -> None:
    template = cookiecutter(write_tree, license=["MIT", "BSD"], docker=False, author="me")
    answers = answers_of(tested(template))
    assert answers[0] == {}
    assert {(each.get("license", "MIT"), each.get("docker", False)) for each in answers} == {
        ("MIT", False), ("MIT", True), ("BSD", False), ("BSD", True),
    }  # fmt: skip


def test_a_text_that_says_yes_or_no_is_varied_in_its_own_spelling(write_tree: Write, tested: Tester) -> None:
    template = cookiecutter(write_tree, docker="n", celery="Yes")
    answers = answers_of(tested(template))
    assert {each.get("docker", "n") for each in answers} == {"n", "y"}
    assert {each.get("celery", "Yes") for each in answers} == {"Yes", "No"}


def test_copiers_choices_may_depend_on_answers_and_questions_on_conditions(write_tree: Write, tested: Tester) -> None:
    template = copier(
        write_tree,
        "kind: {type: str, choices: [app, lib], default: app}\n"
        "server: {type: str, when: \"{{ kind == 'app' }}\", default: none,\n"
        "  choices: \"[none, {% if kind == 'app' %}uvicorn{% else %}never{% endif %}]\"}\n",
    )
    answers = answers_of(tested(template))
    assert sorted(map(str, answers)) == sorted(map(str, [{}, {"kind": "lib"}, {"server": "uvicorn"}]))


def test_what_a_validator_refuses_is_no_case(write_tree: Write, tested: Tester) -> None:
    template = copier(
        write_tree,
        "database: {type: str, choices: [none, postgres], default: none}\n"
        "orm: {type: bool, default: false, validator: \"{% if orm and database == 'none' %}no{% endif %}\"}\n",
    )
    answers = answers_of(tested(template))
    assert {"orm": True} not in answers
    assert {"database": "postgres", "orm": True} in answers


def test_each_option_of_a_question_that_takes_several_is_in_and_out(write_tree: Write, tested: Tester) -> None:
    template = copier(
        write_tree, "tools: {type: str, multiselect: true, choices: [ruff, mypy, tox], default: [ruff]}\n"
    )
    chosen = [set(each.get("tools", ["ruff"])) for each in answers_of(tested(template))]
    for one, other in (("ruff", "mypy"), ("ruff", "tox"), ("mypy", "tox")):
        assert {(one in each, other in each) for each in chosen} == {
            (False, False), (False, True), (True, False), (True, True),
        }  # fmt: skip


def test_native_questions_that_do_not_apply_are_not_answered(write_tree: Write, tested: Tester) -> None:
    template = native(
        write_tree,
        "[questions.web]\ntype = 'bool'\ndefault = false\n"
        "[questions.port]\ntype = 'choice'\nchoices = [80, 8080]\ndefault = 80\nwhen = 'web'\n",
    )
    answers = answers_of(tested(template, full=True))
    assert answers == [{}, {"web": True}, {"web": True, "port": 8080}]


def test_what_the_user_has_answered_is_the_same_in_every_case(write_tree: Write, tested: Tester) -> None:
    report = tested(cookiecutter(write_tree, license=["MIT", "BSD"], docker=False), data={"license": "BSD"})
    assert answers_of(report) == [{}, {"docker": True}]


def test_a_question_without_default_or_choices_must_be_answered(write_tree: Write, tested: Tester) -> None:
    template = copier(write_tree, "name: {type: str}\nlicense: {type: str, choices: [MIT, BSD]}\n")
    with pytest.raises(AnswerError) as raised:
        tested(template)
    assert "`data={'name': " in raised.value.hint
    assert "license" not in raised.value.hint
    assert answers_of(tested(template, data={"name": "x"})) == [{"license": "MIT"}, {"license": "BSD"}]


def test_the_users_own_defaults_do_not_count(
    write_tree: Write, tested: Tester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = tmp_path / "user.yaml"
    configuration.write_text("default_context: {license: BSD}\n")
    monkeypatch.setenv("COOKIECUTTER_CONFIG", str(configuration))
    template = cookiecutter(write_tree, license=["MIT", "BSD"])
    assert answers_of(tested(template)) == [{}, {"license": "BSD"}]


def test_nothing_is_kept_to_be_replayed(write_tree: Write, tested: Tester) -> None:
    tested(cookiecutter(write_tree, docker=False))
    assert not (Path.home() / ".cookiecutter_replay").exists()


def test_more_cases_than_are_allowed_are_refused_with_what_to_do(write_tree: Write, tested: Tester) -> None:
    template = cookiecutter(write_tree, **{f"choice{number}": ["a", "b", "c"] for number in range(5)})
    with pytest.raises(UsageError) as raised:
        tested(template, full=True, most_cases=242)
    assert "more than 242 cases" in raised.value.what
    assert "`TestRequest(most_cases=N)`" in raised.value.hint
    assert len(tested(template, full=True, most_cases=243).results) == 243


def test_cases_come_from_a_file(write_tree: Write, tested: Tester, tmp_path: Path) -> None:
    template = cookiecutter(write_tree, license=["MIT", "BSD", "GPL"], docker=False)
    file = tmp_path / "cases.toml"
    file.write_text("[small]\n[large]\nlicense = 'BSD'\ndocker = true\n")
    report = tested(template, cases_file=file)
    assert {case.name: dict(case.answers) for case, _ in report.results} == {
        "small": {},
        "large": {"license": "BSD", "docker": True},
    }
    assert [(str(each.parameter), each.value) for each in report.coverage.never_chosen] == [("license", "GPL")]


@pytest.mark.parametrize("text", ["x = 1\n", "", "['../out']\nx = 1\n"])
def test_a_file_that_holds_no_cases_is_refused(write_tree: Write, tested: Tester, tmp_path: Path, text: str) -> None:
    file = tmp_path / "cases.toml"
    file.write_text(text)
    with pytest.raises(UsageError):
        tested(cookiecutter(write_tree), cases_file=file)


def test_some_cases_are_chosen_by_name_or_by_their_answers(write_tree: Write, tested: Tester) -> None:
    template = cookiecutter(write_tree, license=["MIT", "BSD"], docker=False)
    assert answers_of(tested(template, names=("defaults",))) == [{}]
    assert all(each["docker"] for each in answers_of(tested(template, pattern="docker=true")))
    assert answers_of(tested(template, full=True, pattern="BSD*docker"))[0] == {"license": "BSD", "docker": True}
    with pytest.raises(UsageError, match="no case"):
        tested(template, names=("pair-99",))
    with pytest.raises(UsageError, match="no case has"):
        tested(template, pattern="nothing like it")


def test_the_flags_of_a_case_make_the_same_project(write_tree: Write, tested: Tester, tmp_path: Path) -> None:
    template = copier(
        write_tree,
        "vcs: {type: bool, default: true}\n"
        "many: {type: str, multiselect: true, choices: [x, 'y z'], default: []}\n"
        "number: {type: int, choices: [1, 2], default: 1}\n",
    )
    report = tested(template, keep=tmp_path / "kept")
    for case, _ in report.results:
        typed = [word for word in shlex.split(flags(case.answers)) if word != "-d"]
        place = tmp_path / "again" / case.name / "project"
        Generator(Options(isolated=True)).generate(template, place, given=read_given(typed, []))
        assert (place / "a.txt").read_bytes() == (tmp_path / "kept" / case.name / "project" / "a.txt").read_bytes()
