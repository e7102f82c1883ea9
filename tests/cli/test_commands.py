"""What the commands do, print and return."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]
    Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def template(write_tree: Write) -> Path:
    """A native template with one question and three files."""
    toml = '[questions.name]\ndefault = "x"\n'
    return write_tree(
        {"mintage.toml": toml, "{{ name }}.txt": "{{ name }}", "b.txt": "b", "c.md": "{{ output('b.txt') }}"}
    )


def test_the_version_is_printed(mintage: Run) -> None:
    assert mintage("--version").stdout.startswith("mintage 0.")


def test_without_a_command_there_is_help(mintage: Run) -> None:
    done = mintage()
    assert done.returncode == 0
    assert "examples:" in done.stdout


def test_a_mistyped_command_says_what_was_meant(mintage: Run) -> None:
    done = mintage("nwe")
    assert done.returncode == 2
    assert "did you mean `mintage new`?" in done.stderr


def test_a_project_is_minted_and_its_place_said_last(mintage: Run, template: Path, tmp_path: Path) -> None:
    done = mintage("new", template, "out", "-d", "name=y", "--defaults")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == f"minted {tmp_path / 'out'}"
    assert (tmp_path / "out" / "y.txt").read_text() == "y"


def test_quiet_prints_nothing_and_verbose_a_line_for_each_file_and_why(mintage: Run, template: Path) -> None:
    assert mintage("new", template, "quiet", "-q", "--defaults").stdout == ""
    done = mintage("new", template, "loud", "-v", "--defaults")
    assert done.stderr.count("done ") == 4
    assert "fewer than the threshold" in done.stdout


def test_json_is_one_document_on_standard_output(mintage: Run, template: Path, tmp_path: Path) -> None:
    document = json.loads(mintage("new", template, "out", "--json", "--defaults").stdout)
    assert document["kind"] == "report"
    assert document["ok"]
    assert document["files_written"] == 4
    assert document["destination"] == str(tmp_path / "out")


def test_errors_are_documents_too(mintage: Run, tmp_path: Path) -> None:
    done = mintage("new", "nowhere-at-all", "out", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == document["exit_code"] == 2
    assert document["kind"] == "error"
    assert "nowhere-at-all" in document["what"]


def test_some_failed_files_are_exit_code_1_and_the_rest_is_delivered(
    mintage: Run, write_tree: Write, tmp_path: Path
) -> None:
    bad = {f"bad{n}.txt": "fine\n{{ nobody.here }}" for n in range(3)}
    template = write_tree({"mintage.toml": "", "good.txt": "{{ 1 }}", **bad})
    done = mintage("new", template, "out", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 1
    assert document["delivered"]
    assert not document["ok"]
    assert {failure["where"]["line"] for failure in document["failures"]} == {2}
    assert done.stderr.count("failed:") == 1, "failures with one reason are told together"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [".mintage.toml", "good.txt"]


def test_fail_fast_delivers_nothing(mintage: Run, write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "", "bad.txt": "{{ nobody }}", "good.txt": "{{ 1 }}"})
    assert mintage("new", template, "out", "--fail-fast").returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["template"]


def test_what_depends_on_a_failed_file_is_skipped_and_said(mintage: Run, write_tree: Write) -> None:
    template = write_tree({"mintage.toml": "", "bad.txt": "{{ nobody }}", "needs.txt": "{{ output('bad.txt') }}"})
    document = json.loads(mintage("new", template, "out", "--json").stdout)
    assert document["skipped"] == [{"name": "needs.txt", "because": "bad.txt"}]


@pytest.mark.parametrize(
    "arguments", [("new",), ("new", "a", "--workers", "x"), ("new", "a", "b", "--executor", "gpu")]
)
def test_bad_usage_is_exit_code_2(mintage: Run, arguments: tuple[str, ...]) -> None:
    assert mintage(*arguments).returncode == 2


def test_untrusted_code_is_exit_code_3_and_listed(mintage: Run, write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "[[tasks]]\nname = 't'\nrun = 'touch made'\n"})
    done = mintage("new", template, "out")
    assert done.returncode == 3
    assert "touch made" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_timeout_is_exit_code_124_and_leaves_nothing(mintage: Run, write_tree: Write, tmp_path: Path) -> None:
    template = write_tree(
        {
            "mintage.toml": "",
            "slow.txt": "{% for i in range(10**5) %}{% for j in range(10**4) %}{% endfor %}{% endfor %}",
        }
    )
    done = mintage("new", template, "out", "--timeout", "1")
    assert done.returncode == 124
    assert [path.name for path in tmp_path.iterdir()] == ["template"]


@pytest.mark.parametrize("view", ["tree", "table", "json", "dot", "mermaid", "svg"])
def test_a_plan_shows_every_file_in_every_view_and_writes_nothing(
    mintage: Run, template: Path, tmp_path: Path, view: str
) -> None:
    done = mintage("plan", template, "out", "--as", view, "--defaults")
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in ("x.txt", "b.txt", "c.md"))
    assert [path.name for path in tmp_path.iterdir()] == ["template"]
    if view == "json":
        files = {file["target"]: file for file in json.loads(done.stdout)["files"]}
        assert files["c.md"]["depends_on"] == ["b.txt"]
        assert files["b.txt"]["action"] == "copy"
    if view == "svg":
        assert ElementTree.fromstring(done.stdout).tag.endswith("svg")


def test_a_dry_run_prints_the_plan(mintage: Run, template: Path, tmp_path: Path) -> None:
    done = mintage("new", template, "out", "--dry-run", "--defaults")
    assert "4 files" in done.stdout
    assert not (tmp_path / "out").exists()


def test_templates_are_registered_listed_used_and_forgotten(mintage: Run, template: Path, tmp_path: Path) -> None:
    assert mintage("add", "mine", template).returncode == 0
    listed: dict[str, Any] = json.loads(mintage("list", "--json").stdout)
    assert [each["name"] for each in listed["templates"]] == ["mine"]
    assert mintage("new", "mine", "out", "--defaults").returncode == 0
    assert mintage("remove", "mine").returncode == 0
    assert mintage("new", "mine", "out2", "--defaults").returncode == 2


def test_an_existing_project_needs_a_word(mintage: Run, template: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b.txt").write_text("mine")
    refused = mintage("new", template, "out", "--defaults")
    assert refused.returncode == 2
    assert "--overwrite" in refused.stderr
    assert mintage("new", template, "out", "--defaults", "--skip-existing").returncode == 0
    assert (tmp_path / "out" / "c.md").read_text() == "mine"
    assert (tmp_path / "out" / "b.txt").read_text() == "mine"
    assert mintage("new", template, "out", "--defaults", "--overwrite").returncode == 0
    assert (tmp_path / "out" / "b.txt").read_text() == "b"


def test_escape_sequences_of_a_template_never_reach_the_terminal(mintage: Run, write_tree: Write) -> None:
    template = write_tree({"mintage.toml": "", "evil\x1b[31m.txt": "{{ '\x1b[2J' ~ nobody }}"})
    for done in (
        mintage("new", template, "out"),
        mintage("plan", template, "out"),
        mintage("new", template, "o", "-v"),
    ):
        assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["list", "plan {template} out --defaults", "new {template} out --defaults"])
def test_a_closed_output_is_no_trouble(template: Path, tmp_path: Path, command: str) -> None:
    line = f"{sys.executable} -m mintage {command.format(template=template)} >&- 2>&-"
    assert subprocess.run(line, shell=True, cwd=tmp_path, timeout=60, check=False).returncode == 0


def test_a_reader_that_goes_away_is_no_trouble(template: Path, tmp_path: Path) -> None:
    line = f"{sys.executable} -m mintage plan {template} out --defaults | head -1"
    done = subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""


def test_a_trace_is_written_beside_a_page(mintage: Run, tmp_path: Path) -> None:
    (tmp_path / "template").mkdir()
    (tmp_path / "template" / "a.txt").write_text("{{ 1 }}")
    done = mintage("new", "template", "out", "--format", "bare", "--trace", "run.json", "-q")
    assert (done.returncode, done.stderr) == (0, "")
    assert any(event["name"] == "a.txt" for event in json.loads((tmp_path / "run.json").read_text())["traceEvents"])
    assert "a.txt" in (tmp_path / "run.html").read_text()
