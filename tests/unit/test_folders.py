"""Files below a root are opened without following a link, whatever becomes of names meanwhile."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from mintage.errors import UnsafePathError
from mintage.files.folders import KEPT_OPEN, Folders

if TYPE_CHECKING:
    from pathlib import Path


def read(folders: Folders, path: str) -> str:
    with open(folders.open(path, os.O_RDONLY)) as file:
        return file.read()


def test_files_are_found_at_any_depth(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("f", "a/f", "a/b/f"):
        (tmp_path / name).write_text(name)
    with Folders(tmp_path) as folders:
        assert [read(folders, name) for name in ("a/b/f", "f", "a/f", "a/b/f")] == ["a/b/f", "f", "a/f", "a/b/f"]


def test_the_root_stays_the_same_when_it_is_moved_and_replaced(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "a").mkdir(parents=True)
    (root / "a" / "f").write_text("ours")
    with Folders(root) as folders:
        root.rename(tmp_path / "moved")
        (root / "a").mkdir(parents=True)
        (root / "a" / "f").write_text("theirs")
        assert read(folders, "a/f") == "ours"


def test_a_link_in_place_of_a_folder_or_a_file_is_refused(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    for folder in (outside, root / "real"):
        folder.mkdir(parents=True)
        (folder / "f").write_text("secret")
    (root / "folder").symlink_to(outside)
    (root / "real" / "file").symlink_to(outside / "f")
    (root / "plain").write_text("")
    with Folders(root) as folders:
        for path in ("folder/f", "folder/deeper/f", "plain/f"):
            with pytest.raises(UnsafePathError, match="is not a directory"):
                folders.open(path, os.O_RDONLY)
        with pytest.raises(OSError, match="symbolic links"):
            folders.open("real/file", os.O_RDONLY)
        with pytest.raises(OSError, match="symbolic links"):
            folders.open("real/file", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    assert (outside / "f").read_text() == "secret"


def test_a_root_that_is_another_folder_now_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    with Folders(root) as folders:
        identity = folders.identity
    Folders(root, identity).close()
    root.rename(tmp_path / "moved")
    root.mkdir()
    with pytest.raises(UnsafePathError, match="was replaced by another directory"):
        Folders(root, identity)
    root.rmdir()
    root.symlink_to(tmp_path / "moved")
    with pytest.raises(OSError, match=r"Not a directory|symbolic links"):
        Folders(root, identity)


def test_few_descriptors_stay_open_and_none_in_the_end(tmp_path: Path) -> None:
    for number in range(3 * KEPT_OPEN):
        (tmp_path / f"{number}" / "in").mkdir(parents=True)
        (tmp_path / f"{number}" / "in" / "f").write_text("")
    before = set(os.listdir("/proc/self/fd"))
    folders = Folders(tmp_path)
    for number in range(3 * KEPT_OPEN):
        read(folders, f"{number}/in/f")
        assert len(set(os.listdir("/proc/self/fd")) - before) <= KEPT_OPEN + 2
    del folders
    assert set(os.listdir("/proc/self/fd")) <= before
