"""Fills the directories of a checked-out repository's submodules. Each has its own mirror, like any repository."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mintage.addresses import public_form
from mintage.errors import SourceError, UnsafePathError
from mintage.sources.git import mirror_of
from mintage.sources.gitcommand import GitError, git
from mintage.sources.references import submodule_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mintage.sources.git import Mirror
    from mintage.sources.references import Address

    CheckOut = Callable[[Address, str, tuple[str, ...]], Path]

_MODULES = ".gitmodules"
_LINK = "160000"
_DEEPEST = 10


def has_submodules(folder: Path) -> bool:
    """Return whether a checked-out directory has a `.gitmodules`."""
    return os.path.isfile(folder / _MODULES)


def fill_submodules(
    address: Address, folder: Path, commit: str, check_out: CheckOut, above: tuple[str, ...] = ()
) -> Path:
    """Return a copy of a checked-out directory that has the files of all submodules, recursively.

    Args:
        address: Where the repository is.
        folder: The checked-out directory.
        commit: The commit that is checked out there.
        check_out: Returns the directory with a repository's files at a commit.
        above: The keys of the repositories that contain this one as a submodule.

    Raises:
        SourceError: A submodule cannot be fetched; the message names it.
        UnsafePathError: A submodule would be outside of the repository.
    """
    if address.key in above or len(above) > _DEEPEST:
        chain = " -> ".join(map(public_form, (*above, address.key)))
        raise SourceError(f"submodules contain each other, or are nested too deeply: {chain}")
    above = (*above, address.key)
    with mirror_of(address) as mirror:
        links = _links(mirror, commit)
        urls = _urls(mirror, commit)
    # Not while this mirror is locked: another run could have locked theirs and wait for ours.
    parts: dict[str, Path] = {}
    for path in links.keys() & urls.keys():
        with _named(path, address):
            parts[path] = check_out(submodule_address(urls[path], address), links[path], above)

    def assemble(work: Path) -> None:
        shutil.copytree(folder, work, symlinks=True, dirs_exist_ok=True)
        for path, part in parts.items():
            shutil.copytree(part, _place(work, path), symlinks=True, dirs_exist_ok=True)

    with mirror_of(address) as mirror:
        return mirror.kept(f"{commit}-filled", assemble)


@contextmanager
def _named(path: str, address: Address) -> Iterator[None]:
    try:
        yield
    except SourceError as error:
        raise SourceError(
            f"the submodule {path} of {address.public} cannot be fetched: {error.what}", why=error.why, hint=error.hint
        ) from error


def _links(mirror: Mirror, commit: str) -> dict[str, str]:
    """Return the commit of each submodule by its path."""
    links: dict[str, str] = {}
    for line in git(mirror.path, "ls-tree", "-r", "-z", commit).split("\0"):
        about, _, path = line.partition("\t")
        if about.startswith(_LINK):
            links[path] = about.split()[2]
    return links


def _urls(mirror: Mirror, commit: str) -> dict[str, str]:
    """Return the URL of each submodule by its path."""
    try:
        listed = git(mirror.path, "config", f"--blob={commit}:{_MODULES}", "--null", "--list")
    except GitError as error:
        raise SourceError(f"{_MODULES} cannot be read: {error.message}") from error
    settings = dict(line.partition("\n")[::2] for line in listed.split("\0") if line)
    return {
        path: settings[name.removesuffix(".path") + ".url"]
        for name, path in settings.items()
        if name.endswith(".path") and name.removesuffix(".path") + ".url" in settings
    }


def _place(work: Path, path: str) -> Path:
    """Return the directory of a submodule, which git left empty."""
    place = os.path.normpath(work / path)
    root = os.path.realpath(work)
    if os.path.realpath(place) != os.path.join(root, path) or ".git" in path.lower().split("/"):
        raise UnsafePathError(f"the submodule {path!r} would be outside of the repository")
    return work / path
