"""Zip files as sources: unpacked into a temporary directory, as Cookiecutter 2.7.1 unpacks them. Knows no template.

Like Python's own extraction, which Cookiecutter uses, this restores neither permissions nor links: every member becomes
an ordinary file, and a link becomes a file with its target as text. So only a name can lead out of the directory, and
such names are refused.
"""

from __future__ import annotations

import os
import re
import zlib
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from mintage.errors import Location, MintageError, SourceError, UnsafePathError
from mintage.files.trees import remove_tree
from mintage.sources.references import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import ExitStack
    from zipfile import ZipInfo

    from mintage.sources.references import Address

PASSWORD_VARIABLE = "COOKIECUTTER_REPO_PASSWORD"  # noqa: S105 - the name of a variable
MAX_MEMBERS = 100_000
MAX_TOTAL_BYTES = 4 * 1024**3
MAX_RATIO = 200
_RATIO_MATTERS_BYTES = 64 * 1024**2
_BLOCK_BYTES = 1024**2
_DRIVE = re.compile(r"[A-Za-z]:")
_ENCRYPTED = 0x1


def fetch_archive(address: Address, *, scratch: ExitStack, offline: bool, warn: Callable[[str], None]) -> Path:
    """Unpack a zip file, downloading it first if necessary, and return the directory it contains.

    Raises:
        SourceError: The archive cannot be downloaded or used.
        UnsafePathError: The archive has a file that would be written outside of its directory.
    """
    if address.kind is Kind.ZIP_FILE:
        return unpack(Path(address.location), scratch=scratch, name=address.location)
    from mintage.sources.download import downloaded

    with downloaded(address, offline=offline, warn=warn) as file:
        return unpack(file, scratch=scratch, name=address.public)


def unpack(file: Path, *, scratch: ExitStack, name: str) -> Path:
    """Unpack an archive into a temporary directory, and return the directory it contains.

    Args:
        file: The archive.
        scratch: Removes the temporary directory.
        name: What messages call the archive.

    Raises:
        SourceError: The archive cannot be used.
        UnsafePathError: The archive has a file that would be written outside of its directory.
    """
    place = Path(mkdtemp(prefix="mintage-zip-"))
    scratch.callback(remove_tree, place)
    try:
        with ZipFile(file) as archive:
            members = archive.infolist()
            _refuse_unsafe(members, name)
            top = _top_folder(members, name)
            _extract(archive, members, place, name)
    except MintageError:
        raise
    except BadZipFile as error:
        raise SourceError(f"{name} is not a valid zip file", why=str(error)) from error
    except OSError as error:
        where = Location(str(error.filename)) if error.filename else None
        raise SourceError(f"{name} cannot be unpacked: {error.strerror or error}", where=where) from error
    except Exception as error:  # each compression method raises its own errors
        raise SourceError(f"{name} cannot be unpacked", why=str(error)) from error
    if not (place / top).is_dir():
        raise SourceError(f"{name} does not contain the directory {top!r} that its first entry names")
    return place / top


def _refuse_unsafe(members: Sequence[ZipInfo], name: str) -> None:
    """Refuse names that lead out of the directory, and sizes that no template has."""
    if not members:
        raise SourceError(f"{name} is empty")
    if len(members) > MAX_MEMBERS:
        raise SourceError(f"{name} contains {len(members)} files; at most {MAX_MEMBERS} are allowed")
    for member in members:
        path = member.filename
        if path.startswith(("/", "\\")) or _DRIVE.match(path) or ".." in re.split(r"[/\\]", path):
            raise UnsafePathError(f"{name} contains {path!r}, which would be written outside of its directory")
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if total > MAX_TOTAL_BYTES:
        raise SourceError(f"{name} unpacks to {total} bytes; at most {MAX_TOTAL_BYTES} are allowed")
    if total > _RATIO_MATTERS_BYTES and total > MAX_RATIO * packed:
        raise SourceError(
            f"{name} unpacks from {packed} to {total} bytes, more than {MAX_RATIO} times its size",
            why="no template compresses that well, so it may be a zip bomb",
        )


def _top_folder(members: Sequence[ZipInfo], name: str) -> str:
    """Return the directory that the first entry names, as Cookiecutter does; otherwise the one that has everything."""
    first = members[0].filename
    if first.endswith("/"):
        return first.rstrip("/")
    tops = {member.filename.partition("/")[0] for member in members}
    if len(tops) == 1 and all("/" in member.filename for member in members):
        return tops.pop()
    raise SourceError(
        f"{name} does not consist of one directory with everything in it",
        hint="pack the template's directory itself: zip -r template.zip template/",
    )


def _extract(archive: ZipFile, members: Sequence[ZipInfo], place: Path, name: str) -> None:
    password = os.environ.get(PASSWORD_VARIABLE)
    encrypted = any(member.flag_bits & _ENCRYPTED for member in members)
    if encrypted and not password:
        raise SourceError(
            f"{name} is protected with a password", hint=f"set the environment variable {PASSWORD_VARIABLE} to it"
        )
    try:
        for member in members:
            _extract_member(archive, member, place, password.encode() if encrypted and password else None)
    except (RuntimeError, BadZipFile, zlib.error) as error:  # a wrong password may also look like damage
        if encrypted and not isinstance(error, NotImplementedError):
            raise SourceError(
                f"{name} cannot be unpacked with this password", hint=f"correct {PASSWORD_VARIABLE}", why=str(error)
            ) from error
        raise


def _extract_member(archive: ZipFile, member: ZipInfo, place: Path, password: bytes | None) -> None:
    target = os.path.join(place, *(part for part in member.filename.split("/") if part not in ("", ".")))
    if member.is_dir():
        os.makedirs(target, exist_ok=True)
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with archive.open(member, pwd=password) as packed, open(target, "wb") as file:
        while block := packed.read(_BLOCK_BYTES):
            file.write(block)
