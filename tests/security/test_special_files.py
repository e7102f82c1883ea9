"""Only regular files, directories and links are taken from a template, and no bits but permissions."""

from __future__ import annotations

import os
import socket
import stat
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path
    from subprocess import CompletedProcess

    Hostile = Callable[..., Path]
    Run = Callable[..., CompletedProcess[str]]
    Fed = Callable[[Path, bytes], AbstractContextManager[None]]
    Made = Callable[[], dict[str, str]]

FORMATS = ("native", "cookiecutter", "copier", "bare")
FIFO = "(a FIFO)"


def folder_of(template: Path, kind: str) -> Path:
    return template / "{{cookiecutter.name}}" if kind == "cookiecutter" else template


@pytest.mark.parametrize("kind", FORMATS)
class TestWhatIsNoFile:
    """Is an error that names it, before anything is written, and is never waited for."""

    @pytest.mark.parametrize("name", ["pipe", "pipe.txt", "pipe.png", "a/b/pipe"])
    def test_a_fifo(self, hostile: Hostile, mint: Run, made: Made, kind: str, name: str) -> None:
        done = mint(hostile(kind, {name: FIFO, "good": "text"}))
        assert (done.returncode, made()) == (2, {})
        assert name in done.stderr

    def test_a_link_to_a_fifo(self, hostile: Hostile, mint: Run, made: Made, kind: str) -> None:
        done = mint(hostile(kind, {"link": "-> pipe", "pipe": FIFO}))
        assert (done.returncode, made()) == (2, {})
        assert "link" in done.stderr

    def test_a_socket(
        self, hostile: Hostile, mint: Run, made: Made, monkeypatch: pytest.MonkeyPatch, kind: str
    ) -> None:
        template = hostile(kind, {"good": "text"})
        monkeypatch.chdir(folder_of(template, kind))  # a socket's path must be short
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("socket")
        monkeypatch.chdir(template.parent)
        done = mint(template)
        assert (done.returncode, made()) == (2, {})
        assert "socket" in done.stderr

    def test_a_device(self, hostile: Hostile, mint: Run, made: Made, kind: str) -> None:
        template = hostile(kind, {"good": "text"})
        try:
            os.mknod(folder_of(template, kind) / "zero", stat.S_IFCHR | 0o666, os.makedev(1, 5))
        except OSError:
            pytest.skip("this user may not make devices")
        done = mint(template)
        assert (done.returncode, made()) == (2, {})
        assert "zero" in done.stderr

    def test_is_not_included_either(self, hostile: Hostile, mint: Run, made: Made, kind: str) -> None:
        done = mint(hostile(kind, {"f": "{% include 'pipe' %}", "pipe": FIFO}))
        assert (done.returncode, made()) == (2, {})


def test_a_folder_that_is_copied_as_a_whole_has_none_either(hostile: Hostile, mint: Run, made: Made) -> None:
    template = hostile("cookiecutter", {"d/pipe": FIFO}, config='{"_copy_without_render": ["d"]}')
    assert (mint(template).returncode, made()) == (2, {})


@pytest.mark.parametrize("file", ["mintage.toml", "cookiecutter.json", "copier.yml"])
def test_a_configuration_that_is_a_fifo_is_none(hostile: Hostile, mint: Run, made: Made, file: str) -> None:
    assert (mint(hostile("bare", {file: FIFO, "f": ""})).returncode, made()) == (2, {})


def test_a_fifo_that_copiers_configuration_includes_is_not_read(
    hostile: Hostile, mint: Run, fed: Fed, made: Made
) -> None:
    template = hostile(
        "copier", {}, beside={"more.yml": FIFO}, config="---\n!include more.yml\n---\n_exclude: [more.yml]\n"
    )
    with fed(template / "more.yml", b"token: SECRET\n"):
        done = mint(template)
    assert (done.returncode, made()) == (2, {})
    assert "more.yml" in done.stderr
    assert "regular" in done.stderr


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("text", ["plain", "{{ 1 + 1 }}", "x" * 100_000, "\0binary"])
def test_setuid_setgid_and_sticky_bits_stay_behind(
    hostile: Hostile, mint: Run, tmp_path: Path, kind: str, text: str
) -> None:
    template = hostile(kind, {"d/f": text})
    for mode in (0o4755, 0o2755, 0o1755, 0o7777):
        (folder_of(template, kind) / "d" / "f").chmod(mode)
        (folder_of(template, kind) / "d").chmod(mode)
        assert mint(template, "--overwrite").returncode == 0
        for made in (tmp_path / "out" / "d", tmp_path / "out" / "d" / "f"):
            assert not made.stat().st_mode & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX), made


def test_nor_do_they_come_with_a_folder_that_is_copied_as_a_whole(hostile: Hostile, mint: Run, tmp_path: Path) -> None:
    template = hostile("cookiecutter", {"d/e/f": ""}, config='{"_copy_without_render": ["d"]}')
    for path in ("d", "d/e", "d/e/f"):
        (template / "{{cookiecutter.name}}" / path).chmod(0o7777)
    assert mint(template).returncode == 0
    for path in ("d", "d/e", "d/e/f"):
        assert stat.S_IMODE((tmp_path / "out" / path).stat().st_mode) == 0o777


def test_checking_a_template_waits_for_no_fifo(hostile: Hostile, mint: Run) -> None:
    files = {"project/f": "{% include part %}", "parts/pipe": FIFO}
    config = "[template]\nroot = 'project'\n[render]\nincludes = 'parts'\n"
    done = mint(hostile("native", files, {"part": "x", "lonely": ""}, config=config), command="check")
    assert "the answer to lonely is never used" in done.stdout
