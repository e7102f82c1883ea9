"""What a path of the output may be."""

from __future__ import annotations

import os

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec, PathSpec

from mintage.errors import MintageError, PlanError, UnsafePathError
from mintage.files.paths import validate_path
from mintage.files.patterns import FnmatchPatterns, GitignorePatterns, plain_names


@pytest.mark.parametrize(
    ("target", "shortest"),
    [
        ("a", "a"),
        ("a/b", "a/b"),
        ("./a//b/.", "a/b"),
        ("a/../b", "b"),
        (".", "."),
        ("", "."),
        (".gitignore", ".gitignore"),
        ("a:b", "a:b"),
        ("B::Deparse.3pm", "B::Deparse.3pm"),
        ("man/a:b", "man/a:b"),
    ],
)
def test_a_path_within_is_given_its_shortest_form(target: str, shortest: str) -> None:
    assert validate_path(target) == shortest


@pytest.mark.parametrize(
    "target",
    [
        "..",
        "a/../..",
        "/a",
        "\\a",
        "C:\\a",
        ".git/x",
        "a/.git/hooks/x",
        ".GIT/x",
        "//server/share",
        "./C:/a",
        "./\\a",
    ],
)
def test_a_path_that_leads_out_is_refused(target: str) -> None:
    with pytest.raises(UnsafePathError):
        validate_path(target)


@pytest.mark.parametrize("target", ["a\0b", "x" * 256, "a/" * 2001])
def test_a_path_that_no_file_system_takes_is_refused(target: str) -> None:
    with pytest.raises(PlanError):
        validate_path(target)


@given(st.text(st.sampled_from("ab./\\:~\0 é"), max_size=30))
def test_no_path_that_is_accepted_leads_out(target: str) -> None:
    try:
        found = validate_path(target)
    except MintageError:
        return
    joined = os.path.normpath(os.path.join("/root", found))
    assert joined == "/root" or joined.startswith("/root/")
    assert validate_path(found) == found


@pytest.mark.parametrize(
    ("patterns", "path", "matches"),
    [
        (["*.py"], "a/b.py", True),
        (["docs/"], "docs/a/b", True),
        (["docs/"], "docs", False),
        (["/a"], "b/a", False),
        (["*", "!keep"], "keep", False),
        ([], "a", False),
    ],
)
def test_gitignore_patterns_mean_what_they_mean_to_git(patterns: list[str], path: str, matches: bool) -> None:
    assert GitignorePatterns(patterns).matches(path) is matches


@pytest.mark.parametrize(
    ("patterns", "path", "matches"),
    [(["*.html"], "a/b.html", True), (["a/*"], "a/b/c", True), (["a"], "a/b", False), ([], "a", False)],
)
def test_the_star_of_fnmatch_crosses_slashes(patterns: list[str], path: str, matches: bool) -> None:
    assert FnmatchPatterns(patterns).matches(path) is matches


NAMES = st.text(alphabet="ab.~*?-", min_size=1, max_size=4) | st.sampled_from(
    ["*.py[co]", "a[bc]", "__pycache__", "~*"]
)
PARTS = st.text(alphabet="abc.~-", min_size=1, max_size=4).filter(lambda part: part not in (".", ".."))
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)


@given(patterns=st.lists(NAMES, max_size=4), path=PATHS)
def test_patterns_that_are_names_mean_what_pathspec_says(patterns: list[str], path: str) -> None:
    found = plain_names(patterns)
    assume(found is not None)
    assert found is not None
    takes = found.search(path) is not None
    assert takes == GitIgnoreSpec.from_lines(patterns).match_file(path)
    assert takes == PathSpec.from_lines("gitignore", patterns).match_file(path)


@pytest.mark.parametrize("pattern", ["a/b", "/a", "a/", "!a", "#a", "a b", "a\\*", "**", "[!a]", "a ", "é"])
def test_other_patterns_are_left_to_pathspec(pattern: str) -> None:
    assert plain_names(["x", pattern]) is None
