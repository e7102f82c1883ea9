"""What a shell offers while a command is typed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from mintage.cli.commands import COMMANDS
from mintage.user.folders import settings_file
from mintage.user.short_names import add_template

if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[..., Path]

TOML = """
[questions.name]
help = "Name of it"
[questions.db]
type = "choice"
choices = ["none", { value = "sqlite", label = "SQLite 3" }, "two words"]
[questions.docs]
type = "bool"
default = true
[questions.port]
type = "int"
default = 8000
[questions.key]
type = "secret"
default = "hidden"
[questions.slug]
default = "{{ name }}"
"""


@pytest.fixture
def offered(tmp_path: Path) -> Callable[[str], list[str]]:
    """What is offered after a beginning of a command line, typed in the test's directory."""

    def offer(line: str) -> list[str]:
        answer = tmp_path / "answer"
        shell = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_IFS": "\n", "_ARGCOMPLETE_STDOUT_FILENAME": str(answer)}
        cursor = {"COMP_LINE": line, "COMP_POINT": str(len(line.encode())), "_ARGCOMPLETE_SUPPRESS_SPACE": "1"}
        run = subprocess.run(
            [sys.executable, "-m", "mintage"],
            cwd=tmp_path,
            env={**os.environ, **shell, **cursor},
            capture_output=True,
            check=False,
        )
        assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")
        return answer.read_text("utf-8").splitlines()

    return offer


@pytest.fixture
def template(write_tree: Write) -> Path:
    return write_tree({"mintage.toml": TOML, "a.txt": "{{ name }}"})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mintage ", list(COMMANDS)),
        ("mintage rec", ["recover"]),
        ("mintage new x --executor ", ["auto", "sequential", "threads", "processes"]),
        ("mintage plan x --as=d", ["--as=dot"]),
        ("mintage new x --format co", ["cookiecutter", "copier"]),
        ("mintage new x --skip-ex", ["--skip-existing"]),
        ("mintage new x --limit file", ["file-size=", "files="]),
        ("mintage completion ", ["bash", "zsh", "fish"]),
    ],
)
def test_commands_options_and_values_are_those_of_the_parser(
    offered: Callable[[str], list[str]], line: str, expected: list[str]
) -> None:
    assert sorted(offered(line)) == sorted(expected)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_every_command_is_offered(offered: Callable[[str], list[str]], command: str) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "mintage", command, "--help"], capture_output=True, text=True, check=True
    ).stdout
    options = offered(f"mintage {command} --")
    assert "--help" in options
    assert all(option in shown for option in options)


def test_an_option_that_rules_another_one_out_is_not_offered_with_it(offered: Callable[[str], list[str]]) -> None:
    assert "--skip-existing" not in offered("mintage new x --overwrite --")


def test_templates_are_folders_archives_and_registered_names(
    offered: Callable[[str], list[str]], write_tree: Write, template: Path
) -> None:
    write_tree({"inner/x": "", "old.zip": "", "notes.txt": "", ".hidden/x": ""}, "tree")
    add_template("tea", str(template))
    assert offered("mintage new t") == ["tea", "template/", "tree/"]
    assert offered("mintage new tree/") == ["tree/inner/", "tree/old.zip"]
    assert offered("mintage new tree/.h") == ["tree/.hidden/"]
    assert offered("mintage new tea t") == ["template/", "tree/"]
    assert offered("mintage remove t") == ["tea"]


def test_questions_of_the_template_that_is_typed_already(offered: Callable[[str], list[str]], template: Path) -> None:
    add_template("tea", str(template))
    names = ["name=", "db=", "docs=", "port=", "key=", "slug="]
    assert offered("mintage new template -d ") == names
    assert offered("mintage new tea out --defaults --data ") == names
    assert offered("mintage new template -d name=x -d port=1 -d ") == ["db=", "docs=", "key=", "slug="]
    assert offered("mintage new -d ") == []


def test_questions_of_the_template_that_the_project_was_made_from(
    offered: Callable[[str], list[str]], mintage: Callable[..., object], template: Path
) -> None:
    mintage("new", template, "made", "--defaults", "-d", "name=x", "-d", "db=none")
    assert offered("mintage impact --project made d") == ["db", "docs"]
    assert offered("mintage why --project made a.txt -d d") == ["db=", "docs="]
    assert offered("mintage impact --template template sl") == ["slug"]
    assert offered("mintage impact d") == []
    (Path.home() / "made").symlink_to(template.parent / "made")
    assert offered("mintage impact --project ~/made d") == ["db", "docs"]


def test_rules_of_a_check(offered: Callable[[str], list[str]]) -> None:
    assert offered("mintage check template --ignore not-") == ["not-utf8"]


def test_values_of_choices_of_yes_or_no_and_plain_defaults(offered: Callable[[str], list[str]], template: Path) -> None:
    assert offered("mintage new template -d db=") == ["db=none", "db=sqlite", r"db=two\ words"]
    assert offered("mintage new template -d db=s") == ["db=sqlite"]
    assert offered("mintage new template -d docs=") == ["docs=yes", "docs=no"]
    assert offered("mintage new template -d port=") == ["port=8000"]
    for unknown in ("name", "key", "slug", "nobody"):
        assert offered(f"mintage new template -d {unknown}=") == []


