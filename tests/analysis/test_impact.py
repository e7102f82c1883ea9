"""What depends on an answer, in templates of all formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mintage.analysis.impact import impact_of
from mintage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mintage.analysis.references import Analysis

    Files = dict[str, str]
    Depends = Callable[[str, Files], set[str]]


@pytest.fixture
def depends(analyse: Callable[[Files], Analysis]) -> Depends:
    """What depends on a name: "aspect name: how", and "< answer" for each one between."""

    def found(name: str, files: Files) -> set[str]:
        return {
            f"{effect.aspect.name.lower()} {effect.name}"
            + (f": {effect.how}" if effect.how else "")
            + "".join(f" < {each}" for each in reversed(effect.via))
            + (" (all)" if effect.all else "")
            for effect in impact_of(name, analyse(files))
        }

    return found


def test_contents_paths_and_existence_are_told_apart(depends: Depends) -> None:
    files = {
        "mintage.toml": "[questions.docs]\ntype = 'bool'\n[questions.name]\n[questions.other]\n",
        "a.txt": "{{ name }}",
        "{{ name }}/b.txt": "{{ other }}",
        "{% if docs %}docs{% endif %}/c.md": "",
        "{{ 'd.md' if docs }}": "",
    }
    assert depends("name", files) == {"contents a.txt", "path {{ name }}"}
    assert depends("docs", files) == {"existence {% if docs %}docs{% endif %}", "existence {{ 'd.md' if docs }}"}


def test_rules_about_files_decide_whether_these_come_out(depends: Depends) -> None:
    files = {
        "mintage.toml": """
            [questions.docs]
            type = "bool"
            [questions.parts]
            type = "list"
            [questions.folder]
            [files]
            exclude = [{match = "docs/", when = "not docs"}]
            [[each]]
            file = "part.txt"
            items = "parts"
            as = "part"
            path = "{{ folder }}/{{ part }}.txt"
        """,
        "part.txt": "{{ part }}",
    }
    assert depends("docs", files) == {"existence exclude"}
    assert depends("parts", files) == {"existence part.txt"}
    assert depends("folder", files) == {"path part.txt"}


def test_what_is_made_of_an_answer_depends_on_it_through_the_answers_between(depends: Depends) -> None:
    files = {
        "mintage.toml": """
            [questions.name]
            [questions.slug]
            default = "{{ name | lower }}"
            [questions.package]
            default = "{{ slug | replace('-', '_') }}"
            [questions.port]
            type = "int"
            when = "slug == 'web'"
        """,
        "a.txt": "{{ name }} {{ package }}",
        "b.txt": "{{ package }}",
        "c.txt": "{{ port }}",
    }
    assert depends("name", files) == {
        "contents a.txt",
        "question slug: default",
        "question package: default < slug",
        "question port: when it is asked < slug",
        "contents b.txt < package < slug",
        "contents c.txt < port < slug",
    }


def test_a_check_changes_no_answer_and_leads_no_further(depends: Depends) -> None:
    files = {
        "mintage.toml": """
            [questions.low]
            type = "int"
            check = "low > 0"
            [questions.high]
            type = "int"
            check = "high > low"
        """,
        "a.txt": "{{ high }}",
    }
    assert depends("low", files) == {"question high: what it takes"}


def test_tasks_and_settings_depend_on_answers(depends: Depends) -> None:
    files = {
        "mintage.toml": """
            [template]
            output = "{{ name }}"
            [questions.name]
            [[tasks]]
            name = "greet"
            run = "echo {{ name }}"
        """,
    }
    assert depends("name", files) == {"task greet", "setting output"}


def test_a_file_that_includes_another_depends_on_what_that_reads(depends: Depends) -> None:
    files = {
        "mintage.toml": "[questions.name]\n[files]\nexclude = ['parts/']\n",
        "a.txt": "{% include 'parts/one' %}",
        "b.txt": "{% import 'parts/two' as two %}{{ two }}",
        "parts/one": "{% include 'parts/inner' %}",
        "parts/two": "{{ name }}",
        "parts/inner": "{{ name }}",
    }
    assert depends("name", files) == {"contents a.txt"}  # an import does not see answers


def test_cookiecutter_templates_read_from_their_namespace(depends: Depends) -> None:
    files = {
        "cookiecutter.json": '{"name": "x", "slug": "{{ cookiecutter.name }}", "other": ""}',
        "{{cookiecutter.slug}}/a.txt": "{{ cookiecutter['name'] }}",
        "{{cookiecutter.slug}}/b.txt": "{{ name }}",
        "{{cookiecutter.slug}}/c.txt": "{% for key in cookiecutter.items() %}{% endfor %}",
        "{{cookiecutter.slug}}/{% if cookiecutter.name %}d{% endif %}": "",
        "{{cookiecutter.slug}}/{{ 'e' if cookiecutter['name'] }}": "",
        "hooks/post_gen_project.py": "print('{{ cookiecutter.name }}')",
    }
    top = "{{cookiecutter.slug}}"
    assert depends("name", files) == {
        f"contents {top}/a.txt",
        f"contents {top}/c.txt (all)",
        f"existence {top}/{{% if cookiecutter.name %}}d{{% endif %}}",
        f"existence {top}/{{{{ 'e' if cookiecutter['name'] }}}}",
        "hook post_gen_project.py",
        "question slug: default",
        f"path {top} < slug",
    }


def test_copier_questions_tasks_and_patterns_depend_on_answers(depends: Depends) -> None:
    files = {
        "copier.yml": """
name: {type: str}
shown: {type: str, help: "of {{ name }}", when: "{{ name }}"}
_exclude: ["{% if name %}a{% endif %}"]
_tasks: ["echo {{ name }}"]
_message_after_copy: "{{ name }} is there"
""",
        "a.txt.jinja": "{{ name }}",
        "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}",
    }
    assert depends("name", files) == {
        "contents a.txt.jinja",
        "contents {{ _copier_conf.answers_file }}.jinja (all)",
        "question shown: how it is asked",
        "question shown: when it is asked",
        "existence _exclude",
        "task _tasks",
        "setting _message_after_copy",
    }


def test_every_place_is_told(analyse: Callable[[Files], Analysis]) -> None:
    (effect,) = impact_of("name", analyse({"mintage.toml": "[questions.name]\n", "a": "{{ name }}\n  {{ name }}"}))
    assert [str(place) for place in effect.places] == ["a:1:4", "a:2:6"]


def test_a_name_that_is_no_question_may_be_used_nevertheless(depends: Depends) -> None:
    assert depends("who", {"mintage.toml": "", "a": "{{ who }}"}) == {"contents a"}


def test_a_name_that_nobody_knows_is_an_error_that_names_the_nearest(depends: Depends) -> None:
    with pytest.raises(UsageError, match="licens") as error:
        depends("licens", {"mintage.toml": "[questions.license]\n", "a": ""})
    assert error.value.hint == "did you mean license?"


def test_an_answer_that_nobody_reads_has_no_impact(depends: Depends) -> None:
    assert depends("name", {"mintage.toml": "[questions.name]\n", "a": ""}) == set()
