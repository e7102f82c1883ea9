"""The cache of fetched sources: one directory per address, changed by one process at a time. Knows no protocol.

    <cache directory>/<kind>/<readable name>-<hash of the address>/

Everything in it appears by a rename, so a killed run leaves nothing half-written under a final name. You can remove the
cache whenever no run is in progress.
"""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from mintage.errors import Location, SourceError
from mintage.files.locking import exclusive
from mintage.files.trees import remove_tree
from mintage.user.folders import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

_INCOMING = "incoming-"


@contextmanager
def cache_entry(kind: str, address: str) -> Iterator[Path]:
    """Lock and yield the directory kept for an address, after removing what a killed run left in it.

    Raises:
        SourceError: The cache cannot be used.
    """
    entry = entry_folder(kind, address)
    try:
        cache_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        with exclusive(entry):
            for left in entry.glob(f"{_INCOMING}*"):
                _remove(left)
            yield entry
    except OSError as error:
        raise SourceError(
            f"the cache of templates cannot be used: {error.strerror or error}",
            where=Location(str(error.filename or entry)),
            hint="fix that, or set MINTAGE_CACHE_DIR to another directory",
        ) from error


def entry_folder(kind: str, address: str) -> Path:
    """Return the directory for an address. It need not exist."""
    return cache_folder() / kind / f"{readable_name(address)}-{sha256(address.encode()).hexdigest()[:16]}"


@contextmanager
def incoming(entry: Path) -> Iterator[Path]:
    """Yield a temporary directory in an entry. Finished files are renamed out of it; what remains is removed."""
    folder = Path(tempfile.mkdtemp(prefix=_INCOMING, dir=entry))
    try:
        yield folder
    finally:
        remove_tree(folder)


def readable_name(address: str) -> str:
    """Return the name that a clone of an address would have; never empty, "." or ".."."""
    if "://" in address:
        address = re.split("[?#]", address, maxsplit=1)[0]  # the rest may be a key
    last = re.split(r"[/:]", address.rstrip("/"))[-1].removesuffix(".git")
    return re.sub(r"[^\w.-]", "_", last)[:80].strip(".") or "template"


def _remove(left: Path) -> None:
    if left.is_dir() and not left.is_symlink():
        remove_tree(left)
    else:
        left.unlink(missing_ok=True)
