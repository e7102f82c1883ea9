"""`mintage check`: what it prints, and its exit code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from mintage.analysis.checks.findings import RULES

Write = Callable[..., Path]
Run = Callable[..., CompletedProcess[str]]

DOCS = Path(__file__).parents[2] / "docs" / "check.md"
GOOD = {"mintage.toml": "[questions.name]\ndefault = 'a'\n", "a.txt": "{{ name }}\n"}
UNUSED = {**GOOD, "mintage.toml": "[questions.name]\ndefault = 'a'\n\n[questions.more]\ndefault = 'b'\n"}
BROKEN = {**UNUSED, "a.txt": "{{ name }}\n é {{ nmae }}\n"}


def test_a_good_template_has_nothing_wrong(write_tree: Write, mintage: Run) -> None:
    done = mintage("check", write_tree(GOOD))
    assert done.returncode == 0
    assert "no problems found" in done.stdout


def test_findings_are_grouped_by_file_and_counted(write_tree: Write, mintage: Run) -> None:
    root = write_tree({**BROKEN, "b.txt": "{{ a }}{{ b }}"})
    done = mintage("check", root)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "a.txt"
    assert re.fullmatch(r"\s+2:7  error    this file reads nmae.*  undefined-variable", lines[1])
    assert lines[2].strip() == "did you mean name?"
    assert lines.count("b.txt") == 1
    assert lines[-1] == f"3 errors, 1 warning in {root}"


def test_warnings_are_no_failure_unless_it_is_strict(write_tree: Write, mintage: Run) -> None:
    root = write_tree(UNUSED)
    assert mintage("check", root).returncode == 0
    assert mintage("check", root, "--strict").returncode == 1
    assert mintage("check", root, "--strict", "--ignore", "unused-question").returncode == 0


def test_rules_that_are_ignored_must_exist(write_tree: Write, mintage: Run) -> None:
    done = mintage("check", write_tree(GOOD), "--ignore", "unused-questions")
    assert done.returncode == 2
    assert "did you mean unused-question?" in done.stderr


def test_a_template_that_is_not_there_cannot_be_checked(mintage: Run) -> None:
    assert mintage("check", "nowhere").returncode == 2


def test_programs_get_a_document(write_tree: Write, mintage: Run) -> None:
    root = write_tree(BROKEN)
    done = mintage("check", root, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "kind": "check",
        "version": 1,
        "template": str(root),
        "ok": False,
        "counts": {"error": 1, "warning": 1, "note": 0},
        "findings": [
            {
                "rule": "undefined-variable",
                "severity": "error",
                "where": {"file": "a.txt", "line": 2, "column": 7},
                "message": "this file reads nmae, which is not defined anywhere",
                "suggestion": "did you mean name?",
            },
            {
                "rule": "unused-question",
                "severity": "warning",
                "where": {"file": "mintage.toml", "line": 4, "column": None},
                "message": "the answer to more is never used",
                "suggestion": "use it, or remove the question",
            },
        ],
    }


@pytest.mark.parametrize("option", [["--sarif"], ["--as", "sarif"]])
def test_code_hosts_get_sarif(write_tree: Write, mintage: Run, option: list[str]) -> None:
    root = write_tree({**BROKEN, "{{ '..' }}": ""})
    done = mintage("check", root, *option)
    assert done.returncode == 1
    log = json.loads(done.stdout)
    (run,) = log["runs"]
    assert (log["version"], run["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(RULES)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    by_rule = {result["ruleId"]: result for result in run["results"]}
    place = by_rule["undefined-variable"]["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 2, "startColumn": 7}
    place = by_rule["escaping-path"]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "%7B%7B%20%27..%27%20%7D%7D", "uriBaseId": "%SRCROOT%"}}


def test_sarif_goes_to_a_file_beside_the_text(write_tree: Write, mintage: Run, tmp_path: Path) -> None:
    done = mintage("check", write_tree(BROKEN), "--sarif", "found.sarif")
    assert "1 error, 1 warning" in done.stdout
    assert len(json.loads((tmp_path / "found.sarif").read_text())["runs"][0]["results"]) == 2
    assert mintage("check", write_tree(BROKEN), "--sarif", "no/such/folder").returncode == 2


def test_every_rule_is_explained_and_every_explanation_is_of_a_rule() -> None:
    rows = [
        line.split("|") for line in DOCS.read_text().splitlines() if line.startswith("| `") and line.count("|") == 5
    ]
    explained = {rule: row[2].strip() for row in rows if len(row) == 6 for rule in re.findall(r"`([\w-]+)`", row[1])}
    assert explained == {rule.id: rule.severity.value for rule in RULES.values()}


def test_names_from_a_template_cannot_steer_the_terminal(write_tree: Write, mintage: Run) -> None:
    done = mintage("check", write_tree({**GOOD, "\x1b[31ma\n.txt": "{{ nmae }}"}))
    assert "\x1b" not in done.stdout
    assert "a\n.txt" not in done.stdout


def test_checking_runs_nothing_of_the_author(write_tree: Write, mintage: Run, tmp_path: Path) -> None:
    touch = f"open({str(tmp_path / 'ran')!r}, 'w').close()\n"
    extension = "from jinja2.ext import Extension\nclass E(Extension):\n    tags = {'shout'}\n"
    files = {
        "cookiecutter.json": '{"name": "a", "_extensions": ["ext.E"]}',
        "{{cookiecutter.name}}/a": "{% shout cookiecutter.name %}",
        "hooks/pre_prompt.py": touch,
        "hooks/pre_gen_project.py": touch,
        "ext.py": touch + extension,
    }
    done = mintage("check", write_tree(files))
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "ran").exists()


def test_with_trust_extensions_are_loaded_and_their_filters_known(write_tree: Write, mintage: Run) -> None:
    extension = (
        "from jinja2.ext import Extension\nclass E(Extension):\n    def __init__(self, environment):\n"
        "        environment.filters['loud'] = str.upper\n"
    )
    files = {
        "cookiecutter.json": '{"name": "a", "_extensions": ["ext.E"]}',
        "{{cookiecutter.name}}/a": "{{ cookiecutter.name | loud | laud }}",
        "ext.py": extension,
    }
    root = write_tree(files)
    for trust in ([], ["--trust"]):
        found = json.loads(mintage("check", root, "--json", *trust).stdout)["findings"]
        assert [(each["rule"], each["where"]["column"]) for each in found] == [("unknown-filter", 31)]


def test_each_of_several_templates_of_a_repository_is_checked(write_tree: Write, mintage: Run) -> None:
    nested = {"path": "b", "title": "B"}
    files = {
        "cookiecutter.json": json.dumps({"templates": {"a": {"path": "a", "title": "A"}, "b": nested}}),
        "a/cookiecutter.json": '{"name": "a"}',
        "a/{{cookiecutter.name}}/f": "{{ cookiecutter.a }}",
        "b/cookiecutter.json": '{"name": "b"}',
        "b/{{cookiecutter.name}}/f": "{{ cookiecutter.b }}",
    }
    found = json.loads(mintage("check", write_tree(files), "--json").stdout)["findings"]
    assert [each["where"]["file"] for each in found] == [f"{name}/{{{{cookiecutter.name}}}}/f" for name in "ab"]
