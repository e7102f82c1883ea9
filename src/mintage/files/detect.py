"""Distinguishes binary files from text files by name and first bytes. Knows nothing of templates."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

_CONTROL_BYTES = bytes(set(range(32)) - {9, 10, 13})
_NO_CONTROL = bytes.maketrans(b"", b"")
BINARYORNOT_CHUNK = 512
NUL_CHUNK = 8192


def has_nul_byte(start: bytes) -> bool:
    """git's rule: a NUL in the first 8 KiB."""
    return b"\0" in start[:NUL_CHUNK]


def is_binary_name(name: str) -> bool:
    """Return whether binaryornot 0.6 calls every file with this name binary, by its extension alone."""
    stem, _, extension = name.rpartition(".")
    return bool(stem) and _is_binary_extension(extension) and not stem.endswith("/")


def is_binary_start(start: bytes) -> bool:
    """Return what binaryornot 0.6 says of a file that begins with these (at most 512) bytes.

    Its answer is a decision tree over statistics that take about a millisecond to compute. Two leaves of the tree are
    all that ordinary text needs: no control characters and valid UTF-8 is text, unless a known signature begins it.
    """
    chunk = start[:BINARYORNOT_CHUNK]
    if not chunk:
        return False
    if chunk.startswith(_signatures()):
        return True
    if len(chunk.translate(_NO_CONTROL, _CONTROL_BYTES)) == len(chunk):
        try:
            chunk.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return False
    from binaryornot.helpers import is_binary_string

    return bool(is_binary_string(chunk))


@lru_cache(1000)
def _is_binary_extension(extension: str) -> bool:
    return extension.lower() in _binary_extensions()


@cache
def _binary_extensions() -> frozenset[str]:
    return frozenset(row[0].strip().lower() for row in _rows("binary_extensions.csv"))


@cache
def _signatures() -> tuple[bytes, ...]:
    signatures = (row[3].strip() for row in _rows("binary_formats.csv"))
    return tuple(bytes.fromhex(signature) for signature in signatures if signature)


def _rows(table: str) -> list[list[str]]:
    """Return the rows of a table of binaryornot's data, without its header.

    Read directly, because importing binaryornot takes longer than minting a small project.
    """
    spec = find_spec("binaryornot")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("binaryornot is not installed")
    path = Path(spec.submodule_search_locations[0]) / "data" / table
    return [line.split(",") for line in path.read_text("utf-8").splitlines()[1:] if line]
