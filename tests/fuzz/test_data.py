"""Files of the user's and of a project, and what is typed: everything that is read but is not a template."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fuzz.examples import examples
from fuzz.properties import file_is_read_or_refused, refused_or, require_printable
from fuzz.worlds import SECONDS, within, world
from mintage.answers.given import parse_flag, read_data_file
from mintage.answers.values import convert, parse
from mintage.files.folders import Folders
from mintage.files.journal import JOURNAL, read_journal
from mintage.files.recovery import recover
from mintage.formats import CookiecutterOptions
from mintage.formats.cookiecutter import replay
from mintage.formats.copier.answers import read_last_answers
from mintage.formats.copier.user_settings import load_copier_settings
from mintage.formats.native import SAVED_ANSWERS_FILE
from mintage.formats.native.saved import read_saved_answers
from mintage.minting.generator import Generator, Options
from mintage.template.questions import Choice, Question, QuestionType
from mintage.terminal import one_line, printable
from mintage.user.cookiecutterrc import load_cookiecutter_settings
from mintage.user.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _settings(file: Path) -> Any:
    os.environ["MINTAGE_CONFIG_DIR"] = str(file.parent)
    return load_settings()


def _copier_settings(file: Path) -> Any:
    os.environ["COPIER_SETTINGS_PATH"] = str(file)
    return load_copier_settings()


READERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "data in YAML": ("x.yml", read_data_file),
    "data in JSON": ("x.json", read_data_file),
    "data in TOML": ("x.toml", read_data_file),
    "a native answers file": (SAVED_ANSWERS_FILE, lambda file: read_saved_answers(file.parent)),
    "a native answers file as data": (SAVED_ANSWERS_FILE, read_data_file),
    "a Copier answers file": ("x.yml", lambda file: read_last_answers(file.parent, file.name)),
    "a replay file": ("x.json", replay.read),
    "settings": ("settings.toml", _settings),
    "Copier's settings": ("x.yml", _copier_settings),
    "Cookiecutter's settings": ("x.yml", lambda file: load_cookiecutter_settings(config_file=file)),
}
_PIECES = r"""
[ ] [[ = " ' a . 1 e9 { } , 2024-13-01 trust # - : & * &a *a !! !!int | ? < << % 2024-13-45 --- null NaN 1e999 "a"
"cookiecutter" "\ud800" templates defaults abbreviations answers cookiecutter _src_path default_context
"""
PIECES = _PIECES.split()
TEXT = st.lists(st.sampled_from([*PIECES, " ", ": ", "- ", "  ", "\n", "---\n"]), max_size=12).map("".join)
DEEP = st.sampled_from(["[", '{"a":', "a: [", "- ", "a = [", "? "]).flatmap(
    lambda start: st.integers(1, 3000).map(
        lambda times: start[:-1] + start[-1] * times if "=" in start else start * times
    )
)
LONG_NUMBERS = st.sampled_from(["1", "a = 1", "a: 1", '{"cookiecutter": 1']).map(lambda start: start + "0" * 5000)
CONTENT = (TEXT | DEEP | LONG_NUMBERS).map(str.encode) | st.binary(max_size=20)


@pytest.mark.parametrize("what", READERS)
@examples(25)
@given(content=CONTENT)
@example(content=b"a: 2024-13-45")
@example(content=b"a = 1" + b"0" * 5000)
@example(content=b"[" * 100_000)
@example(content=b"a = " + b"[" * 100_000)
@example(content=b"&a [*a]")
def test_any_file_is_read_or_refused(what: str, content: bytes) -> None:
    name, read = READERS[what]
    file_is_read_or_refused(name, content, read)


@examples(200)
@given(text=st.text(max_size=8) | st.sampled_from(["=", " =x", "a=", "\ud800=x"]))
def test_any_flag_is_split_or_refused(text: str) -> None:
    refused_or(lambda: parse_flag(text))


ANSWER = st.text(max_size=6) | DEEP | LONG_NUMBERS | TEXT | st.sampled_from(["1e999", "inf", "nan", "[1", '{"a": 1}'])
CHOICES = (Choice("a"), Choice(1, "one"), Choice(None), Choice(True))
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)


@examples(200)
@given(kind=st.sampled_from(QuestionType), text=ANSWER, value=VALUE)
def test_any_answer_is_taken_or_refused(kind: QuestionType, text: str, value: object) -> None:
    question = Question("q", kind)
    with within(SECONDS):
        with suppress(ValueError):
            parse(question, text, CHOICES)
        with suppress(ValueError):
            convert(question, value, CHOICES)


REPLAYED = st.dictionaries(
    st.sampled_from(["name", "_extensions", "_copy_without_render", "_jinja2_env_vars", "_new_lines", "x"]),
    VALUE,
    max_size=4,
)


@examples(50)
@given(answers=REPLAYED)
def test_any_answers_are_replayed_or_refused(answers: dict[str, Any]) -> None:
    with world() as place, within(SECONDS):
        place.write({"cookiecutter.json": '{"name": "x"}', "{{cookiecutter.name}}/a": "{{ cookiecutter.name }}"})
        file = place.home / "x.json"
        file.write_text(json.dumps({"cookiecutter": answers}))
        options = Options(cookiecutter=CookiecutterOptions(replay_file=file), code_cache=False, executor="sequential")
        before = place.outside()
        refused_or(lambda: Generator(options).generate(place.template, place.output))
        assert place.outside() == before


TARGET = st.sampled_from(
    ["a", "d/a", "../neighbour", "../../outside/secret.txt", "/etc/x", "d/../../x", "a\0b", ".", ""]
)
STAGED = st.sampled_from(["project"] * 4 + ["..", "/", "project/d", "old"])
STATE = st.fixed_dictionaries(dict.fromkeys(["device", "inode", "size", "mtime_ns"], st.integers(0, 10**30)))
REPLACEMENT = st.fixed_dictionaries({"target": TARGET, "new": STATE}, optional={"old": st.none() | STATE})
MADE = st.fixed_dictionaries(
    {"target": TARGET}, optional={"mode": st.none() | st.sampled_from([0o755, 0o4777, -1, 2**40])}
)
JOURNAL_OF = st.fixed_dictionaries(
    {"staged": STAGED, "replacements": st.lists(REPLACEMENT, max_size=2), "made": st.lists(MADE, max_size=2)},
    optional={"version": st.integers(0, 2)},
)


@examples(60)
@given(document=JOURNAL_OF, finish=st.booleans(), kept=st.booleans())
@example(
    document={"staged": "project", "replacements": [], "made": [{"target": "../made", "mode": 0o4777}]},
    finish=True,
    kept=False,
)
def test_any_journal_moves_only_what_is_in_the_project(document: dict[str, Any], finish: bool, kept: bool) -> None:
    with world() as place, within(SECONDS):
        (place.output / "d").mkdir(parents=True)
        left = place.output.parent / ".mintage-0123456789ab"
        (left / "project" / "d").mkdir(parents=True)
        (left / "old").mkdir()
        for name in ("project/a", "project/d/a", "neighbour", *(("old/0", "old/1") if kept else ())):
            (left / name).write_text("staged")
        (place.output.parent / "neighbour").write_text("theirs")
        (left / JOURNAL).write_text(json.dumps({"destination": str(place.output), **document}))
        before = place.outside()
        refused_or(lambda: recover(place.output, finish=finish))
        assert place.outside() == before
        assert (place.output.parent / "neighbour").read_text() == "theirs"
        assert not set(os.listdir(place.output.parent)) - {"project", "neighbour", left.name}


@examples(100)
@given(content=CONTENT)
def test_any_text_is_a_journal_or_refused(content: bytes) -> None:
    with world() as place, within(SECONDS):
        (place.output.parent / JOURNAL).write_bytes(content)
        with Folders(place.output.parent) as top:
            try:
                read_journal(top)
            except ValueError:
                return


@examples(300)
@given(text=st.text(st.characters(), max_size=20))
def test_nothing_that_is_shown_steers_the_terminal(text: str) -> None:
    require_printable(printable(text))
    assert "\n" not in one_line(text)
    assert "\t" not in one_line(text)
    assert printable(printable(text)) == printable(text)
    assert len(printable(text)) == len(text)
