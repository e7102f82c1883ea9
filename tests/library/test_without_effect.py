"""Nothing that a user says is ignored silently: it is used, or refused, or a warning names it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mintage.errors import AnswerError
from mintage.formats import CookiecutterOptions, CopierOptions
from mintage.minting.generator import Generator, Options
from mintage.template.questions import GivenAnswers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]
    Mint = Callable[..., tuple[dict[str, str], list[str]]]


@pytest.fixture
def mint(tmp_path: Path) -> Mint:
    """Mint a template, and return the texts that came out and the warnings."""

    def run(
        template: Path,
        *,
        flags: dict[str, str] | None = None,
        data: dict[str, Any] | None = None,
        defaults: dict[str, Any] | None = None,
        **options: Any,
    ) -> tuple[dict[str, str], list[str]]:
        warnings: list[str] = []
        given = GivenAnswers(flags=flags or {}, data=data or {}, user_defaults=defaults or {})
        report = Generator(Options(**options), warn=warnings.append).generate(template, tmp_path / "out", given=given)
        found = sorted(report.destination.rglob("*"))
        return {path.name: path.read_text() for path in found if path.is_file()}, warnings

    return run


COOKIECUTTER = {"cookiecutter.json": '{"port": "80", "_kept": "1"}', "{{cookiecutter.port}}/x": "{{cookiecutter.port}}"}
COPIER = {"copier.yml": "port: 80\n", "x.jinja": "{{ port }}"}
NATIVE = {"mintage.toml": '[questions.port]\ndefault = "80"\n', "x": "{{ port }}"}
BARE = {"x": "{{ port }}"}


class TestUnknownNames:
    @pytest.mark.parametrize("how", ["flags", "data"])
    @pytest.mark.parametrize("tree", [COOKIECUTTER, COPIER, BARE], ids=["cookiecutter", "copier", "bare"])
    def test_are_warned_of_where_templates_may_be_given_anything(
        self, write_tree: Write, mint: Mint, tree: dict[str, str], how: str
    ) -> None:
        flags = {"port": "80"} if tree is BARE else {}
        given = {"flags": flags, "data": {}}
        given[how]["prot"] = "90"
        made, warnings = mint(write_tree(tree), **given)
        assert made["x"] == "80"
        assert warnings == ["prot: the template does not ask for it; did you mean port?"]

    def test_are_refused_by_the_native_format(self, write_tree: Write, mint: Mint) -> None:
        with pytest.raises(AnswerError) as caught:
            mint(write_tree(NATIVE), flags={"prot": "90", "port": "1"})
        assert [each.what for each in caught.value.problems] == [
            "prot: the template does not ask for it; did you mean port?"
        ]

    @pytest.mark.parametrize(
        "tree",
        [
            {"x.jinja": "{{ port }}{{ prot }}"},
            {"{{ prot }}.jinja": ""},
            {"_includes/deep/part": "a" * 1024 * 1024 + " {{ prot }}"},
            {"copier.yml": "port: 80\n_exclude: ['{{ prot }}']\n"},
        ],
    )
    def test_are_no_mistake_where_a_copier_template_uses_them(
        self, write_tree: Write, mint: Mint, tree: dict[str, str]
    ) -> None:
        _, warnings = mint(write_tree({**COPIER, **tree}), flags={"prot": "90"})
        assert warnings == []

    def test_must_be_whole_words_in_the_template(self, write_tree: Write, mint: Mint) -> None:
        _, warnings = mint(write_tree({**COPIER, "y": "protocol, xprot, prot_"}), flags={"prot": "90"})
        assert len(warnings) == 1

    def test_of_an_answers_file_that_is_given_as_data_are_no_mistake(self, write_tree: Write, mint: Mint) -> None:
        _, warnings = mint(write_tree(COPIER), data={"_src_path": "x", "_commit": "y", "port": 1})
        assert warnings == []

    def test_private_variables_of_cookiecutter_can_be_given(self, write_tree: Write, mint: Mint) -> None:
        _, warnings = mint(write_tree(COOKIECUTTER), flags={"_kept": "2"})
        assert warnings == []


NOT_APPLYING = """
[questions.db]
type = "bool"
default = false

[questions.port]
type = "int"
default = 5432
when = "db"

