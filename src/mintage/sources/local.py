"""Views of git repositories on this machine: their refs and objects, but not their configuration.

Whoever made a directory also wrote the configuration of the repository in it, and git runs the programs named there. So
git never works in such a repository, but in a view of it: a directory of our own with a copy of its refs, the settings
that name no program, and a link to its objects. A view is made only of a repository that belongs to the directory: a
`.git` that leads elsewhere would turn another repository of the user's into a template.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import UnsafePathError
from mintage.sources.gitcommand import GitError, git

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_POINTER = "gitdir:"
_LONGEST_POINTER = 8192
_NO_REPOSITORY = Path(os.devnull)
# Settings for how files and hashes are read and written. None of them names a program.
_SETTINGS = frozenset(
    f"core.{name}"
    for name in (
        "abbrev",
        "autocrlf",
        "checkstat",
        "eol",
        "filemode",
        "ignorecase",
        "precomposeunicode",
        "symlinks",
        "trustctime",
    )
)
_EXTENSIONS = frozenset({"extensions.objectformat", "extensions.refstorage"})
_FILES = ("packed-refs", "shallow", "info/exclude", "info/attributes")
_FOLDERS = ("refs", "reftable")
_OWN_FILES = ("HEAD", "index")


class LocalRepository(Struct, frozen=True):
    """Where git keeps a repository on this machine, as paths without links."""

    own: str
    """The directory with what each work tree has for itself (HEAD and the index)."""
    common: str
    """The directory with what all work trees share (refs, objects, settings)."""
    work_tree: str | None = None
    """The work tree; None for a bare repository."""


class View(Struct, frozen=True):
    """A copy of a repository in which git can work safely."""

    path: Path
    """A git directory of our own, including the index."""
    work_tree: str | None
    """The work tree; None for a bare repository."""


def repository_in(place: str | Path) -> LocalRepository | None:
    """Return the repository that a directory is, or is a work tree of; None if it is neither.

    Raises:
        UnsafePathError: The directory's `.git`, or something in it, leads to a repository that belongs elsewhere.
    """
    folder = os.path.realpath(place)
    pointer = os.path.join(folder, ".git")
    is_bare = not os.path.lexists(pointer)
    own = folder if is_bare else _git_directory(pointer)
    if own is None:
        return None
    to_common = os.path.join(own, "commondir")
    common = os.path.realpath(os.path.join(own, _line(to_common))) if os.path.isfile(to_common) else own
    if not (os.path.isfile(f"{own}/HEAD") and os.path.isdir(f"{common}/objects") and os.path.isdir(f"{common}/refs")):
        return None
    found = LocalRepository(own, common, None if is_bare else folder)
    if not _belongs(found, folder):
        raise _foreign(place, pointer, common)
    for inner in (f"{common}/objects", f"{common}/refs", f"{own}/HEAD"):
        if os.path.realpath(inner) != inner:
            raise _foreign(place, inner, os.path.realpath(inner))
    return found


def make_view(found: LocalRepository, place: Path) -> View:
    """Fill a new directory with the view of a repository.

    Raises:
        GitError: The repository cannot be read.
    """
    (place / "refs").mkdir(parents=True)
    (place / "config").write_text(_config(_settings(found), found), "utf-8", "surrogateescape")
    (place / "objects").symlink_to(f"{found.common}/objects")
    for folder, name in (*_plain_files(found.common, _FILES, _FOLDERS), *_plain_files(found.own, _OWN_FILES)):
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(os.path.join(folder, name), target)  # with its time, which git compares with those of files
        except PermissionError as error:
            raise GitError(f"{error.filename}: {error.strerror}") from error
    return View(place, found.work_tree)


def _git_directory(pointer: str) -> str | None:
    """Return the git directory that a `.git` is or points to; None if it is neither."""
    if os.path.isdir(pointer):
        return os.path.realpath(pointer)
    text = _line(pointer) if os.path.isfile(pointer) else ""
    if not text.startswith(_POINTER):
        return None
    return os.path.realpath(os.path.join(os.path.dirname(pointer), text.removeprefix(_POINTER).strip()))


def _line(file: str) -> str:
    """Return the text of a file with one line; "" if it cannot be read."""
    try:
        with open(file, "rb") as opened:
            return os.fsdecode(opened.read(_LONGEST_POINTER)).replace("\0", "").rstrip("\r\n")
    except OSError:
        return ""


def _belongs(found: LocalRepository, folder: str) -> bool:
    """Return whether the repository is in the directory, or names it as a linked or a submodule's work tree."""
    if _is_below(found.own, folder) and _is_below(found.common, folder):
        return True
    if found.own != found.common:
        back = f"{found.own}/gitdir"
        return (
            os.path.dirname(found.own) == f"{found.common}/worktrees"
            and os.path.isfile(back)
            and _is_same_pointer(os.path.join(found.own, _line(back)), folder)
        )
    try:
        named = _settings(found).get("core.worktree")
    except GitError:
        return False
    return named is not None and os.path.realpath(os.path.join(found.own, named)) == folder


def _is_same_pointer(back: str, folder: str) -> bool:
    return os.path.basename(back) == ".git" and os.path.realpath(os.path.dirname(back)) == folder


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _foreign(place: str | Path, pointer: str, where: str) -> UnsafePathError:
    return UnsafePathError(
        f"{pointer} leads to {where}, which is not a repository of {place}",
        why="a repository outside of a directory must name the directory as its work tree",
        hint="if it belongs to the directory, run `git worktree repair`, or set its core.worktree",
    )


def _settings(found: LocalRepository) -> Mapping[str, str]:
    """Return all settings of a repository by their lowercase names. Included files are not read."""
    settings: dict[str, str] = {}
    for folder, name in _plain_files(found.common, ("config",)):
        settings |= _parsed(os.path.join(folder, name))
    if settings.get("extensions.worktreeconfig", "").lower() in ("true", "yes", "on", "1"):
        for folder, name in _plain_files(found.own, ("config.worktree",)):
            settings |= _parsed(os.path.join(folder, name))
    return settings


def _parsed(file: str) -> dict[str, str]:
    listed = git(_NO_REPOSITORY, "config", f"--file={file}", "--no-includes", "--null", "--list")
    entries = (entry.partition("\n") for entry in listed.split("\0") if entry)
    return {name: value if separator else "true" for name, separator, value in entries}


def _config(settings: Mapping[str, str], found: LocalRepository) -> str:
    """Return the view's own configuration."""
    extensions = {name: value for name, value in settings.items() if name in _EXTENSIONS}
    kept = {name: value for name, value in settings.items() if name in _SETTINGS} | extensions
    kept |= {"core.repositoryformatversion": "1" if extensions else "0", "core.bare": "true", "core.safecrlf": "false"}
    patterns = os.path.join(found.work_tree or "/", os.path.expanduser(settings.get("core.excludesfile", "")))
    if os.path.isfile(patterns):
        kept["core.excludesfile"] = patterns
    lines = []
    for name, value in kept.items():
        section, _, key = name.partition(".")
        quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        lines.append(f'[{section}]\n\t{key} = "{quoted}"\n')
    return "".join(lines)


def _plain_files(folder: str, files: tuple[str, ...], folders: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield the given files of a directory, and all files in the given subdirectories, that are not reached by a link.

    Each is a pair of the directory and the path in it.
    """
    names = list(files)
    for each in folders:
        for place, _, inner in os.walk(os.path.join(folder, each)):
            names += (os.path.relpath(os.path.join(place, name), folder) for name in inner)
    for name in names:
        path = os.path.join(folder, name)
        if os.path.realpath(path) == path and os.path.isfile(path):
            yield folder, name
