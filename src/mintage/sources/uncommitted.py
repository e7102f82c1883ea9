"""What is not committed yet in a repository of this machine, as a commit of our own. Writes nothing into it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mintage.sources.cache import incoming
from mintage.sources.gitcommand import git

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.sources.git import Mirror

_AUTHOR = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Mintage"), ("EMAIL", "mintage@localhost"))
}


def commit_of_work_tree(mirror: Mirror, work_tree: Path) -> str | None:
    """A commit with the files of a work tree as they are now, kept in the mirror; None if nothing differs from HEAD.

    New files are in it, but none that the repository ignores. The same files give the same commit.
    """
    repository = work_tree / ".git"
    if not repository.exists():
        return None
    here = f"--work-tree={work_tree}"
    if not git(repository, here, "status", "--porcelain", "--ignore-submodules=all").strip():
        return None
    with incoming(mirror.entry) as scratch:
        environment = {
            **_AUTHOR,
            "GIT_INDEX_FILE": str(scratch / "index"),
            "GIT_OBJECT_DIRECTORY": str(mirror.path / "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": _objects_of(repository),
        }

        def run(*arguments: str) -> str:
            return git(repository, here, *arguments, environment=environment).strip()

        run("read-tree", "HEAD")
        run("add", "--all", f"{work_tree}")
        tree = run("write-tree")
        # The date of the commit before, so that nothing in the new one depends on the time.
        date = run("show", "--no-patch", "--format=%cI", "HEAD")
        environment |= {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        return run("commit-tree", "-p", "HEAD", "-m", "Changes that are not committed yet", tree)


def _objects_of(repository: Path) -> str:
    return os.path.abspath(git(repository, "rev-parse", "--git-path", "objects").strip())
