"""What is typed and makes no sense: what was meant is said, and nothing is done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mintage.cli import parser, run
from mintage.errors import MintageError, UsageError

if TYPE_CHECKING:
    import subprocess
    from argparse import Namespace
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(
    ("typed", "what", "hint"),
    [
        (["lsit"], "unknown command 'lsit'", "did you mean `mintage list`?"),
        (["./my-template", "out"], "unknown command './my-template'", "did you mean `mintage new ./my-template`?"),
        (["gh:me/it"], "unknown command 'gh:me/it'", "did you mean `mintage new gh:me/it`?"),
        (["zzz"], "unknown command 'zzz'", "`mintage --help` lists all commands"),
        (["new", "t", "--overwite"], "unknown option --overwite", "did you mean --overwrite?"),
        (["plan", "t", "--workers=2"], "unknown option --workers=2", "`mintage plan --help` lists all arguments"),
        (["new", "a", "b", "c"], "unexpected argument 'c'", "`mintage new --help` lists all arguments"),
        (
            ["new"],
            "TEMPLATE is missing",
            "usage: `mintage new TEMPLATE [OUTPUT] [options]`; `mintage new --help` shows how to use it",
        ),
    ],
)
def test_a_slip_is_answered_with_what_was_probably_meant(typed: list[str], what: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parser.parse(typed)
    assert (caught.value.what, caught.value.hint) == (what, hint)


@pytest.mark.parametrize(
    "typed",
    [
        ["--workers", "0"],
        ["--workers", "many"],
        ["--threshold", "-1"],
        ["--max-memory", "1.5"],
        ["--buffer-size", "0"],
        ["--timeout", "0"],
        ["--timeout", "nan"],
        ["--timeout", "inf"],
        ["--executor", "gpu"],
        ["--progress", "fancy"],
        ["--overwrite", "--skip-existing"],
        ["-q", "-v"],
        ["--over"],
    ],
)
def test_values_that_make_no_sense_are_refused_before_anything_is_asked(typed: list[str]) -> None:
    with pytest.raises(UsageError):
        parser.parse(["new", "template", *typed])


@pytest.mark.parametrize(
    ("typed", "name", "value"),
    [
        (["--workers", "auto"], "workers", None),
        (["--workers", "3"], "workers", 3),
        (["--threshold", "0"], "threshold", 0),
        (["--max-memory", "none"], "max_memory", None),
        (["--timeout", "1.5"], "timeout", 1.5),
        (["--no-input"], "defaults", True),
        (["--vcs-ref", "v1"], "ref", "v1"),
        (["--checkout", "v1"], "ref", "v1"),
        (["-d", "a=1", "-d", "b=2"], "data", ["a=1", "b=2"]),
    ],
)
def test_options_are_read_also_under_their_names_in_other_tools(typed: list[str], name: str, value: object) -> None:
    assert getattr(parser.parse(["new", "template", *typed]), name) == value


def test_an_option_that_is_not_typed_leaves_the_librarys_default_alone() -> None:
    assert not {"workers", "threshold", "max_memory", "timeout"} & set(vars(parser.parse(["new", "template"])))


@pytest.mark.parametrize("command", ["new", "plan", "list", "add", "remove"])
def test_every_command_has_help_that_fits_a_terminal(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"usage: mintage {command}")
    assert max(map(len, printed.splitlines())) <= 100


def test_the_version_is_printed_wherever_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version", "new"]) == 0
    assert capsys.readouterr().out.startswith("mintage 0.")


@pytest.mark.parametrize("typed", [["new", "--json"], ["plan", "--as", "json"], ["plan", "--as=json"]])
def test_bad_usage_is_a_document_where_one_is_wanted(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(typed) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "UsageError"


@pytest.fixture
def _broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in mintage itself."""

    def fail(_arguments: Namespace) -> int:
        raise ZeroDivisionError("oh no")

    monkeypatch.setattr("mintage.cli.list.run", fail)


@pytest.mark.usefixtures("_broken")
def test_a_mistake_in_mintage_is_admitted_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list"]) == MintageError.exit_code
    printed = capsys.readouterr().err
    assert "this is a bug in mintage" in printed
    assert "oh no" in printed
    assert "Traceback" not in printed


@pytest.mark.usefixtures("_broken")
def test_debug_shows_where_it_happened_and_keeps_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "--debug"]) == MintageError.exit_code
    assert "Traceback" in capsys.readouterr().err


def test_secrets_in_addresses_are_not_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["add", "mine", "https://me:sesame@example.com/t.git"]) == 0
    assert run(["list"]) == run(["list", "--json"]) == 0
    printed = capsys.readouterr().out
    assert "example.com/t.git" in printed
    assert "sesame" not in printed


def test_a_bare_folder_wants_to_know_where_to_before_anything_else(
    mintage: Callable[..., subprocess.CompletedProcess[str]], write_tree: Callable[..., Path]
) -> None:
    refused = mintage("new", write_tree({"note.txt": "{{ author }}"}))
    assert refused.returncode == 2
    assert "error: a bare template doesn't name its project" in refused.stderr
    assert "author" not in refused.stderr
