"""The `.git` of a project is git's: no template writes into it, however it spells the name."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Hostile = Callable[..., Path]
    Run = Callable[..., CompletedProcess[str]]

FORMATS = ("native", "cookiecutter", "copier", "bare")
SPELLINGS = (".git", ".GIT", ".Git", "a/.git", "./.git", "a/../.git", ".git/.")
# One directory with `.git` where names ignore case and more: on macOS (HFS+), or on NTFS, which Linux can mount.
OTHER_SYSTEMS = (
    ".g\u200cit",
    ".git\u200d",
    "\ufeff.git",
    "git~1",
    "GIT~1",
    ".git.",
    ".git...",
    ".git::$INDEX_ALLOCATION",
)


@pytest.fixture
def repository(tmp_path: Path, fill: Callable[..., Path]) -> Path:
    """The project is a repository already."""
    project = fill(tmp_path / "out", {"README": "mine"})
    subprocess.run(["git", "init", "-q", project], check=True)
    return project


def hooks_of(repository: Path) -> list[str]:
    return sorted(path.name for path in (repository / ".git" / "hooks").iterdir() if path.suffix != ".sample")


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", SPELLINGS)
def test_a_name_that_renders_to_it_is_refused(
    hostile: Hostile, mint: Run, tmp_path: Path, kind: str, name: str
) -> None:
    files = {"{{ @x }}/hooks/pre-commit": "evil", "good": ""}
    done = mint(hostile(kind, files, {"x": name}), "-d", f"x={name}")
    assert done.returncode == 3, done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", FORMATS)
def test_a_folder_of_that_very_name_is_left_out_or_refused(
    hostile: Hostile, mint: Run, tmp_path: Path, kind: str
) -> None:
    done = mint(hostile(kind, {"a/.git/hooks/pre-commit": "evil", "good": ""}))
    assert done.returncode in (0, 3), done.stderr
    assert not (tmp_path / "out" / "a" / ".git").exists()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", OTHER_SYSTEMS)
def test_its_names_on_other_file_systems_are_refused(
    hostile: Hostile, mint: Run, tmp_path: Path, kind: str, name: str
) -> None:
    assert mint(hostile(kind, {f"{name}/hooks/pre-commit": "evil", "good": ""})).returncode == 3
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("flag", ["--overwrite", "--skip-existing"])
def test_a_repository_that_is_there_gets_no_hook(
    hostile: Hostile, mint: Run, repository: Path, kind: str, flag: str
) -> None:
    done = mint(hostile(kind, {"{{ '.git' }}/hooks/pre-commit": "evil", "README": "new"}), flag)
    assert done.returncode == 3, done.stderr
    assert hooks_of(repository) == []
    assert (repository / "README").read_text() == "mine"


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("flag", ["--overwrite", "--skip-existing"])
def test_a_link_of_the_project_into_it_is_not_followed(
    hostile: Hostile, mint: Run, repository: Path, kind: str, flag: str
) -> None:
    (repository / "link").symlink_to(".git/hooks")
    assert mint(hostile(kind, {"link/pre-commit": "evil"}), flag).returncode == 3
    assert hooks_of(repository) == []


def test_a_link_of_a_copier_template_into_it_leads_no_file_there(hostile: Hostile, mint: Run, repository: Path) -> None:
    template = hostile(
        "copier", {"hooks": "-> .git/hooks", "{{ 'hooks' }}/pre-commit": "evil"}, config="_preserve_symlinks: true\n"
    )
    assert mint(template, "--overwrite").returncode == 2
    assert hooks_of(repository) == []


@pytest.mark.parametrize("kind", FORMATS)
def test_what_belongs_to_the_templates_own_repository_is_no_part_of_the_project(
    hostile: Hostile, mint: Run, made: Callable[[], dict[str, str]], tmp_path: Path, kind: str
) -> None:
    template = hostile(kind, {"f": "text"})
    subprocess.run(["git", "init", "-q", template], check=True)
    identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", template, "add", "-A"], check=True)
    subprocess.run(["git", "-C", template, *identity, "commit", "-q", "-m", "x"], check=True)
    assert mint(template).returncode == 0
    assert made() == {"f": "text"}


class TestTheRepositoryOfATemplate:
    """Is where the template is: a `.git` that leads elsewhere is none of its own."""

    @pytest.fixture
    def private(self, fill: Callable[..., Path], tmp_path: Path) -> Path:
        """A repository of the user's that is a template of every format."""
        files = {"secret": "SECRET", "cookiecutter.json": "{}", "{{cookiecutter}}/s": "SECRET"}
        folder = fill(tmp_path / "private", files)
        commit(folder)
        return folder

    @pytest.mark.parametrize("form", ["gitdir: {}\n", "-> {}"], ids=["file", "link"])
    @pytest.mark.parametrize("kind", ["copier", "cookiecutter"])
    def test_is_not_another_one_of_the_users(
        self, hostile: Hostile, mint: Run, private: Path, tmp_path: Path, kind: str, form: str
    ) -> None:
        template = hostile(kind, {"f": ""}, beside={".git": form.format(private / ".git")})
        done = mint(template, "--ref", "HEAD")
        assert done.returncode == 3
        assert f"leads to {private / '.git'}" in done.stderr
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize("form", ["gitdir: {}\n", "-> {}"], ids=["file", "link"])
    def test_leaves_a_folder_that_is_used_as_it_is(
        self, hostile: Hostile, mint: Run, made: Callable[[], dict[str, str]], private: Path, form: str
    ) -> None:
        template = hostile("copier", {"f": "text"}, beside={".git": form.format(private / ".git")})
        done = mint(template)
        assert (done.returncode, made()) == (0, {"f": "text"})
        assert "is not a repository of" in done.stderr

    @pytest.mark.parametrize("part", ["HEAD", "refs", "refs/heads", "refs/heads/main", "packed-refs", "objects"])
    def test_takes_no_part_of_another_one(
        self, hostile: Hostile, mint: Run, private: Path, made: Callable[[], dict[str, str]], part: str
    ) -> None:
        template = hostile("copier", {"f": "text"})
        commit(template)
        theirs, ours = private / ".git", template / ".git"
        if part == "packed-refs":
            git(private, "pack-refs", "--all")
            shutil.rmtree(ours / "refs" / "heads")
            (ours / "refs" / "heads").mkdir()
        else:
            shutil.rmtree(ours / part) if (ours / part).is_dir() else (ours / part).unlink()
        (ours / part).symlink_to(theirs / part)
        (ours / "objects" / "info" / "alternates").write_text(f"{theirs / 'objects'}\n")
        assert mint(template, "--ref", "HEAD").returncode in (2, 3)
        assert made() == {}

    def test_is_none_that_a_folder_in_it_leads_to(
        self, hostile: Hostile, mint: Run, private: Path, made: Callable[[], dict[str, str]], fill: Callable[..., Path]
    ) -> None:
        modules = f'[submodule "s"]\n\tpath = s\n\turl = {private}\n'
        template = hostile("copier", {"f": "text", ".gitmodules": modules})
        commit(template)
        fill(template, {"s/.git": f"gitdir: {private / '.git'}\n", "f": "other text"})
        assert mint(template, "--ref", "HEAD").returncode == 0
        assert made()["f"] == "other text"
        assert "SECRET" not in str(made())


def commit(folder: Path) -> None:
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "x")


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", folder, *words], check=True)


@pytest.mark.parametrize("kind", ["native", "cookiecutter", "copier"])
@pytest.mark.parametrize("included", [".git/config", "link"])
def test_nothing_of_the_templates_own_repository_is_included(
    hostile: Hostile, mint: Run, fill: Callable[..., Path], made: Callable[[], dict[str, str]], kind: str, included: str
) -> None:
    template = hostile(kind, {"f": "{% include '" + included + "' %}", "good": ""})
    inside = template / ("{{cookiecutter.name}}" if kind == "cookiecutter" else ".")
    fill(inside, {".git/config": "SECRET", "link": "-> .git/config"})
    assert mint(template).returncode in (1, 2, 3)
    assert "SECRET" not in "".join(made().values())
