"""The plan for a project whose directory is known: the template has no say in where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mintage.minting.options import Options
from mintage.minting.plans import with_destination
from mintage.minting.preparation import Preparation
from mintage.minting.preview import planned
from mintage.template.layout import Layout, LayoutRequest
from mintage.template.questions import GivenAnswers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]

FORMATS = {
    "bare": {"a.txt": "{{ name }}"},
    "native": {"mintage.toml": '[questions.name]\ndefault = "x"', "a.txt": "{{ name }}"},
    "cookiecutter": {"cookiecutter.json": '{"name": "x"}', "{{ cookiecutter.name }}/a.txt": "{{ cookiecutter.name }}"},
    "copier": {"copier.yml": "name: x", "a.txt.jinja": "{{ name }}"},
}


@pytest.fixture
def preparation() -> Preparation:
    return Preparation(Options(isolated=True))


@pytest.mark.parametrize("files", FORMATS.values(), ids=FORMATS)
def test_only_the_destination_of_its_layout_is_another(
    preparation: Preparation, write_tree: Write, tmp_path: Path, files: dict[str, str]
) -> None:
    known, given = tmp_path / "known", GivenAnswers(data={"name": "x"})
    with planned(preparation, write_tree(files), known, given=given) as (answered, _):
        layout: Layout = with_destination(answered.template, known).layout
        request = LayoutRequest(answered.render, answered.context, known)
        assert layout.destination(tmp_path / "other", answered.render, answered.context) == known
        assert _entries(layout, request) == _entries(answered.template.layout, request)
        assert layout.template_files(request) == answered.template.layout.template_files(request)


def _entries(layout: Layout, request: LayoutRequest) -> list[tuple[str, str]]:
    return [(entry.target, entry.source) for entry in layout.lay_out(request).entries]


def test_its_layout_has_all_that_a_layout_has(preparation: Preparation, write_tree: Write, tmp_path: Path) -> None:
    with preparation.loaded(write_tree(FORMATS["native"])) as template:
        layout = with_destination(template, tmp_path / "known").layout
    expected = [name for name in vars(Layout) if not name.startswith("_")]
    assert [name for name in expected if not callable(getattr(layout, name, None))] == []


@pytest.mark.parametrize("files", FORMATS.values(), ids=FORMATS)
def test_the_plan_is_for_the_directory_and_writes_nothing(
    preparation: Preparation, write_tree: Write, tmp_path: Path, files: dict[str, str]
) -> None:
    given = GivenAnswers(data={"name": "x"})
    with planned(preparation, write_tree(files), tmp_path / "known", given=given) as (answered, plan):
        assert plan.destination == answered.destination("elsewhere") == tmp_path / "known"
        assert "a.txt" in [file.target for file in plan.files]
    assert not (tmp_path / "known").exists()