[questions.slug]
ask = false
default = "{{ port }}"
"""


class TestQuestionsThatDoNotApply:
    @pytest.mark.parametrize("answer", ["90", "ninety"])
    def test_their_answers_are_warned_of(self, write_tree: Write, mint: Mint, answer: str) -> None:
        template = write_tree({"mintage.toml": NOT_APPLYING, "x": "{{ port }}"})
        made, warnings = mint(template, flags={"port": answer})
        assert made["x"] == "5432"
        assert warnings == [
            "the answer to port is not used: the question does not apply (its `when` is db)",
        ]

    def test_their_answers_may_be_what_they_are_anyway(self, write_tree: Write, mint: Mint, tmp_path: Path) -> None:
        """As in a file of saved answers."""
        template = write_tree({"mintage.toml": NOT_APPLYING, "x": "{{ port }}"})
        assert mint(template, flags={"port": "5432"})[1] == []
        from mintage.answers.given import read_data_file

        saved = read_data_file(tmp_path / "out" / ".mintage.toml")
        assert saved == {"db": False, "port": 5432, "slug": "5432"}
        assert mint(template, data=saved, overwrite=True)[1] == []

    def test_computed_answers_cannot_be_given(self, write_tree: Write, mint: Mint) -> None:
        template = write_tree({"mintage.toml": NOT_APPLYING, "x": "{{ port }}"})
        with pytest.raises(AnswerError) as caught:
            mint(template, flags={"slug": "x"})
        assert [each.what for each in caught.value.problems] == [
            "slug: the template does not ask for it, but computes it"
        ]


def test_a_default_of_the_user_that_does_not_fit_is_warned_of(write_tree: Write, mint: Mint) -> None:
    template = write_tree({"mintage.toml": NOT_APPLYING, "x": "{{ port }}"})
    made, warnings = mint(template, flags={"db": "yes"}, defaults={"port": "none", "other": 1})
    assert made["x"] == "5432"
    assert warnings == ["your default for port is not used: expected a whole number, got 'none'"]


def test_a_saved_answer_that_no_longer_fits_is_warned_of(write_tree: Write, mint: Mint) -> None:
    toml = '[questions.size]\ntype = "choice"\nchoices = ["s", "m"]\n'
    template = write_tree({"mintage.toml": toml, "x": "{{ size }}"})
    mint(template, flags={"size": "s"})
    write_tree({"mintage.toml": toml.replace('"s"', '"l"')})
    with pytest.raises(AnswerError):  # without a default, somebody has to answer
        mint(template, overwrite=True)
    write_tree({"mintage.toml": toml.replace('"s"', '"l"') + 'default = "m"\n'})
    made, warnings = mint(template, overwrite=True)
    assert made["x"] == "m"
    assert warnings == ["the saved answer to size is not used: 's' is not one of the choices: l, m"]


def test_a_warning_does_not_show_a_secret(write_tree: Write, mint: Mint) -> None:
    toml = '[questions.key]\ntype = "secret"\npattern = "[a-z]+"\ndefault = "abc"\n'
    template = write_tree({"mintage.toml": toml, "x": "{{ key }}"})
    _, warnings = mint(template, defaults={"key": "HUNTER2"})
    assert warnings == ["your default for key is not used: it is not valid"]


OBJECT = {"cookiecutter.json": json.dumps({"p": "p", "ports": {"list": ["1"]}}), "{{cookiecutter.p}}/x": ""}


class TestObjectsOfCookiecutter:
    def test_can_be_given_as_json(self, write_tree: Write, mint: Mint) -> None:
        template = write_tree({**OBJECT, "{{cookiecutter.p}}/x": "{{ cookiecutter.ports.list }}"})
        made, _ = mint(template, flags={"ports": '{"list": ["80:80"]}'})
        assert made["x"] == "['80:80']"

    @pytest.mark.parametrize("answer", ["80:80", "[1]", "{", ""])
    def test_cannot_be_given_as_anything_else(self, write_tree: Write, mint: Mint, answer: str) -> None:
        with pytest.raises(AnswerError) as caught:
            mint(write_tree(OBJECT), flags={"ports": answer})
        assert "ports: expected an object" in caught.value.problems[0].what


@pytest.mark.parametrize(
    ("tree", "options", "named"),
    [
        (NATIVE, {"copier": CopierOptions(exclude=("*.txt",))}, ["Options(copier=CopierOptions(exclude=...))"]),
        (NATIVE, {"copier": CopierOptions(skip_answered=True)}, ["Options(copier=CopierOptions(skip_answered=True))"]),
        (
            COPIER,
            {"cookiecutter": CookiecutterOptions(replay=True)},
            ["Options(cookiecutter=CookiecutterOptions(replay=True))"],
        ),
        (COPIER, {"copier": CopierOptions(exclude=("*.txt",), prereleases=True)}, []),
        (BARE, {"cookiecutter": CookiecutterOptions(default_config=True)}, []),
    ],
)
def test_options_of_another_format_are_warned_of(
    write_tree: Write, mint: Mint, tree: dict[str, str], options: dict[str, Any], named: list[str]
) -> None:
    _, warnings = mint(write_tree(tree), flags={"port": "1"}, **options)
    assert [each.split("`")[1] for each in warnings if "has no effect" in each] == named
