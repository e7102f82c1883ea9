"""Questions in a real terminal, for all formats: asked, checked, searched, gone back to, shown, changed."""

from __future__ import annotations

import json
import os
import re
import signal
from typing import TYPE_CHECKING

import pytest

from tests.terminal import BACKSPACE, CTRL_A, CTRL_B, CTRL_C, CTRL_D, CTRL_U, DOWN, ENTER, SHIFT_TAB, UP, Terminal

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]
    Start = Callable[..., Terminal]

# One project in three formats: a name, a slug made of it, a kind, a flag that is only asked for one kind.
SHOWN = "{{{{ {0}name }}}}|{{{{ {0}slug }}}}|{{{{ {0}kind }}}}"
NATIVE = {
    "mintage.toml": """
[questions.name]
default = "demo"
[questions.slug]
default = "{{ name | upper }}"
[questions.kind]
type = "choice"
choices = ["app", "library"]
""",
    "f": SHOWN.format(""),
}
COOKIECUTTER = {
    "cookiecutter.json": json.dumps(
        {"name": "demo", "slug": "{{ cookiecutter.name | upper }}", "kind": ["app", "library"]}
    ),
    "{{ cookiecutter.slug }}/f": SHOWN.format("cookiecutter."),
}
COPIER = {
    "copier.yml": """
name: demo
slug: "{{ name | upper }}"
kind: {type: str, default: app, choices: [app, library]}
""",
    "f.jinja": SHOWN.format(""),
}
FORMATS = pytest.mark.parametrize("files", [NATIVE, COOKIECUTTER, COPIER], ids=["native", "cookiecutter", "copier"])

