"""Whether an entry in the user's list of trusted sources matches a source. Fetches nothing, asks nobody.

Both are normalized and compared at path boundaries, so that `https://github.com/acme/` matches none of
`https://github.com/acme-evil/x`, `https://github.com@evil.example/acme/x` and `https://github.com/acme/../evil`.
"""

from __future__ import annotations

import os
import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from mintage.addresses import is_url

if TYPE_CHECKING:
    from mintage.user.settings import Settings

_MISLEADING = re.compile(r"[\x00-\x20\x7f\\%]")
# A directory's name also ends at a query or a fragment, and on some servers at a semicolon.
_PART_ENDS = re.compile("[/:?#;]")
_URL = re.compile(r"(?:git\+)?([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(.*)", re.DOTALL)


class _Kind(Enum):
    PATH = "a directory or file on this machine"
    ADDRESS = "a URL, or user@host:path"
    NAME = "a registered name, or a short form such as gh:owner/name"


class _Place(NamedTuple):
    kind: _Kind
    text: str


def is_trusted(entry: str, reference: str, *, is_name: bool = False) -> bool:
    """Return whether an entry matches a reference: the same source, or one below an entry that ends in "/".

    Args:
        entry: An entry in a list of trusted sources.
        reference: What the user typed, or the address it stands for.
        is_name: Whether the reference is a registered name, even if there is a directory with that name.
    """
    trusted, wanted = _entry_place(entry), _reference_place(reference, is_name=is_name)
    if trusted is None or wanted is None or trusted.kind is not wanted.kind:
        return False
    if trusted.text == wanted.text:
        return True
    if not entry.endswith("/") or (wanted.kind is not _Kind.PATH and _could_climb(wanted.text)):
        return False
    return wanted.text.startswith(trusted.text.rstrip("/") + "/")


def _entry_place(entry: str) -> _Place | None:
    if is_url(entry):
        return _address(entry)
    if entry.startswith(("/", "~")):
        return _path(entry)
    return _Place(_Kind.NAME, entry.rstrip("/"))


def _reference_place(reference: str, *, is_name: bool) -> _Place | None:
    if is_name:
        return _Place(_Kind.NAME, reference)
    if is_url(reference):
        return _address(reference)
    if ":" not in reference or os.path.lexists(reference):
        return _path(reference)
    return _Place(_Kind.NAME, reference)


def _path(text: str) -> _Place | None:
    try:
        return _Place(_Kind.PATH, os.path.realpath(os.path.expanduser(text)))
    except ValueError:  # no file can have such a name
        return None


def _address(text: str) -> _Place | None:
    """Return the normal form of an address; None if it is ambiguous."""
    url = _URL.fullmatch(text)
    if url is None:
        return _Place(_Kind.ADDRESS, _without_suffix(text.removeprefix("git+")))
    scheme, host, path = url[1].lower(), url[2], url[3]
    if scheme == "file" and host == "":
        return _path(path)
    user, at, machine = host.rpartition("@")
    if not machine or "@" in user or "\\" in host:
        return None
    return _Place(_Kind.ADDRESS, f"{scheme}://{user}{at}{machine.lower()}{_without_suffix(path)}")


def _without_suffix(path: str) -> str:
    """Return a path without the suffix `.git`, unless that is the complete name."""
    path = path.rstrip("/")
    return path if path.endswith(("/.git", ":.git")) else path.removesuffix(".git")


def _could_climb(address: str) -> bool:
    """Return whether a server may interpret the address as one outside of the prefix that it begins with."""
    return bool(_MISLEADING.search(address)) or any(part in (".", "..") for part in _PART_ENDS.split(address))


def trusts(settings: Settings, *references: str) -> bool:
    """Return whether the user trusts a source.

    An entry is an exact source, or a prefix that ends in "/" and matches everything below it. Directories are compared
    with links resolved.

    Args:
        settings: The user's settings, with the list of trusted sources.
        references: What the user typed, and the address it stands for.
    """
    return any(
        is_trusted(entry, reference, is_name=reference in settings.templates)
        for reference in references
        for entry in settings.trust
    )
