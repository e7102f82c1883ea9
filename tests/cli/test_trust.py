"""Code of a template's author: shown before it runs, run only with consent, asked about again when it changes."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pexpect
import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]
    Run = Callable[..., subprocess.CompletedProcess[str]]

HOOK = "#!/bin/sh\ntouch ran\n"
COOKIECUTTER = {
    "cookiecutter.json": '{"name": "p"}',
    "{{cookiecutter.name}}/f.txt": "x",
    "hooks/post_gen_project.sh": HOOK,
}
COPIER = {"copier.yml": "_tasks:\n  - touch ran\n", "f.txt": "x"}
NATIVE = {"mintage.toml": '[[tasks]]\nname = "touch"\nrun = "touch ran"\n', "f.txt": "x"}
EXTENSION = {
    "mintage.toml": '[render]\nextensions = ["local.Shout"]\n',
    "local.py": "from helper import E\nclass Shout(E): ...\n",
    "helper.py": "from jinja2.ext import Extension as E\n",
    "f.txt": "x",
}


@pytest.fixture
def at_terminal(tmp_path: Path) -> Callable[..., pexpect.spawn[str]]:
    """Run `mintage` where somebody can be asked."""

    def run(*arguments: object) -> pexpect.spawn[str]:
        command = ["-m", "mintage", *map(str, arguments)]
        environment = {**os.environ, "TERM": "xterm"}
        return pexpect.spawn(
            sys.executable,
            command,
            cwd=str(tmp_path),
            env=environment,
            encoding="utf-8",
            dimensions=(40, 120),
            timeout=30,
        )

    return run


def answer(terminal: pexpect.spawn[str], key: str) -> None:
    terminal.expect(r"Run it\?")
    terminal.send(key)
    terminal.send("\r")


@pytest.mark.parametrize(
    ("tree", "shown"),
    [
        (COOKIECUTTER, ["hook: hooks/post_gen_project.sh", "touch ran"]),
        (COPIER, ["task: touch ran"]),
        (NATIVE, ["task: touch: touch ran"]),
        (EXTENSION, ["extension: local.Shout", "# local.py", "class Shout", "# helper.py"]),
    ],
)
def test_all_that_would_run_is_shown_with_its_text(
    write_tree: Write, mintage: Run, tree: dict[str, str], shown: list[str]
) -> None:
    template = write_tree(tree)
    done = mintage("check", template, "--trust-report")
    assert done.returncode == 0
    assert all(text in done.stdout for text in shown)
    assert "none of this runs unless you agree" in done.stdout
    document = json.loads(mintage("check", template, "--trust-report", "--json").stdout)
    assert not document["may_run"]
    assert document["digest"] in done.stdout


def test_a_template_without_code_says_so_and_looking_runs_nothing(
    write_tree: Write, mintage: Run, tmp_path: Path
) -> None:
    harmless = write_tree({"mintage.toml": "", "f.txt": ""}, "harmless")
    assert "doesn't run any" in mintage("check", harmless, "--trust-report").stdout
    hooked = write_tree({**COOKIECUTTER, "hooks/pre_prompt.sh": f"#!/bin/sh\ntouch {tmp_path}/ran\n"}, "hooked")
    assert "pre_prompt" in mintage("check", hooked, "--trust-report").stdout
    assert not (tmp_path / "ran").exists()


def test_consent_at_the_prompt_holds_until_the_code_changes(
    write_tree: Write, at_terminal: Callable[..., pexpect.spawn[str]], mintage: Run, tmp_path: Path
) -> None:
    template = write_tree(COOKIECUTTER)
    first = at_terminal("new", template, "one", "-d", "name=p", "--yes")
    first.expect("hook: hooks/post_gen_project.sh")
    answer(first, "y")
    first.expect("name")  # the question
    first.send("\r")
    first.expect(pexpect.EOF)
    assert (tmp_path / "one" / "p" / "ran").exists()

    second = mintage("new", template, "two", "--defaults")
    assert second.returncode == 0, second.stderr
    assert (tmp_path / "two" / "p" / "ran").exists()
    assert "you agreed to all of this" in mintage("check", template, "--trust-report").stdout

    write_tree({"hooks/post_gen_project.sh": HOOK + "touch more\n"})
    third = mintage("new", template, "three", "--defaults")
    assert third.returncode == 3
    assert "it has changed since you agreed to run it" in third.stderr
    assert not (tmp_path / "three").exists()

    fourth = at_terminal("new", template, "four")
    fourth.expect("It has changed since you agreed")
    fourth.expect(r"\+touch more")
    answer(fourth, "n")
    fourth.expect(pexpect.EOF)
    fourth.close()
    assert fourth.exitstatus == 3
    assert not (tmp_path / "four").exists()


def test_the_code_is_shown_at_the_prompt_if_one_asks_for_it(
    write_tree: Write, at_terminal: Callable[..., pexpect.spawn[str]], tmp_path: Path
) -> None:
    terminal = at_terminal("new", write_tree({**NATIVE, "mintage.toml": NATIVE["mintage.toml"]}), "out")
    answer(terminal, "s")
    terminal.expect("touch ran")
    answer(terminal, "n")
    terminal.expect(pexpect.EOF)
    assert not (tmp_path / "out").exists()


def test_agreeing_to_one_template_says_nothing_of_another(
    write_tree: Write, at_terminal: Callable[..., pexpect.spawn[str]], mintage: Run
) -> None:
    terminal = at_terminal("new", write_tree(NATIVE, "a"), "out")
    answer(terminal, "y")
    terminal.expect(pexpect.EOF)
    assert mintage("new", write_tree(NATIVE, "b"), "other", "--defaults").returncode == 3


def test_trust_by_a_flag_is_not_remembered(write_tree: Write, mintage: Run) -> None:
    template = write_tree(NATIVE)
    assert mintage("new", template, "one", "--defaults", "--trust").returncode == 0
    assert mintage("new", template, "two", "--defaults").returncode == 3


def test_what_is_remembered_is_the_users_alone_and_a_damaged_file_asks_again(
    write_tree: Write, at_terminal: Callable[..., pexpect.spawn[str]], mintage: Run
) -> None:
    from pathlib import Path

    template = write_tree(NATIVE)
    terminal = at_terminal("new", template, "one")
    answer(terminal, "y")
    terminal.expect(pexpect.EOF)
    (kept,) = (Path(os.environ["MINTAGE_CONFIG_DIR"]) / "agreements").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    kept.write_text("{")
    assert mintage("new", template, "two", "--defaults").returncode == 3
