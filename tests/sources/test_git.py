"""Git repositories: revisions, the cache, what happens when the remote is gone, and what git is never let do."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from mintage.errors import SourceError
from mintage.sources.git import _explain
from mintage.sources.references import Address, Kind
from mintage.sources.repository import Repository
from mintage.user.folders import cache_folder
from tests.processes import wait_until_ended

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def entries() -> list[str]:
    """What the cache of git repositories holds, without what is in the mirrors and trees."""
    return sorted(path.name for path in cache_folder().glob("git/*/*"))


class TestRevisions:
    def test_the_default_branch_is_used_when_no_revision_is_asked_for(self, fetch: Any, repository: Any) -> None:
        repository.git("checkout", "--quiet", "-b", "trunk")
        commit = repository.commit({"a.txt": "trunk"})
        source = fetch(repository.url)
        assert (source.root / "a.txt").read_text() == "trunk"
        assert source.origin.commit == commit
        assert source.origin.url == repository.url
        assert source.root == source.top

    @pytest.mark.parametrize("form", ["branch", "tag", "annotated", "full", "short", "HEAD~1", "origin/side"])
    def test_a_revision_may_be(self, fetch: Any, repository: Any, form: str) -> None:
        wanted = repository.git("rev-parse", "HEAD")
        repository.git("branch", "branch")
        repository.git("branch", "side")
        repository.git("tag", "tag")
        repository.git("tag", "-a", "-m", "x", "annotated")
        repository.commit({"a.txt": "two"})
        ref = {"full": wanted, "short": wanted[:9]}.get(form, form)
        source = fetch(repository.url, ref=ref)
        assert source.origin.commit == wanted
        assert source.origin.ref == ref
        assert (source.root / "a.txt").read_text() == "one"

    def test_a_shallow_clone_on_the_disk_is_a_repository_like_any_other(
        self, fetch: Any, repository: Any, tmp_path: Path
    ) -> None:
        commit = repository.commit({"a.txt": "two"})
        subprocess.run(
            ["git", "clone", "--quiet", "--depth=1", repository.url, tmp_path / "shallow"], check=True, timeout=60
        )
        source = fetch((tmp_path / "shallow").as_uri())
        assert (source.root / "a.txt").read_text() == "two"
        assert source.origin.commit == commit

    def test_a_revision_that_no_branch_leads_to_is_asked_for(self, fetch: Any, repository: Any) -> None:
        repository.git("checkout", "--quiet", "--detach")
        commit = repository.commit({"a.txt": "pull request"})
        repository.git("update-ref", "refs/pull/1/head", commit)
        repository.git("checkout", "--quiet", "main")
        assert fetch(repository.url, ref="refs/pull/1/head").origin.commit == commit
        assert fetch(repository.url, ref=commit).origin.commit == commit

    def test_an_unknown_revision_is_an_error_with_near_names(self, fetch: Any, repository: Any) -> None:
        repository.git("tag", "v1.0")
        with pytest.raises(SourceError, match=r"no branch, tag or commit 'v1.1'") as caught:
            fetch(repository.url, ref="v1.1")
        assert "v1.0" in caught.value.hint

    def test_a_repository_without_commits_is_an_error(self, fetch: Any, tmp_path: Path) -> None:
        subprocess.run(["git", "init", "--quiet", str(tmp_path / "empty")], check=True)
        with pytest.raises(SourceError, match="has no commits"):
            fetch((tmp_path / "empty").as_uri())

    def test_a_default_branch_that_does_not_exist_leaves_the_others(self, fetch: Any, repository: Any) -> None:
        repository.git("symbolic-ref", "HEAD", "refs/heads/gone")
        with pytest.raises(SourceError, match="no default branch") as caught:
            fetch(repository.url)
        assert "main" in caught.value.hint
        assert (fetch(repository.url, ref="main").root / "a.txt").read_text() == "one"

    @pytest.mark.parametrize("ref", ["", "--upload-pack=touch x", "-b", "a b", "a\nb", "main:a.txt", "a\0b"])
    def test_what_cannot_be_a_revision_never_reaches_git(self, fetch: Any, repository: Any, ref: str) -> None:
        with pytest.raises(SourceError, match="is not a revision"):
            Repository(Address(Kind.GIT, repository.url), offline=False, warn=lambda _: None).check_out(ref)
        assert entries() == []


class TestCheckedOutFiles:
    def test_are_those_of_a_clone(self, fetch: Any, repository: Any, tmp_path: Path) -> None:
        (repository.path / "run.sh").write_text("#!/bin/sh\n")
        (repository.path / "run.sh").chmod(0o755)
        (repository.path / "link").symlink_to("a.txt")
        (repository.path / "crlf.txt").write_text("a\nb\n")
        (repository.path / ".gitattributes").write_text("crlf.txt eol=crlf\nhidden export-ignore\n")
        repository.commit({"hidden": "x", "deep/er/{{ name }}.txt": "{{ name }}"})
        subprocess.run(["git", "clone", "--quiet", repository.url, str(tmp_path / "clone")], check=True)
        assert _tree(fetch(repository.url).root) == _tree(tmp_path / "clone")

    def test_follow_the_umask_as_a_clone_does(self, fetch: Any, repository: Any) -> None:
        open_file = fetch(repository.url).root / "a.txt"
        before = os.umask(0o077)
        try:
            private_file = fetch(repository.url).root / "a.txt"
        finally:
            os.umask(before)
        assert private_file.stat().st_mode & 0o777 == 0o600
        assert open_file.stat().st_mode & 0o777 == 0o666 & ~before

    def test_lie_in_a_folder_with_the_name_of_the_repository(self, fetch: Any, make_repository: Any) -> None:
        assert fetch(make_repository("web.git").url).root.name == "web"

    def test_have_no_git_folder(self, fetch: Any, repository: Any) -> None:
        assert not (fetch(repository.url).root / ".git").exists()

    def test_of_submodules_are_empty_folders(self, fetch: Any, repository: Any, make_repository: Any) -> None:
        other = make_repository("other")
        repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.url, "sub")
        repository.commit({})
        assert list((fetch(repository.url).root / "sub").iterdir()) == []


def _tree(root: Path) -> dict[str, tuple[int, bytes | str]]:
    found: dict[str, tuple[int, bytes | str]] = {}
    for path in root.rglob("*"):
        name = str(path.relative_to(root))
        if name == ".git" or name.startswith(".git/") or (path.is_dir() and not path.is_symlink()):
            continue
        content = os.readlink(path) if path.is_symlink() else path.read_bytes()
        found[name] = (path.lstat().st_mode, content)
    return found


class TestTheCache:
    def test_a_moved_branch_is_noticed(self, fetch: Any, repository: Any) -> None:
        fetch(repository.url)
        repository.commit({"a.txt": "two"})
        assert (fetch(repository.url).root / "a.txt").read_text() == "two"

    def test_a_rewritten_branch_and_a_changed_default_branch_are_noticed(self, fetch: Any, repository: Any) -> None:
        fetch(repository.url)
        repository.git("commit", "--quiet", "--amend", "-m", "rewritten")
        assert fetch(repository.url).origin.commit == repository.git("rev-parse", "main")
        repository.git("checkout", "--quiet", "-b", "next")
        commit = repository.commit({"a.txt": "next"})
        assert fetch(repository.url).origin.commit == commit

    def test_a_deleted_branch_is_gone_also_when_another_takes_its_place(self, fetch: Any, repository: Any) -> None:
        repository.git("branch", "topic")
        fetch(repository.url, ref="topic")
        repository.git("branch", "-D", "topic")
        repository.git("branch", "topic/more")
        assert fetch(repository.url, ref="topic/more").origin.commit
        with pytest.raises(SourceError, match="'topic'"):
            fetch(repository.url, ref="topic")
        assert fetch.warnings == []

    def test_the_same_commit_is_checked_out_once(self, fetch: Any, repository: Any) -> None:
        first, second = fetch(repository.url), fetch(repository.url, ref="main")
        assert first.root == second.root

    def test_a_commit_that_is_known_needs_no_remote(self, fetch: Any, repository: Any) -> None:
        commit = fetch(repository.url).origin.commit
        shutil.rmtree(repository.path)
        assert fetch(repository.url, ref=commit).origin.commit == commit
        assert fetch.warnings == []

    def test_stands_in_for_a_remote_that_is_gone_and_says_so(self, fetch: Any, repository: Any) -> None:
        fetch(repository.url)
        shutil.rmtree(repository.path)
        assert (fetch(repository.url).root / "a.txt").read_text() == "one"
        (warning,) = fetch.warnings
        assert repository.url in warning
        assert "copy of 20" in warning

    def test_offline_uses_the_cache_and_contacts_nobody(self, fetch: Any, repository: Any) -> None:
        fetch(repository.url)
        repository.commit({"a.txt": "two"})
        assert (fetch(repository.url, offline=True).root / "a.txt").read_text() == "one"
        assert fetch.warnings == []

    def test_offline_without_a_cached_copy_is_an_error(self, fetch: Any, repository: Any) -> None:
        with pytest.raises(SourceError, match="not in the cache"):
            fetch(repository.url, offline=True)
        assert entries() == []

    def test_of_two_repositories_with_one_name_keeps_both(self, fetch: Any, make_repository: Any) -> None:
        one = make_repository("ada/web", {"a.txt": "ada's"})
        two = make_repository("bob/web", {"a.txt": "bob's"})
        fetch(one.url)
        assert (fetch(two.url).root / "a.txt").read_text() == "bob's"
        assert (fetch(one.url).root / "a.txt").read_text() == "ada's"

    def test_lies_where_the_user_says(
        self, fetch: Any, repository: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MINTAGE_CACHE_DIR", str(tmp_path / "elsewhere"))
        assert fetch(repository.url).root.is_relative_to(tmp_path / "elsewhere")

    def test_that_cannot_be_written_is_a_clear_error(self, fetch: Any, repository: Any, home: Path) -> None:
        (home / ".cache").write_text("a file")
        with pytest.raises(SourceError, match="cache of templates cannot be used") as caught:
            fetch(repository.url)
        assert "MINTAGE_CACHE_DIR" in caught.value.hint

    def test_is_shared_by_runs_at_the_same_time(self, fetch: Any, repository: Any) -> None:
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(lambda _: fetch(repository.url), range(12)))
        assert len({source.root for source in found}) == 1
        assert entries() == ["fetched", "mirror.git", "trees"]

    def test_holds_nothing_after_a_failure(self, fetch: Any, tmp_path: Path) -> None:
        with pytest.raises(SourceError):
            fetch((tmp_path / "missing").as_uri())
        assert entries() == []

    def test_recovers_from_what_a_killed_run_left(self, fetch: Any, repository: Any) -> None:
        fetch(repository.url)
        (entry,) = cache_folder().glob("git/*")
        (entry / "incoming-dead" / "mirror.git").mkdir(parents=True)
        (entry / "mirror.git" / "packed-refs.lock").touch()
        (entry / "mirror.git/refs/heads/main.lock").touch()
        commit = repository.commit({"a.txt": "two"})
        assert fetch(repository.url).origin.commit == commit
        assert fetch.warnings == []
        assert entries() == ["fetched", "mirror.git", "trees"]

    def test_forgets_folders_that_nobody_used_for_long(self, fetch: Any, repository: Any) -> None:
        old = fetch(repository.url).root.parent
        os.utime(old, (0, 0))
        repository.commit({"a.txt": "two"})
        recent = fetch(repository.url).root
        assert not old.exists()
        assert recent.exists()


class TestLocalRepositories:
    def test_are_used_as_they_are_without_a_revision(self, fetch: Any, repository: Any) -> None:
        (repository.path / "a.txt").write_text("not committed")
        source = fetch(str(repository.path))
        assert source.root == repository.path
        assert source.origin.commit == ""
        assert entries() == []

    def test_are_cloned_for_a_revision(self, fetch: Any, repository: Any) -> None:
        repository.git("tag", "v1")
        (repository.path / "a.txt").write_text("not committed")
        source = fetch(str(repository.path), ref="v1")
        assert (source.root / "a.txt").read_text() == "one"
        assert source.origin.url == str(repository.path)

    def test_for_a_revision_are_read_anew_offline_too(self, fetch: Any, repository: Any) -> None:
        fetch(str(repository.path), ref="main")
        commit = repository.commit({"a.txt": "two"})
        assert fetch(str(repository.path), ref="main", offline=True).origin.commit == commit

    def test_that_are_bare_are_cloned(self, fetch: Any, repository: Any, tmp_path: Path) -> None:
        bare = tmp_path / "bare.git"
        subprocess.run(["git", "clone", "--quiet", "--bare", repository.url, str(bare)], check=True)
        assert (fetch(str(bare)).root / "a.txt").read_text() == "one"

    def test_a_revision_of_a_plain_folder_is_an_error(self, fetch: Any, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="not a git repository"):
            fetch(str(tmp_path), ref="main")


class TestSafety:
    def test_no_hook_of_the_users_template_folder_or_configuration_runs(
        self, fetch: Any, repository: Any, home: Path, tmp_path: Path
    ) -> None:
        hooks = tmp_path / "hooks"
        hooks.mkdir()
        for name in ("post-checkout", "reference-transaction", "post-index-change"):
            (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/hook-ran\n")
            (hooks / name).chmod(0o755)
        (home / ".gitconfig").write_text(f"[core]\n\thooksPath = {hooks}\n\tfsmonitor = touch {tmp_path}/hook-ran\n")
        fetch(repository.url)
        assert not (tmp_path / "hook-ran").exists()

    def test_git_of_a_surrounding_hook_is_left_alone(
        self, fetch: Any, make_repository: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        outer, wanted = make_repository("outer"), make_repository("wanted", {"a.txt": "wanted"})
        monkeypatch.setenv("GIT_DIR", str(outer.path / ".git"))
        monkeypatch.setenv("GIT_INDEX_FILE", str(outer.path / ".git/index"))
        assert (fetch(wanted.url).root / "a.txt").read_text() == "wanted"

    def test_a_missing_git_is_a_clear_error(
        self, fetch: Any, repository: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(SourceError, match="git is not installed"):
            fetch(repository.url)

    def test_a_password_in_the_url_is_neither_shown_nor_kept(self, fetch: Any) -> None:
        with pytest.raises(SourceError) as caught:
            fetch("http://ada:s3cret@127.0.0.1:9/x/y.git")
        error = caught.value
        assert "s3cret" not in f"{error.what}{error.why}{error.hint}"
        assert "http://127.0.0.1:9/x/y.git" in error.what

    def test_an_interrupted_fetch_leaves_neither_processes_nor_files(self, tmp_path: Path, repository: Any) -> None:
        bin_folder = tmp_path / "bin"
        bin_folder.mkdir()
        real = shutil.which("git")
        (bin_folder / "git").write_text(
            f'#!/bin/sh\ncase "$*" in *" fetch "*) sleep 300 & echo $! > {tmp_path}/child; wait;; esac\n'
            f'exec {real} "$@"\n'
        )
        (bin_folder / "git").chmod(0o755)
        script = (
            "from contextlib import ExitStack\n"
            "from mintage import sources\n"
            "from mintage.user.settings import Settings\n"
            "from mintage.user.cookiecutterrc import CookiecutterSettings\n"
            f"sources.fetch({repository.url!r}, settings=Settings(), cookiecutter=CookiecutterSettings,"
            " scratch=ExitStack(), warn=print)\n"
        )
        run = subprocess.Popen(
            [sys.executable, "-c", script],
            env={**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"},
            stderr=subprocess.DEVNULL,
        )
        child = _wait_for_number(tmp_path / "child")
        run.send_signal(signal.SIGINT)
        run.wait(timeout=60)
        wait_until_ended(child)
        assert entries() == []


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("waited a minute in vain")
        time.sleep(0.02)


def _wait_for_number(file: Path) -> int:
    _wait_until(lambda: file.exists() and bool(file.read_text().strip()))
    return int(file.read_text())


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("fatal: Authentication failed for 'https://h/x/'", "credentials"),
        ("fatal: could not read Username for 'https://h': terminal prompts disabled", "credentials"),
        ("git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.", "credentials"),
        ("Host key verification failed.\nfatal: Could not read from remote repository.", "ssh does not know"),
        ("remote: Repository not found.\nfatal: repository 'https://h/x/' not found", "not found"),
        ("fatal: '/x' does not appear to be a git repository", "not found"),
        ("fatal: unable to access 'https://h/': Could not resolve host: h", "cannot be reached"),
        ("ssh: connect to host h port 22: Connection refused", "cannot be reached"),
        ("fatal: detected dubious ownership in repository at '/x'", "another user"),
        ("fatal: unable to access 'https://h/x/': The requested URL returned error: 403", "credentials"),
        ("fatal: something else", "git refused"),
    ],
)
def test_what_git_says_is_explained(said: str, meant: str) -> None:
    assert meant in _explain(said)[0]
