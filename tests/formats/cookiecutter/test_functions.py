"""Cookiecutter's own filters and tags do the same in the interpreter and in Jinja2."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mintage import Options
from mintage.formats.shared.functions import date_now
from mintage.minting.generator import Generator
from mintage.rendering.dispatch import RenderedBy
from mintage.template.questions import GivenAnswers

if TYPE_CHECKING:
    from pathlib import Path

TAGS = [
    "{% now 'utc', '%Y' %}",
    '{% now "local", "%Y-%m-%d %B %b %y %j 100%%" %}',
    "{% now 'utc' %}",
    "a {%- now 'utc', '%Y' -%} b",
    "{{ cookiecutter.name | slugify }}",
    "{{ cookiecutter.numbers | jsonify }}",
]
OTHER_TAGS = [
    "{% now 'Europe/London', '%Y' %}",
    "{% now 'utc', '%H %Z' %}",
    "{% now 'utc' + 'days=1', '%d' %}",
    "{{ cookiecutter.name | slugify(separator='_') }}",
    "{{ cookiecutter.numbers | jsonify(indent=2) }}",
]


def mint(folder: Path, renderer: str, text: str, **variables: Any) -> tuple[str, dict[str, int]]:
    template = folder / "template"
    project = template / "{{cookiecutter.name}}"
    project.mkdir(parents=True, exist_ok=True)
    values = {"name": "Some Name", "numbers": {"b": [1, 2], "a": "é"}, **variables}
    (template / "cookiecutter.json").write_text(json.dumps(values))
    (project / "file.txt").write_text(text)
    report = Generator(Options(renderer=renderer)).generate(template, folder / renderer, given=GivenAnswers())
    return (folder / renderer / "Some Name" / "file.txt").read_text(), dict(report.rendered_by)


@pytest.mark.parametrize("text", [*TAGS, *OTHER_TAGS])
def test_both_roads_print_the_same(tmp_path: Path, text: str) -> None:
    fast, rendered_by = mint(tmp_path, "auto", text)
    assert fast == mint(tmp_path, "jinja2", text)[0]
    assert rendered_by == {(RenderedBy.FAST if text in TAGS else RenderedBy.REFERENCE).value: 1}


@pytest.mark.parametrize(
    "text", ["  {% now 'utc', '%Y' %}\nend", "a {% now 'utc', '%Y' %}\n", " {%+ now 'utc' -%}\n x"]
)
@pytest.mark.parametrize("trims", [True, False])
def test_a_date_loses_the_space_around_it_where_tags_do(tmp_path: Path, text: str, trims: bool) -> None:
    variables = {"_jinja2_env_vars": {"lstrip_blocks": True, "trim_blocks": trims}}
    fast, rendered_by = mint(tmp_path, "auto", text, **variables)
    assert fast == mint(tmp_path, "jinja2", text, **variables)[0]
    assert rendered_by == {"fast": 1}


@pytest.mark.parametrize(("zone", "text_format"), [("UTC", "%Y"), ("utc", "%H"), ("utc", "%-d"), ("utc", "%")])
def test_what_is_more_than_a_date_is_refused(zone: str, text_format: str) -> None:
    with pytest.raises(ValueError, match="more than a date"):
        date_now(zone, text_format)
