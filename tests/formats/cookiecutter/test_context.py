"""What Cookiecutter templates see of their variables, and where the values come from."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from mintage.engine.forking import can_fork
from mintage.errors import AnswerError, MintageError, TemplateError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., Path]
    Mint = Callable[..., dict[str, bytes]]


@pytest.fixture
def see(make_template: Make, mint: Mint) -> Callable[..., str]:
    """What one expression renders to, in a template with these variables."""

    def run(variables: dict[str, Any], expression: str, **options: Any) -> str:
        template = make_template(variables, {"seen.txt": expression})
        return mint(template, **options)["seen.txt"].decode()

    return run


@pytest.mark.parametrize(
    ("variables", "expression", "expected"),
    [
        ({"v": "text"}, "{{ cookiecutter.v }}", "text"),
        ({"v": "{{ cookiecutter.name|upper }}"}, "{{ cookiecutter.v }}", "PROJECT"),
        ({"v": 8080}, "{{ cookiecutter.v + '1' }}", "80801"),
        ({"v": None}, "{{ cookiecutter.v }}", "None"),
        ({"v": True}, "{{ 'yes' if cookiecutter.v is sameas true else 'no' }}", "yes"),
        ({"v": ["a", "b"]}, "{{ cookiecutter.v }}", "a"),
        ({"v": ["{{ cookiecutter.name }}-x", "b"]}, "{{ cookiecutter.v }}", "project-x"),
        ({"v": {"key": {"n": 1}}}, "{{ cookiecutter.v['key']['n'] + '0' }}", "10"),
        ({"d": {"k": "{{ cookiecutter.later }}"}, "later": "L"}, "{{ cookiecutter.d.k }}", "L"),
        ({"_v": "{{ cookiecutter.name }}"}, "{{ cookiecutter._v }}", "{{ cookiecutter.name }}"),
        ({"_v": [1, 2]}, "{{ cookiecutter._v[1] + 1 }}", "3"),
        ({"__v": "{{ cookiecutter.name }}!"}, "{{ cookiecutter.__v }}", "project!"),
        ({"v": ["a", "b"]}, "{{ _cookiecutter.v | join('+') }}", "a+b"),
        ({"a": "1", "b": "2"}, "{{ cookiecutter.items() | list | length > 2 }}", "True"),
        ({"_v": 1}, "{{ cookiecutter._checkout }}", "None"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_values_have_the_types_that_cookiecutter_gives_them(
    see: Callable[..., str], variables: dict[str, Any], expression: str, expected: str
) -> None:
    assert see(variables, expression) == expected


def test_an_override_is_rendered_like_a_default(see: Callable[..., str]) -> None:
    assert see({"v": "x"}, "{{ cookiecutter.v }}", flags={"v": "{{ cookiecutter.name }}!"}) == "project!"


def test_an_override_of_a_choice_must_be_one_of_the_choices(see: Callable[..., str]) -> None:
    assert see({"v": ["a", "b"]}, "{{ cookiecutter.v }}", flags={"v": "b"}) == "b"
    with pytest.raises(AnswerError) as caught:
        see({"v": ["a", "b"]}, "", flags={"v": "c"})
    assert "a, b" in caught.value.problems[0].what


@pytest.mark.parametrize(("word", "expected"), [("yes", "True"), ("OFF", "False"), (" 1 ", "True"), ("n", "False")])
def test_words_for_yes_and_no_are_understood(see: Callable[..., str], word: str, expected: str) -> None:
    assert see({"v": True}, "{{ cookiecutter.v }}", flags={"v": word}) == expected


def test_all_bad_overrides_are_named_at_once(see: Callable[..., str]) -> None:
    with pytest.raises(AnswerError) as caught:
        see({"a": ["x"], "b": True}, "", flags={"a": "y", "b": "perhaps"})
    assert len(caught.value.problems) == 2


def test_objects_are_merged_deeply(see: Callable[..., str]) -> None:
    data = {"v": {"inner": {"b": "changed"}, "new": "n"}}
    variables = {"v": {"inner": {"a": "kept", "b": "old"}}}
    expression = "{{ cookiecutter.v.inner.a }} {{ cookiecutter.v.inner.b }} {{ cookiecutter.v.new }}"
    assert see(variables, expression, data=data) == "kept changed n"


def test_unknown_overrides_are_ignored(see: Callable[..., str]) -> None:
    assert see({"v": "x"}, "{{ cookiecutter.v }}", flags={"nobody": "asked"}) == "x"


def test_private_variables_can_be_overridden(see: Callable[..., str]) -> None:
    assert see({"_v": "x"}, "{{ cookiecutter._v }}", flags={"_v": "y"}) == "y"


class TestUserConfiguration:
    @pytest.fixture
    def config(self, tmp_path: Path) -> Path:
        file = tmp_path / "cookiecutterrc"
        file.write_text(
            f"default_context:\n  v: from the user\n  w: from the user\nreplay_dir: {tmp_path / 'replay'}\n"
        )
        return file

    def test_default_context_comes_before_the_template_and_after_flags(
        self, make_template: Make, mint: Mint, config: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COOKIECUTTER_CONFIG", str(config))
        template = make_template({"v": "x", "w": "x"}, {"f": "{{ cookiecutter.v }}, {{ cookiecutter.w }}"})
        assert mint(template, flags={"w": "from a flag"})["f"] == b"from the user, from a flag"

    def test_the_answers_are_kept_and_can_be_replayed(
        self, make_template: Make, mint: Mint, config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        from mintage.formats import CookiecutterOptions

        monkeypatch.setenv("COOKIECUTTER_CONFIG", str(config))
        template = make_template({"v": "x"}, {"f": "{{ cookiecutter.v }}"})
        mint(template, flags={"v": "first time"})
        saved = json.loads((tmp_path / "replay" / "template.json").read_text())
        assert saved["cookiecutter"]["v"] == "first time"
        replayed = mint(template, output=tmp_path / "again", cookiecutter=CookiecutterOptions(replay=True))
        assert replayed["f"] == b"first time"

    def test_replaying_takes_no_other_answers(self, make_template: Make, mint: Mint) -> None:
        from mintage.formats import CookiecutterOptions

        with pytest.raises(UsageError):
            mint(make_template({"v": "x"}), flags={"v": "y"}, cookiecutter=CookiecutterOptions(replay=True))

    def test_replaying_what_never_ran_says_so(self, make_template: Make, mint: Mint, tmp_path: Path) -> None:
        from mintage.formats import CookiecutterOptions

        options = CookiecutterOptions(replay_file=tmp_path / "nothing.json")
        with pytest.raises(UsageError, match="no run to replay"):
            mint(make_template({"v": "x"}), cookiecutter=options)


@pytest.mark.parametrize(
    ("text", "line"), [('{\n  "a": 1\n  "b": 2}', 3), ("[]", 1), ('{"_extensions": "x"}', None), ("{'a': 1}", 1)]
)
def test_a_wrong_cookiecutter_json_is_an_error_with_its_place(
    make_template: Make, mint: Mint, text: str, line: int | None
) -> None:
    template = make_template({})
    (template / "cookiecutter.json").write_text(text)
    with pytest.raises(TemplateError) as caught:
        mint(template)
    where = caught.value.where or caught.value.problems[0].where
    assert where
    assert where.file.endswith("cookiecutter.json")
    assert where.line == line


def test_a_default_with_an_unknown_name_is_an_error_that_names_the_variable(make_template: Make, mint: Mint) -> None:
    with pytest.raises(MintageError) as caught:
        mint(make_template({"v": "{{ cookiecutter.nobody }}"}))
    assert "nobody" in f"{caught.value.what}{caught.value.problems}"


def test_files_that_change_what_others_see_are_rendered_in_cookiecutters_order(
    make_template: Callable[..., Path], mint: Callable[..., dict[str, bytes]]
) -> None:
    names = [f"{number:02}" for number in range(40)]
    files = {
        name: "{{ cookiecutter.last }}{% set _ = cookiecutter.update({'last': 'NAME'}) %}".replace("NAME", name)
        + ("\n" + "x" * 2000 if int(name) % 2 else "")  # small files go first where the order does not count
        for name in names
    }
    made = mint(make_template({"last": "none"}, files))
    assert [made[name][:4].split(b"\n")[0].decode() for name in names] == ["none", *names[:-1]]


def test_extensions_find_themselves_in_the_folder_that_becomes_the_project(
    make_template: Callable[..., Path], mint: Callable[..., dict[str, bytes]]
) -> None:
    if not can_fork():
        pytest.skip("a fork is not safe here")
    extension = """
import os
from jinja2.ext import Extension


class Where(Extension):
    def __init__(self, environment):
        super().__init__(environment)
        environment.globals["where"] = os.getcwd
"""
    here = os.getcwd()
    template = make_template(
        {"_extensions": ["whereabouts.Where"]},
        {"a": "{{ where() }}", "b": "{{ where() }}"},
        {"whereabouts.py": extension},
    )
    made = mint(template, trust=True)
    assert made == dict.fromkeys(("a", "b"), str(template / "{{cookiecutter.name}}").encode())
    assert os.getcwd() == here
