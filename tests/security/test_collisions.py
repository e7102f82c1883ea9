"""Two sources for one place are an error or a warning that names both, and never a silent loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Hostile = Callable[..., Path]
    Run = Callable[..., CompletedProcess[str]]
    Made = Callable[[], dict[str, str]]

STRICT = ("native", "bare")
LENIENT = ("cookiecutter", "copier")
LOOKALIKES = (("README", "readme"), ("\u00e9", "e\u0301"), ("stra\u00dfe", "STRASSE"), ("A/x", "a/x"), ("a/X", "A/x"))
ONE_NAME = {"{{ 'a' }}": "1", "a": "2"}


@pytest.mark.parametrize("kind", STRICT)
def test_two_files_for_one_name_are_refused(hostile: Hostile, mint: Run, made: Made, kind: str) -> None:
    done = mint(hostile(kind, ONE_NAME))
    assert (done.returncode, made()) == (2, {})
    assert "{{ 'a' }}" in done.stderr


@pytest.mark.parametrize("kind", LENIENT)
def test_where_the_tool_takes_one_of_them_the_other_is_named(
    hostile: Hostile, mint: Run, made: Made, kind: str
) -> None:
    done = mint(hostile(kind, ONE_NAME))
    assert done.returncode == 0
    assert "warning" in done.stderr
    assert "{{ 'a' }}" in done.stderr
    assert list(made()) == ["a"]


@pytest.mark.parametrize("kind", ["native", "bare", "copier", "cookiecutter"])
def test_a_file_in_the_place_of_a_folder_is_said(hostile: Hostile, mint: Run, kind: str) -> None:
    done = mint(hostile(kind, {"{{ 'a' }}": "1", "a/b": "2"}))
    assert done.returncode == 2 or "warning" in done.stderr
    assert "{{ 'a' }}" in done.stderr


@pytest.mark.parametrize("kind", STRICT)
@pytest.mark.parametrize("names", LOOKALIKES)
def test_names_that_are_one_on_other_systems_are_refused(
    hostile: Hostile, mint: Run, made: Made, kind: str, names: tuple[str, str]
) -> None:
    done = mint(hostile(kind, dict.fromkeys(names, "")))
    assert (done.returncode, made()) == (2, {})
    assert all(name.partition("/")[0] in done.stderr for name in names)


@pytest.mark.parametrize("kind", LENIENT)
@pytest.mark.parametrize("names", LOOKALIKES)
def test_where_the_tool_makes_both_they_are_warned_of(
    hostile: Hostile, mint: Run, made: Made, kind: str, names: tuple[str, str]
) -> None:
    done = mint(hostile(kind, dict.fromkeys(names, "")))
    assert (done.returncode, set(made())) == (0, set(names))
    assert "warning" in done.stderr


@pytest.mark.parametrize("kind", ["native", "bare", "copier", "cookiecutter"])
def test_a_file_that_would_be_the_project_itself_is_said(hostile: Hostile, mint: Run, kind: str) -> None:
    done = mint(hostile(kind, {"{{ '.' }}": "text", "good": ""}))
    assert done.returncode == 2 or "warning" in done.stderr
    assert "{{ '.' }}" in done.stderr


@pytest.mark.parametrize("kind", ["native", "bare", "copier", "cookiecutter"])
def test_a_file_without_a_name_is_left_out_as_it_is_meant(hostile: Hostile, mint: Run, made: Made, kind: str) -> None:
    done = mint(hostile(kind, {"{{ '' }}": "text", "a/{{ '' }}": "text", "good": ""}))
    assert (done.returncode, made()) == (0, {"good": ""})
    assert "warning" not in done.stderr


def test_a_template_does_not_write_the_saved_answers_itself(hostile: Hostile, mint: Run, made: Made) -> None:
    done = mint(hostile("native", {"{{ '.mintage.toml' }}": "[answers]", "good": ""}))
    assert (done.returncode, made()) == (2, {})
