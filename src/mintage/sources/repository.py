"""The git repository of a template, in which its revisions can be checked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.sources.git import mirror_of
from mintage.sources.submodules import fill_submodules, has_submodules
from mintage.sources.uncommitted import commit_of_work_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mintage.sources.git import Mirror
    from mintage.sources.references import Address


class Repository:
    """One repository during one run: it is fetched at most once, so all answers are consistent.

    Args:
        address: Where the repository is.
        offline: Whether to contact no other machine.
        warn: Called when a fetch fails and the cache is used, and when uncommitted changes are used.
    """

    def __init__(self, address: Address, *, offline: bool, warn: Callable[[str], None]) -> None:
        self.address = address
        self._online = address.is_local or not offline
        self._warn = warn
        self._is_fetched = False
        self._checked_out: dict[tuple[str | None, bool, bool], tuple[Path, str]] = {}
        self._versions: tuple[str, ...] | None = None
        self._descriptions: dict[str, str] = {}

    @property
    def is_local(self) -> bool:
        """Whether the repository is on this machine."""
        return self.address.is_local

    def version_tags(self) -> tuple[str, ...]:
        """Return the tags that are versions by PEP 440, pre-releases included, the newest first."""
        if self._versions is None:
            self._versions = self._find_versions()
        return self._versions

    def _find_versions(self) -> tuple[str, ...]:
        from packaging.version import InvalidVersion, Version

        with mirror_of(self.address) as mirror:
            self._fetch(mirror, None)
            tags = mirror.tags()
        versions: list[tuple[Version, str]] = []
        for tag in tags:
            try:
                versions.append((Version(tag), tag))
            except InvalidVersion:
                continue
        return tuple(tag for _, tag in sorted(versions, key=lambda found: found[0], reverse=True))

    def check_out(
        self, ref: str | None, *, submodules: bool = False, uncommitted: bool = False, above: tuple[str, ...] = ()
    ) -> tuple[Path, str]:
        """Return the directory with the files at a revision, and the commit's hash.

        The directory is shared: do not change it.

        Args:
            ref: Anything that names a commit; None for the default branch.
            submodules: Whether to check out submodules, too.
            uncommitted: Whether to include uncommitted changes, if the repository has a work tree.
            above: The keys of the repositories that contain this one as a submodule.

        Raises:
            SourceError: The repository cannot be fetched, or has no such revision.
        """
        known = (ref, submodules, uncommitted)
        if known not in self._checked_out:
            self._checked_out[known] = self._check_out(ref, submodules, uncommitted, above)
        return self._checked_out[known]

    def describe(self, commit: str) -> str:
        """Return the output of `git describe --tags --always` for a commit that was checked out."""
        if commit not in self._descriptions:
            with mirror_of(self.address) as mirror:
                self._descriptions[commit] = mirror.describe(commit)
        return self._descriptions[commit]

    def _check_out(
        self, ref: str | None, submodules: bool, uncommitted: bool, above: tuple[str, ...]
    ) -> tuple[Path, str]:
        with mirror_of(self.address) as mirror:
            self._fetch(mirror, ref)
            commit = self._commit(mirror, ref, uncommitted=uncommitted and self.is_local)
            folder = mirror.checked_out(commit)
        if submodules and has_submodules(folder):
            folder = fill_submodules(self.address, folder, commit, self._submodule, above)
        return folder, commit

    def _commit(self, mirror: Mirror, ref: str | None, *, uncommitted: bool) -> str:
        """Return the commit of a revision, or one that has the uncommitted changes, too."""
        if not uncommitted:
            return mirror.commit_at(ref, online=self._online)
        head = None if mirror.is_empty else mirror.commit_at(ref, online=self._online)
        taken = commit_of_work_tree(mirror, head, self._warn)
        if taken is None:
            return head or mirror.commit_at(ref, online=self._online)
        self._warn(f"{self.address.public} has uncommitted changes, which are included")
        return taken

    def _fetch(self, mirror: Mirror, ref: str | None) -> None:
        if not self._is_fetched:
            mirror.bring_up_to_date(ref, online=self._online, warn=self._warn)
            self._is_fetched = True

    def _submodule(self, address: Address, commit: str, above: tuple[str, ...]) -> Path:
        repository = Repository(address, offline=not self._online, warn=self._warn)
        return repository.check_out(commit, submodules=True, above=above)[0]
