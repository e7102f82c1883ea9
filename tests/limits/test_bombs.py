"""Small templates that stand for very much: each ends early, as an error that says what there is too much of."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

import mintage
from mintage import Options
from mintage.answers.given import read_data_file
from mintage.errors import AnswerError, MintageError, PlanError, RenderError, TemplateError
from mintage.files.trees import remove_tree
from mintage.template.limits import Limits
from tests.processes import wait_until_it_listens

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]

COPIER = '_templates_suffix: ""\n_exclude: [copier.yml, "*.no"]\n'
OUTER = "{% yield i from range(99999) %}a{{ i }}{% endyield %}"
INNER = "{% yield j from range(99999) %}b{{ j }}{% endyield %}"
EMPTY = "{% yield j from range(99999) %}{% endyield %}"
REPEATED = "".join(f"[[each]]\nfile = 'f'\nitems = 'range(99999)'\npath = '{n}/{{{{ item }}}}'\n" for n in range(99))


@pytest.mark.parametrize(
    "files",
    [
        {"mintage.toml": REPEATED, "f": ""},
        {"copier.yml": COPIER, f"{OUTER}/{INNER}": ""},
        {"copier.yml": COPIER, f"{OUTER}/f": ""},
    ],
    ids=["each", "yield in yield", "yield"],
)
def test_files_without_end_are_stopped_while_they_are_found_out(
    write_tree: Write, tmp_path: Path, files: dict[str, str]
) -> None:
    began = time.monotonic()
    with pytest.raises(PlanError, match="would have more than 3,000 files and directories") as caught:
        mintage.generate(write_tree(files), tmp_path / "out", options=Options(limits=Limits(files=3000)))
    assert "`Options(limits=Limits(files=N))`" in caught.value.hint
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("name", [EMPTY, f"{INNER}.no"], ids=["empty", "excluded"])
def test_names_that_make_nothing_without_end_take_too_long(write_tree: Write, tmp_path: Path, name: str) -> None:
    template = write_tree({"copier.yml": COPIER, f"{OUTER}.no/{name}": ""})
    with pytest.raises(RenderError, match=r"took longer than 0\.5 seconds"):
        mintage.generate(template, tmp_path / "out", options=Options(limits=Limits(render_time=0.5)))


@pytest.mark.parametrize(
    "files",
    [{"mintage.toml": REPEATED, "f": ""}, {"copier.yml": COPIER, f"{OUTER}/{EMPTY}": ""}],
    ids=["each", "yield"],
)
def test_a_termination_ends_what_makes_files_without_end(
    write_tree: Write, tmp_path: Path, files: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "mintage", "new", str(write_tree(files)), "out", "--defaults"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as running:
        wait_until_it_listens(running.pid, signal.SIGTERM)
        time.sleep(0.5)  # so that it is in the midst of it, most often
        running.send_signal(signal.SIGTERM)
        _, told = running.communicate(timeout=20)
    assert (running.returncode, told.splitlines()[0]) == (143, "error: interrupted")
    assert os.listdir(tmp_path) == ["template"]


@pytest.mark.parametrize("configuration", [{"mintage.toml": ""}, {"copier.yml": COPIER}, {}], ids=str)
def test_links_to_folders_of_links_are_not_followed_a_billion_times(
    write_tree: Write, tmp_path: Path, configuration: dict[str, str]
) -> None:
    template = write_tree({**configuration, "d30/f": ""})
    for number in range(30):
        (template / f"d{number}").mkdir()
        for link in "ab":
            (template / f"d{number}" / link).symlink_to(f"../d{number + 1}")
    with pytest.raises(TemplateError, match="in more than 1,000 ways"):
        mintage.generate(template, tmp_path / "out")


@pytest.mark.parametrize(
    "configuration",
    [{"mintage.toml": ""}, {"copier.yml": COPIER}, {"cookiecutter.json": '{"name": "out"}'}, {}],
    ids=str,
)
@pytest.mark.parametrize("levels", [150, 1500])
def test_a_template_of_very_many_levels_is_refused(
    write_tree: Write, tmp_path: Path, configuration: dict[str, str], levels: int
) -> None:
    top = write_tree({**configuration, "{{cookiecutter.name}}/f": ""} if configuration else {"f": ""})
    inner = top / "{{cookiecutter.name}}" if "cookiecutter.json" in configuration else top
    descriptor = os.open(inner, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d", dir_fd=descriptor)
        below = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)
    if "cookiecutter.json" not in configuration and configuration:
        (top / "{{cookiecutter.name}}" / "f").unlink()
        (top / "{{cookiecutter.name}}").rmdir()
    began = time.monotonic()
    with pytest.raises(MintageError, match="directories deep"):
        mintage.generate(top, tmp_path / "out")
    assert time.monotonic() - began < 5
    remove_tree(top)  # which pytest could not


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in pairwise("abcdefghijkl")
)


@pytest.mark.parametrize("place", ["copier.yml", "data.yml", ".copier-answers.yml"])
def test_aliases_that_stand_for_billions_of_values_are_refused(write_tree: Write, tmp_path: Path, place: str) -> None:
    questions = "" if place == "copier.yml" else "l: {type: yaml, default: 1}\n"
    template = write_tree({"copier.yml": f"{questions}{LAUGHS if place == 'copier.yml' else ''}", "f.jinja": "{{ l }}"})
    data = write_tree({place: LAUGHS}, "out" if place.startswith(".") else "data") / place
    began = time.monotonic()
    with pytest.raises(MintageError, match="aliases expand to") as caught:  # noqa: PT012 - either may say so
        given = read_data_file(data) if place == "data.yml" else {}
        mintage.generate(template, tmp_path / "out", data=given)
    assert caught.value.where is not None
    assert time.monotonic() - began < 5


def test_many_values_are_none_that_aliases_make(tmp_path: Path) -> None:
    numbers = ", ".join(map(str, range(150_000)))
    (tmp_path / "data.json").write_text(f'{{"x": [{numbers}]}}')
    assert len(read_data_file(tmp_path / "data.json")["x"]) == 150_000


@pytest.mark.parametrize(
    ("file", "line", "head"),
    [
        ("mintage.toml", "[questions.q{0}]\ndefault = '{{{{ 1 }}}}'\n", ""),
        ("copier.yml", "q{0}: a\n", ""),
        ("cookiecutter.json", '"q{0}": "{{{{ 1 }}}}",\n', '{"name": "out",'),
    ],
)
def test_thousands_of_questions_take_no_time(
    write_tree: Write, tmp_path: Path, file: str, line: str, head: str
) -> None:
    lines = "".join(line.format(number) for number in range(4000))
    text = f'{head}{lines}"last": ""}}' if head else lines
    template = write_tree({file: text, "{{cookiecutter.name}}/f" if head else "f": ""})
    began = time.monotonic()
    mintage.generate(template, tmp_path if head else tmp_path / "out")
    assert time.monotonic() - began < 5


def test_more_questions_than_anybody_asks_are_refused(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"copier.yml": "".join(f"q{number}: '{{{{ 1 }}}}'\n" for number in range(20_000))})
    with pytest.raises(TemplateError, match="20,000 questions"):
        mintage.generate(template, tmp_path / "out")


@pytest.mark.parametrize("given", [{}, {"x": "a" * 60}], ids=["default", "data"])
def test_a_pattern_that_takes_for_ever_is_an_objection(
    write_tree: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    monkeypatch.setattr("mintage.answers._PATTERN_SECONDS", 0.3)
    question = f"[questions.x]\npattern = '(a+)+b'\ndefault = '{'a' * 60}'\n"
    template = write_tree({"mintage.toml": question, "f": ""})
    with pytest.raises(AnswerError) as caught:
        mintage.generate(template, tmp_path / "out", data=given)
    problem = caught.value.problems[0]
    assert "x: the pattern (a+)+b took longer than 0.3 seconds to match" in problem.what
    assert problem.where is not None
    assert problem.where.line == 1
