"""Mirrors of git repositories: a bare one in the cache, and one checked-out directory for each commit that was used.

Knows nothing about templates. A checked-out directory has what `git clone` and `git checkout` would leave (line
endings, links and executable bits included; submodules as empty directories), but no `.git`: it is shared by all runs
that use the commit, and never changed. It has the repository's name, as a clone would.
"""

from __future__ import annotations

import os
import re
import stat
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mintage.addresses import public_text
from mintage.errors import SourceError
from mintage.files.trees import remove_tree
from mintage.sources.cache import cache_entry, entry_folder, incoming, readable_name
from mintage.sources.gitcommand import GitError, git
from mintage.sources.local import make_view, repository_in
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mintage.sources.local import View
    from mintage.sources.references import Address

# The default branch's commit is kept as a ref, since a fetch does not move a mirror's own HEAD.
_DEFAULT = "refs/mintage/HEAD"
_EVERYTHING = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_FULL_HASH = re.compile(r"[0-9a-f]{40}")
_HEAD = re.compile(r"HEAD(?=[~^]|$)")
_TREES_KEPT_SECONDS = 30 * 24 * 3600
_REFS_SHOWN = 5

# A pattern for what git prints (in English, because of LC_ALL=C), what it means, and what to do.
_REASONS = (
    (r"dubious ownership", "the repository belongs to another user", "git config --global --add safe.directory FOLDER"),
    (
        r"authentication failed|could not read (username|password)|permission denied|error: 40[13]",
        "the server rejected the credentials",
        "check that `git ls-remote` works for this address, or that it is spelled correctly",
    ),
    (r"host key verification failed", "ssh does not know the server's host key", "connect to it once with ssh"),
    (
        r"not found|does not exist|does not appear to be a git repository|error: 404",
        "the repository was not found",
        "check the address; for a private repository, check your credentials",
    ),
    (
        r"could not resolve|couldn't connect|failed to connect|connection|timed out|unreachable|unable to access",
        "the server cannot be reached",
        "check the network, and try again",
    ),
)


@contextmanager
def mirror_of(address: Address) -> Iterator[Mirror]:
    """Lock and yield the mirror of a repository. Locking a second one inside the block can deadlock."""
    with cache_entry("git", address.key) as entry:
        yield Mirror(entry, address)


def last_checked_out(address: Address) -> Path | None:
    """Return the directory that the last run with this repository used; None if there is none. Takes no lock."""
    try:
        places = sorted((entry_folder("git", address.key) / "trees").iterdir(), key=lambda place: place.stat().st_mtime)
    except OSError:
        return None
    return places[-1] / readable_name(address.location) if places else None


def _refuse_unsafe(ref: str | None) -> None:
    """Refuse text that git could mistake for an option, or that cannot be a revision."""
    if ref is not None and (not ref or ref.startswith("-") or not ref.isprintable() or " " in ref or ":" in ref):
        raise SourceError(f"{ref!r} is not a revision", hint="use a branch, a tag or a commit")


