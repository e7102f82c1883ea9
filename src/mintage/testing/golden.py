"""Golden trees: the expected files of each case. Compares projects with them, and writes them."""

from __future__ import annotations

import os
import shutil
from difflib import unified_diff
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import CommitError, Location, UsageError
from mintage.files.detect import has_nul_byte
from mintage.projects.trees import FileVersion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_SHOWN_LINES = 60
_MARK = ".mintage-golden"


class Difference(Struct, frozen=True):
    """A file that differs from the golden tree."""

    file: str
    """The path of the file."""
    what: str
    """How it differs, to follow the path in a message."""
    diff: str = ""
    """The unified diff; "" if the difference cannot be shown."""


def with_placeholders(tree: Mapping[str, FileVersion], placeholders: Mapping[str, str]) -> dict[str, FileVersion]:
    """Return the files of a tree with placeholders for text that differs between machines.

    Args:
        tree: The files by their paths.
        placeholders: The placeholder for each text.
    """
    return {path: _replaced(file, placeholders) for path, file in tree.items()}


def differences(
    golden: Mapping[str, FileVersion], made: Mapping[str, FileVersion], passing: Iterable[str] = ()
) -> list[Difference]:
    """Return the files that differ, sorted by path.

    Args:
        golden: The golden tree.
        made: The generated project.
        passing: Files whose contents are not compared.
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
    """Create and mark a directory for golden trees. In a marked directory, trees may be replaced.

    Args:
        folder: The directory, which must be new, empty or already marked.

    Raises:
        UsageError: The directory has other contents.
        CommitError: The directory cannot be created.
    """
    mark = folder / _MARK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not mark.exists() and any(folder.iterdir()):
            raise UsageError(
                f"{folder} contains something other than golden trees, so nothing was written",
                hint=f"name an empty directory with `TestRequest(golden=DIR)`; if these are golden trees, "
                f"put an empty file {_MARK} there",
            )
        if not mark.exists():
            mark.touch()
    except OSError as error:
        what = f"the golden trees cannot be written: {error.strerror}"
        raise CommitError(what, where=Location(str(folder))) from error


def write_golden(folder: Path, made: Mapping[str, FileVersion]) -> None:
    """Replace a directory with one that has exactly these files. If it is a link, the link is replaced."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for path, file in made.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if file.is_link:
            place.symlink_to(os.fsdecode(file.data or b""))
            continue
        place.write_bytes(file.data or b"")
        if file.is_executable:
            place.chmod(0o755)


def _difference(path: str, wanted: FileVersion, got: FileVersion) -> Difference:
    if wanted.is_link != got.is_link:
        return Difference(path, f"is {'a link' if got.is_link else 'a file'} now")
    expected, made = wanted.data or b"", got.data or b""
    if expected == made:
        return Difference(path, f"is {'executable' if got.is_executable else 'not executable'} now")
    if has_nul_byte(expected) or has_nul_byte(made):
        return Difference(path, "is different (a binary file)")
    lines = list(unified_diff(_lines(expected), _lines(made), f"golden/{path}", f"made/{path}", lineterm=""))
    if len(lines) > _SHOWN_LINES:
        lines = [*lines[:_SHOWN_LINES], f"... and {len(lines) - _SHOWN_LINES} more lines"]
    return Difference(path, "is different", "\n".join(lines))


def _lines(content: bytes) -> list[str]:
    """Return the lines of a file, with the invisible parts of their ends made visible."""
    lines = content.decode("utf-8", "backslashreplace").split("\n")
    last = lines.pop()
    shown = [line.replace("\r", "\\r") for line in lines]
    return [*shown, last + "\\ (no newline at the end)"] if last else shown


def _replaced(file: FileVersion, placeholders: Mapping[str, str]) -> FileVersion:
    content = file.data or b""
    for text, name in placeholders.items():
        content = content.replace(os.fsencode(text), name.encode())
    return FileVersion(file.mode, len(content), content)