KINDS = """
[questions.{0}]
type = "{0}"
choices = [{1}]
"""


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start `mintage new TEMPLATE out`."""

    def run(template: Path, *arguments: object, **how: object) -> Terminal:
        (tmp_path / "work").mkdir(exist_ok=True)
        return Terminal(("new", template, "out", *arguments), tmp_path / "work", **how)  # type: ignore[arg-type]

    return run


def _made(tmp_path: Path) -> str:
    """What the one file says that was made."""
    return next((tmp_path / "work" / "out").rglob("f")).read_text()


def _asserts_nothing_happened(terminal: Terminal, tmp_path: Path, code: int = 130) -> None:
    assert terminal.ends() == code
    assert terminal.cursor_is_shown
    assert list((tmp_path / "work").iterdir()) == []


def _questions(**kinds: str) -> str:
    return "".join(f"[questions.{name}]\n{table}\n" for name, table in kinds.items())


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (200, 50), (40, 12)])
def test_all_kinds_of_questions_are_asked_and_all_answers_shown(
    start: Start, write_tree: Write, tmp_path: Path, columns: int, rows: int
) -> None:
    toml = _questions(
        name='help = "What it is called."\ngroup = "Basics"',
        port='type = "int"\ndefault = "{{ 8000 + name | length }}"',
        kind='type = "choice"\nchoices = ["app", {value = "lib", label = "A library"}]\ngroup = "Packaging"',
        parts='type = "multi-choice"\nchoices = ["api", "cli", "web"]\ndefault = ["cli"]',
        tags='type = "list"\ndefault = ["a"]',
        docs='type = "bool"\ndefault = false',
        key='type = "secret"',
    )
    shown = "{{ [name, port, kind, parts, tags, docs, key] }}"
    terminal = start(write_tree({"mintage.toml": toml, "f": shown}), columns=columns, rows=rows)
    terminal.wait_for("1 of 7")
    assert [line for line in terminal.lines if line][:2] == ["Basics", "What it is called."]
    terminal.press("good", ENTER)
    terminal.answer("port 8004", BACKSPACE, "5", ENTER)
    terminal.wait_for("A library")
    assert "Packaging" in terminal.lines
    assert "What it is called." not in terminal.shown, "the help is gone with its question"
    terminal.press(DOWN, ENTER)
    terminal.answer("● cli", " ", DOWN, " ", ENTER)
    terminal.answer("tags a", ", b", ENTER)
    terminal.answer("docs", "y")
    terminal.answer("key", "hidden", ENTER)
    terminal.wait_for("Quit without writing anything" if rows > 12 else "» Generate the project")
    rows_shown = [line.split(None, 1) for line in terminal.lines if "»" in line or line.startswith("   ")]
    assert (
        rows_shown
        == [
            ["»", "Generate the project"],
            ["name", "good"],
            ["port", "8005"],
            ["kind", "A library"],
            ["parts", "api"],
            ["tags", "a, b"],
            ["docs", "yes"],
            ["key", "********"],
            ["Quit", "without writing anything"],
        ][: len(rows_shown)]
    )
    assert len(rows_shown) >= min(rows // 2, 9)
    assert "All answers" in terminal.shown
    terminal.press(ENTER)
    assert terminal.ends() == 0
    assert _made(tmp_path) == "['good', 8005, 'lib', ['api'], ['a', 'b'], True, 'hidden']"
    assert "hidden" not in terminal.text


def test_an_objection_is_shown_below_the_line_while_one_types(start: Start, write_tree: Write, tmp_path: Path) -> None:
    toml = _questions(
        name='pattern = "[a-z]+"\nmessage = "lowercase letters only"',
        port='type = "int"\ncheck = "port > 1024"\nmessage = "above 1024"',
    )
    terminal = start(write_tree({"mintage.toml": toml, "f": "{{ name }}{{ port }}"}), "--yes")
    terminal.answer("name", "aB")
    terminal.wait_for("lowercase letters only")
    line = next(line for line in terminal.lines if "name aB" in line)
    assert terminal.lines[terminal.lines.index(line) + 1] == "  lowercase letters only"
    terminal.press(BACKSPACE)
    terminal.wait_until(lambda: "lowercase letters only" not in terminal.shown, "no objection any more")
    terminal.press(ENTER)
    terminal.answer("port", "8")
    terminal.wait_for("above 1024")
    terminal.press("x")
    terminal.wait_for("expected a whole number")
    terminal.press(ENTER, BACKSPACE, "000", ENTER)
    assert terminal.ends() == 0
    assert _made(tmp_path) == "a8000"


def test_a_check_that_fails_by_itself_is_an_objection_and_no_end(start: Start, write_tree: Write) -> None:
    toml = _questions(name="check = \"name.split('-')[1] == 'x'\"")
    terminal = start(write_tree({"mintage.toml": toml, "f": ""}), "--yes")
    terminal.answer("name", "a")
    terminal.wait_for("undefined|has no")
    terminal.press("-x", ENTER)
    assert terminal.ends() == 0


LONG = {"mintage.toml": _questions(town=f'type = "choice"\nchoices = {[f"town {n}" for n in range(300)]}')}


def test_a_long_list_scrolls_within_the_terminal(start: Start, write_tree: Write, tmp_path: Path) -> None:
    terminal = start(write_tree({**LONG, "f": "{{ town }}"}), "--yes")
    terminal.wait_for("town 0")
    assert len(terminal.lines) <= 24
    terminal.press(*[DOWN] * 20)
    terminal.wait_for("» town 20")
    assert "? town" in terminal.shown
    assert "town 0" not in terminal.lines
    terminal.press("\x1b[F")  # End
    terminal.wait_for("» town 299")
    terminal.press("\x1b[H", UP)  # Home, and from the first to the last
    terminal.wait_for("» town 299")
    terminal.press("\x1b[5~", ENTER)  # a page up
    assert terminal.ends() == 0
    assert _made(tmp_path) == "town 289"


def test_a_long_list_is_searched_by_typing(start: Start, write_tree: Write, tmp_path: Path) -> None:
    terminal = start(write_tree({**LONG, "f": "{{ town }}"}), "--yes")
    terminal.answer("type to search all 300", "29x", ENTER)
    terminal.wait_for("nothing matches what you typed")
    terminal.press(BACKSPACE)
    terminal.wait_for("» town 29")
    assert [line.strip("» ") for line in terminal.lines if line.startswith(("   ", " »"))] == [
        f"town {n}" for n in (29, 129, 229, *range(290, 300))
    ]
    terminal.press(CTRL_U, "own 1", "7", DOWN, ENTER)
    assert terminal.ends() == 0
    assert _made(tmp_path) == "town 117"


def test_what_a_search_hides_stays_marked(start: Start, write_tree: Write, tmp_path: Path) -> None:
    names = [f"{letter}{n}" for letter in "ab" for n in range(6)]
    toml = _questions(parts=f'type = "multi-choice"\nchoices = {names}\ndefault = ["b3"]')
    terminal = start(write_tree({"mintage.toml": toml, "f": "{{ parts }}"}), "--yes")
    terminal.answer("type to search all 12", "a", CTRL_A, BACKSPACE, "a5", " ", ENTER)
    assert terminal.ends() == 0
    assert _made(tmp_path) == "['a0', 'a1', 'a2', 'a3', 'a4', 'b3']"


@FORMATS
@pytest.mark.parametrize("key", [CTRL_B, SHIFT_TAB])
def test_going_back_asks_again_and_renders_anew_what_depends_on_it(
    start: Start, write_tree: Write, tmp_path: Path, files: dict[str, str], key: str
) -> None:
    terminal = start(write_tree(files), "--yes")
    terminal.answer("1 of 3", ENTER)
    terminal.answer("slug DEMO", ENTER)
    terminal.answer("3 of 3", key)
    terminal.answer("2 of 3", key)
    terminal.answer("1 of 3", CTRL_U, "other", ENTER)
    terminal.wait_for("slug is now OTHER")
    terminal.answer("3 of 3", DOWN, ENTER)
    assert terminal.ends() == 0
    assert _made(tmp_path) == "other|OTHER|library"


@FORMATS
def test_what_was_answered_after_it_is_kept(
    start: Start, write_tree: Write, tmp_path: Path, files: dict[str, str]
) -> None:
    terminal = start(write_tree(files), "--yes")
    terminal.answer("1 of 3", ENTER)
    terminal.answer("slug DEMO", CTRL_U, "mine", ENTER)
    terminal.answer("3 of 3", CTRL_B)
    terminal.answer("slug mine", CTRL_B)
    terminal.answer("1 of 3", CTRL_U, "other", ENTER)
    terminal.answer("3 of 3", ENTER)
    assert terminal.ends() == 0
    assert _made(tmp_path) == "other|mine|app"


@FORMATS
def test_any_answer_can_be_changed_in_the_end(
    start: Start, write_tree: Write, tmp_path: Path, files: dict[str, str]
) -> None:
    terminal = start(write_tree(files))
    terminal.answer("1 of 3", ENTER)
    terminal.answer("2 of 3", ENTER)
    terminal.answer("3 of 3", DOWN, ENTER)
    terminal.answer("Generate the project, or change one", DOWN, ENTER)
    terminal.answer("1 of 3", "x", ENTER)
    terminal.wait_for(r"   slug +DEMOX\n   kind +library")
    terminal.press(CTRL_B)  # to the last question
    terminal.answer("3 of 3", UP, ENTER)
    terminal.answer("   kind +app", ENTER)
    assert terminal.ends() == 0
    assert _made(tmp_path) == "demox|DEMOX|app"


def test_an_answer_that_does_not_fit_any_more_is_asked_for_again(
    start: Start, write_tree: Write, tmp_path: Path
) -> None:
    toml = """
