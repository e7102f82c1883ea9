"""Questions and answers of Copier templates: types, choices, order of precedence, what is stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from mintage.errors import AnswerError, RenderError
from mintage.formats import CopierOptions
from mintage.minting.generator import Generator, Options
from mintage.template.questions import GivenAnswers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mintage.template.questions import Choice, Question

    Mint = Callable[..., dict[str, str]]
    Write = Callable[..., Path]

ANSWERS = {"{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml }}"}
SHOW = {"a.jinja": "{{ x | default('(none)') | to_json }}"}


class TestTypes:
    @pytest.mark.parametrize(
        ("kind", "typed", "value"),
        [
            ("str", "1", "1"),
            ("str", "", ""),
            ("int", "7", 7),
            ("int", " 7 ", 7),
            ("float", "1.5", 1.5),
            ("float", "1", 1.0),
            ("bool", "yes", True),
            ("bool", "off", False),
            ("bool", "0.0", False),
            ("bool", "maybe", True),
            ("bool", "", False),
            ("bool", "null", False),
            ("json", '{"a": [1, null]}', {"a": [1, None]}),
            ("yaml", "[a, 1, yes]", ["a", 1, True]),
            ("yaml", "", None),
            ("path", "a/b", "a/b"),
        ],
    )
    def test_a_text_becomes_a_value_of_the_questions_type(
        self, write_template: Write, mint: Mint, kind: str, typed: str, value: Any
    ) -> None:
        made = mint(write_template(f"x: {{type: {kind}, default: null}}", SHOW), flags={"x": typed})
        assert json.loads(made["a"]) == value

    @pytest.mark.parametrize(
        ("default", "value"),
        [("1", 1), ("'1'", "1"), ("1.5", 1.5), ("true", True), ("[1, a]", [1, "a"]), ("'{{ 1 + 1 }}'", "2")],
    )
    def test_without_a_type_the_default_says_it(
        self, write_template: Write, mint: Mint, default: str, value: Any
    ) -> None:
        assert json.loads(mint(write_template(f"x: {default}", SHOW))["a"]) == value

    def test_without_both_the_answer_is_yaml(self, write_template: Write, mint: Mint) -> None:
        assert json.loads(mint(write_template("x: {help: x}", SHOW), flags={"x": "[1, 2]"})["a"]) == [1, 2]

    def test_a_type_may_be_a_template(self, write_template: Write, mint: Mint) -> None:
        config = "kind: int\nx: {type: '{{ kind }}', default: '5'}"
        assert mint(write_template(config, SHOW))["a"] == "5"

    @pytest.mark.parametrize(("kind", "typed"), [("int", "seven"), ("float", "x"), ("json", "{"), ("yaml", "[")])
    def test_what_is_no_value_of_the_type_is_refused(
        self, write_template: Write, mint: Mint, kind: str, typed: str
    ) -> None:
        with pytest.raises(AnswerError) as caught:
            mint(write_template(f"x: {{type: {kind}, default: null}}"), flags={"x": typed})
        assert caught.value.problems[0].what.startswith("x: ")
        assert str(caught.value.problems[0].where).endswith("copier.yml:1")

    def test_a_type_that_does_not_exist_is_refused(self, write_template: Write, mint: Mint) -> None:
        with pytest.raises(AnswerError) as caught:
            mint(write_template("x: {type: date, default: 1}"))
        assert "unknown type 'date'" in caught.value.problems[0].what


class TestChoices:
    @pytest.mark.parametrize(
        ("choices", "typed", "value"),
        [
            ("[a, b]", "b", "b"),
            ("{First: a, Second: b}", "b", "b"),
            ("[[First, a], [Second, b]]", "b", "b"),
            ("{First: {value: a}, Second: {value: b, validator: ''}}", "b", "b"),
            ("\"{{ ['a', 'b'] | to_json }}\"", "b", "b"),
            ('"{% if true %}[a, b]{% endif %}"', "b", "b"),
            ("{a: null, b: null}", "b", "b"),
            ("['{{ 1 }}', '{{ 2 }}']", "2", "2"),
        ],
    )
    def test_choices_have_many_forms(
        self, write_template: Write, mint: Mint, choices: str, typed: str, value: Any
    ) -> None:
        made = mint(write_template(f"x: {{type: str, default: a, choices: {choices}}}", SHOW), flags={"x": typed})
        assert json.loads(made["a"]) == value

    def test_values_are_of_the_questions_type(self, write_template: Write, mint: Mint) -> None:
        template = write_template("x: {type: int, default: 1, choices: {one: 1, two: '2'}}", SHOW)
        assert mint(template, flags={"x": "2"})["a"] == "2"

    def test_another_value_is_refused(self, write_template: Write, mint: Mint) -> None:
        with pytest.raises(AnswerError) as caught:
            mint(write_template("x: {type: str, choices: [a, b], default: a}"), flags={"x": "c"})
        assert caught.value.problems[0].what == "x: 'c' is not one of the choices: a, b"

    def test_a_choice_that_is_disabled_says_why(self, write_template: Write, mint: Mint) -> None:
        config = """
