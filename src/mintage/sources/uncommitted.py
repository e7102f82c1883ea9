"""Makes a commit of the uncommitted changes in a repository on this machine, without writing to the repository."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import SourceError, UnsafePathError
from mintage.sources.cache import incoming
from mintage.sources.gitcommand import GitError, git
from mintage.sources.local import make_view, repository_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mintage.sources.git import Mirror

_AUTHOR = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Mintage"), ("EMAIL", "mintage@localhost"))
}
_LINK = "160000"
_NOTHING = "0" * 40
_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # which git knows in every repository
_READ_BY_GIT = frozenset({".gitattributes", ".gitignore"})
_COMMITTER = re.compile(r"^committer .*> (\d+ [+-]\d{4})$", re.MULTILINE)


def commit_of_work_tree(mirror: Mirror, commit: str | None, warn: Callable[[str], None]) -> str | None:
    """Return a commit with the current files of the work tree; None if nothing differs from `commit`.

    The commit includes new files, but not ignored ones. The same files always result in the same commit.

    Args:
        mirror: The mirror of the repository, to which the commit is written.
        commit: The work tree's HEAD, which the mirror has; None if there are no commits yet.
        warn: Called for each new repository within the work tree, which is left out.

    Raises:
        SourceError: git cannot read the work tree.
    """
    try:
        with mirror.view() as view, incoming(mirror.entry) as scratch:
            if view.work_tree is None:
                return None
            return _WorkTree(mirror, view.path, view.work_tree, scratch, warn).commit(commit)
    except GitError as error:
        raise mirror.refused("has uncommitted changes that could not be read", error) from error


class _WorkTree(Struct, frozen=True):
    """A work tree, read through a view of its repository."""

    mirror: Mirror
    """The mirror that receives new objects."""
    view: Path
    """The git directory of the view."""
    folder: str
    """The work tree's directory."""
    scratch: Path
    """A temporary directory, for views of the repositories in the work tree."""
    warn: Callable[[str], None]
    """Called for each new repository within the work tree."""

    def commit(self, head: str | None) -> str | None:
        """Return a commit of the work tree; None if nothing differs from `head`."""
        self._fill_index(head)
        if head is None:
            return self._first_commit()
        if not self._run("diff-index", "--cached", "--name-only", "--ignore-submodules=all", head):
            return None
        tree = self._run("write-tree")
        # The parent's date, so that the commit does not depend on the current time.
        written = _COMMITTER.search(self._run("cat-file", "commit", head).partition("\n\n")[0])
        date = f"@{written[1]}" if written else "@0 +0000"
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        return self._run("commit-tree", "-p", head, "-m", "Changes that are not committed yet", tree, more=dates)

    def _first_commit(self) -> str | None:
        if not self._run("ls-files"):
            return None
        dates = {"GIT_AUTHOR_DATE": "@0 +0000", "GIT_COMMITTER_DATE": "@0 +0000"}
        return self._run("commit-tree", "-m", "Not committed yet", self._run("write-tree"), more=dates)

    def _new_repositories(self) -> list[str]:
        """Return the paths of repositories in the work tree that are not part of this one."""
        others = self._run("ls-files", "--others", "--exclude-standard", "-z").split("\0")
        return [path.rstrip("/") for path in others if path.endswith("/")]

    def _fill_index(self, head: str | None) -> None:
        """Add everything that is tracked or new to the index.

        git would inspect nested repositories with *their* configuration. So tracked ones are excluded, and so are new
        ones, whose files git would not add anyway.
        """
        try:
            self._run("read-tree", "--reset", head or _EMPTY_TREE)  # keeps what the index knows of unchanged files
        except GitError:
            with suppress(FileNotFoundError):
                (self.view / "index").unlink()
            self._run("read-tree", *([head] if head else ["--empty"]))
        self._run("update-index", "-q", "--really-refresh")  # files marked as `assume-unchanged`, too
        before = self._links()
        there = {path for path in before if self._is_folder(path)}
        self._set_links(dict.fromkeys(before.keys() - there, None))
        new = self._new_repositories()
        for path in new:
            self.warn(
                f"{path} is a git repository of its own, so it is left out; "
                f"add it as a submodule, ignore it in .gitignore, or remove it"
            )
        excluded = (f":(exclude,top,literal){path}" for path in sorted({*there, *new}))
        self._run("add", "--all", "--", ":/", *excluded)
        now = {path: self._commit_in(path) for path in self._links()}
        self._set_links({path: commit for path, commit in now.items() if commit or path not in there})

    def _links(self) -> dict[str, str]:
        """Return the commit of each submodule in the index by its path."""
        links: dict[str, str] = {}
        for line in self._run("ls-files", "--stage", "-z").split("\0"):
            about, _, path = line.partition("\t")
            if about.startswith(_LINK):
                links[path] = about.split()[1]
        return links

    def _set_links(self, links: dict[str, str | None]) -> None:
        lines = [f"{_LINK if commit else 0} {commit or _NOTHING}\t{path}\0" for path, commit in links.items()]
        if lines:
            self._run("update-index", "-z", "--index-info", given="".join(lines))

    def _is_folder(self, path: str) -> bool:
        place = os.path.join(self.folder, path)
        return os.path.realpath(place) == place and os.path.isdir(place)

    def _commit_in(self, path: str) -> str | None:
        """Return the commit that is checked out in a nested repository; None if there is no repository."""
        place = os.path.join(self.folder, path)
        try:
            found = repository_in(place)
            if found is None or found.work_tree is None:
                return None
            with incoming(self.scratch) as scratch:
                return git(make_view(found, scratch / "view").path, "rev-parse", "--verify", "HEAD").strip()
        except (GitError, UnsafePathError):
            return None

    def _run(self, *arguments: str, given: str = "", more: dict[str, str] | None = None) -> str:
        objects = {"GIT_OBJECT_DIRECTORY": os.path.abspath(self.mirror.path / "objects")}
        # When the commit is checked out, git-lfs looks for its files beside the mirror.
        large = f"lfs.storage={os.path.abspath(self.mirror.path / 'lfs')}"
        here = ("-C", self.folder, f"--work-tree={self.folder}", "-c", large)
        environment = {**_AUTHOR, **objects, **(more or {})}
        printed = git(
            self.view, *here, *arguments, environment=environment, given=given, when_slow=self._refuse_what_blocks
        )
        return printed.strip()

    def _refuse_what_blocks(self) -> None:
        """Raise SourceError for a pipe in place of a file that git reads: git would wait forever for its contents."""
        for place, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if name != ".git"]
            for name in _READ_BY_GIT.intersection(names):
                path = os.path.join(place, name)
                if os.path.exists(path) and not os.path.isfile(path):
                    raise SourceError(f"{path} is not a regular file, and git cannot read it")
