"""Other revisions of a source: newest versions, what is not committed, submodules, bundles."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from mintage.errors import SourceError, UnsafePathError
from mintage.sources.references import Address, Kind, submodule_address

if TYPE_CHECKING:
    from pathlib import Path


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def digest(folder: Path) -> str:
    """Of all that is below a directory, names and bytes."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        found.update(str(path).encode() + (path.read_bytes() if path.is_file() else b""))
    return found.hexdigest()


class TestVersions:
    def test_tags_that_are_versions_come_newest_first(self, fetch: Any, repository: Any) -> None:
        for tag in ("v1.0.0", "v1.10.0", "1.9.0", "v2.0.0rc1", "nightly", "v1.0.0.post1"):
            repository.git("tag", tag)
        source = fetch(repository.url)
        assert source.repository.version_tags() == ("v2.0.0rc1", "v1.10.0", "1.9.0", "v1.0.0.post1", "v1.0.0")

    def test_annotated_tags_count_too(self, fetch: Any, repository: Any) -> None:
        repository.git("tag", "-a", "1.0", "-m", "one")
        assert fetch(repository.url).repository.version_tags() == ("1.0",)

    def test_another_revision_is_a_source_of_its_own(self, fetch: Any, repository: Any) -> None:
        first = repository.git("rev-parse", "HEAD")
        repository.git("tag", "1.0")
        repository.commit({"a.txt": "two"})
        source = fetch(repository.url).at("1.0")
        assert contents(source.root) == {"a.txt": "one"}
        assert (source.origin.ref, source.origin.commit, source.origin.url) == ("1.0", first, repository.url)

    def test_the_folder_in_the_repository_stays_the_same(self, fetch: Any, make_repository: Any) -> None:
        repository = make_repository(files={"sub/a.txt": "one"})
        repository.git("tag", "1.0")
        assert contents(fetch(repository.url, directory="sub").at("1.0").root) == {"a.txt": "one"}

    def test_the_remote_is_asked_once_in_a_run(self, fetch: Any, repository: Any) -> None:
        repository.git("tag", "1.0")
        source = fetch(repository.url)
        repository.git("tag", "2.0")
        assert source.repository.version_tags() == ("1.0",)

    def test_commits_are_called_by_the_tag_before_them(self, fetch: Any, repository: Any) -> None:
        repository.git("tag", "1.0")
        source = fetch(repository.url)
        assert source.repository.describe(source.origin.commit) == "1.0"
        commit = repository.commit({"b": "x"})
        source = fetch(repository.url)
        assert source.repository.describe(commit) == f"1.0-1-g{commit[:7]}"

    def test_one_on_the_disk_says_itself_how_short_a_hash_is(self, fetch: Any, repository: Any) -> None:
        repository.git("config", "core.abbrev", "12")  # as with many objects, which its mirror does not have
        source = fetch(str(repository.path), ref="HEAD")
        assert source.repository.describe(source.origin.commit) == source.origin.commit[:12]

    def test_a_folder_that_is_no_repository_has_no_revisions(self, fetch: Any, tmp_path: Path) -> None:
        source = fetch(str(tmp_path))
        assert source.repository is None
        with pytest.raises(SourceError, match="not a git repository"):
            source.at("1.0")


