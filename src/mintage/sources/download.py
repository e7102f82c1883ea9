"""Downloads files over HTTP into the cache. Knows nothing about what is in them."""

from __future__ import annotations

import os
from base64 import b64encode
from contextlib import contextmanager
from http.client import HTTPException
from ssl import SSLError
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from mintage._version import __version__
from mintage.addresses import public_form, without_credentials
from mintage.errors import SourceError
from mintage.sources.cache import cache_entry, incoming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.client import HTTPMessage
    from pathlib import Path
    from typing import IO

    from mintage.sources.references import Address

MAX_BYTES = 1024**3
TIMEOUT_SECONDS = 60
_BLOCK_BYTES = 256 * 1024
_NOT_MODIFIED = 304
_ASKING_FOR_CREDENTIALS = (401, 403)
_MISSING = (404, 410)


class _DownloadError(Exception):
    """A download failed: why, and what to do."""

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint


@contextmanager
def downloaded(address: Address, *, offline: bool, warn: Callable[[str], None]) -> Iterator[Path]:
    """Yield the file at a URL, locked while it is in use.

    It is downloaded if the server has a newer one than the cache. If that fails, warn and use the cached file.

    Raises:
        SourceError: The file can be neither downloaded nor found in the cache.
    """
    with cache_entry("zip", address.key) as entry:
        file, tag = entry / "file", entry / "etag"
        if not offline:
            try:
                _bring_up_to_date(address.location, entry, file, tag)
            except _DownloadError as error:
                if not file.exists():
                    raise SourceError(
                        f"{address.public} could not be downloaded", why=error.why, hint=error.hint
                    ) from error
                warn(f"{address.public} could not be downloaded ({error.why}); the cached copy is used")
        elif not file.exists():
            raise SourceError(
                f"{address.public} is not in the cache, and nothing may be downloaded",
                hint="run once with `Options(offline=False)`",
            )
        yield file


def _bring_up_to_date(url: str, entry: Path, file: Path, tag: Path) -> None:
    known = tag.read_text("utf-8") if tag.exists() and file.exists() else ""
    with incoming(entry) as made:
        new = made / "file"
        new_tag = _download(url, new, known)
        if new_tag is None:
            return
        tag.unlink(missing_ok=True)  # so that there is never a tag beside a file that it does not belong to
        os.replace(new, file)
        if new_tag:
            (made / "etag").write_text(new_tag, "utf-8")
            os.replace(made / "etag", tag)


def _download(url: str, target: Path, known_tag: str) -> str | None:
    """Download a URL. Return its entity tag ("" for none), or None if the file still has the known tag."""
    try:
        with build_opener(_Redirects).open(_request(url, known_tag), timeout=TIMEOUT_SECONDS) as response:
            _write(response, target, int(response.headers.get("Content-Length") or -1))
            return str(response.headers.get("ETag") or "")
    except HTTPError as error:
        error.close()
        if error.code == _NOT_MODIFIED and known_tag:
            return None
        raise _DownloadError(f"the server returned {error.code} {error.reason}", _hint(error.code)) from error
    except URLError as error:
        raise _DownloadError(f"the server cannot be reached: {error.reason}", "check the network") from error
    except (TimeoutError, ConnectionError, SSLError, HTTPException, ValueError) as error:
        raise _DownloadError(f"the connection failed: {str(error) or type(error).__name__}", "try again") from error


def _request(url: str, known_tag: str) -> Request:
    parts = urlsplit(url)
    request = Request(without_credentials(url), headers={"User-Agent": f"mintage/{__version__}"})  # noqa: S310
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        # Redirects must not receive the credentials.
        request.add_unredirected_header("Authorization", "Basic " + b64encode(pair).decode("ascii"))
    if known_tag:
        request.add_header("If-None-Match", known_tag)
    return request


def _write(response: IO[bytes], target: Path, announced: int) -> None:
    received = 0
    with open(target, "wb") as file:
        while block := response.read(_BLOCK_BYTES):
            received += len(block)
            if max(received, announced) > MAX_BYTES:
                raise _DownloadError(f"it is larger than {MAX_BYTES} bytes, the maximum size of a download")
            file.write(block)
    if announced >= 0 and received != announced:
        raise _DownloadError(f"the connection ended after {received} of {announced} bytes", "try again")


def _hint(code: int) -> str:
    if code in _MISSING:
        return "check the address"
    return "check the credentials in the address" if code in _ASKING_FOR_CREDENTIALS else "try again later"


class _Redirects(HTTPRedirectHandler):
    """Follows redirects, but never from HTTPS to HTTP, nor to another protocol."""

    def redirect_request(  # noqa: PLR0917 - as in the base class
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        allowed = ("https",) if req.type == "https" else ("http", "https")
        if urlsplit(newurl).scheme not in allowed:
            raise _DownloadError(f"the server redirects to {public_form(newurl)}, which is not safe")
        return super().redirect_request(req, fp, code, msg, headers, newurl)
