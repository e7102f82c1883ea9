"""Standard streams that are closed, full, or lead to nobody; terminals and pipes; signals before the work begins."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Shell = Callable[..., subprocess.CompletedProcess[str]]
    Write = Callable[..., Path]

MINTAGE = f"{sys.executable} -m mintage"
BAD = "{{ nobody }}"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Run a line in bash; `mintage` in it is ours. The exit code is that of the first command of a pipe."""

    def run(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", f'mintage() {{ {MINTAGE} "$@"; }}; {line}; exit ${{PIPESTATUS[0]}}'],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    "line", ["mintage new bad out 2>&1 | true", "mintage new bad out -v --progress bar 2>&1 | true"]
)
def test_the_exit_code_tells_of_failures_also_when_nobody_reads(shell: Shell, write_tree: Write, line: str) -> None:
    write_tree({"mintage.toml": "", "bad.txt": BAD, "good.txt": "x"}, "bad")
    done = shell(line)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_document_that_cannot_be_written_is_an_error(shell: Shell) -> None:
    done = shell("mintage list --json > /dev/full")
    assert done.returncode == 2
    assert done.stderr == "error: can't write to standard output: No space left on device\n"


def test_messages_that_cannot_be_written_stop_nothing(shell: Shell, write_tree: Write, tmp_path: Path) -> None:
    write_tree({"mintage.toml": "", "a.txt": "x"})
    assert shell("mintage new template out -v 2>&-").returncode == 0
    assert (tmp_path / "out" / "a.txt").exists()


def test_no_file_of_the_project_takes_the_place_of_a_closed_stream(shell: Shell, write_tree: Write) -> None:
    template = write_tree({"mintage.toml": "", "a.txt": "x" * 100, "b.txt": "{{ 'y' * 100 }}"})
    assert shell("mintage new template out -v --executor threads 0<&- 1>&- 2>&-").returncode == 0
    made = template.parent / "out"
    assert ((made / "a.txt").read_text(), (made / "b.txt").read_text()) == ("x" * 100, "y" * 100)


def test_names_that_the_encoding_does_not_have_are_spelled_out(shell: Shell, write_tree: Write) -> None:
    write_tree({"mintage.toml": "", "straße.txt": ""})
    done = shell("mintage plan template out", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "stra\\xdfe.txt" in done.stdout


def test_without_anybody_to_ask_all_missing_answers_are_named(shell: Shell, write_tree: Write) -> None:
    write_tree({"mintage.toml": "[questions.one]\n[questions.two]\n"})
    done = shell("mintage new template out < /dev/null")
    assert done.returncode == 2
    assert "one, two" in done.stderr
    assert "-d one=... -d two=..." in done.stderr


def test_what_hooks_print_is_no_part_of_the_document(shell: Shell, write_tree: Write) -> None:
    write_tree({"mintage.toml": "[[tasks]]\nname = 't'\nrun = 'echo from the task'\n"})
    done = shell("mintage new template out --trust --json")
    assert "from the task" not in done.stdout.replace("echo from the task", "")
    assert "from the task" in done.stderr


def test_quiet_still_tells_what_failed(shell: Shell, write_tree: Write) -> None:
    write_tree({"mintage.toml": "", "bad.txt": f"fine\n  {BAD}\n"})
    done = shell("mintage new template out -q")
    assert done.stdout == ""
    assert "--> bad.txt:2:6\n    | {{ nobody }}\n    |    ^" in done.stderr


def test_files_that_wait_for_each_other_are_refused_by_plan_and_new_alike(shell: Shell, write_tree: Write) -> None:
    write_tree({"mintage.toml": "", "a": "{{ output('b') }}", "b": "{{ output('a') }}"})
    for command in ("plan", "new"):
        done = shell(f"mintage {command} template out")
        assert done.returncode == 2
        assert "depend on each other" in done.stderr
    assert shell("mintage plan template out --no-dependencies").returncode == 0


@pytest.mark.parametrize(
    ("colours", "has_colours"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_errors_have_colours_in_a_terminal_that_wants_them(
    tmp_path: Path, colours: dict[str, str], has_colours: bool
) -> None:
    environment = {**os.environ, "TERM": "xterm", **colours}
    terminal = pexpect.spawn(f"{MINTAGE} remove nothing", cwd=str(tmp_path), env=environment, encoding="utf-8")
    terminal.expect(pexpect.EOF, timeout=30)
    assert ("\x1b[31m" in (terminal.before or "")) is has_colours


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("command", ["new", "plan"])
def test_a_signal_while_a_person_is_asked_ends_the_command(
    write_tree: Write, tmp_path: Path, command: str, number: signal.Signals, code: int
) -> None:
    write_tree({"mintage.toml": "[questions.name]\n", "f": "{{ name }}"})
    environment = {**os.environ, "TERM": "xterm", "TMPDIR": str(tmp_path)}
    terminal = pexpect.spawn(
        f"{MINTAGE} {command} template out", cwd=str(tmp_path), env=environment, encoding="utf-8", timeout=30
    )
    terminal.expect("\x1b\\[\\?25h")  # the prompt is drawn, and waits
    os.kill(terminal.pid or 0, number)
    terminal.expect("interrupted")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == code
    assert [path.name for path in tmp_path.iterdir()] == ["template"]


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_current_directory_that_was_removed_is_named(write_tree: Write, tmp_path: Path, more: list[str]) -> None:
    template = write_tree({"mintage.toml": "", "a.txt": "a"})
    gone = tmp_path / "gone"
    gone.mkdir()
    command = [sys.executable, "-m", "mintage", "new", str(template)]

    def run(output: str) -> subprocess.CompletedProcess[str]:
        script = 'rmdir "$PWD" 2> /dev/null; exec "$@"'
        words = ["sh", "-c", script, "sh", *command, output, "--defaults", *more]
        return subprocess.run(words, cwd=gone, check=False, capture_output=True, text=True, timeout=60)

    done = run("out")
    assert done.returncode == 2
    assert "the current directory no longer exists" in done.stderr
    assert "bug in mintage" not in done.stderr
    gone.mkdir()
    assert run(str(tmp_path / "out")).returncode == 0
