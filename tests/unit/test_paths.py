"""What a path of the output may be."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mintage.errors import MintageError, PlanError, UnsafePathError
from mintage.paths import FnmatchPatterns, GitignorePatterns, validate_path


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
    ],
)
def test_a_path_within_is_given_its_shortest_form(target: str, shortest: str) -> None:
    assert validate_path(target) == shortest


@pytest.mark.parametrize(
    "target", ["..", "a/../..", "/a", "\\a", "C:\\a", "c:a", ".git/x", "a/.git/hooks/x", ".GIT/x", "//server/share"]
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