class Mirror:
    """The mirror of one repository, and the directories checked out from it.

    Args:
        entry: The cache entry of the repository, which the caller has locked.
        address: Where the repository is.
    """

    def __init__(self, entry: Path, address: Address) -> None:
        self.entry = entry
        self.path = entry / "mirror.git"
        """The bare repository."""
        self._address = address
        self._stamp = entry / "fetched"

    def commit_at(self, ref: str | None, *, online: bool) -> str:
        """Return the full hash of the commit that a revision names, fetching it if it is not in the mirror.

        Args:
            ref: A branch, tag, commit, or anything else that names a commit in git; None for the remote's default
                branch.
            online: Whether the remote may be contacted.

        Raises:
            SourceError: There is no such revision.
        """
        _refuse_unsafe(ref)
        commit = self.commit_of(ref) or (self.fetch_unadvertised(ref) if online and ref else None)
        if commit is None:
            raise self.no_such_ref(ref, online=online)
        return commit

    def tags(self) -> list[str]:
        """Return the names of all tags, sorted."""
        return git(self.path, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/tags").split()

    def describe(self, commit: str) -> str:
        """Return what `git describe` calls a commit: a tag, a tag with the commits since, or a short hash.

        The length of a short hash depends on the number of objects. A repository on this disk has more of them than its
        mirror, and so has the clone that Copier asks; therefore the repository itself is asked first.
        """
        if self._address.folder is not None:
            try:
                with self.view() as view:
                    return _described(view.path, commit)
            except GitError:
                pass  # the repository doesn't have the commit: the mirror made it of uncommitted changes
        return _described(self.path, commit)

    @contextmanager
    def view(self) -> Iterator[View]:
        """Yield a view of the repository itself, which must be on this machine.

        Raises:
            GitError: It is not a git repository.
        """
        folder = self._address.folder or ""
        found = repository_in(folder) or repository_in(f"{folder}.git")
        if found is None:
            raise GitError(f"'{folder}' does not appear to be a git repository")
        with incoming(self.entry) as scratch:
            place = scratch.absolute() / "view"
            try:
                yield make_view(found, place)
            except GitError as error:
                raise GitError(error.message.replace(str(place), folder)) from error

    def bring_up_to_date(self, ref: str | None, *, online: bool, warn: Callable[[str], None]) -> None:
        """Fetch from the remote; if that fails, warn and use what was fetched before.

        Args:
            ref: The revision that will be needed, if known: nothing is fetched for a full hash that is already here.
            online: Whether the remote may be contacted.
            warn: Called if the remote cannot be reached.

        Raises:
            SourceError: The fetch failed, and nothing was fetched before.
        """
        _refuse_unsafe(ref)
        if not self.path.is_dir():
            if not online:
                raise SourceError(
                    f"{self._address.public} is not in the cache, and nothing may be fetched",
                    hint="run once with `Options(offline=False)`",
                )
            self._create()
            return
        if not online or (ref and _FULL_HASH.fullmatch(ref) and self.commit_of(ref)):
            return
        try:
            self._remove_stale_locks()
            self._fetch_all(self.path)
        except GitError as error:
            fetched = time.strftime("%Y-%m-%d %H:%M", time.localtime(self._stamp.stat().st_mtime))
            reason, _ = _explain(error.message)
            warn(f"{self._address.public} could not be fetched ({reason}); the copy of {fetched} is used")

    def commit_of(self, ref: str | None) -> str | None:
        """Return the full hash of the commit that a revision names in the mirror; None if there is none."""
        wanted = _HEAD.sub(_DEFAULT, ref or "HEAD")
        for candidate in (wanted, wanted.removeprefix("origin/")):
            try:
                return git(self.path, "rev-parse", "--verify", "--quiet", candidate + "^{commit}").strip()
            except GitError:
                continue
        return None

    @property
    def is_empty(self) -> bool:
        """Whether the repository has no commits yet."""
        return not git(self.path, "for-each-ref", "--count=1").strip()

    def fetch_unadvertised(self, ref: str) -> str | None:
        """Fetch a revision that isn't on any branch or tag, such as a pull request's. Not every server allows it."""
        if not (_FULL_HASH.fullmatch(ref) or ref.startswith("refs/")):
            return None
        kept = f"refs/mintage/asked/{ref}"
        try:
            self._fetch(self.path, f"+{ref}:{kept}")
        except GitError:
            return None
        return self.commit_of(kept)

    def no_such_ref(self, ref: str | None, *, online: bool) -> SourceError:
        """Return the error for a revision that does not exist, suggesting similar ones."""
        repository = self._address.public
        names = git(self.path, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads", "refs/tags").split()
        if ref in (None, "HEAD"):
            return SourceError(
                f"{repository} has no default branch" if names else f"{repository} has no commits",
                hint=f"choose one of {', '.join(names[:_REFS_SHOWN])} with `Options(ref=...)`"
                if names
                else "commit something first, or leave out `Options(ref=...)`",
            )
        hint = suggest(ref or "", names) or f"there are {', '.join(names[:_REFS_SHOWN])}"
        where = repository if online else f"the cached copy of {repository}"
        return SourceError(f"{where} has no branch, tag or commit {ref!r}", hint=hint if names else "")

    def checked_out(self, commit: str) -> Path:
        """Return the directory with the commit's files, checking them out if necessary."""
        return self.kept(commit, lambda work: self._check_out(commit, work))

    def kept(self, name: str, make: Callable[[Path], None]) -> Path:
        """Return the directory kept under a name. If it does not exist, `make` fills it before it appears."""
        trees = self.entry / "trees"
        trees.mkdir(exist_ok=True)
        # A checkout's permissions follow the umask, and the project's follow the checkout's.
        place = trees / f"{name}-{_umask(self.entry):03o}"
        folder = place / readable_name(self._address.location)
        if not folder.is_dir():
            with incoming(self.entry) as made:
                work = made / "tree" / folder.name
                work.mkdir(parents=True)
                make(work)
                work.parent.rename(place)
            _forget_old(trees)
        os.utime(place)
        return folder

    def _check_out(self, commit: str, work: Path) -> None:
        index = {"GIT_INDEX_FILE": str(work.parent.parent / "index")}
        try:
            git(self.path, f"--work-tree={work}", "read-tree", "--reset", "-u", commit, environment=index)
        except GitError as error:
            raise self.refused("could not be checked out", error) from error

    def _create(self) -> None:
        with incoming(self.entry) as made:
            mirror = made / "mirror.git"
            try:
                git(mirror, "init", "--quiet", "--bare", "--template=")
                git(mirror, "config", "remote.origin.url", self._address.public)  # git-lfs looks for it
                self._fetch_all(mirror)
            except GitError as error:
                raise self.refused("could not be fetched", error) from error
            mirror.rename(self.path)

    def _fetch_all(self, mirror: Path) -> None:
        try:
            self._fetch(mirror, f"+HEAD:{_DEFAULT}", *_EVERYTHING)
        except GitError as error:
            if "remote ref HEAD" not in error.message:
                raise
            self._fetch(mirror, *_EVERYTHING)  # its HEAD names a branch that does not exist
        self._stamp.touch()

    def _fetch(self, mirror: Path, *refspecs: str) -> None:
        options = ("--quiet", "--prune", "--force", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")

        def fetch(remote: str) -> None:
            # The repository may itself be shallow, as in continuous integration.
            git(mirror, "fetch", *options, "--update-shallow", "--", remote, *refspecs)

        if self._address.folder is None:
            fetch(self._address.location)
            return
        with self.view() as view:  # git would otherwise run `upload-pack` with the repository's own configuration
            fetch(str(view.path))

    def _remove_stale_locks(self) -> None:
        """Remove the lock files of a git that was killed. This process has locked the entry, so no other uses them."""
        for lock in (*self.path.glob("*.lock"), *(self.path / "refs").rglob("*.lock")):
            lock.unlink(missing_ok=True)

    def refused(self, what: str, error: GitError) -> SourceError:
        """Return the error to show for an operation that git refused, without credentials."""
        reason, hint = _explain(error.message)
        message = public_text(error.message.replace(self._address.location, self._address.public))
        return SourceError(f"{self._address.public} {what}: {reason}", why=f"git says: {message}", hint=hint)


def _described(repository: Path, commit: str) -> str:
    return git(repository, "describe", "--tags", "--always", commit).strip()


def _explain(message: str) -> tuple[str, str]:
    """Return what an error message of git means, and what to do about it."""
    for pattern, reason, hint in _REASONS:
        if re.search(pattern, message, re.IGNORECASE):
            return reason, hint
    return "git refused", ""


def _umask(entry: Path) -> int:
    """Return the umask, by creating a directory: `os.umask` would change it, for all threads."""
    probe = entry / "incoming-umask"
    probe.mkdir()
    try:
        return 0o777 & ~stat.S_IMODE(probe.stat().st_mode)
    finally:
        probe.rmdir()


def _forget_old(trees: Path) -> None:
    """Remove directories that no run has used for a month; their commits are still in the mirror."""
    oldest = time.time() - _TREES_KEPT_SECONDS
    for tree in trees.iterdir():
        if tree.stat().st_mtime < oldest:
            remove_tree(tree)
