"""Repositories on this machine: which one belongs to a directory, and what git sees of it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from mintage.errors import SourceError, UnsafePathError
from mintage.sources import gitcommand
from mintage.sources.local import make_view, repository_in

if TYPE_CHECKING:
    from pathlib import Path


class TestARepositoryBelongsToAFolder:
    def test_that_holds_it(self, repository: Any) -> None:
        found = repository_in(repository.path)
        assert found is not None
        assert (found.own, found.common, found.work_tree) == (
            f"{repository.path}/.git",
            f"{repository.path}/.git",
            str(repository.path),
        )

    def test_that_is_it(self, repository: Any) -> None:
        found = repository_in(repository.path / ".git")
        assert found is not None
        assert found.work_tree is None

    def test_that_it_names_as_a_linked_work_tree(self, repository: Any, tmp_path: Path) -> None:
        repository.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
        found = repository_in(tmp_path / "linked")
        assert found is not None
        assert (found.own, found.common) == (
            f"{repository.path}/.git/worktrees/linked",
            f"{repository.path}/.git",
        )

    def test_that_it_names_as_a_submodule(self, repository: Any, make_repository: Any) -> None:
        inner = make_repository("inner")
        repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.url, "a/sub")
        found = repository_in(repository.path / "a/sub")
        assert found is not None
        assert found.own == f"{repository.path}/.git/modules/a/sub"

    def test_that_it_names_as_its_work_tree(self, repository: Any, tmp_path: Path) -> None:
        repository.git("init", "--quiet", f"--separate-git-dir={tmp_path}/apart")
        with pytest.raises(UnsafePathError, match="not a repository of"):
            repository_in(repository.path)
        repository.git("config", "core.worktree", str(repository.path))
        assert repository_in(repository.path) is not None

    def test_in_which_it_lies_under_another_name(self, repository: Any) -> None:
        (repository.path / ".git").rename(repository.path / ".bare")
        (repository.path / ".git").write_text("gitdir: ./.bare\n")
        assert repository_in(repository.path) is not None

    def test_but_not_to_one_that_it_does_not_name(self, repository: Any, tmp_path: Path) -> None:
        repository.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / ".git").write_text((tmp_path / "linked" / ".git").read_text())
        with pytest.raises(UnsafePathError, match="not a repository of"):
            repository_in(tmp_path / "other")

    @pytest.mark.parametrize("is_apart", [True, False])
    def test_nor_to_one_that_says_by_itself_that_it_is_linked(
        self, repository: Any, tmp_path: Path, is_apart: bool
    ) -> None:
        folder = tmp_path / "template"
        own = tmp_path / "beside" if is_apart else folder / ".git"
        own.mkdir(parents=True)
        folder.mkdir(exist_ok=True)
        (own / "HEAD").write_text("ref: refs/heads/main\n")
        (own / "commondir").write_text(f"{repository.path}/.git\n")
        (own / "gitdir").write_text(f"{folder}/.git\n")
        if is_apart:
            (folder / ".git").write_text(f"gitdir: {own}\n")
        with pytest.raises(UnsafePathError, match="not a repository of"):
            repository_in(folder)

    @pytest.mark.parametrize("text", ["", "nonsense", "gitdir: ", "gitdir: nowhere", "gitdir: \0"])
    def test_nor_is_nonsense_one(self, tmp_path: Path, text: str) -> None:
        (tmp_path / ".git").write_text(text)
        assert repository_in(tmp_path) is None

    def test_nor_a_pipe(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / ".git")
        assert repository_in(tmp_path) is None


class TestAView:
    def test_has_what_says_how_files_are_read_and_nothing_that_runs(self, repository: Any, tmp_path: Path) -> None:
        for name, value in (
            ("core.fileMode", "false"),
            ("core.autocrlf", "input"),
            ("core.pager", "evil"),
            ("core.excludesFile", ".ignored"),
            ("filter.x.clean", "evil"),
            ("alias.fetch", "!evil"),
            ("include.path", "/evil"),
            ("url.evil.insteadOf", "/"),
            ("remote.origin.uploadpack", "evil"),
        ):
            repository.git("config", name, value)
        (repository.path / ".ignored").write_text("")
        found = repository_in(repository.path)
        assert found is not None
        view = make_view(found, tmp_path / "view")
        listed = subprocess.check_output(["git", f"--git-dir={view.path}", "config", "--local", "--list"], text=True)
        assert sorted(line for line in listed.splitlines() if "repositoryformat" not in line) == [
            "core.autocrlf=input",
            "core.bare=true",
            f"core.excludesfile={repository.path}/.ignored",
            "core.filemode=false",
            "core.safecrlf=false",
        ]


class TestWhatIsNotCommitted:
    @pytest.fixture
    def taken(self, fetch: Any, repository: Any) -> Any:
        """Names and modes of what is taken, sorted."""

        def take() -> list[str]:
            root = fetch(str(repository.path)).at("HEAD", uncommitted=True).root
            files = (path for path in root.rglob("*") if path.is_file())
            return sorted(f"{path.relative_to(root)}{'*' * os.access(path, os.X_OK)}" for path in files)

        return take

    @pytest.mark.parametrize("how", ["info/exclude", "core.excludesFile"])
    def test_leaves_out_what_the_repository_ignores_in_its_own_ways(
        self, repository: Any, taken: Any, tmp_path: Path, how: str
    ) -> None:
        patterns = repository.path / ".git" / "info" / "exclude"
        if how == "core.excludesFile":
            patterns = tmp_path / "patterns"
            repository.git("config", how, str(patterns))
        patterns.write_text("private\n")
        (repository.path / "private").write_text("private")
        (repository.path / "b.txt").write_text("new")
        assert taken() == ["a.txt", "b.txt"]

    @pytest.mark.parametrize(("setting", "expected"), [("true", ["a.txt*", "b"]), ("false", ["a.txt", "b"])])
    def test_has_the_modes_that_the_repository_counts(
        self, repository: Any, taken: Any, setting: str, expected: list[str]
    ) -> None:
        repository.git("config", "core.fileMode", setting)
        (repository.path / "a.txt").chmod(0o755)
        (repository.path / "b").write_text("new")
        assert taken() == expected

    @pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree", "--split-index"])
    def test_does_not_depend_on_what_the_index_says(self, repository: Any, taken: Any, flag: str) -> None:
        repository.commit({"b.txt": "b"})
        repository.git("update-index", flag, *(() if flag == "--split-index" else ("b.txt",)))
        (repository.path / "c.txt").write_text("new")
        assert taken() == ["a.txt", "b.txt", "c.txt"]

    def test_has_submodules_at_the_commits_that_are_there(
        self, fetch: Any, repository: Any, make_repository: Any
    ) -> None:
        inner = make_repository("inner", {"i": "old"})
        repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.url, "sub")
        repository.commit({})
        inner.commit({"i": "new"})
        subprocess.run(["git", "-C", repository.path / "sub", "pull", "--quiet"], check=True)
        (repository.path / "a.txt").write_text("changed")
        source = fetch(str(repository.path)).at("HEAD", uncommitted=True, submodules=True)
        assert (source.root / "sub" / "i").read_text() == "new"

    @pytest.mark.parametrize("has_commits", [True, False])
    def test_leaves_out_new_repositories_in_it_with_a_warning(
        self, fetch: Any, repository: Any, has_commits: bool
    ) -> None:
        (repository.path / "a.txt").write_text("changed")
        (repository.path / "deep").mkdir()
        other = repository.path / "deep" / "other"
        subprocess.run(["git", "init", "--quiet", other], check=True)
        (other / "b.txt").write_text("b")
        if has_commits:
            author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
            subprocess.run(["git", "-C", other, "add", "."], check=True)
            subprocess.run(["git", *author, "-C", other, "commit", "--quiet", "-m", "b"], check=True)
        source = fetch(str(repository.path)).at("HEAD", uncommitted=True)
        assert (source.root / "a.txt").read_text() == "changed"
        assert not (source.root / "deep").exists()
        assert any(each.startswith("deep/other is a git repository of its own") for each in fetch.warnings)

    def test_is_taken_from_a_repository_without_commits(self, fetch: Any, tmp_path: Path) -> None:
        new = tmp_path / "new"
        subprocess.run(["git", "init", "--quiet", new], check=True)
        (new / "a.txt").write_text("first")
        repository = fetch(str(new))
        assert (repository.at("HEAD", uncommitted=True).root / "a.txt").read_text() == "first"
        (new / "a.txt").write_text("second")
        assert (fetch(str(new)).at("HEAD", uncommitted=True).root / "a.txt").read_text() == "second"

    @pytest.mark.parametrize("name", [".gitignore", ".gitattributes", "s/.gitignore"])
    def test_with_a_pipe_in_place_of_a_file_that_git_reads_is_an_error(
        self, fetch: Any, repository: Any, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setattr(gitcommand, "SECONDS_UNTIL_SLOW", 0.3)
        repository.commit({"s/b.txt": "b"})
        (repository.path / "c.txt").write_text("new")
        os.mkfifo(repository.path / name)
        with pytest.raises(SourceError, match="not a regular file"):
            fetch(str(repository.path)).at("HEAD", uncommitted=True)
