"""Archives, repositories and files that change: what a source can do besides what its template says."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING
from zipfile import ZipFile, ZipInfo

import pytest

from mintage.engine import Cancellation, Stopwatch
from mintage.minting.generator import Options
from mintage.minting.generator import plan as make_plan
from mintage.minting.run import Run as MintingRun

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Hostile = Callable[..., Path]
    Fill = Callable[..., Path]
    Run = Callable[..., CompletedProcess[str]]
    Made = Callable[[], dict[str, str]]

FORMATS = ("native", "cookiecutter", "copier", "bare")


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Path]:
    """Write a zip file with these members, in this order."""

    def write(members: dict[str, str]) -> Path:
        file = tmp_path / "template.zip"
        with ZipFile(file, "w") as archive:
            for name, text in members.items():
                archive.writestr(ZipInfo(name), text)
        return file

    return write


class TestAZipFile:
    """Unpacks where nobody else has anything."""

    @pytest.mark.parametrize("top", ["out", "documents", ".", "./documents"])
    def test_never_replaces_a_folder_of_the_users(
        self, mint: Run, pack: Callable[..., Path], fill: Fill, tmp_path: Path, top: str
    ) -> None:
        fill(tmp_path, {"documents/letter": "mine"})
        mint(str(pack({f"{top}/": "", f"{top}/f": "text"})))
        assert (tmp_path / "documents" / "letter").read_text() == "mine"

    @pytest.mark.parametrize(
        "name", ["../evil", "top/../../evil", "/evil", "top\\..\\..\\evil", "C:/evil", "C:evil", "\\evil", "top/.."]
    )
    def test_whose_names_lead_out_is_refused(
        self, mint: Run, pack: Callable[..., Path], tmp_path: Path, name: str
    ) -> None:
        done = mint(str(pack({"top/": "", "top/f": "text", name: "evil"})))
        assert done.returncode == 3, done.stderr
        assert not (tmp_path / "out").exists()

    def test_brings_no_link(self, mint: Run, tmp_path: Path, outside: Path, made: Made) -> None:
        file = tmp_path / "template.zip"
        with ZipFile(file, "w") as archive:
            link = ZipInfo("top/link")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, f"{outside}/secret")
            archive.writestr("top/f", "{% include 'link' %}")
        mint(str(file))
        assert "SECRET" not in str(made())

    def test_brings_no_repository_for_the_project(self, mint: Run, pack: Callable[..., Path], made: Made) -> None:
        mint(str(pack({"top/.git/hooks/pre-commit": "evil", "top/.git/config": "[core]", "top/f": "text"})))
        assert made() == {"f": "text"}


class TestAnAddress:
    """Is no option of git's, and names no program."""

    @pytest.mark.parametrize(
        "address",
        [
            "ext::sh -c touch% evidence",
            "git+ext::sh -c touch% evidence",
            "fd::17/x",
            "--upload-pack=touch evidence",
            "-u./evil",
            "ssh://-oProxyCommand=touch evidence/x",
            "ssh://user@-oProxyCommand=evil/x",
            "git@-oProxyCommand=evil:x",
            "hg+--config=alias.clone=!touch evidence://x",
            "bitbucket.org/x --config=hooks",
            "file:///etc/passwd",
            "https://\x00/x",
            "https:\\\\host\\x",
        ],
    )
    def test_that_could_be_more_than_one_is_refused(self, mint: Run, address: str) -> None:
        assert mint(address).returncode == 2

    @pytest.mark.parametrize("ref", ["--upload-pack=touch evidence", "-x", "--output=evil", "a b", "a:b", "", "a\nb"])
    def test_nor_is_a_revision(self, hostile: Hostile, mint: Run, ref: str) -> None:
        template = hostile("bare", {"f": ""})
        subprocess.run(["git", "init", "-q", template], check=True)
        assert mint(template, f"--ref={ref}").returncode == 2

    @pytest.mark.parametrize(
        "url",
        ["ext::touch evidence", "--upload-pack=evil", "-uevil", "fd::1", "file:///etc", "ssh://-oProxyCommand=x/y"],
    )
    @pytest.mark.parametrize("path", ["s", "a/s"])
    def test_nor_is_one_of_a_submodule(self, hostile: Hostile, mint: Run, made: Made, url: str, path: str) -> None:
        modules = f'[submodule "s"]\n\tpath = {path}\n\turl = "{url}"\n'
        template = hostile("copier", {"f": "", ".gitmodules": modules})
        identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
        for words in (
            ["init", "-q"],
            ["add", "-A"],
            ["update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},{path}"],
            [*identity, "commit", "-q", "-m", "x"],
        ):
            subprocess.run(["git", *words], cwd=template, check=True)
        assert (mint(template, "--ref", "HEAD").returncode, made()) == (2, {})


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("text", ["plain", "{{ 1 + 1 }}", "x" * 100_000])
@pytest.mark.parametrize("change", ["link", "fifo", "text", "nothing", "folder", "folder is a link"])
def test_a_file_that_changes_during_the_run_fails_alone(
    hostile: Hostile, fill: Fill, made: Made, outside: Path, tmp_path: Path, kind: str, text: str, change: str
) -> None:
    template = hostile(kind, {"d/f": text, "good": "text"})
    fill(outside, {"f": text.replace("x", "y").replace("plain", "other").replace("1", "2")})
    plan = make_plan(template, tmp_path if kind == "cookiecutter" else tmp_path / "out", options=Options(trust=False))
    folder = template / ("{{cookiecutter.name}}/d" if kind == "cookiecutter" else "d")
    status = os.stat(folder / "f")
    (folder / "f").unlink()
    if change == "link":
        (folder / "f").symlink_to(outside / "f")
    elif change == "fifo":
        os.mkfifo(folder / "f")
    elif change == "text":
        (folder / "f").write_text(text + "more")
    elif change == "folder":
        (folder / "f").mkdir()
    elif change == "folder is a link":
        folder.rmdir()
        folder.symlink_to(outside)
    os.utime(outside / "f", ns=(status.st_atime_ns, status.st_mtime_ns))
    report = MintingRun(plan, Options(), None, Cancellation(), None, Stopwatch()).execute()
    assert [result.job.name for result in report.failures] == ["d/f"]
    assert made() == {"good": "text"}
