"""`mintage test` as it is typed: what it prints, its exit codes, and that it leaves nothing behind."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]
    Run = Callable[..., subprocess.CompletedProcess[str]]

COMMAND = [sys.executable, "-m", "mintage", "test"]


@pytest.fixture
def run(mintage: Run) -> Run:
    """Run `mintage test` with arguments."""
    return partial(mintage, "test")


@pytest.fixture
def template(write_tree: Write) -> Path:
    configuration = json.dumps({"slug": "demo", "docker": False, "license": ["MIT", "BSD", "GPL"], "ci": ["a", "b"]})
    return write_tree(
        {"cookiecutter.json": configuration, "{{cookiecutter.slug}}/a.txt": "{{ cookiecutter.license }}\n"}
    )


def spoil(template: Path) -> None:
    text = "{% if cookiecutter.docker and cookiecutter.ci == 'b' %}{{ cookiecutter.x.y }}{% endif %}"
    (template / "{{cookiecutter.slug}}" / "b.txt").write_text(text)


def test_a_template_without_mistakes_takes_a_few_lines(run: Run, template: Path) -> None:
    done = run(template)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1] == "6 passed"
    assert lines[-2].startswith("6 cases (all pairs), 6 files generated and compared in ")
    assert lines[0] == "coverage 100 %: 0 of 0 branches, 1 of 1 files, 7 of 7 values"
    assert len(lines) <= 10


def test_a_failure_names_its_place_and_a_command_that_fails_alike(run: Run, template: Path, tmp_path: Path) -> None:
    spoil(template)
    done = run(template)
    assert done.returncode == 1
    assert "b.txt:1" in done.stdout
    again = next(line.split("again:")[1] for line in done.stdout.splitlines() if "again:" in line)
    assert "-d docker=true" in again
    assert "-d ci=b" in again
    words = shlex.split(again.replace("OUTPUT", str(tmp_path / "again")))
    repeated = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, check=False, timeout=60)
    assert repeated.returncode == 1
    assert "b.txt:1" in repeated.stderr


def test_the_command_that_fails_alike_has_all_that_it_takes(run: Run, template: Path) -> None:
    spoil(template)
    hook = template / "hooks" / "post_gen_project.sh"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\n")
    shown = run(template, "-d", "license=BSD").stdout
    again = next(line.split("again: ")[1] for line in shown.splitlines() if "again: " in line)
    assert again == (f"mintage new {template} OUTPUT --defaults --skip-tasks -d license=BSD -d docker=true -d ci=b")
    assert f"mintage new {template} OUTPUT --defaults --trust -d docker" in run(template, "--trust").stdout


def test_secret_answers_are_not_shown(run: Run, write_tree: Write) -> None:
    template = write_tree(
        {"copier.yml": "token: {type: str, secret: true, default: x}\n", "a.txt.jinja": "{{ token.nothing.at_all }}"}
    )
    done = run(template, "-d", "token=hunter2", "--json")
    assert done.returncode == 1
    assert "-d token=..." in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


def test_the_same_comes_out_with_any_number_of_workers(run: Run, template: Path) -> None:
    spoil(template)
    documents = []
    for workers in ("1", "2"):
        document = json.loads(run(template, "--json", "--workers", workers).stdout)
        assert document.pop("workers") == int(workers)
        del document["seconds"]
        for case in document["cases"]:
            del case["seconds"]
        documents.append(document)
    assert documents[0] == documents[1]


def test_the_document_says_everything(run: Run, template: Path) -> None:
    spoil(template)
    done = run(template, "--json")
    document = json.loads(done.stdout)
    assert (document["kind"], document["version"], document["ok"]) == ("test", 1, False)
    (failure,) = document["failures"]
    assert failure["check"] == "mints"
    assert failure["smallest"] in failure["cases"]
    assert (failure["where"]["file"], failure["where"]["line"]) == ("b.txt", 1)
    failing = [case for case in document["cases"] if not case["ok"]]
    assert [case["name"] for case in failing] == failure["cases"]
    assert all(case["answers"]["docker"] and case["answers"]["ci"] == "b" for case in failing)
    assert document["coverage"]["branches"] == 2
    assert "failed" in done.stderr


def test_coverage_is_listed_if_asked(run: Run, template: Path) -> None:
    text = "\n".join(f"{{% if cookiecutter.slug == '{number}' %}}x{{% endif %}}" for number in range(9))
    (template / "{{cookiecutter.slug}}" / "b.txt").write_text(text)
    short, long = run(template), run(template, "--coverage")
    assert "b.txt:1 (if is never true)" in short.stdout
    assert "b.txt:9 (if is never true)" not in short.stdout
    assert "b.txt:9 (if is never true)" in long.stdout


def test_quiet_says_nothing_of_what_is_right(run: Run, template: Path) -> None:
    assert run(template, "-q").stdout == ""
    spoil(template)
    assert "failed" in run(template, "-q").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--full", "--max-cases", "3"], 2, "--max-cases"),
        (["--case", "nothing"], 2, "there is no case"),
        (["--cases", "nowhere.toml"], 2, "does not exist"),
        (["--full", "--cases", "x.toml"], 2, "not allowed with"),
        (["--timeout", "0.4", "--run", "sleep 30"], 124, "longer than 0.4 seconds"),
        (["-d", "license=none"], 2, "not one of the choices"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, template: Path, arguments: list[str], code: int, said: str) -> None:
    done = run(template, *arguments)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert done.stdout == ""


def test_extensions_of_the_template_need_consent(run: Run, write_tree: Write) -> None:
    template = write_tree(
        {
            "cookiecutter.json": json.dumps({"slug": "demo", "_extensions": ["local.Own"]}),
            "local.py": "from jinja2.ext import Extension\nclass Own(Extension): pass\n",
            "{{cookiecutter.slug}}/a.txt": "a",
        }
    )
    assert run(template).returncode == 3
    assert run(template, "--trust").returncode == 0


def test_a_repository_is_tested_with_what_is_not_committed(run: Run, write_tree: Write, tmp_path: Path) -> None:
    template = write_tree(
        {
            "copier.yml": "docker: {type: bool, default: false}\n",
            "a.txt.jinja": "{{ nothing.at.all }}",
            ".gitignore": "junk\n",
        }
    )
    git = ["git", "-C", str(template), "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"], ["tag", "v1.0"]):
        subprocess.run([*git, *words], check=True, timeout=60)
    (template / "a.txt.jinja").write_text("{{ docker }}")
    (template / "junk").write_text("x")
    done = run(template, "--keep", "kept")
    assert done.returncode == 0, done.stdout
    project = tmp_path / "kept" / "pair-1" / "project"
    assert (project / "a.txt").read_text() == "True"
    assert not (project / "junk").exists()


def test_an_interrupt_ends_commands_and_leaves_nothing(template: Path, tmp_path: Path, scratch: Path) -> None:
    mark = tmp_path / "began"
    command = [*COMMAND, str(template), "--run", f"touch {mark}; sleep 60", "--workers", "2"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=os.environ)
    deadline = time.monotonic() + 30
    while not mark.exists():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert list(scratch.iterdir()) == []
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True, timeout=30)
    assert str(mark) not in running.stdout


def test_a_time_limit_also_bounds_the_search_for_cases(run: Run, write_tree: Write) -> None:
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    made = write_tree({"mintage.toml": f'[questions.a]\ndefault = "{endless}"\n[questions.b]\ntype = "bool"\n'})
    done = run(made, "--timeout", "0.5")
    assert done.returncode == 124
    assert "to find the cases took longer than 0.5 seconds" in done.stderr
