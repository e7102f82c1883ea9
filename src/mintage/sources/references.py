"""Resolves references to templates. Uses only names and the local disk; fetches nothing.

In this order, a reference is a registered name, an address (URL), a short form (`gh:owner/name`), a local directory or
zip file, or what only users of Cookiecutter have: an abbreviation without a colon, or the name of a clone that
Cookiecutter made. Text in the form of an address or of a known short form is never a local directory, so that a
directory with a misleading name can't impersonate a trusted source; write `./` before it to name the directory.
"""

from __future__ import annotations

import os
import re
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.addresses import OTHER_TRANSPORT, SCHEME, is_url, public_form, without_credentials
from mintage.errors import SourceError
from mintage.files.paths import has_bytes
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mintage.user.cookiecutterrc import CookiecutterSettings
    from mintage.user.settings import Settings

_SHORT_FORM = re.compile(r"([\w.-]+):(.*)", re.DOTALL)
_PORT = re.compile(r"(\[[^\]]*\]|[^:]*)(:\d*)?")
_GIT_SCHEMES = {"https", "http", "ssh", "git", "file"}


class Kind(Enum):
    """What a reference refers to."""

    FOLDER = "a directory on this machine, used as it is"
    GIT = "a git repository, which is cloned"
    ZIP_FILE = "a zip file on this machine"
    ZIP_URL = "a zip file that is downloaded"


class Address(Struct, frozen=True):
    """Where a template is."""

    kind: Kind
    location: str
    """An absolute path or a URL."""
    ref: str | None = None
    """The revision that was registered with a name."""
    directory: str | None = None
    """The directory in the source that was registered with a name."""

    @property
    def is_local(self) -> bool:
        """Whether the location is a path on this machine."""
        return self.location.startswith("/")

    @property
    def folder(self) -> str | None:
        """The directory of the repository, if it is on this machine; `.git` may follow it. None otherwise."""
        path = self.location
        if path.lower().startswith("file:///"):
            from urllib.parse import unquote

            path = unquote(path.removeprefix(path[: len("file://")]))
        return path if path.startswith("/") and (os.path.isdir(path) or os.path.isdir(f"{path}.git")) else None

    @property
    def public(self) -> str:
        """The location for messages and saved answers, without anything secret."""
        return public_form(self.location)

    @property
    def key(self) -> str:
        """The location without user name and password: the same for all users. It may hold other secrets."""
        return without_credentials(self.location)


def resolve(
    reference: str, *, ref: str | None, settings: Settings, cookiecutter: Callable[[], CookiecutterSettings]
) -> Address:
    """Return the address that a reference stands for.

    Args:
        reference: What the user typed.
        ref: The revision asked for.
        settings: The user's settings, for registered names and short forms.
        cookiecutter: Loads Cookiecutter's settings; called only if they may be needed.

    Raises:
        SourceError: There is no such template. The message names what was tried.
    """
    if not reference or _is_unprintable(reference):
        raise SourceError(f"{public_form(reference)!r} cannot be the address of a template")
    if registered := settings.templates.get(reference):
        address = _resolve_address(registered.source, ref or registered.ref, settings, cookiecutter)
        return Address(address.kind, address.location, registered.ref, registered.directory)
    return _resolve_address(reference, ref, settings, cookiecutter)


def _resolve_address(
    reference: str, ref: str | None, settings: Settings, cookiecutter: Callable[[], CookiecutterSettings]
) -> Address:
    if is_url(reference):
        return _remote(reference)
    if expanded := _expand_short_form(reference, settings.abbreviations, cookiecutter):
        return _remote(expanded) if is_url(expanded) else _local_or_unknown(expanded, ref, reference, settings)
    if address := _local(reference, ref):
        return address
    from_cookiecutter = cookiecutter()
    if expanded := from_cookiecutter.abbreviations.get(reference):
        return _remote(expanded) if is_url(expanded) else _local_or_unknown(expanded, ref, reference, settings)
    clone = from_cookiecutter.cookiecutters_dir / reference
    if "/" not in reference and reference not in (".", "..") and (address := _local(str(clone), ref)):
        return address
    raise _unknown(reference, settings, tried=clone)


def _expand_short_form(
    reference: str, own: Mapping[str, str], cookiecutter: Callable[[], CookiecutterSettings]
) -> str | None:
    """Return the address behind `prefix:rest`; None if the prefix is not known."""
    if reference in own:
        return own[reference]
    form = _SHORT_FORM.fullmatch(reference)
    if form is None:
        return None
    prefix, rest = form.groups()
    address = own.get(prefix) or cookiecutter().abbreviations.get(prefix)
    if address is None:
        return None
    try:
        return address.format(rest)
    except (IndexError, KeyError, ValueError, AttributeError, TypeError):
        raise SourceError(
            f"the abbreviation {prefix} stands for {public_form(address)!r}, which is not a valid pattern",
            hint="use {0} for the part after the colon",
        ) from None


