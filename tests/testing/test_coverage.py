"""Which branches, files and values of a template no case has reached; and that looking on changes nothing."""

from __future__ import annotations

import json
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import Environment
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from mintage.rendering.branches import BranchRecorder, never_reached

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mintage.testing.model import TestReport

    Write = Callable[..., Path]
    Tester = Callable[..., TestReport]


def unreached(source: str, *contexts: dict[str, Any]) -> list[tuple[int, str]]:
    """The lines and kinds of branches that rendering with these contexts does not take."""
    recorder = BranchRecorder()
    environment = SandboxedEnvironment()
    recorder.watch(environment, ())
    plain = SandboxedEnvironment().from_string(source)
    code = environment.compile(source, "a.txt", "a.txt")
    template = environment.template_class.from_code(environment, code, environment.make_globals(None))
    for context in contexts:
        assert template.render(context) == plain.render(context)
    return [(branch.line, branch.unless) for _, branch in never_reached(recorder.branches, recorder.take())]


IF = "{% if a %}\n1\n{% elif b %}\n2\n{% else %}\n3\n{% endif %}"


@pytest.mark.parametrize(
    ("source", "contexts", "expected"),
    [
        (IF, [{"a": 1}, {"b": 1}, {}], []),
        (IF, [{"a": 1}], [(3, "elif is never true"), (5, "else is never reached")]),
        (IF, [{}], [(1, "if is never true"), (3, "elif is never true")]),
        ("{% if a %}1{% endif %}", [{"a": 1}], [(1, "if is never false")]),
        ("{% if a %}1{% endif %}", [{"a": 1}, {}], []),
        ("{% if a %}1{% elif b %}2{% endif %}", [{"a": 1}, {"b": 1}], [(1, "one of if and elif is always true")]),
        ("{% for x in a %}{{ loop.index }}{{ x }}{% endfor %}", [{"a": []}], [(1, "for is never entered")]),
        ("{% for x in a %}{{ loop.length }}{% else %}0{% endfor %}", [{"a": [1]}], [(1, "else is never reached")]),
        ("{{ 1 if a else 2 }}", [{}], [(1, "if in an expression is never true")]),
        ("{{ 1 if a else 2 }}", [{"a": 1}], [(1, "if in an expression is never false")]),
        ("{% macro m(x) %}{% if x %}1{% endif %}{% endmacro %}{{ m(1) }}{{ m(0) }}", [{}], []),
        ("{% for x in a recursive %}{% if x %}{{ loop(x) }}{% endif %}{% endfor %}", [{"a": [[[]], []]}], []),
        ("{% if a is defined and a %}{% set b = 1 %}{{ b }}{% endif %}", [{"a": 1}, {}], []),
        ("no tags at all", [{}], []),
    ],
)
def test_branches_that_are_not_taken_are_told(source: str, contexts: list[Any], expected: Any) -> None:
    assert unreached(source, *contexts) == expected


def test_errors_are_told_with_the_same_line() -> None:
    recorder = BranchRecorder()
    environment = Environment()
    recorder.watch(environment, ())
    code = environment.compile("\n\n{% if a.b.c %}{% endif %}", "a.txt", "a.txt")
    template = environment.template_class.from_code(environment, code, environment.make_globals(None))
    with pytest.raises(UndefinedError) as raised:
        template.render()
    assert [frame.lineno for frame in extract_tb(raised.tb) if frame.filename == "a.txt"] == [3]


def copier(write_tree: Write, files: dict[str, str], questions: str = "docker: {type: bool, default: false}\n") -> Path:
    return write_tree(
        {"copier.yml": f"_subdirectory: t\n{questions}", **{f"t/{name}": text for name, text in files.items()}}
    )


def test_all_pairs_reach_what_depends_on_two_answers_and_not_what_depends_on_a_text(
    write_tree: Write, tested: Tester
) -> None:
    template = copier(
        write_tree,
        {"a.txt.jinja": "{% if docker and license == 'MIT' %}1{% endif %}\n{% if name == 'me' %}2{% endif %}"},
        "docker: {type: bool, default: false}\nlicense: {type: str, choices: [MIT, BSD], default: BSD}\n"
        "name: {type: str, default: you}\n",
    )
    coverage = tested(template).coverage
    assert list(map(str, coverage.unreached)) == ["t/a.txt.jinja:2 (if is never true)"]
    assert (coverage.branches, coverage.files, coverage.settings) == (4, 1, 4)
    assert coverage.percentage == pytest.approx(100 * 8 / 9)


def test_files_that_come_out_in_no_case_are_told_with_their_branches(write_tree: Write, tested: Tester) -> None:
    template = copier(
        write_tree,
        {
            "{% if docker %}Dockerfile{% endif %}.jinja": "x",
            "{% if podman %}Podman{% endif %}.jinja": "{% if a %}1{% endif %}",
            "plain.txt": "plain",
        },
    )
    coverage = tested(template).coverage
    name = "t/{% if podman %}Podman{% endif %}.jinja"
    assert coverage.files_left_out == (name,)
    assert {each.file for each in coverage.unreached} == {name}
    assert len(coverage.unreached) == 2


def test_what_a_template_leaves_out_in_any_case_is_none_of_its_files(write_tree: Write, tested: Tester) -> None:
    template = write_tree(
        {"copier.yml": "_exclude: [copier.yml, docs]\n", "docs/a.md": "a", "b.txt": "b"}, name="excluding"
    )
    assert (tested(template).coverage.files, tested(template).coverage.files_left_out) == (1, ())
    native = write_tree(
        {"mintage.toml": "[template]\nname='t'\n[files]\nexclude=['docs']\n", "docs/a.md": "a", "b.txt": "b"},
        name="native",
    )
    assert tested(native).coverage.files_left_out == ()


def test_included_templates_count_once_for_all_that_include_them(write_tree: Write, tested: Tester) -> None:
    template = copier(
        write_tree,
        {
            "a.txt.jinja": "{% include 't/part.txt.jinja' %}",
            "b.txt.jinja": "{% include 't/part.txt.jinja' %}",
            "part.txt.jinja": "{% if docker %}1{% else %}2{% endif %}",
        },
    )
    coverage = tested(template).coverage
    assert coverage.branches == 2
    assert coverage.unreached == ()


def test_values_that_only_other_cases_have_are_told(write_tree: Write, tested: Tester) -> None:
    template = copier(write_tree, {"a.txt": "a"})
    coverage = tested(template, names=("defaults",)).coverage
    assert [(str(each.parameter), each.value) for each in coverage.never_chosen] == [("docker", "true")]


def test_a_file_that_is_large_is_looked_at_as_a_whole(write_tree: Write, tested: Tester) -> None:
    text = "{% if docker %}1{% endif %}\n" + "x\n" * 90_000
    coverage = tested(copier(write_tree, {"large.txt.jinja": text})).coverage
    assert (coverage.branches, coverage.unreached) == (2, ())


def test_cookiecutters_private_variables_decide_as_others_do(write_tree: Write, tested: Tester) -> None:
    configuration = json.dumps({"slug": "demo", "ci": ["a", "b"], "__is_a": "{{ cookiecutter.ci == 'a' }}"})
    template = write_tree(
        {
            "cookiecutter.json": configuration,
            "{{cookiecutter.slug}}/a.txt": "{% if cookiecutter.__is_a == 'True' %}1{% endif %}",
        }
    )
    assert tested(template).coverage.percentage == 100
