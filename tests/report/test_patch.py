"""Patches of any two versions of a file: what git and patch make of one is what there was to be made."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mintage.projects.differences import Change, differences
from mintage.projects.patch import patch_of, stat_lines
from mintage.projects.trees import FileVersion

LINES = st.lists(st.sampled_from([b"a", b"b", b"", b" ", b"\t", b"-- a", b"@@", b"\\", "ä".encode(), b"\xff", b"x\r"]))
DATA = st.builds(lambda lines, ending: b"\n".join(lines) + ending, LINES, st.sampled_from([b"", b"\n"]))
NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda name: name not in (".", "..", ".git")
)


def _version(data: bytes, mode: int = 0o100644) -> FileVersion:
    return FileVersion(mode, len(data), data)


@given(DATA, DATA, st.sampled_from([0o100644, 0o100755]))
def test_git_and_patch_make_the_new_version_of_the_old_one(old: bytes, new: bytes, mode: int) -> None:
    patch = patch_of(Change("f", _version(old, 0o100644), _version(new, mode)))
    for apply in (["git", "apply", "--whitespace=nowarn"], ["patch", "-p1", "--quiet", "--binary", "--posix"]):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "f")
            file.write_bytes(old)
            if patch.count(b"\n@@") or (apply[0] == "git" and patch.count(b"\n") > 1):
                subprocess.run(apply, cwd=folder, input=patch, check=True, timeout=60, capture_output=True)
            assert file.read_bytes() == new
            if apply[0] == "git":
                assert bool(file.stat().st_mode & 0o100) == (mode == 0o100755)


@given(NAMES, DATA)
def test_git_makes_new_files_of_any_name(name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        patch = patch_of(Change(name, None, _version(data)))
        subprocess.run(
            ["git", "apply", "--whitespace=nowarn"],
            cwd=folder,
            input=patch,
            check=True,
            timeout=60,
            capture_output=True,
        )
        assert Path(folder, name).read_bytes() == data


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=4), st.integers(20, 200))
def test_a_summary_fits_the_terminal_and_draws_at_least_one_sign(sizes: list[tuple[int, int]], columns: int) -> None:
    changes = [
        Change("long/" * 10 + str(number), _version(b"old\n" * old), _version(b"new\n" * new))
        for number, (old, new) in enumerate(sizes)
        if old or new
    ]
    for change, line in zip(changes, stat_lines(changes, columns), strict=False):
        graph = line[1].rpartition(b"|")[2]
        assert len(line[1]) <= max(columns, 34) + 1
        assert (b"+" in graph) == bool(change.insertions)
        assert (b"-" in graph) == bool(change.deletions)


def test_files_that_are_too_large_to_show_are_compared_nevertheless(tmp_path: Path) -> None:
    size = 17 * 1024 * 1024
    for folder, last in (("old", b"a"), ("new", b"b")):
        (tmp_path / folder).mkdir()
        for name, end in (("same", b"a"), ("other", last)):
            with (tmp_path / folder / name).open("wb") as file:
                file.truncate(size)
                file.seek(size - 1)
                file.write(end)
    (change,) = differences(tmp_path / "old", tmp_path / "new", ["same", "other"])
    assert (change.path, change.is_binary, change.kind) == ("other", True, "modified")
