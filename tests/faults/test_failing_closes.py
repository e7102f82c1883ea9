"""A directory's descriptor that cannot be closed loses nothing: the outcome is true, and nothing is left behind."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import pytest

from mintage.errors import MintageError
from mintage.files.folders import Folders
from mintage.minting.generator import Generator, Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]

TREE = {"mintage.toml": "", **{f"d{n}/e/f.txt": "{{ 1 }}" for n in range(12)}}


@pytest.fixture
def closing_directories_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every close of a directory report an error, as NFS may; the descriptor is gone all the same."""
    close = os.close

    def failing(descriptor: int) -> None:
        is_directory = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        close(descriptor)
        if is_directory:
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    monkeypatch.setattr(os, "close", failing)


@pytest.mark.usefixtures("closing_directories_fails")
@pytest.mark.parametrize("exists", [False, True])
def test_a_project_is_delivered_and_nothing_is_left(write_tree: Write, tmp_path: Path, exists: bool) -> None:
    template = write_tree(TREE)
    if exists:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "mine").write_text("mine")
    options = Options(overwrite=True, executor="sequential", concurrent=False)
    report = Generator(options).generate(template, tmp_path / "out")
    assert report.ok
    assert (tmp_path / "out" / "d11" / "e" / "f.txt").read_text() == "1"
    assert not list(tmp_path.rglob(".mintage-*"))


@pytest.mark.usefixtures("closing_directories_fails")
def test_a_failure_is_the_one_that_is_reported(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "", "{{ nobody }}/a": ""})
    with pytest.raises(MintageError, match="nobody"):
        Generator(Options(executor="sequential")).generate(template, tmp_path / "out")
    assert not list(tmp_path.rglob(".mintage-*"))


@pytest.mark.usefixtures("closing_directories_fails")
def test_no_descriptor_is_closed_twice(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    folders = Folders(tmp_path)
    descriptor = folders.descriptor("a")
    folders.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
    with open(tmp_path / "file", "wb") as file:  # takes the number of one of them
        folders.close()
        del folders
        os.fstat(file.fileno())


def test_a_file_that_cannot_be_closed_has_failed(
    write_tree: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = os.close

    def failing(descriptor: int) -> None:
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        close(descriptor)
        if name.endswith(("project/bad.txt", "out/bad.txt")):
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    template = write_tree({"mintage.toml": "", "bad.txt": "{{ 1 }}", "good.txt": "{{ 1 }}"})
    monkeypatch.setattr(os, "close", failing)
    with pytest.raises(ExceptionGroup) as caught:
        Generator(Options(executor="sequential", concurrent=False)).generate(template, tmp_path / "out")
    (error,) = caught.value.exceptions
    assert "quota" in str(error).lower()
    assert [path.name for path in (tmp_path / "out").iterdir() if path.name[0] != "."] == ["good.txt"]
