"""Nothing that a template says steers the terminal or breaks out of a document; `mint` looks at every byte."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from mintage.cli import run as run_command_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Hostile = Callable[..., Path]
    Run = Callable[..., CompletedProcess[str]]

FORMATS = ("native", "cookiecutter", "copier", "bare")
# A colour, the clipboard, a link, a bell, C1's CSI, a bidi override and isolate, carriage return, a new line.
STEERING = (
    "\x1b[31m",
    "\x1b]52;c;RVZJTA==\x07",
    "\x1b]8;;evil:\x1b\\",
    "\x9b2J",
    "\u202e\u2066",
    "safe\rfailed",
    "a\nerror: b",
    "\x7f\b\b",
)
ALL = ("".join(STEERING), "".join(STEERING).replace("\n", "").replace("/", ""))
MARKUP = "<script>alert(1)<!--\"'`&#;]]>--"


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "steering",
    [
        *STEERING[4:7],
        ALL[1],
    ],
)
def test_names_and_failures_of_files(hostile: Hostile, mint: Run, tmp_path: Path, kind: str, steering: str) -> None:
    name = steering.replace("/", "")
    files = {f"a{name}": "", f"d{name}/b{name}": "{{ " + repr(steering) + " ~ nobody.x }}", "c": "{% " + steering}
    template = hostile(kind, files)
    given = ("-d", "nobody=a") if kind == "bare" else ()
    for arguments in ((), ("-v",), ("--json",), ("--progress", "plain"), ("--trace", "run.json"), ("--dry-run",)):
        done = mint(template, "--overwrite", *given, *arguments, may_change=("run.json", "run.html"))
        assert done.returncode in (0, 1, 2), done.stderr
        assert not any(line.startswith("error: b") for line in (done.stdout + done.stderr).splitlines())
    page = (tmp_path / "run.html").read_text() if (tmp_path / "run.html").exists() else ""
    assert "\x1b" not in page


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("view", ["tree", "table", "json", "dot", "mermaid", "svg"])
def test_views_of_plans(hostile: Hostile, mint: Run, kind: str, view: str) -> None:
    names = {f"{number}{each.replace('/', '')}{MARKUP}": "" for number, each in enumerate(STEERING)}
    done = mint(hostile(kind, names), "--as", view, command="plan")
    assert done.returncode == 0, done.stderr
    if view == "svg":
        tags = {each.tag.rpartition("}")[2] for each in ElementTree.fromstring(done.stdout).iter()}
        assert tags <= {"svg", "title", "rect", "text", "path"}
    if view == "json":
        assert len(json.loads(done.stdout)["files"]) >= len(names)
    if view == "mermaid":
        assert "<script" not in done.stdout


@pytest.mark.parametrize("steering", ALL, ids=["lines", "line"])
@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("native", "TEXT = 1\n"),
        ("native", "[template]\nTEXT = 1\n"),
        ("native", "[template]\nrequires = TEXT\n"),
        ("native", "[template]\nroot = TEXT\n"),
        ("native", "[questions.TEXT]\n"),
        ("native", "[questions.q]\nhelp = TEXT\nprompt = TEXT\n"),
        ("native", "[questions.q]\ndefault = TEXT\npattern = 'a'\n"),
        ("native", "[questions.q]\ndefault = 'b'\npattern = 'a'\nmessage = TEXT\n"),
        ("native", "[questions.q]\ntype = 'choice'\nchoices = [TEXT]\ndefault = 'a'\n"),
        ("native", "[[tasks]]\nname = TEXT\nrun = TEXT\n"),
        ("native", "[[tasks]]\nname = 't'\nrun = 'true'\nafter = ['task:' , TEXT]\n"),
        ("native", "[[each]]\nfile = TEXT\nitems = '[1]'\n"),
        ("native", "[[each]]\nfile = 'f'\nitems = TEXT\n"),
        ("native", "[render]\nextensions = [TEXT]\n"),
        ("cookiecutter", '{"_extensions": [TEXT]}'),
        ("cookiecutter", '{"q": TEXT}'),
        ("cookiecutter", '{"templates": {"a": {"path": TEXT}}}'),
        ("cookiecutter", '{"template": [TEXT]}'),
        ("cookiecutter", '{"_new_lines": TEXT}'),
        ("copier", "_message_before_copy: TEXT\n_message_after_copy: TEXT\n"),
        ("copier", "_min_copier_version: TEXT\n"),
        ("copier", "_tasks: [TEXT]\n"),
        ("copier", "_jinja_extensions: [TEXT]\n"),
        ("copier", "_subdirectory: TEXT\n"),
        ("copier", "_envops: {TEXT: 1}\n"),
        ("copier", "!include TEXT\n"),
        ("copier", "q: {type: TEXT, help: TEXT}\n"),
        ("copier", "q: {type: str, help: TEXT}\n"),
        ("copier", "q: {type: str, default: a, validator: TEXT}\n"),
        ("copier", "q: {type: str, default: a, choices: [TEXT]}\n"),
    ],
)
def test_texts_of_configurations(hostile: Hostile, mint: Run, kind: str, config: str, steering: str) -> None:
    text = json.dumps(steering).replace("\x7f", "\\u007f")
    mint(hostile(kind, {"f": ""}, config=config.replace("TEXT", text)))


@pytest.mark.parametrize("steering", ALL, ids=["lines", "line"])
@pytest.mark.parametrize(
    "words",
    [
        ["new", "TEXT", "out"],
        ["new", "https://TEXT", "out"],
        ["new", "template", "out", "--ref", "TEXT"],
        ["new", "template", "out", "--directory", "TEXT"],
        ["new", "template", "out", "-d", "TEXT"],
        ["new", "template", "out", "-d", "TEXT=1"],
        ["new", "template", "out", "--data-file", "TEXT"],
        ["new", "template", "out", "--TEXT"],
        ["new", "template", "out", "--executor", "TEXT"],
        ["new", "template", "TEXT"],
        ["TEXT"],
        ["add", "TEXT", "template"],
        ["add", "name", "TEXT"],
        ["remove", "TEXT"],
        ["recover", "TEXT"],
    ],
)
def test_what_a_command_is_given(
    hostile: Hostile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    steering: str,
) -> None:
    hostile("native", {"f": ""})
    monkeypatch.chdir(tmp_path)
    run_command_line([word.replace("TEXT", steering) for word in words])
    shown = "".join(capsys.readouterr())
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\r", "\x7f", "\b"} & set(shown)


@pytest.mark.parametrize("steering", ALL, ids=["lines", "line"])
def test_the_list_of_templates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], steering: str
) -> None:
    settings = tmp_path / "config" / "settings.toml"
    settings.parent.mkdir()
    text = json.dumps(steering).replace("\x7f", "\\u007f")
    settings.write_text(f"[templates.{text}]\nsource = {text}\nref = {text}\ndirectory = {text}\n")
    monkeypatch.setenv("MINTAGE_CONFIG_DIR", str(settings.parent))
    for words in (["list"], ["list", "--json"]):
        assert run_command_line(words) in (0, 2)
        shown = "".join(capsys.readouterr())
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\r", "\x7f", "\b"} & set(shown)


def test_tracebacks_that_were_asked_for(hostile: Hostile, mint: Run, capsys: pytest.CaptureFixture[str]) -> None:
    template = hostile("copier", {"f": ""}, config='_subdirectory: "../\\e[31m"\n')
    with pytest.raises(AssertionError, match="Traceback"):  # it was asked for
        mint(template, "--debug")
    run_command_line(["new", str(template), "out", "--debug"])
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize("executor", ["sequential", "processes"])
def test_what_python_warns_of_is_not_shown(hostile: Hostile, tmp_path: Path, executor: str) -> None:
    files = {"a\x1b[31m": "{{ true[1:] if false }}", "good": "{{ 1 }}"}
    template = hostile("native", files, config="[files]\nexclude = ['[[]x/y']\n")
    command = [sys.executable, "-m", "mintage", "new", str(template), "out", "--executor", executor]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
