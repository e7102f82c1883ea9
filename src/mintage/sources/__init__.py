"""Where templates come from: a reference becomes a directory on disk and its origin. Knows no format."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from mintage.addresses import is_url, public_form
from mintage.errors import SourceError, UnsafePathError
from mintage.sources.references import Kind, resolve
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from mintage.sources.references import Address
    from mintage.sources.repository import Repository
    from mintage.user.cookiecutterrc import CookiecutterSettings
    from mintage.user.settings import Settings


class Origin(Struct, frozen=True):
    """Where a template came from."""

    reference: str
    """What the user typed, without credentials; a path object as an absolute path."""
    url: str
    """The expanded address without credentials, or an absolute path."""
    ref: str | None = None
    """The revision asked for."""
    commit: str = ""
    """The full hash of the commit; "" when the template is not from a git repository."""
    names: tuple[str, ...] = ()
    """The reference and the address with any credentials, to compare with trusted sources. Never show them."""

    @property
    def version(self) -> str:
        """The revision for display, such as "v1 (1a2b3c4)"; "" when the template is not from a git repository."""
        commit = self.commit[:7]
        if not commit or not self.ref or self.commit.startswith(self.ref):
            return commit
        return f"{self.ref} ({commit})"


class Source(Struct, frozen=True):
    """A template's directory on disk."""

    root: Path
    """The directory to load (with `directory` applied)."""
    top: Path
    """The directory fetched."""
    origin: Origin
    """Where it came from."""
    directory: str | None = None
    """The template's directory, relative to `top`; None for `top` itself."""
    repository: Repository | None = None
    """The git repository that `top` is or was checked out from; None if there is none."""

    def at(self, ref: str, *, submodules: bool = False, uncommitted: bool = False) -> Source:
        """Return the same source at another revision of its repository; see `Repository.check_out`.

        Raises:
            SourceError: There is no repository, or no such revision.
        """
        if self.repository is None:
            raise _no_revision(self.origin.url, ref)
        top, commit = self.repository.check_out(ref, submodules=submodules, uncommitted=uncommitted)
        root = _folder_in(top, self.directory) if self.directory else top
        return replace(self, root=root, top=top, origin=replace(self.origin, ref=ref, commit=commit))


def fetch(
    reference: str | Path,
    *,
    ref: str | None = None,
    directory: str | None = None,
    settings: Settings,
    cookiecutter: Callable[[], CookiecutterSettings],
    scratch: ExitStack,
    offline: bool = False,
    warn: Callable[[str], None],
) -> Source:
    """Fetch a template. Its directory may be shared with other runs: do not change it.

    Args:
        reference: A directory, zip file, git URL, short form or registered name.
        ref: A branch, tag or commit of a git repository.
        directory: The directory in the source that holds the template.
        settings: The user's settings, for registered names and short forms.
        cookiecutter: Loads Cookiecutter's settings; called only if the reference may need them.
        scratch: Removes what is temporary when the run is over.
        offline: Whether to use only what is on this machine or in the cache.
        warn: Called with each warning.

    Raises:
        SourceError: There is no such template.
        UnsafePathError: The template's directory is outside of its source.
    """
    # A path object is never an address or a name, not even for the list of trusted sources.
    typed = str(reference.expanduser().absolute()) if isinstance(reference, Path) else reference
    address = resolve(typed, ref=ref, settings=settings, cookiecutter=cookiecutter)
    ref = ref or address.ref
    directory = directory or address.directory
    commit = ""
    repository: Repository | None = None
    if address.kind is Kind.GIT:
        repository = _repository(address, offline=offline, warn=warn)
        top, commit = repository.check_out(ref)
    elif ref not in (None, "HEAD"):  # Copier ignores it, too, for what is no repository
        raise _no_revision(address.public, ref)
    elif address.kind is Kind.FOLDER:
        top = Path(address.location)
        if os.path.lexists(top / ".git") and _has_own_repository(top, warn):
            repository = _repository(replace(address, kind=Kind.GIT), offline=offline, warn=warn)
    else:
        from mintage.sources.archive import fetch_archive

        top = fetch_archive(address, scratch=scratch, offline=offline, warn=warn)
    root = _folder_in(top, directory) if directory else top
    origin = Origin(_shown(typed, address), address.public, ref, commit, (typed, address.key))
    return Source(root, top, origin, directory, repository)


def _shown(typed: str, address: Address) -> str:
    """Return what the user typed, without credentials."""
    if is_url(typed):
        return public_form(typed)
    return address.public if "://" in address.location and ("@" in typed or "?" in typed) else typed


def _repository(address: Address, *, offline: bool, warn: Callable[[str], None]) -> Repository:
    from mintage.sources.repository import Repository

    return Repository(address, offline=offline, warn=warn)


def _has_own_repository(folder: Path, warn: Callable[[str], None]) -> bool:
    from mintage.sources.local import repository_in

    try:
        return repository_in(folder) is not None
    except UnsafePathError as error:
        warn(f"{error.what}; the directory is used as it is")
        return False


def at_hand(
    reference: str, directory: str | None, settings: Settings, cookiecutter: Callable[[], CookiecutterSettings]
) -> Source | None:
    """Return a template that is already on this disk: a directory, or what the last run used of a git repository.

    Fetches nothing, doesn't run git, doesn't wait for other runs, and changes nothing. Return None if the template is
    not on this disk.

    Raises:
        SourceError: There is no such template.
    """
    address = resolve(reference, ref=None, settings=settings, cookiecutter=cookiecutter)
    if address.kind is Kind.FOLDER:
        top: Path | None = Path(address.location)
    elif address.kind is Kind.GIT:
        from mintage.sources.git import last_checked_out

        top = last_checked_out(address)
    else:
        top = None
    if top is None:
        return None
    directory = directory or address.directory
    root = _folder_in(top, directory) if directory else top
    return Source(root, top, Origin(_shown(reference, address), address.public), directory)


def _no_revision(address: str, ref: str) -> SourceError:
    return SourceError(
        f"{address} has no revision {ref!r}, because it is not a git repository", hint="leave out `Options(ref=...)`"
    )


def _folder_in(top: Path, directory: str) -> Path:
    """Return the directory of the source that holds the template.

    Raises:
        UnsafePathError: The directory is outside of the source.
        SourceError: The directory does not exist.
    """
    place = os.path.normpath(top / directory)
    real_top, real = os.path.realpath(top), os.path.realpath(place)
    if real != real_top and not real.startswith(real_top.rstrip("/") + "/"):
        raise UnsafePathError(
            f"the directory {directory!r} leads out of the template's source", why=f"it resolves to {real}"
        )
    if not os.path.isdir(real):
        folders = [
            os.path.relpath(os.path.join(folder, name), top)
            for folder, names, _ in os.walk(top)
            for name in names
            if name != ".git"
        ]
        raise SourceError(
            f"there is no directory {directory!r} in the template's source",
            hint=suggest(directory, folders),
        )
    return Path(place)


__all__ = ["Origin", "Source", "at_hand", "fetch"]
