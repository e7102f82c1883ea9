"""Recognizes addresses, and removes user names, passwords and secrets in queries from them.

An address is fetched as it is, but shown and stored in its public form.
"""

from __future__ import annotations

import re

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
OTHER_TRANSPORT = re.compile(r"[A-Za-z0-9+.-]+::")
_SCP_LIKE = re.compile(r"\w[\w.-]*@[\w\[][\w.:\]-]*:(?!//)")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"<>]+")
_AUTHORITY = re.compile(r"[^/?#]*")
_NO_PORT = re.compile(r"[^\[].*:(?!\d*$)")
_PASSWORD = re.compile(r"[^/@\s:]*:[^/@\s]*@")
_WITH_A_USER = frozenset({"ssh", "git+ssh", "ssh+git"})
# These say which file is meant. Any other parameter may be a key, whatever its name.
_HARMLESS = frozenset(
    {"archive", "at", "branch", "commit", "download", "format", "inline", "path", "raw", "ref", "rev", "sha", "tag"}
)


def public_form(address: str) -> str:
    """Return the address without secrets. The user of ssh (`git@`) is part of the address and stays.

    Works for invalid addresses as well, since a mistyped address can contain a password, too.
    """
    scheme, separator, rest = address.partition("://")
    if not separator:
        place = _PASSWORD.sub("", address)
        return _without_secrets(place) if "=" in place.partition("?")[2] else place
    return f"{scheme}://{_without_secrets(_without_password(rest, keeps_user=scheme.lower() in _WITH_A_USER))}"


def public_text(text: str) -> str:
    """Return a message from another program without secrets in its addresses."""
    return _URL.sub(lambda found: public_form(found[0]), text)


def _without_password(rest: str, *, keeps_user: bool) -> str:
    """Return the part after the scheme without name and password, even if the password contains a "/"."""
    authority = _AUTHORITY.match(rest)
    host = authority[0] if authority else ""
    end = rest.rfind("@") if _NO_PORT.match(host) and "@" not in host else host.rfind("@")
    if end < 0:
        return rest
    user = rest[:end].partition(":")[0]
    return f"{user}@{rest[end + 1 :]}" if keeps_user else rest[end + 1 :]


def _without_secrets(rest: str) -> str:
    place, _, fragment = rest.partition("#")
    place, _, query = place.partition("?")
    kept = "&".join(part for part in re.split("[&;]", query) if part.partition("=")[0].lower() in _HARMLESS)
    return place + (f"?{kept}" if kept else "") + (f"#{fragment}" if fragment and "=" not in fragment else "")


def is_url(reference: str) -> bool:
    """Return whether a reference is an address: `scheme://...`, `user@host:path`, or another transport of git."""
    url = reference.removeprefix("git+")
    return bool(SCHEME.match(url) or _SCP_LIKE.match(url) or OTHER_TRANSPORT.match(url))


def without_credentials(url: str) -> str:
    """Return the URL without name and password, as it is for any user. The user of ssh (`git@`) is part of the
    address.
    """
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    if not separator or "@" not in host:
        return url
    credentials, _, host = host.rpartition("@")
    if scheme.lower() not in ("http", "https"):
        host = f"{credentials.partition(':')[0]}@{host}"
    return f"{scheme}://{host}{slash}{path}"
