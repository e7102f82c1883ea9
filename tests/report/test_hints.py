"""Hints name the library's options to its users, and flags that exist to people at the command line."""

from __future__ import annotations

import ast
import re
from argparse import ArgumentParser
from pathlib import Path

import msgspec
import pytest

import mintage
from mintage import Options
from mintage.cli.commands import COMMANDS, command_module
from mintage.engine.options import ConcurrentOptions
from mintage.formats import CookiecutterOptions, CopierOptions
from mintage.report.hints import ENGINE_OPTIONS, SWITCHES, VALUE_FLAGS, for_command_line, for_library
from mintage.template.limits import Limits
from mintage.testing.model import TestRequest as CaseRequest

SOURCES = Path(mintage.__file__).parent
# Texts for the terminal alone, and what stands for other programs.
MAY_NAME_FLAGS = ("cli", "_compat", "report/text.py", "report/hints.py", "testing/text.py", "pytest_plugin.py")
OWN_COMMAND = re.compile(r"`mintage (?P<command>[a-z]+)(?P<rest>[^`]*)`")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


def flags_of(command: str) -> set[str]:
    parser = ArgumentParser()
    command_module(command).add_arguments(parser)
    return {flag for action in parser._actions for flag in action.option_strings}


ALL_FLAGS = set[str]().union(*map(flags_of, COMMANDS))


@pytest.mark.parametrize("option", [*VALUE_FLAGS, *SWITCHES])
def test_every_option_of_the_table_exists_and_so_does_its_flag(option: str) -> None:
    structs = (Options, CookiecutterOptions, CopierOptions, CaseRequest)
    names = {name for struct in structs for name in struct.__struct_fields__}
    flag = VALUE_FLAGS[option] if option in VALUE_FLAGS else SWITCHES[option][1]
    assert option in names
    assert flag in ALL_FLAGS


@pytest.mark.parametrize("limit", Limits.__struct_fields__)
def test_every_limit_has_the_name_that_the_command_line_takes(limit: str) -> None:
    from mintage.cli.limits import LIMIT_NAMES

    shown = for_command_line(f"raise it with `Options(limits=Limits({limit}=N))`")
    assert shown == f"raise it with --limit {limit.replace('_', '-')}=N"
    assert limit.replace("_", "-") in LIMIT_NAMES


@pytest.mark.parametrize("own", ENGINE_OPTIONS)
def test_every_option_of_the_engine_exists_and_has_a_flag_in_the_end(own: str) -> None:
    name = re.search(r"\((\w+)=", own)
    assert name
    assert name[1] in (*ConcurrentOptions.__struct_fields__, *mintage.Job.__struct_fields__)
    assert FLAG.search(for_command_line(for_library(own)))


@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        ("run again with `Options(trust=True)`", "run again with --trust"),
        ("run once with `Options(offline=False)`", "run once without --offline"),
        ("skip them with `Options(run_tasks=False)`", "skip them with --skip-tasks"),
        ("with `Options(cookiecutter=CookiecutterOptions(replay=False))`", "without --replay"),
        ("use `Options(executor='threads')`", "use --executor threads"),
        ("leave out `Options(ref=...)`", "leave out --ref"),
        ("answer with `data={'a': ..., 'b': x, y}`", "answer with -d a=... -d b=x, y"),
        ("(`Options(directory='a (b)')` takes one)", "(--directory a (b) takes one)"),
        ("`Options(no_option_of_ours=1)` is the template's", "`Options(no_option_of_ours=1)` is the template's"),
        ("`trust` and `Options(nothing)` are left as they are", "`trust` and `Options(nothing)` are left as they are"),
    ],
)
def test_the_command_line_shows_flags(hint: str, shown: str) -> None:
    assert for_command_line(hint) == shown


def prose_that_names_flags() -> list[tuple[str, str]]:
    """Texts of more than one word in the code, docstrings aside; not commands of git."""
    found = []
    for file in sorted(SOURCES.rglob("*.py")):
        path = file.relative_to(SOURCES).as_posix()
        if path.startswith(MAY_NAME_FLAGS):
            continue
        tree = ast.parse(file.read_text("utf-8"))
        docstrings = {each.value for each in ast.walk(tree) if isinstance(each, ast.Expr)}
        for each in ast.walk(tree):
            match each:
                case ast.Constant(value=str(text), lineno=line) if each not in docstrings:
                    if " " in text and FLAG.search(text) and not text.startswith("git "):
                        found.append((f"{path}:{line}", text))
    return found


def test_nothing_but_the_command_line_speaks_of_flags() -> None:
    """But for whole commands, as they are typed."""
    prose = prose_that_names_flags()
    assert [each for each in prose if FLAG.search(OWN_COMMAND.sub("", each[1]))] == []


def test_commands_that_hints_name_exist_with_their_flags() -> None:
    commands = [each for _, text in prose_that_names_flags() for each in OWN_COMMAND.finditer(text)]
    assert commands
    for each in commands:
        assert set(FLAG.findall(each["rest"])) <= flags_of(each["command"]), each[0]


def test_a_user_of_the_library_reads_the_names_of_options(tmp_path: Path) -> None:
    (tmp_path / "template").mkdir()
    (tmp_path / "template" / "mintage.toml").write_text("")
    (tmp_path / "template" / "f.txt").write_text("{{ 'x' * 1000 }}")
    options = Options(limits=msgspec.structs.replace(Limits(), file_size=10))
    with pytest.raises(mintage.GenerationFailed) as caught:
        mintage.generate(tmp_path / "template", tmp_path / "out", options=options)
    (error,) = caught.value.exceptions
    assert isinstance(error, mintage.JobFailedError)
    assert "`Options(limits=Limits(file_size=SIZE))`" in error.hint
    document = caught.value.report.to_dict()
    assert "--limit file-size=SIZE" in document["failures"][0]["hint"]