class TestLocalRepositories:
    def test_a_work_tree_is_used_as_it_is_until_a_revision_is_wanted(self, fetch: Any, repository: Any) -> None:
        repository.git("tag", "1.0")
        (repository.path / "a.txt").write_text("changed")
        source = fetch(str(repository.path))
        assert source.root == repository.path
        assert contents(source.at("1.0").root) == {"a.txt": "one"}

    def test_what_is_not_committed_can_be_taken_but_nothing_that_is_ignored(self, fetch: Any, repository: Any) -> None:
        repository.commit({".gitignore": "*.log\n", "gone": "x"})
        (repository.path / "a.txt").write_text("changed")
        (repository.path / "new").write_text("new")
        (repository.path / "run.log").write_text("noise")
        (repository.path / "gone").unlink()
        source = fetch(str(repository.path)).at("HEAD", uncommitted=True)
        assert contents(source.root) == {".gitignore": "*.log\n", "a.txt": "changed", "new": "new"}
        assert "uncommitted" in fetch.warnings[0]

    def test_nothing_is_written_into_the_repository(self, fetch: Any, repository: Any) -> None:
        repository.git("tag", "1.0")
        (repository.path / "a.txt").write_text("changed")
        before = digest(repository.path)
        source = fetch(str(repository.path))
        source.repository.version_tags()
        source.at("HEAD", uncommitted=True)
        source.at("1.0")
        assert digest(repository.path) == before

    def test_without_changes_it_is_the_commit_itself(self, fetch: Any, repository: Any) -> None:
        source = fetch(str(repository.path)).at("HEAD", uncommitted=True)
        assert source.origin.commit == repository.git("rev-parse", "HEAD")
        assert fetch.warnings == []

    def test_the_same_changes_give_the_same_commit(self, fetch: Any, repository: Any) -> None:
        (repository.path / "a.txt").write_text("changed")
        commits = {fetch(str(repository.path)).at("HEAD", uncommitted=True).origin.commit for _ in range(2)}
        assert len(commits) == 1

    def test_a_linked_work_tree_is_a_repository_too(self, fetch: Any, repository: Any, tmp_path: Path) -> None:
        repository.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "linked"))
        (tmp_path / "linked" / "a.txt").write_text("changed")
        source = fetch(str(tmp_path / "linked")).at("HEAD", uncommitted=True)
        assert contents(source.root) == {"a.txt": "changed"}

    def test_a_detached_head_is_the_head(self, fetch: Any, repository: Any) -> None:
        repository.git("checkout", "--quiet", "--detach")
        repository.commit({"a.txt": "two"})
        assert contents(fetch(str(repository.path)).at("HEAD").root) == {"a.txt": "two"}

    def test_one_without_commits_is_refused(self, fetch: Any, repository: Any, tmp_path: Path) -> None:
        empty = tmp_path / "empty"
        repository.git("init", "--quiet", str(empty))
        with pytest.raises(SourceError, match="no commits"):
            fetch(str(empty)).at("HEAD")


class TestBundles:
    def test_a_bundle_is_a_repository(self, fetch: Any, repository: Any, tmp_path: Path) -> None:
        repository.git("tag", "1.0")
        repository.commit({"a.txt": "two"})
        repository.git("bundle", "create", str(tmp_path / "t.bundle"), "--all", "HEAD")
        source = fetch(str(tmp_path / "t.bundle"))
        assert contents(source.root) == {"a.txt": "two"}
        assert source.repository.version_tags() == ("1.0",)
        assert contents(source.at("1.0").root) == {"a.txt": "one"}

    def test_one_without_a_head_has_its_branches(self, fetch: Any, repository: Any, tmp_path: Path) -> None:
        repository.git("bundle", "create", str(tmp_path / "t.bundle"), "main")
        assert contents(fetch(str(tmp_path / "t.bundle"), ref="main").root) == {"a.txt": "one"}

    def test_one_that_is_broken_is_refused(self, fetch: Any, tmp_path: Path) -> None:
        (tmp_path / "t.bundle").write_bytes(b"# v2 git bundle\nnonsense\n")
        with pytest.raises(SourceError):
            fetch(str(tmp_path / "t.bundle"))


