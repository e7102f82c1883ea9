"""After a run with failures, only what failed is made again."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]
    Run = Callable[..., subprocess.CompletedProcess[str]]

TREE = {
    "mintage.toml": '[[order]]\nfiles = ["waits.txt"]\nafter = ["bad.txt"]\n',
    "good.txt": "{{ 1 }}",
    "bad.txt": "{{ nobody }}",
    "waits.txt": "{{ 2 }}",
}


def test_what_failed_and_what_waited_for_it_is_made_when_the_template_is_mended(
    write_tree: Write, mintage: Run, tmp_path: Path
) -> None:
    template = write_tree(TREE)
    first = mintage("new", template, "out", "--defaults")
    assert first.returncode == 1
    assert "--retry" in first.stdout
    (tmp_path / "out" / "good.txt").write_text("edited by the user")
    still = mintage("new", template, "out", "--defaults", "--retry")
    assert still.returncode == 1

    write_tree({"bad.txt": "{{ 3 }}", "good.txt": "changed as well"})
    second = mintage("new", template, "out", "--defaults", "--retry", "--json")
    assert second.returncode == 0, second.stderr
    assert sorted(each["name"] for each in json.loads(second.stdout)["results"]) == ["bad.txt", "waits.txt"]
    texts = {name: (tmp_path / "out" / name).read_text() for name in ("bad.txt", "waits.txt", "good.txt")}
    assert texts == {"bad.txt": "3", "waits.txt": "2", "good.txt": "edited by the user"}
    nothing = mintage("new", template, "out", "--defaults", "--retry")
    assert nothing.returncode == 2
    assert "there are no known failures" in nothing.stderr


def test_or_when_the_answers_are_mended(write_tree: Write, mintage: Run, tmp_path: Path) -> None:
    toml = '[questions.count]\ntype = "int"\ndefault = 0\n'
    template = write_tree({"mintage.toml": toml, "a.txt": "{{ 10 // count }}", "b.txt": "{{ count }}"})
    assert mintage("new", template, "out", "--defaults").returncode == 1
    assert mintage("new", template, "out", "--defaults", "--retry", "-d", "count=5").returncode == 0
    assert (tmp_path / "out" / "a.txt").read_text() == "2"
    assert (tmp_path / "out" / "b.txt").read_text() == "0"


def test_a_failed_file_that_has_another_name_now_is_made(write_tree: Write, mintage: Run, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "", "bad.txt": "{{ nobody }}", "good.txt": ""})
    assert mintage("new", template, "out", "--defaults").returncode == 1
    (template / "bad.txt").unlink()
    write_tree({"better.txt": "{{ 1 }}"})
    assert mintage("new", template, "out", "--defaults", "--retry").returncode == 0
    assert (tmp_path / "out" / "better.txt").read_text() == "1"


def test_a_task_that_failed_or_waited_runs_again_and_others_do_not(
    write_tree: Write, mintage: Run, tmp_path: Path
) -> None:
    tasks = "".join(
        f'[[tasks]]\nname = "{name}"\nrun = "{run}"\nafter = {after}\n'
        for name, run, after in (
            ("fine", "echo x >> fine", "[]"),
            ("fails", "test -e ../mended && echo x >> fails", "[]"),
            ("waits", "echo x >> waits", '["task:fails"]'),
        )
    )
    template = write_tree({"mintage.toml": tasks, "f.txt": ""})
    assert mintage("new", template, "out", "--defaults", "--trust", "--keep-on-failure").returncode == 1
    (tmp_path / "mended").touch()
    done = mintage("new", template, "out", "--defaults", "--trust", "--retry")
    assert done.returncode == 0, done.stderr
    counts = {name: (tmp_path / "out" / name).read_text().count("x") for name in ("fine", "fails", "waits")}
    assert counts == {"fine": 1, "fails": 1, "waits": 1}


def test_no_answers_are_kept_for_it(write_tree: Write, mintage: Run) -> None:
    toml = '[questions.key]\ntype = "secret"\n'
    template = write_tree({"mintage.toml": toml, "bad.txt": "{{ nobody }}", "good.txt": "{{ key }}"})
    assert mintage("new", template, "out", "--defaults", "-d", "key=hunter2").returncode == 1
    for folder in (os.environ["MINTAGE_CACHE_DIR"], os.environ["MINTAGE_CONFIG_DIR"], os.environ["HOME"]):
        for place, _, names in os.walk(folder):
            for name in names:
                with open(os.path.join(place, name), "rb") as file:
                    assert b"hunter2" not in file.read()


def test_secrets_are_not_shown_when_something_fails(write_tree: Write, mintage: Run) -> None:
    toml = '[questions.key]\ntype = "secret"\n[[tasks]]\nname = "t"\nrun = "echo {{ key }}; exit 1"\n'
    template = write_tree({"mintage.toml": toml, "bad.txt": "{{ key | int(base=99) }}", "worse.txt": "{{ [][key] }}"})
    for more in (["--json"], ["-v"], ["--executor", "processes", "--json"]):
        done = mintage("new", template, f"out{len(more)}{more[0]}", "--defaults", "-d", "key=hunter2", *more)
        assert "hunter2" not in done.stderr
        assert "hunter2" not in done.stdout
    plan = mintage("plan", template, "other", "--defaults", "-d", "key=hunter2", "--json")
    assert plan.returncode == 0
    assert "hunter2" not in plan.stdout
    assert "***" in plan.stdout
