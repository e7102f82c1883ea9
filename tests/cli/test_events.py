"""`mintage new --events`: what happens in a run, line by line, for programs that watch it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Mintage = Callable[..., subprocess.CompletedProcess[str]]
    Write = Callable[..., Path]
    Described = Callable[..., None]

    Watch = Callable[..., tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]]


@pytest.fixture
def watch(mintage: Mintage, tmp_path: Path, require_described: Described) -> Watch:
    """Run `mintage new` with arguments; gives what it did and its events, each as its schema says."""

    def run(*arguments: str | Path) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
        done = mintage("new", *arguments, "--events", "events.jsonl")
        events = list(map(json.loads, (tmp_path / "events.jsonl").read_text().splitlines()))
        for event in events:
            require_described(event, "event")
        return done, events

    return run


def _names(events: list[dict[str, Any]]) -> list[str]:
    """Of the events that are the same in every run, in order."""
    return [event["event"] for event in events if event["event"] not in ("progress", "job_started")]


def test_a_run_begins_with_the_size_of_its_plan_and_ends_with_its_summary(watch: Watch, write_tree: Write) -> None:
    template = write_tree({"mintage.toml": "", "a.txt": "{{ 1 + 1 }}", "b.txt": "abc"})
    done, events = watch(template, "out")
    assert done.returncode == 0
    assert _names(events) == ["started", "job_finished", "job_finished", "job_finished", "finished"]
    started, finished = events[0], events[-1]
    assert (started["version"], started["files"], started["tasks"]) == (1, 3, 0)
    assert started["destination"] == finished["destination"]
    assert (finished["ok"], finished["files_written"]) == (True, 3)
    jobs = {event["name"]: event for event in events if event["event"] == "job_finished"}
    assert set(jobs) == {"a.txt", "b.txt", ".mintage.toml"}
    assert (jobs["b.txt"]["state"], jobs["b.txt"]["bytes_written"], jobs["b.txt"]["worker"]) == ("done", 3, 0)
    last = [event for event in events if event["event"] == "progress"][-1]
    assert (last["completed"], last["total"], last["percentage"]) == (3, 3, 100)


def test_time_never_goes_back(watch: Watch, write_tree: Write) -> None:
    _, events = watch(write_tree({"mintage.toml": "", **{f"{n}.txt": "{{ 1 }}" for n in range(200)}}), "out")
    times = [event["at"] for event in events]
    assert times == sorted(times)


def test_a_file_that_fails_says_why_and_what_waited_for_it_says_so(watch: Watch, write_tree: Write) -> None:
    template = write_tree({"mintage.toml": "", "bad.txt": "\n{{ nobody }}", "later.txt": "{{ output('bad.txt') }}"})
    done, events = watch(template, "out")
    assert done.returncode == 1
    jobs = {event["name"]: event for event in events if event["event"] == "job_finished"}
    assert jobs["bad.txt"]["state"] == "failed"
    assert jobs["bad.txt"]["failure"]["where"]["line"] == 2
    assert (jobs["later.txt"]["state"], jobs["later.txt"]["because"]) == ("skipped", "bad.txt")
    assert (events[-1]["event"], events[-1]["ok"]) == ("finished", False)


def test_a_run_that_cannot_be_carried_out_ends_with_its_error(watch: Watch, write_tree: Write) -> None:
    done, events = watch(write_tree({"mintage.toml": "[questions.name]\n"}), "out")
    assert done.returncode == 2
    assert _names(events) == ["failed"]
    assert (events[0]["error"], events[0]["exit_code"]) == ("AnswerError", 2)


def test_tasks_are_told_of_when_they_end(watch: Watch, write_tree: Write) -> None:
    config = (
        '[[tasks]]\nname = "one"\nrun = "true"\n[[tasks]]\nname = "two"\nrun = "false"\n'
        '[[tasks]]\nname = "three"\nrun = "true"\nafter = ["task:two"]\n'
    )
    _, events = watch(write_tree({"mintage.toml": config}), "out", "--trust")
    states = {event["name"]: event["state"] for event in events if event["event"] == "job_finished"}
    assert states == {".mintage.toml": "done", "task:one": "done", "task:two": "failed", "task:three": "skipped"}
    assert events[0]["tasks"] == 3


def test_a_job_that_takes_long_is_told_of_when_it_is_seen_running(watch: Watch, write_tree: Write) -> None:
    config = '[[tasks]]\nname = "slow"\nrun = "sleep 0.5"\nwhere = "staging"\n'
    template = write_tree({"mintage.toml": config})
    _, events = watch(template, "out", "--trust", "--executor", "threads")
    about = [event["event"] for event in events if event.get("name") == "task:slow"]
    assert about == ["job_started", "job_finished"]


def test_warnings_are_events(watch: Watch, write_tree: Write) -> None:
    template = write_tree(
        {"cookiecutter.json": '{"name": "x"}', "{{cookiecutter.name}}/a": "", "{{cookiecutter.name}}/d/b": ""}
    )
    (template / "{{cookiecutter.name}}" / "{{ 'd' }}").write_text("")
    _, events = watch(template, ".", "--defaults")
    (warning,) = [event for event in events if event["event"] == "warning"]
    assert "is left out" in warning["what"]


def test_secrets_are_in_no_event(watch: Watch, write_tree: Write, tmp_path: Path) -> None:
    config = "[questions.key]\ntype = 'secret'\n[[tasks]]\nname = 't'\nrun = 'echo {{ key }}; false'\n"
    template = write_tree({"mintage.toml": config, "a.txt": "{{ key.nothing }}", "b.txt": "{{ key }}"})
    watch(template, "out", "--trust", "-d", "key=hunter22")
    assert "hunter22" not in (tmp_path / "events.jsonl").read_text()


def test_standard_output_is_for_the_events_alone(mintage: Mintage, write_tree: Write) -> None:
    config = "[[tasks]]\nname = 't'\nrun = 'echo said'\n"
    done = mintage("new", write_tree({"mintage.toml": config, "a": ""}), "out", "--trust", "--events", "-")
    assert [json.loads(line)["event"] for line in done.stdout.splitlines()][-1] == "finished"
    assert "said" in done.stderr
    assert "minted" in done.stderr


@pytest.mark.parametrize("arguments", [("--events", "-", "--json"), ("--events", "/dev/stdout", "--json")])
def test_standard_output_takes_one_of_both(mintage: Mintage, write_tree: Write, arguments: tuple[str, ...]) -> None:
    done = mintage("new", write_tree({"a": ""}), "out", *arguments)
    assert (done.returncode, json.loads(done.stdout)["error"]) == (2, "UsageError")


@pytest.mark.parametrize("file", ["no/such/folder", ".", "/dev/fd/99", "a\0b"])
def test_a_file_that_cannot_be_written_is_an_error_before_anything_is_made(
    write_tree: Write, tmp_path: Path, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from mintage.cli import run

    output = tmp_path / "out"
    assert run(["new", str(write_tree({"a": ""})), str(output), "--events", file]) == 2
    assert "can't write events to" in capsys.readouterr().err
    assert not output.exists()


def test_a_dry_run_has_none(mintage: Mintage, write_tree: Write) -> None:
    assert mintage("new", write_tree({"a": ""}), "out", "--dry-run", "--events", "-").returncode == 2


def test_a_named_pipe_is_read_while_the_run_lasts(mintage: Mintage, write_tree: Write, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.extend((tmp_path / "pipe").read_text().splitlines()))
    reader.start()
    done = mintage("new", write_tree({"mintage.toml": "", "a": ""}), "out", "--events", "pipe")
    reader.join(30)
    assert done.returncode == 0
    assert json.loads(read[-1])["event"] == "finished"


def test_a_reader_that_goes_away_ends_nothing(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "", **{f"{n}.txt": "{{ 1 }}" for n in range(300)}})
    line = f"{sys.executable} -m mintage new {template} out --events - | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, json.loads(done.stdout)["event"]) == (0, "started")
    assert "Broken" not in done.stderr
    assert len(list((tmp_path / "out").glob("*.txt"))) == 300


def test_a_reader_that_reads_nothing_until_the_end_misses_nothing(write_tree: Write, tmp_path: Path) -> None:
    """More than a pipe holds, so that a run which waited for its reader would never end."""
    template = write_tree({"mintage.toml": "", **{f"{n:0200}.txt": "{{ 1 }}" for n in range(600)}})
    pipe, end = os.pipe()
    with os.fdopen(pipe) as reader:
        process = subprocess.Popen(
            [sys.executable, "-m", "mintage", "new", template, "out", "-q", "--events", f"/dev/fd/{end}"],
            cwd=tmp_path,
            pass_fds=[end],
        )
        os.close(end)
        while not (tmp_path / "out").exists():
            assert process.poll() is None
        events = [json.loads(line)["event"] for line in reader]
    assert process.wait(60) == 0
    assert events.count("job_finished") == 601
    assert events[-1] == "finished"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_disk_that_is_full_ends_nothing_and_is_told_of(mintage: Mintage, write_tree: Write) -> None:
    done = mintage("new", write_tree({"a": ""}), "out", "--events", "/dev/full")
    assert done.returncode == 0
    assert "some events were not written to /dev/full: No space left on device" in done.stderr
