"""Compares folders of files: two renders with each other, and a project with its golden tree."""

from __future__ import annotations

import os
import shutil
import stat
from difflib import unified_diff
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import CommitError, Location, UsageError
from mintage.files.detect import has_nul_byte
from mintage.files.trees import files_below

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_EXECUTABLE = stat.S_IXUSR
_SHOWN_LINES = 60
_MARK = ".mintage-golden"


class TreeFile(Struct, frozen=True):
    """A file, or a link and where it leads."""

    content: bytes
    is_link: bool = False
    is_executable: bool = False
    """For its owner."""


class Difference(Struct, frozen=True):
    """A file that is not as it should be."""

    file: str
    what: str
    diff: str = ""
    """Unified, as far as it can be shown."""


def read_tree(folder: Path, placeholders: Mapping[str, str] | None = None) -> dict[str, TreeFile]:
    """Return every file and link, by its path.

    Pipes, sockets and devices are no files.

    Args:
        placeholders: Texts that are not always the same, with what stands for them.
    """
    found = {path: _read(f"{folder}/{path}", placeholders or {}) for path in files_below(folder)}
    return {path: file for path, file in found.items() if file is not None}


def different_files(one: Path, other: Path) -> tuple[str, ...]:
    """Return files that are in one of two folders only, or not the same in both."""
    first, second = read_tree(one), read_tree(other)
    return tuple(sorted(path for path in first.keys() | second.keys() if first.get(path) != second.get(path)))


def differences(
    golden: Mapping[str, TreeFile], made: Mapping[str, TreeFile], passing: Iterable[str] = ()
) -> list[Difference]:
    """Return what differs, by file.

    Args:
        passing: Files whose contents may be anything.
    """
    found = []
    anything = set(passing)
    for path in sorted(golden.keys() | made.keys()):
        wanted, got = golden.get(path), made.get(path)
        if wanted is None:
            found.append(Difference(path, "is not in the golden tree"))
        elif got is None:
            found.append(Difference(path, "is missing"))
        elif wanted != got and path not in anything:
            found.append(_difference(path, wanted, got))
    return found


def claim_golden(folder: Path) -> None:
    """Make a folder one for golden trees, of which those that are written take the place of what is there.

    Raises:
        UsageError: It holds something else.
        CommitError: It cannot be made.
    """
    mark = folder / _MARK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not mark.exists() and any(folder.iterdir()):
            raise UsageError(
                f"{folder} holds something else than golden trees, and nothing was written",
                hint=f"name an empty directory with `TestRequest(golden=DIR)`; if these are golden trees, "
                f"put an empty file {_MARK} there",
            )
        if not mark.exists():
            mark.touch()
    except OSError as error:
        what = f"the golden trees cannot be written: {error.strerror}"
        raise CommitError(what, where=Location(str(folder))) from error


def write_golden(folder: Path, made: Mapping[str, TreeFile]) -> None:
    """Make a folder hold exactly these files. What is in its place goes, and a link is not followed."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for path, file in made.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if file.is_link:
            place.symlink_to(os.fsdecode(file.content))
            continue
        place.write_bytes(file.content)
        if file.is_executable:
            place.chmod(0o755)


def _difference(path: str, wanted: TreeFile, got: TreeFile) -> Difference:
    if wanted.is_link != got.is_link:
        return Difference(path, f"is {'a link' if got.is_link else 'a file'} now")
    if wanted.content == got.content:
        return Difference(path, f"is {'executable' if got.is_executable else 'not executable'} now")
    if has_nul_byte(wanted.content) or has_nul_byte(got.content):
        return Difference(path, "is different (a binary file)")
    lines = list(
        unified_diff(_lines(wanted.content), _lines(got.content), f"golden/{path}", f"made/{path}", lineterm="")
    )
    if len(lines) > _SHOWN_LINES:
        lines = [*lines[:_SHOWN_LINES], f"... and {len(lines) - _SHOWN_LINES} more lines"]
    return Difference(path, "is different", "\n".join(lines))


def _lines(content: bytes) -> list[str]:
    """With what cannot be seen made visible at their ends."""
    lines = content.decode("utf-8", "backslashreplace").split("\n")
    last = lines.pop()
    shown = [line.replace("\r", "\\r") for line in lines]
    return [*shown, last + "\\ (no newline at the end)"] if last else shown


def _read(place: str, placeholders: Mapping[str, str]) -> TreeFile | None:
    if os.path.islink(place):
        return TreeFile(_replaced(os.fsencode(os.readlink(place)), placeholders), is_link=True)
    if not stat.S_ISREG(os.lstat(place).st_mode):
        return None  # to read a pipe would be to wait for a writer
    with open(place, "rb") as file:
        is_executable = bool(os.fstat(file.fileno()).st_mode & _EXECUTABLE)
        return TreeFile(_replaced(file.read(), placeholders), is_executable=is_executable)


def _replaced(content: bytes, placeholders: Mapping[str, str]) -> bytes:
    for text, name in placeholders.items():
        content = content.replace(os.fsencode(text), name.encode())
    return content