free: true
x:
  type: str
  default: a
  choices:
    A: a
    B: {value: b, validator: "{% if free %}not for free{% endif %}"}
"""
        with pytest.raises(AnswerError) as caught:
            mint(write_template(config), flags={"x": "b"})
        assert caught.value.problems[0].what == "x: not for free"

    @pytest.mark.parametrize(
        ("given", "expected"), [("[b, a]", ["a", "b"]), ("[]", []), ("['b']", ["b"]), ('["c", b]', ["b", "c"])]
    )
    def test_several_may_be_chosen_and_come_in_the_order_of_the_choices(
        self, write_template: Write, mint: Mint, given: str, expected: list[str]
    ) -> None:
        template = write_template("x: {type: str, multiselect: true, choices: [a, b, c], default: []}", SHOW)
        assert json.loads(mint(template, flags={"x": given})["a"]) == expected

    def test_several_may_be_the_default_as_a_list_or_as_a_text(self, write_template: Write, mint: Mint) -> None:
        config = """
x: {type: int, multiselect: true, choices: [1, 2, 3], default: [3, 1]}
y: {type: int, multiselect: true, choices: [1, 2, 3], default: "[2, {{ 3 }}]"}
"""
        assert mint(write_template(config, {"a.jinja": "{{ x }} {{ y }}"})) == {"a": "[1, 3] [2, 3]"}

    def test_several_that_are_no_list_are_refused(self, write_template: Write, mint: Mint) -> None:
        with pytest.raises(AnswerError, match="not valid"):
            mint(write_template("x: {multiselect: true, choices: [a, b], type: str, default: []}"), flags={"x": "a"})


class TestDefaults:
    def test_defaults_are_rendered_with_the_answers_before(self, write_template: Write, mint: Mint) -> None:
        config = "name: Zoe Lee\nx: \"{{ name | lower | replace(' ', '-') }}\""
        assert mint(write_template(config, SHOW), flags={"name": "Ann Other"}) == {"a": '"ann-other"'}

    def test_texts_in_lists_are_rendered_those_in_tables_are_not(self, write_template: Write, mint: Mint) -> None:
        config = "n: 1\nx: ['{{ n }}', ['{{ n }}']]\ny: {default: {k: '{{ n }}'}}"
        made = mint(write_template(config, {"a.jinja": "{{ x | to_json }} {{ y | to_json }}"}))
        assert made == {"a": '["1", ["1"]] {"k": "{{ n }}"}'}

    def test_answers_that_are_given_are_no_templates(self, write_template: Write, mint: Mint) -> None:
        assert mint(write_template("x: a", SHOW), flags={"x": "{{ 7 }}"}) == {"a": '"{{ 7 }}"'}

    @pytest.mark.parametrize("question", ["{type: str}", "{type: str, default: '{{ UNSET }}'}"])
    def test_a_question_without_default_must_be_answered(
        self, write_template: Write, mint: Mint, question: str
    ) -> None:
        with pytest.raises(AnswerError) as caught:
            mint(write_template(f"x: {question}\ny: {question}\nz: '{{{{ x.nothing }}}}'"))
        assert "were not answered: x, y" in caught.value.what
        assert "`data={'x': ..., 'y': ...}`" in caught.value.hint

    def test_all_that_is_wrong_is_told_at_once(self, write_template: Write, mint: Mint) -> None:
        config = (
            "a: 1\nb: {type: str, validator: '{% if b != \"ok\" %}must be ok{% endif %}', default: ok}\nc: {type: int}"
        )
        with pytest.raises(AnswerError) as caught:
            mint(write_template(config), flags={"a": "x", "b": "y", "c": "1"})
        assert [problem.what for problem in caught.value.problems] == [
            "a: invalid literal for int() with base 10: 'x'",
            "b: must be ok",
        ]

    def test_a_mistake_in_a_default_names_its_line(self, write_template: Write, mint: Mint) -> None:
        with pytest.raises(RenderError) as caught:
            mint(write_template("a: 1\nb: '{{ a.b.c }}'"))
        assert str(caught.value.where).endswith("copier.yml:2")


class TestConditions:
    def test_a_question_that_does_not_apply_keeps_its_default_but_is_not_stored(
        self, write_template: Write, mint: Mint
    ) -> None:
        config = "name: zoe\nslug: {type: str, default: '{{ name }}-x', when: false}\nn: {type: str, when: 'no'}"
        files = {**ANSWERS, "a.jinja": "{{ slug }} {{ n is defined }}"}
        made = mint(write_template(config, files))
        assert made["a"] == "zoe-x False"
        assert "slug" not in yaml.safe_load(made[".copier-answers.yml"])

    def test_a_computed_value_may_be_given_nevertheless(self, write_template: Write, mint: Mint) -> None:
        template = write_template("x: {type: int, default: 1, when: false}", SHOW)
        assert mint(template, flags={"x": "5"})["a"] == "5"

    @pytest.mark.parametrize(
        ("when", "applies"), [("true", True), ("'{{ 1 == 2 }}'", False), ("''", False), ("0", False)]
    )
    def test_conditions_are_values_or_templates(
        self, write_template: Write, mint: Mint, when: str, applies: bool
    ) -> None:
        made = mint(write_template(f"x: {{type: int, default: 1, when: {when}}}", ANSWERS))
        assert ("x" in yaml.safe_load(made[".copier-answers.yml"])) is applies

    def test_computed_values_are_not_validated(self, write_template: Write, mint: Mint) -> None:
        template = write_template("x: {default: 1, when: false, validator: never}", SHOW)
        assert mint(template)["a"] == "1"

    def test_a_question_that_is_not_to_be_asked_is_stored_with_its_default(
        self, write_template: Write, mint: Mint
    ) -> None:
        made = mint(write_template("x: {type: int, default: 1, ask: false}", ANSWERS))
        assert yaml.safe_load(made[".copier-answers.yml"])["x"] == 1


class TestStoring:
    def test_the_answers_file_says_where_the_template_is(self, write_template: Write, mint: Mint) -> None:
        template = write_template("b: 1\na: {default: [x]}", ANSWERS)
        assert yaml.safe_load(mint(template)[".copier-answers.yml"]) == {"_src_path": str(template), "a": ["x"], "b": 1}

    def test_secrets_and_what_nobody_asks_are_not_stored(self, write_template: Write, mint: Mint) -> None:
        config = "_secret_questions: [t]\ns: {default: x, secret: true}\nt: y\nkept: 1"
        made = mint(write_template(config, {**ANSWERS, "a.jinja": "{{ s }}{{ t }}{{ other }}"}), flags={"other": "z"})
        assert made["a"] == "xyz"
        assert yaml.safe_load(made[".copier-answers.yml"]).keys() == {"_src_path", "kept"}

    def test_the_file_may_have_another_name(self, write_template: Write, mint: Mint) -> None:
        config = "_answers_file: '.{{ kind }}/answers.yml'\nkind: x"
        assert ".x/answers.yml" in mint(write_template(config, ANSWERS))

    def test_or_one_that_the_user_gives(self, write_template: Write, mint: Mint) -> None:
        made = mint(write_template("a: 1", ANSWERS), copier=CopierOptions(answers_file="mine.yml"))
        assert list(made) == ["mine.yml"]

    def test_without_such_a_file_nothing_is_stored(self, write_template: Write, mint: Mint) -> None:
        assert mint(write_template("a: 1", {"b": ""})) == {"b": ""}


class TestEarlierAnswers:
    STORED = "_src_path: old\nname: stored\nnumber: many\n_private: 1\n"

    def test_earlier_answers_take_the_place_of_defaults_unless_they_no_longer_fit(
        self, write_template: Write, mint: Mint
    ) -> None:
        template = write_template("name: new\nnumber: 3", {**ANSWERS, "a.jinja": "{{ name }} {{ number }}"})
        made = mint(template, into={".copier-answers.yml": self.STORED})
        assert made["a"] == "stored 3"
        assert yaml.safe_load(made[".copier-answers.yml"])["_src_path"] == str(template)

    def test_answers_that_are_given_win_over_them(self, write_template: Write, mint: Mint) -> None:
        made = mint(
            write_template("name: new", {"a.jinja": "{{ name }}"}),
            into={".copier-answers.yml": self.STORED},
            flags={"name": "given"},
        )
        assert made["a"] == "given"

    def test_what_does_not_apply_any_more_is_forgotten(self, write_template: Write, mint: Mint) -> None:
        template = write_template("name: {default: computed, when: false}", {**ANSWERS, "a.jinja": "{{ name }}"})
        made = mint(template, into={".copier-answers.yml": self.STORED})
        assert made["a"] == "computed"
        assert "name" not in yaml.safe_load(made[".copier-answers.yml"])

    @pytest.mark.parametrize("envops", ["{}", "{undefined: jinja2.StrictUndefined}"])
    def test_its_name_may_be_made_of_answers_that_come_later(
        self, write_template: Write, mint: Mint, envops: str
    ) -> None:
        config = f"""