[questions.language]
default = "c"
[questions.compiler]
type = "choice"
choices = ["{{ language }}-one", "{{ language }}-two"]
[questions.standard]
when = "language == 'rust'"
default = "2024"
"""
    terminal = start(write_tree({"mintage.toml": toml, "f": "{{ compiler }} {{ standard }}"}))
    terminal.answer("language", ENTER)
    terminal.answer("c-two", DOWN, ENTER)
    terminal.answer("All answers", DOWN, ENTER)
    terminal.answer("1 of 3", CTRL_U, "rust", ENTER)
    terminal.wait_for("the earlier choice is no longer available")
    terminal.answer("rust-two", DOWN, ENTER)
    terminal.answer("standard 2024", ENTER)
    terminal.answer("   standard +2024", ENTER)
    assert terminal.ends() == 0
    assert _made(tmp_path) == "rust-two 2024"


def test_answers_of_the_command_line_are_shown_and_stay(start: Start, write_tree: Write, tmp_path: Path) -> None:
    terminal = start(write_tree(NATIVE), "-d", "name=given")
    terminal.answer("slug GIVEN", ENTER)
    terminal.answer("kind", ENTER)
    terminal.wait_for(r"- name +given \(given\)")
    terminal.press(DOWN)
    terminal.wait_for("» slug")
    terminal.press(UP, ENTER)
    assert terminal.ends() == 0
    assert _made(tmp_path) == "given|GIVEN|app"


def test_secrets_of_copier_templates_are_not_shown(start: Start, write_tree: Write) -> None:
    config = """