class TestSubmodules:
    @pytest.fixture
    def nested(self, make_repository: Any) -> Any:
        """A repository with a submodule that has one itself, all addressed relatively."""
        inner = make_repository("inner", {"i.txt": "inner"})
        middle = make_repository("middle", {"m.txt": "middle"})
        outer = make_repository("outer", {"o.txt": "outer"})
        add(middle, inner, "../inner", "in")
        add(outer, middle, "../middle", "mid/dle")
        return outer

    def test_their_folders_are_filled_if_asked_for(self, fetch: Any, nested: Any) -> None:
        filled = fetch(str(nested.path)).at("HEAD", submodules=True)
        assert {name: text for name, text in contents(filled.root).items() if name != ".gitmodules"} == {
            "o.txt": "outer",
            "mid/dle/m.txt": "middle",
            "mid/dle/.gitmodules": (filled.root / "mid/dle/.gitmodules").read_text(),
            "mid/dle/in/i.txt": "inner",
        }

    def test_else_they_are_empty_also_afterwards(self, fetch: Any, nested: Any) -> None:
        source = fetch(str(nested.path))
        source.at("HEAD", submodules=True)
        assert list((source.at("HEAD").root / "mid/dle").iterdir()) == []

    def test_the_commit_that_is_written_down_counts(self, fetch: Any, make_repository: Any) -> None:
        inner, outer = make_repository("inner", {"i": "old"}), make_repository("outer", {})
        add(outer, inner, "../inner", "in")
        inner.commit({"i": "new"})
        assert (fetch(str(outer.path)).at("HEAD", submodules=True).root / "in" / "i").read_text() == "old"

    def test_one_that_cannot_be_had_is_named(self, fetch: Any, make_repository: Any) -> None:
        inner, outer = make_repository("inner"), make_repository("outer", {})
        add(outer, inner, "../nowhere", "in")
        with pytest.raises(SourceError, match=r"the submodule in of .*outer cannot be fetched"):
            fetch(str(outer.path)).at("HEAD", submodules=True)

    def test_a_folder_behind_a_link_is_refused(self, fetch: Any, make_repository: Any, tmp_path: Path) -> None:
        inner, outer = make_repository("inner"), make_repository("outer", {})
        commit = inner.git("rev-parse", "HEAD")
        (outer.path / ".gitmodules").write_text('[submodule "x"]\n\tpath = ok\n\turl = ../inner\n')
        outer.git("add", ".gitmodules")
        outer.git("update-index", "--add", "--cacheinfo", f"160000,{commit},ok")
        outer.git("commit", "--quiet", "-m", "links")
        source = fetch(str(outer.path)).at("HEAD")
        (source.root / "ok").rmdir()
        (source.root / "ok").symlink_to(tmp_path)
        with pytest.raises(UnsafePathError, match="outside of the repository"):
            source.at("HEAD", submodules=True)

    @pytest.mark.parametrize(
        ("url", "above", "expected"),
        [
            ("../b.git", "https://example.org/x/a.git", "https://example.org/x/b.git"),
            ("../../y/b", "https://example.org/x/a/", "https://example.org/y/b"),
            ("./sub", "https://example.org/a", "https://example.org/a/sub"),
            ("../b", "git@example.org:x/a", "git@example.org:x/b"),
            ("../b", "/srv/a", "/srv/b"),
            ("https://other.org/b", "/srv/a", "https://other.org/b"),
        ],
    )
    def test_addresses_are_relative_to_the_repository_above(self, url: str, above: str, expected: str) -> None:
        assert submodule_address(url, Address(Kind.GIT, above)).location == expected

    @pytest.mark.parametrize(
        ("url", "above"),
        [
            ("ext::sh -c true", "/srv/a"),
            ("-uhttps://example.org/b", "/srv/a"),
            ("/etc", "https://example.org/a"),
            ("file::/etc", "https://example.org/a"),
            ("file:///etc", "https://example.org/a"),
            ("b", "/srv/a"),
            ("", "/srv/a"),
            ("https://example.org/\nb", "/srv/a"),
        ],
    )
    def test_addresses_that_could_harm_are_refused(self, url: str, above: str) -> None:
        with pytest.raises(SourceError):
            submodule_address(url, Address(Kind.GIT, above))


def add(outer: Any, inner: Any, url: str, path: str) -> None:
    """Make `inner` a submodule of `outer`, without git's refusal to clone local ones."""
    commit = inner.git("rev-parse", "HEAD")
    (outer.path / ".gitmodules").write_text(f'[submodule "{path}"]\n\tpath = {path}\n\turl = {url}\n')
    outer.git("add", ".gitmodules")
    outer.git("update-index", "--add", "--cacheinfo", f"160000,{commit},{path}")
    outer.git("commit", "--quiet", "-m", "a submodule")