def _local_or_unknown(path: str, ref: str | None, reference: str, settings: Settings) -> Address:
    if address := _local(path, ref):
        return address
    raise _unknown(reference, settings, tried=Path(path))


def _local(reference: str, ref: str | None) -> Address | None:
    path = os.path.abspath(os.path.expanduser(reference))
    if os.path.isdir(path):
        if _is_bare_repository(path) or (ref is not None and os.path.exists(f"{path}/.git")):
            return Address(Kind.GIT, path)
        return Address(Kind.FOLDER, path)
    if os.path.isfile(path):
        if path.lower().endswith(".zip"):
            return Address(Kind.ZIP_FILE, path)
        if _is_bundle(path):
            return Address(Kind.GIT, path)
        raise SourceError(
            f"{path} is a file, but neither a zip file nor a git bundle",
            hint="use one of those, a directory or a git URL",
        )
    return None


def _is_bundle(path: str) -> bool:
    """Return whether a file is a git bundle: a repository in one file."""
    with open(path, "rb") as file:
        return file.readline(32) in (b"# v2 git bundle\n", b"# v3 git bundle\n")


def submodule_address(url: str, above: Address) -> Address:
    """Return the address of a submodule.

    Args:
        url: The URL in `.gitmodules`, which may be relative.
        above: The address of the repository that has the submodule.

    Raises:
        SourceError: The URL is not an address, or a repository on another machine names a directory on this one.
    """
    if not url or _is_unprintable(url) or url.startswith("-"):
        raise SourceError(f"{public_form(url)!r} cannot be the address of a submodule")
    place = above.location.rstrip("/")
    relative = url.startswith(("./", "../"))
    while relative and url.startswith(("./", "../")):
        part, url = url.split("/", 1)
        if part == "..":
            place = re.sub(r"[/:][^/:]*$", "", place)
    resolved = f"{place}/{url}" if relative else url
    here = above.is_local or above.location.lower().startswith("file://")
    if is_url(resolved) and (here or not resolved.lower().startswith("file:")):
        return _remote(resolved)
    if not here or not resolved.startswith("/"):
        raise SourceError(f"a submodule cannot be fetched from {public_form(resolved)!r}, a directory on this machine")
    return Address(Kind.GIT, resolved)


def _is_bare_repository(path: str) -> bool:
    return (
        os.path.isfile(f"{path}/HEAD")
        and os.path.isdir(f"{path}/objects")
        and os.path.isdir(f"{path}/refs")
        and not os.path.exists(f"{path}/.git")
    )


def _remote(reference: str) -> Address:
    url = reference.removeprefix("git+")
    scheme = SCHEME.match(url)
    if OTHER_TRANSPORT.match(url) or (scheme and scheme[1].lower() not in _GIT_SCHEMES):
        kind = (scheme or [url])[0].partition(":")[0]
        raise SourceError(f"unsupported protocol {kind!r}", hint=f"use one of {', '.join(sorted(_GIT_SCHEMES))}")
    if scheme is None:
        return Address(Kind.GIT, url)
    from urllib.parse import urlsplit

    _refuse_misleading(url)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise SourceError(f"{without_credentials(url)!r} is not a valid URL: {error}") from error
    if not parts.path.lower().endswith(".zip") or parts.scheme in ("ssh", "git"):
        return Address(Kind.GIT, url)
    if parts.scheme == "file":
        from urllib.request import url2pathname

        return Address(Kind.ZIP_FILE, url2pathname(parts.path))
    return Address(Kind.ZIP_URL, url)


def _refuse_misleading(url: str) -> None:
    """Refuse URLs that programs parse differently, so that one could show one host and another contact another."""
    host = url.partition("://")[2].partition("/")[0]
    if "\\" in url or " " in url or host.count("@") > 1 or host.rpartition("@")[2].startswith("-"):
        raise SourceError(f"{public_form(url)!r} is not a valid URL")
    if url.lower().startswith("http") and not _PORT.fullmatch(re.split("[?#]", host.rpartition("@")[2])[0]):
        raise SourceError(f"{public_form(url)!r} is not a valid URL", why="the port after the host must be a number")
    if not host and not url.lower().startswith("file:"):
        raise SourceError(f"{public_form(url)!r} has no host")


def _unknown(reference: str, settings: Settings, *, tried: Path) -> SourceError:
    path = Path(os.path.abspath(os.path.expanduser(reference)))
    try:
        beside = [str(Path(reference).with_name(entry.name)) for entry in path.parent.iterdir()]
    except (OSError, ValueError):  # ValueError: no file can have such a name
        beside = []
    places = dict.fromkeys(public_form(place) for place in (str(path), os.path.abspath(tried)))
    return SourceError(
        f"there is no template {public_form(reference)!r}",
        why="it is not a registered name, URL or short form, and these do not exist: " + ", ".join(places),
        hint=suggest(reference, [*settings.templates, *beside]) or "`mintage list` shows the registered names",
    )


def _is_unprintable(text: str) -> bool:
    return any(character < " " or character == "\x7f" for character in text) or not has_bytes(text)