def test_questions_of_other_formats(offered: Callable[[str], list[str]], write_tree: Write) -> None:
    write_tree({"cookiecutter.json": '{"a": "x", "b": ["p", "q"], "_c": 1}', "{{cookiecutter.a}}/f": ""}, "cookie")
    write_tree({"copier.yml": "d: {type: str}\ne: {type: str, choices: [m, n]}\n_subdirectory: x"}, "copy")
    assert offered("mintage new cookie -d ") == ["a=", "b="]
    assert offered("mintage new cookie -d b=") == ["b=p", "b=q"]
    assert offered("mintage new copy out -d ") == ["d=", "e="]
    assert offered("mintage new copy out -d e=") == ["e=m", "e=n"]


def test_a_git_template_is_looked_at_only_in_the_cache(
    offered: Callable[[str], list[str]], template: Path, mintage: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=template, check=True)
    url = f"file://{template}"
    assert offered(f"mintage new {url} -d na") == []
    assert mintage("plan", url, "out", "-d", "name=x", "-d", "db=none", "--defaults").returncode == 0
    assert offered(f"mintage new {url} -d na") == ["name="]


def test_nothing_of_a_template_runs_and_nothing_is_written(
    offered: Callable[[str], list[str]], write_tree: Write, tmp_path: Path
) -> None:
    write_tree(
        {
            "cookiecutter.json": '{"a": "x", "_extensions": ["local.Bad"]}',
            "local.py": "open('ran', 'w')",
            "hooks/pre_prompt.py": "open('ran', 'w')",
            "{{cookiecutter.a}}/f": "",
        },
        "cookie",
    )
    assert offered("mintage new cookie -d ") == ["a="]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer", "cookie"]
    assert not list(tmp_path.rglob("ran"))


@pytest.mark.parametrize("line", ["mintage new nowhere -d ", "mintage new broken -d ", "mintage new gh:no/such -d "])
def test_what_is_wrong_offers_nothing_and_says_nothing(
    offered: Callable[[str], list[str]], write_tree: Write, line: str
) -> None:
    write_tree({"mintage.toml": "[questions"}, "broken")
    assert offered(line) == []


def test_settings_that_are_wrong_keep_folders_from_nobody(offered: Callable[[str], list[str]], template: Path) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text("[templates")
    assert offered("mintage new temp") == ["template/"]


def test_texts_that_would_steer_the_terminal_are_left_out(
    offered: Callable[[str], list[str]], write_tree: Write
) -> None:
    write_tree({"mintage.toml": '[questions.a]\ntype = "choice"\nchoices = ["good", "b\\u001b[31mad", "li\\nne"]'})
    assert offered("mintage new template -d a=") == ["a=good"]


SETUP = {
    "bash": (["--norc", "--noprofile", "-i"], 'eval "$(mintage completion bash)"'),
    "zsh": (["-f", "-i"], 'autoload -U compinit; compinit -u -d dump; eval "$(mintage completion zsh)"'),
    "fish": (["--no-config", "-i"], "mintage completion fish | source"),
}


@pytest.fixture(params=SETUP)
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> pexpect.spawn[str]:
    """A shell with completion, in which `mintage` prints its arguments unless it is asked to complete something."""
    name = request.param
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "mintage"
    command.write_text(
        f"""#!/bin/sh
if [ -n "$_ARGCOMPLETE" ] || [ "$1 $2" = "completion {name}" ]; then exec {sys.executable} -m mintage "$@"; fi
printf 'GOT'; printf '<%s>' "$@"; echo .
"""
    )
    command.chmod(0o755)
    environment = {**os.environ, "TERM": "xterm", "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "PS1": "$ "}
    arguments, setup = SETUP[name]
    child = pexpect.spawn(
        program, arguments, cwd=str(tmp_path), env=environment, encoding="utf-8", dimensions=(24, 200), timeout=30
    )
    child.sendline(f"{setup}; echo rea''dy")
    child.expect("ready\r\n")
    return child


@pytest.mark.parametrize(
    ("typed", "run"),
    [
        ("mintage pl\t", "<plan>"),
        ("mintage new templ\t", "<new><template/>"),
        ("mintage new te\t", "<new><tea>"),
        ("mintage new template --exec\tthr\t", "<new><template><--executor><threads>"),
        ("mintage new tea -d na\tx", "<new><tea><-d><name=x>"),
        ("mintage new tea out -d db=sq\t", "<new><tea><out><-d><db=sqlite>"),
        ("mintage new tea out -d db=tw\t", "<new><tea><out><-d><db=two words>"),
        ("mintage new template ou\t--defaults", "<new><template><out/><--defaults>"),
    ],
)
def test_in_a_real_shell(shell: pexpect.spawn[str], template: Path, typed: str, run: str) -> None:
    add_template("tea", str(template))
    (template.parent / "out").mkdir()
    if typed.startswith("mintage new te\t"):
        template.rename(template.parent / "moved")
    if typed.endswith("ou\t--defaults"):
        typed = typed.replace("\t", "\t ")
    shell.send(typed + "\r")
    shell.expect(r"GOT(.*?)\.\r\n")
    assert isinstance(shell.match, re.Match)
    assert shell.match[1].replace("\r\n", "") == run