_secret_questions: [a]
a: visible
b: {type: str, choices: [visible, other], default: visible, secret: true}
"""
    terminal = start(write_tree({"copier.yml": config}))
    terminal.answer(r"a\b.*\n.*1 of 2", ENTER)
    terminal.answer("2 of 2", ENTER)
    terminal.wait_for(r"   a +\*{8}\n   b +\*{8}")
    terminal.press(CTRL_C)
    assert terminal.ends() == 130


def test_nothing_is_shown_in_the_end_when_nothing_was_asked(start: Start, write_tree: Write, tmp_path: Path) -> None:
    terminal = start(write_tree({"f": "x"}))
    assert terminal.ends() == 0
    assert "All answers" not in terminal.shown


@pytest.mark.parametrize("files", [NATIVE, {"{{ name }}.txt": "bare"}], ids=["native", "bare"])
def test_nothing_is_asked_when_the_project_is_there_already(
    start: Start, write_tree: Write, files: dict[str, str]
) -> None:
    write_tree({"mine.txt": "mine"}, "work/out")
    terminal = start(write_tree(files))
    assert terminal.ends() == 2
    assert "out already exists" in terminal.shown.replace("\n", "")  # where the line is wrapped
    assert "? name" not in terminal.shown


def test_in_a_folder_that_holds_projects_cookiecutter_templates_are_asked(start: Start, write_tree: Write) -> None:
    write_tree({"mine.txt": "mine"}, "work/out")
    terminal = start(write_tree(COOKIECUTTER), "--yes")
    for question in ("name", "slug", "kind"):
        terminal.answer(question, ENTER)
    assert terminal.ends() == 0


def test_quitting_in_the_end_writes_nothing(start: Start, write_tree: Write, tmp_path: Path) -> None:
    terminal = start(write_tree({"mintage.toml": _questions(name='default = "a"'), "f": ""}))
    terminal.answer("name", ENTER)
    terminal.answer("All answers", UP, ENTER)
    _asserts_nothing_happened(terminal, tmp_path)


QUESTIONS = {
    "str": {"mintage.toml": _questions(x='default = "a"')},
    "choice": {"mintage.toml": _questions(x='type = "choice"\nchoices = ["a", "b"]')},
    "multi-choice": {"mintage.toml": _questions(x='type = "multi-choice"\nchoices = ["a", "b"]')},
    "bool": {"mintage.toml": _questions(x='type = "bool"\ndefault = true')},
    "secret": {"mintage.toml": _questions(x='type = "secret"')},
    "path": {"mintage.toml": _questions(x='type = "path"')},
    "object": {"cookiecutter.json": '{"x": {"a": 1}}', "{{ cookiecutter.x.a }}/f": ""},
    "several lines": {"copier.yml": "x: {type: str, default: '', multiline: true}"},
    "nested": {
        "cookiecutter.json": '{"templates": {"x": {"path": "a"}, "y": {"path": "b"}}}',
        "a/cookiecutter.json": "{}",
        "b/cookiecutter.json": "{}",
    },
    "consent": {"mintage.toml": "[[tasks]]\nname = 'x'\nrun = 'true'\n"},
}


@pytest.mark.parametrize("files", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize("environment", [{}, {"TERM": "dumb"}], ids=["terminal", "dumb"])
def test_ctrl_c_at_any_question_ends_with_nothing_left(
    start: Start, write_tree: Write, tmp_path: Path, files: dict[str, str], environment: dict[str, str]
) -> None:
    terminal = start(write_tree(files), environment=environment)
    terminal.wait_for("x")
    terminal.press(CTRL_C)
    terminal.wait_for("interrupted")
    assert terminal.modes == terminal.modes_before
    _asserts_nothing_happened(terminal, tmp_path)


@pytest.mark.parametrize("kind", ["str", "choice", "multi-choice", "bool", "secret", "path"])
@pytest.mark.parametrize("environment", [{}, {"TERM": "dumb"}], ids=["terminal", "dumb"])
def test_the_end_of_input_is_as_good_as_ctrl_c(
    start: Start, write_tree: Write, tmp_path: Path, kind: str, environment: dict[str, str]
) -> None:
    terminal = start(write_tree(QUESTIONS[kind]), environment=environment)
    terminal.answer(r"x\b", CTRL_U, CTRL_D)
    _asserts_nothing_happened(terminal, tmp_path)


@pytest.mark.parametrize(("key", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_signal_at_a_question_leaves_the_terminal_as_it_was(
    start: Start, write_tree: Write, tmp_path: Path, key: signal.Signals, code: int
) -> None:
    terminal = start(write_tree(QUESTIONS["choice"]))
    terminal.wait_for("» a")
    assert terminal.process.pid is not None
    os.kill(terminal.process.pid, key)
    terminal.wait_for("nothing was left behind")
    assert terminal.modes == terminal.modes_before
    _asserts_nothing_happened(terminal, tmp_path, code)


def test_a_window_that_changes_while_one_is_asked_is_no_obstacle(
    start: Start, write_tree: Write, tmp_path: Path
) -> None:
    terminal = start(write_tree(NATIVE), columns=200, rows=50)
    terminal.wait_for("1 of 3")
    terminal.resize(60, 15)
    terminal.press("-x", ENTER)
    terminal.answer("slug DEMO-X", ENTER)
    terminal.wait_for("library")
    terminal.resize(100, 30)
    terminal.press(DOWN, ENTER)
    terminal.answer("All answers", ENTER)
    assert terminal.ends() == 0
    assert _made(tmp_path) == "demo-x|DEMO-X|library"


def test_without_colour_there_is_none(start: Start, write_tree: Write) -> None:
    terminal = start(write_tree(NATIVE), environment={"NO_COLOR": "1"})
    terminal.answer("1 of 3", ENTER)
    terminal.answer("2 of 3", ENTER)
    terminal.answer("3 of 3", ENTER)
    terminal.answer("All answers", ENTER)
    assert terminal.ends() == 0
    codes = {code for found in re.findall(r"\x1b\[([0-9;]*)m", terminal.text) for code in found.split(";")}
    assert codes <= {"", "0", "1", "2"}, "bold and dim are no colours"


@FORMATS
def test_a_terminal_that_can_do_nothing_is_asked_line_by_line(
    start: Start, write_tree: Write, tmp_path: Path, files: dict[str, str]
) -> None:
    terminal = start(write_tree(files), environment={"TERM": "dumb"})
    terminal.answer(r"name \(1 of 3\) \[demo\]:$", "a\n")
    terminal.answer(r"slug \(2 of 3, Ctrl-B Enter: back\) \[A\]:$", f"{CTRL_B}\n")
    terminal.answer(r"name \(1 of 3\) \[a\]:$", "b\n")
    terminal.answer(r"\[B\]:$", "\n")
    terminal.answer(r" 1  app\n 2  library\nkind .*:$", "9\n")
    terminal.answer(r"'9' is not one of the choices\nkind .*:$", "2\n")
    terminal.answer(r" 1 name: b\n 2 slug: B\n 3 kind: library\nGenerate the project .*\?$", "1\n")
    terminal.answer(r"name .*\[b\]:$", "c\n")
    terminal.wait_for("slug is now C")
    terminal.answer(r" 3 kind: library\nGenerate the project .*\?$", "\n")
    assert terminal.ends() == 0
    assert _made(tmp_path) == "c|C|library"
    assert "\x1b" not in terminal.text


def test_every_kind_of_question_can_be_answered_in_a_line(start: Start, write_tree: Write, tmp_path: Path) -> None:
    toml = _questions(
        name='help = "Small letters."\npattern = "[a-z]+"\nmessage = "lowercase letters only"\ngroup = "Basics"',
        parts='type = "multi-choice"\nchoices = ["api", "cli", "web"]\ndefault = ["cli"]',
        docs='type = "bool"\ndefault = true',
        key='type = "secret"',
    )
    terminal = start(
        write_tree({"mintage.toml": toml, "f": "{{ [name, parts, docs, key] }}"}), environment={"TERM": "dumb"}
    )
    terminal.answer(r"Basics\nSmall letters\.\nname \(1 of 4\):$", "A\n")
    terminal.answer(r"lowercase letters only\nname \(1 of 4\):$", "a\n")
    terminal.answer(r"parts .*\[cli\]:$", "1, web\n")
    terminal.answer(r"docs .*\[yes\]:$", "maybe\n")
    terminal.answer(r"'maybe' is neither yes nor no\ndocs .*:$", "no\n")
    terminal.answer(r"key .*:$", "hidden\n")
    terminal.answer(r" 4 key: \*{8}\nGenerate the project", "q\n")
    _asserts_nothing_happened(terminal, tmp_path)
    assert "hidden" not in terminal.text


def test_consent_is_asked_for_in_a_line(start: Start, write_tree: Write, tmp_path: Path) -> None:
    terminal = start(write_tree(QUESTIONS["consent"]), environment={"TERM": "dumb"})
    terminal.answer(r"Run it\? .*:$", "show\n")
    terminal.answer(r"(?s)task: x: true\ntrue\n.*Run it\? .*:$", "no\n")
    _asserts_nothing_happened(terminal, tmp_path, 3)


def test_without_a_terminal_defaults_are_taken_and_the_others_named(
    mintage: Callable[..., subprocess.CompletedProcess[str]], write_tree: Write, tmp_path: Path
) -> None:
    assert mintage("new", write_tree(COPIER, "copier"), "out").returncode == 0
    assert (tmp_path / "out" / "f").read_text() == "demo|DEMO|app"
    failed = mintage("new", write_tree(NATIVE, "native"), "out2")
    assert failed.returncode == 2
    assert "-d kind=app|library" in failed.stderr
    assert not (tmp_path / "out2").exists()