_envops: {envops}
_answers_file: ".{{{{ kind.lower() }}}}.yml"
_message_before_copy: hello
first: "{{{{ 1 + 1 }}}}"
kind: X
told: "{{{{ _copier_conf.answers_file }}}}"
"""
        made = mint(write_template(config, ANSWERS))
        assert yaml.safe_load(made[".x.yml"])["told"] == ".x.yml"

    def test_its_name_is_an_error_where_it_is_used_too_early(self, write_template: Write, mint: Mint) -> None:
        config = "_answers_file: '.{{ kind.lower() }}.yml'\ntold: '{{ _copier_conf.answers_file }}'\nkind: x"
        with pytest.raises(RenderError, match="the question told: _answers_file: 'kind' is undefined"):
            mint(write_template(config, ANSWERS))

    def test_a_question_without_an_answer_is_named_though_the_name_is_made_of_it(
        self, write_template: Write, mint: Mint
    ) -> None:
        with pytest.raises(AnswerError, match="not answered: kind"):
            mint(write_template("_answers_file: '.{{ kind.lower() }}.yml'\nkind: {type: str}", ANSWERS))

    def test_several_answers_files_live_in_one_project(self, write_template: Write, mint: Mint) -> None:
        one = write_template("_answers_file: .one.yml\na: 1", ANSWERS, name="one")
        two = write_template("_answers_file: .two.yml\na: 2", ANSWERS, name="two")
        mint(one)
        made = mint(two, into=mint(one, output="other"), output="other2")
        assert {name: yaml.safe_load(text)["a"] for name, text in made.items()} == {".one.yml": 1, ".two.yml": 2}


class TestUsersDefaults:
    def test_copiers_settings_give_defaults_below_answers(
        self, write_template: Write, mint: Mint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "settings.yml").write_text("defaults: {name: 'I {{ 1 }}', other: x}\ntrust: []")
        monkeypatch.setenv("COPIER_SETTINGS_PATH", str(tmp_path / "settings.yml"))
        template = write_template("name: new\nlate: '{{ name }}'", {"a.jinja": "{{ name }} {{ late }} {{ other }}"})
        assert mint(template) == {"a": "I 1 I 1 "}

    def test_data_files_give_typed_values(self, write_template: Write, mint: Mint) -> None:
        template = write_template("x: {type: yaml, default: null}\ny: 1", {"a.jinja": "{{ x.k }} {{ y }}"})
        assert mint(template, data={"x": {"k": "v"}, "y": 2}) == {"a": "v 2"}


class TestExternalData:
    CONFIG = "_external_data: {other: '{{ where }}'}\nwhere: .other.yml\nx: '{{ _external_data.other.name }}'"

    def test_other_files_of_the_project_can_be_read(self, write_template: Write, mint: Mint) -> None:
        made = mint(write_template(self.CONFIG, SHOW), into={".other.yml": "name: Zoe"})
        assert made["a"] == '"Zoe"'

    def test_one_that_is_not_there_is_empty(self, write_template: Write, mint: Mint) -> None:
        assert mint(write_template(self.CONFIG, SHOW))["a"] == '""'

    def test_none_outside_of_the_project_without_trust(self, write_template: Write, mint: Mint, tmp_path: Path) -> None:
        (tmp_path / "secret.yml").write_text("name: secret")
        template = write_template(self.CONFIG, SHOW)
        with pytest.raises(Exception, match="is outside the project"):
            mint(template, flags={"where": "../secret.yml"}, trust=False)


class Scripted:
    """An asker that gives prepared answers and remembers what it was asked."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: dict[str, tuple[Question, Any, list[str]]] = {}

    def ask(
        self, question: Question, default: Any, choices: Sequence[Choice], check: Callable[[Any], str | None]
    ) -> Any:
        self.asked[question.name] = (question, default, [choice.disabled or choice.label for choice in choices])
        answer = self.answers.get(question.name, default)
        assert check(answer) is None
        return answer

    def confirm(self, text: str, *, default: bool) -> bool:
        return default


