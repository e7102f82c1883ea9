"""The staging directory, and how a project gets to its place."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from mintage.errors import CommitError, UnsafePathError
from mintage.files.folders import ProjectFolder
from mintage.files.staging import Staging
from mintage.files.trees import remove_tree


def test_a_new_project_appears_with_all_its_folders(tmp_path: Path) -> None:
    with Staging(tmp_path / "a" / "project") as staging:
        staging.make_folders([ProjectFolder("d"), ProjectFolder("d/e", 0o700)])
        (staging.project / "d" / "e" / "f").write_text("x")
        assert not (tmp_path / "a").exists()
        staging.commit_new([ProjectFolder("d/e", 0o700)])
    assert (tmp_path / "a" / "project" / "d" / "e" / "f").read_text() == "x"
    assert (tmp_path / "a" / "project" / "d" / "e").stat().st_mode & 0o777 == 0o700
    assert os.listdir(tmp_path) == ["a"]


def test_folders_above_a_new_project_that_somebody_made_meanwhile_are_used(tmp_path: Path) -> None:
    with Staging(tmp_path / "a" / "b" / "c" / "project") as staging:
        (tmp_path / "a" / "b").mkdir(parents=True)
        (tmp_path / "a" / "theirs").write_text("x")
        staging.commit_new([])
    assert (tmp_path / "a" / "b" / "c" / "project").is_dir()
    assert (tmp_path / "a" / "theirs").read_text() == "x"
    assert os.listdir(tmp_path) == ["a"]


def test_a_staged_folder_that_cannot_be_listed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    def fail(path: str) -> object:
        if str(path).endswith("/d"):
            raise OSError(errno.EIO, "injected", path)
        return real(path)

    with Staging(tmp_path / "project") as staging:
        staging.make_folders([ProjectFolder("d")])
        monkeypatch.setattr(os, "scandir", fail)
        with pytest.raises(CommitError, match="injected"):
            staging.staged_files()
        monkeypatch.undo()


def test_nothing_stays_when_something_goes_wrong(tmp_path: Path) -> None:
    def go_wrong() -> None:
        with Staging(tmp_path / "project") as staging:
            staging.make_folders([ProjectFolder("d")])
            (staging.project / "d").chmod(0o500)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        go_wrong()
    assert os.listdir(tmp_path) == []


def test_a_project_that_appeared_meanwhile_is_not_touched(tmp_path: Path) -> None:
    with Staging(tmp_path / "project") as staging:
        (tmp_path / "project").mkdir()
        (tmp_path / "project" / "theirs").write_text("x")
        with pytest.raises(CommitError):
            staging.commit_new([])
    assert (tmp_path / "project" / "theirs").read_text() == "x"


def test_files_are_put_into_an_existing_project_one_by_one(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "d").mkdir(parents=True)
    (project / "d" / "old").write_text("old")
    with Staging(project) as staging:
        staging.make_folders([ProjectFolder("d"), ProjectFolder("new")])
        (staging.project / "d" / "old").write_text("new")
        assert staging.staged_files() == ["d/old"]
        staging.commit_into_existing([ProjectFolder("d"), ProjectFolder("new")], ["d/old"])
    assert (project / "d" / "old").read_text() == "new"
    assert (project / "new").is_dir()


def test_what_is_there_just_as_it_was_staged_is_not_changed(tmp_path: Path) -> None:
    project = tmp_path / "project"
    names = ("same", "other", "longer", "mode", "link", "pointing", "missing", "d/e/missing")
    with Staging(project) as staging:
        staging.make_folders([ProjectFolder("d"), ProjectFolder("d/e")])
        for root in (staging.project, project):
            root.mkdir(exist_ok=True)
            for name in names[:4]:
                (root / name).write_bytes(b"x" * 2_000_000)
            (root / "link").symlink_to("same")
            (root / "pointing").symlink_to("same")
        (staging.project / "missing").write_text("")
        (staging.project / "d" / "e" / "missing").write_text("")
        with (project / "other").open("r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(b"y")
        (project / "longer").write_bytes(b"x" * 2_000_001)
        (project / "mode").chmod(0o600)
        (project / "pointing").unlink()
        (project / "pointing").symlink_to("mode")
        assert staging.staged_files() == sorted(names)
        assert staging.changed_files(0o777) == ["d/e/missing", "longer", "missing", "mode", "other", "pointing"]
        assert staging.changed_files(0o111) == ["d/e/missing", "longer", "missing", "other", "pointing"]


def test_what_is_there_is_not_looked_for_through_a_link(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    project.mkdir()
    outside.mkdir()
    (outside / "f").write_text("x")
    (project / "d").symlink_to(outside)
    with Staging(project) as staging:
        staging.make_folders([ProjectFolder("d")])
        (staging.project / "d" / "f").write_text("x")
        with pytest.raises(UnsafePathError):
            staging.changed_files(0o777)


def test_a_folder_that_leads_out_is_refused(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    project.mkdir()
    outside.mkdir()
    (project / "d").symlink_to(outside)
    with Staging(project) as staging:
        staging.make_folders([ProjectFolder("d")])
        (staging.project / "d" / "f").write_text("x")
        with pytest.raises(UnsafePathError):
            staging.commit_into_existing([ProjectFolder("d")], ["d/f"])
    assert os.listdir(outside) == []


def test_a_place_that_cannot_be_written_is_an_error_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommitError) as caught, Staging(tmp_path / "file" / "project"):
        pass
    assert caught.value.hint


def test_removing_a_tree_takes_read_only_folders_too(tmp_path: Path) -> None:
    (tmp_path / "t" / "d").mkdir(parents=True)
    (tmp_path / "t" / "d" / "f").write_text("")
    (tmp_path / "t" / "d").chmod(0o500)
    remove_tree(tmp_path / "t")
    assert not (tmp_path / "t").exists()


def test_removing_a_tree_takes_folders_however_deep(tmp_path: Path) -> None:
    top = tmp_path / "t"
    top.mkdir()
    (top / "0").write_text("")
    descriptor = os.open(top, os.O_RDONLY)
    for number in range(1500):
        os.mkdir(name := f"{number % 3}d", dir_fd=descriptor)
        below = os.open(name, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)
    remove_tree(top)
    assert not top.exists()


def test_removing_a_tree_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "f").write_text("")
    (tmp_path / "t" / "d").mkdir(parents=True)
    for link in (tmp_path / "t" / "link", tmp_path / "t" / "d" / "link", tmp_path / "top"):
        link.symlink_to(tmp_path / "outside")
    remove_tree(tmp_path / "t")
    remove_tree(tmp_path / "top")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["f", "outside", "top"]


def test_a_file_system_within_the_project_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    (project / "data").mkdir(parents=True)
    (project / "data" / "f").write_text("old")
    (project / "a").write_text("old")
    rename = os.rename

    def across(source: Any, target: Any, **folders: Any) -> None:
        if target == "f":
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        rename(source, target, **folders)

    with Staging(project) as staging:
        (staging.project / "data").mkdir()
        (staging.project / "data" / "f").write_text("new")
        (staging.project / "a").write_text("new")
        monkeypatch.setattr(os, "rename", across)
        with pytest.raises(CommitError, match="is a file system of its own") as caught:
            staging.commit_into_existing([], ["a", "data/f"])
        monkeypatch.undo()
    assert str(caught.value.where) == str(project / "data" / "f")
    assert (project / "data" / "f").read_text() == "old"
    assert (project / "a").read_text() == "old"


@pytest.mark.parametrize(("number", "appeared"), [(errno.ENOSPC, False), (errno.ENOTEMPTY, True)])
def test_only_what_is_there_is_said_to_have_appeared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, appeared: bool
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))

    with Staging(tmp_path / "project") as staging:
        monkeypatch.setattr(Path, "rename", fail)
        with pytest.raises(CommitError) as caught:
            staging.commit_new([])
        monkeypatch.undo()
    assert ("has appeared" in caught.value.why) is appeared
