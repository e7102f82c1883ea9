"""Paths of the output and patterns, whatever they are made of."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.examples import examples
from fuzz.properties import path_stays_inside, refused_or
from fuzz.worlds import SECONDS, within
from mintage.files.patterns import FnmatchPatterns, GitignorePatterns
from mintage.formats.copier.layout import CopierPatterns

PART = st.sampled_from(
    [
        "..",
        ".",
        "",
        ".git",
        ".GIT",
        "C:",
        "a",
        "b c",
        "~",
        "\\",
        "\\\\",
        ".git ",
        "a.",
        "é",
        "e\u0301",
        "\u202e",
        "\0",
        " ",
    ]
)
PATH = st.lists(PART | st.text(max_size=5), max_size=6).map("/".join)
LONG = st.tuples(PART, st.integers(1, 5000)).map(lambda long: long[0] * long[1])
PATTERN = st.text(alphabet="ab*?[]!/\\.#-^ é", max_size=8) | st.text(max_size=6)


@examples(300)
@given(target=PATH | LONG | st.text(st.characters(), max_size=8))
def test_a_path_is_refused_or_lies_in_the_output(target: str) -> None:
    path_stays_inside(target)


@examples(100)
@given(target=st.text(st.characters(categories=["Cs", "Cc", "Cf", "Ll"]), max_size=5))
def test_so_does_one_of_characters_that_are_none(target: str) -> None:
    path_stays_inside(target)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of `[[]`, from the library that compiles patterns
@examples(200)
@given(patterns=st.lists(PATTERN, max_size=3), path=PATH)
def test_patterns_of_all_kinds_match_or_are_refused(patterns: list[str], path: str) -> None:
    with within(SECONDS):
        for kind in (GitignorePatterns, FnmatchPatterns, CopierPatterns):
            refused_or(lambda kind=kind: kind(patterns).matches(path))  # type: ignore[misc]


@examples(50)
@given(pattern=st.text(alphabet="ab*?", max_size=40), name=st.text(alphabet="ab", min_size=100, max_size=255))
def test_no_pattern_takes_long(pattern: str, name: str) -> None:
    with within(SECONDS):
        for kind in (GitignorePatterns, FnmatchPatterns):
            kind([re.sub(r"\*\*+", "*", pattern)]).matches(name)
