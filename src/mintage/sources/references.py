"""What a reference to a template means. Looks at names and the local disk; fetches nothing.

In this order: a registered name, an address (URL), a short form (`gh:owner/name`), a local directory or zip file, and
last what only Cookiecutter's users have: an abbreviation without a colon, or a name in Cookiecutter's directory of
clones. A text that has the form of an address or of a known short form is never taken for a local directory, so that a
directory with a misleading name cannot stand in for a trusted source; `./` before it says that it is one.
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
    """What stands behind a reference."""

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
    """As registered with a name."""
    directory: str | None = None
    """As registered with a name."""

    @property
    def is_local(self) -> bool:
        """Whether it is reached without asking another machine."""
        return self.location.startswith("/")

    @property
    def folder(self) -> str | None:
        """The directory on this machine that holds the repository, as it is or with `.git` after it; None if none
        does.
        """
        path = self.location
        if path.lower().startswith("file:///"):
            from urllib.parse import unquote

            path = unquote(path.removeprefix(path[: len("file://")]))
        return path if path.startswith("/") and (os.path.isdir(path) or os.path.isdir(f"{path}.git")) else None

    @property
    def public(self) -> str:
        """The location as anybody may see it, fit for messages and saved answers."""
        return public_form(self.location)

    @property
    def key(self) -> str:
        """What tells it from all others, whoever asks: without a user's name and password. Not to be shown."""
        return without_credentials(self.location)


def resolve(
    reference: str, *, ref: str | None, settings: Settings, cookiecutter: Callable[[], CookiecutterSettings]
) -> Address:
    """Find out what a reference means.

    Raises:
        SourceError: It means nothing, naming what was tried.
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
            f"the abbreviation {prefix} stands for {public_form(address)!r}, which cannot be filled in",
            hint="write {0} where the part after the colon belongs",
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
            f"{path} is a file, and neither a zip file nor a git bundle",
            hint="give a directory, one of those or a git URL",
        )
    return None


def _is_bundle(path: str) -> bool:
    """Return whether the file is a repository that git has packed into one file."""
    with open(path, "rb") as file:
        return file.readline(32) in (b"# v2 git bundle\n", b"# v3 git bundle\n")


def submodule_address(url: str, above: Address) -> Address:
    """Return where a submodule is.

    Args:
        url: As .gitmodules has it.
        above: Where the repository is that names it.

    Raises:
        SourceError: It is not an address, and for a directory of this machine if `above` is on another.
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
        raise SourceError(f"a submodule cannot be taken from {public_form(resolved)!r}, a directory of this machine")
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
        raise SourceError(
            f"templates are not fetched by {kind!r}", hint=f"use one of {', '.join(sorted(_GIT_SCHEMES))}"
        )
    if scheme is None:
        return Address(Kind.GIT, url)
    from urllib.parse import urlsplit

    _refuse_misleading(url)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise SourceError(f"{without_credentials(url)!r} is not a proper URL: {error}") from error
    if not parts.path.lower().endswith(".zip") or parts.scheme in ("ssh", "git"):
        return Address(Kind.GIT, url)
    if parts.scheme == "file":
        from urllib.request import url2pathname

        return Address(Kind.ZIP_FILE, url2pathname(parts.path))
    return Address(Kind.ZIP_URL, url)


def _refuse_misleading(url: str) -> None:
    """URLs that programs read differently, so that one may show a host and another one contact it."""
    host = url.partition("://")[2].partition("/")[0]
    if "\\" in url or " " in url or host.count("@") > 1 or host.rpartition("@")[2].startswith("-"):
        raise SourceError(f"{public_form(url)!r} is not a proper URL")
    if url.lower().startswith("http") and not _PORT.fullmatch(re.split("[?#]", host.rpartition("@")[2])[0]):
        raise SourceError(f"{public_form(url)!r} is not a proper URL", why="after the host's name, a port is a number")
    if not host and not url.lower().startswith("file:"):
        raise SourceError(f"{public_form(url)!r} names no host")


def _unknown(reference: str, settings: Settings, *, tried: Path) -> SourceError:
    path = Path(os.path.abspath(os.path.expanduser(reference)))
    try:
        beside = [str(Path(reference).with_name(entry.name)) for entry in path.parent.iterdir()]
    except (OSError, ValueError):  # ValueError: of a name that no file can have
        beside = []
    places = dict.fromkeys(public_form(place) for place in (str(path), os.path.abspath(tried)))
    return SourceError(
        f"there is no template {public_form(reference)!r}",
        why="it is no registered name, URL or short form, and these do not exist: " + ", ".join(places),
        hint=suggest(reference, [*settings.templates, *beside]) or "`mintage list` shows the registered names",
    )


def _is_unprintable(text: str) -> bool:
    return any(character < " " or character == "\x7f" for character in text) or not has_bytes(text)
