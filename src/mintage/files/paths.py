"""Paths of the output: what is allowed, and patterns that choose some. A leaf: knows neither templates nor plans."""

from __future__ import annotations

import re
from pathlib import PurePath

from mintage.errors import Location, PlanError, UnsafePathError

_DRIVE = re.compile(r"^[A-Za-z]:(?:[\\/]|$)")
_HARMLESS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")  # as nearly all paths are
# What the directories are called in which projects are built; a template that could make one could forge a journal.
STAGING_PREFIX = ".mintage-"
STAGING_NAME = re.compile(rf"{re.escape(STAGING_PREFIX)}[0-9a-f]{{12}}", re.IGNORECASE)
# Characters that HFS+ overlooks in names, as git knows them.
_OVERLOOKED = dict.fromkeys((*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF))
_MAX_NAME_BYTES = 255
_MAX_PATH_BYTES = 4000


def validate_path(target: str, *, source: str = "") -> str:
    """Return `target`, relative and in its shortest form, or refuse it.

    Args:
        target: A rendered path that should lie in the output directory.
        source: The template file, named in the error. "." stands for the output directory itself.

    Raises:
        UnsafePathError: The path is absolute, or leads out of the directory or into a `.git` directory.
        PlanError: No file system takes the path.
    """
    if len(target) <= _MAX_NAME_BYTES and _HARMLESS.fullmatch(target):
        return target
    where = Location(source) if source else None
    if "\0" in target:
        raise PlanError(f"the path {target!r} contains a NUL character", where=where)
    if not has_bytes(target):
        raise PlanError(f"the path {target!r} contains a character that no file system accepts", where=where)
    _refuse_absolute(target, where)
    parts: list[str] = []
    for part in target.split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            if not parts:
                raise UnsafePathError(f"the path {target!r} leads out of the output directory", where=where)
            parts.pop()
            continue
        if is_git_folder(part):
            raise UnsafePathError(
                f"the path {target!r} is in a .git directory, which templates must not write to", where=where
            )
        if STAGING_NAME.fullmatch(part):
            raise UnsafePathError(f"the path {target!r} is named like a staging directory of mintage", where=where)
        if len(part.encode("utf-8", "surrogateescape")) > _MAX_NAME_BYTES:
            raise PlanError(f"the name {part[:40]!r}... is longer than {_MAX_NAME_BYTES} bytes", where=where)
        parts.append(part)
    shortest = "/".join(parts)
    _refuse_absolute(shortest, where)  # `./C:/x` and `./\\x` are no longer hidden behind their first part
    if len(shortest.encode("utf-8", "surrogateescape")) > _MAX_PATH_BYTES:
        raise PlanError(f"the path {shortest[:40]!r}... is longer than {_MAX_PATH_BYTES} bytes", where=where)
    return shortest or "."


def has_bytes(path: str) -> bool:
    """Return whether a path can be given to the system; some surrogates stand for bytes that are not UTF-8, others do
    not.
    """
    try:
        path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def belongs_to_template(real: str, top: str) -> bool:
    """Return whether a place, links followed, is a template's own: within `top`, and not in a repository's `.git`
    directory.
    """
    place = PurePath(real)
    return place.is_relative_to(top) and not any(map(is_git_folder, place.relative_to(top).parts))


def is_git_folder(name: str) -> bool:
    """Return whether a name means `.git` on any file system: git's own rules for HFS+ and NTFS."""
    for part in name.split("\\"):
        plain = part.translate(_OVERLOOKED).lower().partition(":")[0].rstrip(". ")
        if plain in (".git", "git~1"):
            return True
    return False


def _refuse_absolute(path: str, where: Location | None) -> None:
    if path.startswith(("/", "\\")) or _DRIVE.match(path):
        raise UnsafePathError(
            f"the path {path!r} is absolute, so it would be written outside the output directory",
            where=where,
            hint="a part of the path may have rendered to nothing; check the answers that it uses",
        )