class TestAsking:
    def ask(self, template: Path, answers: dict[str, Any], **options: Any) -> Scripted:
        asker = Scripted(answers)
        given = GivenAnswers(flags=options.pop("flags", {}))
        options.setdefault("use_defaults", False)
        output = template.parent / "out"
        Generator(Options(trust=True, **options), asker=asker).generate(template, output, given=given)
        return asker

    def test_questions_come_with_rendered_texts_choices_and_defaults(self, write_template: Write) -> None:
        config = """
name: {type: str, default: Zoe, help: "Who is {{ 'it' }}?"}
kind:
  type: str
  default: "{{ 'b' }}"
  choices: {"The A": a, "The {{ name }}": b, C: {value: c, validator: "no {{ name }}"}}
token: {default: "", secret: true}
"""
        asker = self.ask(write_template(config), {"name": "Ann"})
        assert asker.asked["name"][0].prompt == "Who is it?"
        assert asker.asked["kind"][1:] == ("b", ["The A", "The Ann", "no Ann"])
        assert asker.asked["token"][0].secret

    def test_answered_hidden_and_unasked_questions_are_not_put(self, write_template: Write) -> None:
        config = "a: 1\nb: {default: 1, when: false}\nc: {default: 1, ask: false}\nd: 1"
        assert list(self.ask(write_template(config), {}, flags={"a": "2"}).asked) == ["d"]

    def test_a_pattern_asks_in_any_case(self, write_template: Write) -> None:
        config = "a: 1\nab: {default: 1, ask: false}\nb: {default: 1, ask: false}\nac: {default: 1, when: false}"
        asker = self.ask(write_template(config), {}, flags={"a": "2"}, copier=CopierOptions(ask=("a*",)))
        assert list(asker.asked) == ["a", "ab"]

    def test_earlier_answers_can_be_left_unasked(self, write_template: Write) -> None:
        template = write_template("a: 1\nb: 2", {"c": ""})
        (template.parent / "out").mkdir()
        (template.parent / "out" / ".copier-answers.yml").write_text("a: 7")
        asker = self.ask(template, {}, copier=CopierOptions(skip_answered=True))
        assert list(asker.asked) == ["b"]
