"""Compiled templates that are kept for the next run: never wrong, never somebody else's, never too many."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import jinja2
import pytest

from mintage.errors import RenderError
from mintage.minting.generator import Generator, Options
from mintage.rendering import code_cache
from mintage.rendering.environment import make_environment
from mintage.rendering.renderer import JinjaRenderer
from mintage.rendering.settings import RendererSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Render = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "code"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that Jinja2 has compiled."""
    sources: list[str] = []
    compile_it = jinja2.Environment.compile

    def counted(environment: jinja2.Environment, source: str, *rest: Any, **more: Any) -> Any:
        sources.append(source)
        return compile_it(environment, source, *rest, **more)

    monkeypatch.setattr(jinja2.Environment, "compile", counted)
    return sources


@pytest.fixture
def render(folder: Path) -> Render:
    """Render a text as a new run would."""

    def render(text: str, *, name: str = "a.txt", context: dict[str, Any] | None = None, **settings: Any) -> str:
        settings.setdefault("code_cache", str(folder))
        renderer = JinjaRenderer(RendererSettings(**settings), {"a": "x", **(context or {})})
        return renderer.render(text.encode(), name=name, loader_name=name, variables={}).decode()

    return render


def test_the_second_run_only_renders(render: Render, compiled: list[str]) -> None:
    assert render("{{ a | upper }}") == "X"
    assert render("{{ a | upper }}", context={"a": "y"}) == "Y"
    assert compiled == ["{{ a | upper }}"]


def test_templates_that_are_included_are_kept_too(render: Render, compiled: list[str], tmp_path: Path) -> None:
    (tmp_path / "inner").write_text("[{{ a }}]")
    for _ in range(2):
        assert render("{% include 'inner' %}", loader_roots=(str(tmp_path),), loader_top=str(tmp_path)) == "[x]"
    assert compiled == ["{% include 'inner' %}", "[{{ a }}]"]
    (tmp_path / "inner").write_text("({{ a }})")
    assert render("{% include 'inner' %}", loader_roots=(str(tmp_path),), loader_top=str(tmp_path)) == "(x)"


@pytest.mark.parametrize(
    "settings",
    [
        {"options": {"trim_blocks": True}},
        {"strict": False},
        {"sandboxed": False},
        {"extensions": ("jinja2.ext.do",)},
    ],
)
def test_other_settings_have_code_of_their_own(render: Render, compiled: list[str], settings: dict[str, Any]) -> None:
    render("{% if a %}\n{% endif %}")
    render("{% if a %}\n{% endif %}", **settings)
    assert len(compiled) == 2


def test_failures_name_the_file_that_they_are_in(render: Render) -> None:
    for name in ("a.txt", "b.txt", "a.txt"):
        with pytest.raises(RenderError) as failed:
            render("\n{{ missing }}", name=name)
        assert failed.value.where is not None
        assert (failed.value.where.file, failed.value.where.line) == (name, 2)


@pytest.mark.parametrize("text", ["{{ 1 | made_up }}", "{{ 1 is made_up }}", "{{ 1 is not made_up }}"])
def test_filters_and_tests_that_jinja_does_not_have_are_compiled_each_time(
    render: Render, compiled: list[str], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    numbers = iter(range(9))

    def with_more(settings: RendererSettings) -> jinja2.Environment:
        environment = make_environment(settings)
        environment.filters["made_up"] = environment.tests["made_up"] = lambda _: next(numbers)
        return environment

    monkeypatch.setattr("mintage.rendering.renderer.make_environment", with_more)
    render(text)
    render(text)
    assert compiled == [text, text]


def test_code_of_unknown_extensions_is_not_kept(render: Render, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs.py").write_text("from jinja2.ext import Extension\nclass Theirs(Extension): ...\n")
    render("{{ a }}", extensions=("theirs.Theirs",), import_roots=(str(tmp_path),))
    assert not folder.exists()


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o750])
def test_a_directory_that_others_may_use_is_not_used(render: Render, folder: Path, mode: int) -> None:
    folder.mkdir(parents=True)
    folder.chmod(mode)
    assert render("{{ a }}") == "x"
    assert not list(folder.iterdir())


def test_a_directory_that_is_a_link_is_not_used(render: Render, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(0o700)
    folder.parent.mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    assert render("{{ a }}") == "x"
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("damage", [b"", b"x", b"x" * 100])
def test_an_entry_that_is_damaged_is_compiled_and_written_again(
    render: Render, compiled: list[str], folder: Path, damage: bytes
) -> None:
    render("{{ a }}")
    (entry,) = folder.iterdir()
    entry.write_bytes(damage)
    assert render("{{ a }}") == "x"
    assert render("{{ a }}") == "x"
    assert len(compiled) == 2


def test_an_entry_that_others_may_write_is_not_loaded(render: Render, compiled: list[str], folder: Path) -> None:
    render("{{ a }}")
    (entry,) = folder.iterdir()
    entry.chmod(0o666)
    render("{{ a }}")
    assert len(compiled) == 2


def test_where_nothing_can_be_kept_everything_works(render: Render, folder: Path) -> None:
    folder.parent.parent.joinpath("cache").write_text("a file")
    assert render("{{ a }}") == "x"


def test_what_was_not_used_for_longest_goes_when_there_is_too_much(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_cache, "MOST_BYTES", 1000)
    monkeypatch.setattr(code_cache, "_KEPT_BYTES", 500)
    folder.mkdir(parents=True)
    for number in range(11):
        (folder / str(number)).write_bytes(b"x" * 100)
        os.utime(folder / str(number), (number, number))
    code_cache.prune(str(folder))
    assert sorted(int(entry.name) for entry in folder.iterdir()) == [6, 7, 8, 9, 10]


def test_a_template_cannot_bring_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = tmp_path / "template"
    template.mkdir()
    (template / "a.txt").write_text("{{ 'x' | center(3) }}")
    monkeypatch.setenv("MINTAGE_CACHE_DIR", str(template / "cache"))
    Generator(Options(format="bare")).generate(template, tmp_path / "out")
    assert (tmp_path / "out" / "a.txt").read_text() == " x "
    assert not (template / "cache").exists()


def test_runs_share_the_cache_unless_it_is_disabled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiled: list[str]
) -> None:
    template = tmp_path / "template"
    template.mkdir()
    (template / "a.txt").write_text("{{ 'x' | center(3) }}")
    monkeypatch.setenv("MINTAGE_CACHE_DIR", str(tmp_path / "cache"))
    Generator(Options(format="bare", code_cache=False)).generate(template, tmp_path / "none")
    assert not (tmp_path / "cache" / "code").exists()
    for output in ("one", "two"):
        Generator(Options(format="bare")).generate(template, tmp_path / output)
    assert len(compiled) == 2
