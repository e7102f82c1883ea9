"""Walks a template's folder and renders its paths part by part. Shared by formats whose folder is the project."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import Location, TemplateError, UnsafePathError
from mintage.files.paths import belongs_to_template
from mintage.template.layout import TemplateFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from mintage.rendering.settings import TextRenderer

_DEEPEST = 200
_MOST_WAYS = 1_000
VERSION_CONTROL = frozenset({".git", ".hg", ".svn"})


class TreeItem(Struct, frozen=True):
    """A file or folder of the template."""

    path: str
    """Relative to the root."""
    source: str
    """Where it really is, links followed."""
    is_folder: bool


def walk(root: Path, top: Path, leaves_out: Callable[[str, bool], bool] = lambda *_: False) -> Iterator[TreeItem]:
    """Yield everything in `root`, folders before what is in them, by name.

    A link is taken as what it leads to. leaves_out(path, is_folder) prunes.

    Raises:
        UnsafePathError: A link leads out of `top`.
        TemplateError: One it is in.
    """
    yield from _Walk(os.path.realpath(top), leaves_out).items(os.fspath(root), "", (os.path.realpath(root),))


def files_below(root: Path, top: Path, leaves_out: Callable[[str, bool], bool] = lambda *_: False) -> TemplateFiles:
    """Return the files that a walk of these arguments finds."""
    found = walk(root, top, leaves_out)
    return TemplateFiles(str(root), {item.path: item.source for item in found if not item.is_folder})


class FoldersEntered:
    """Which folders a walk that follows links has entered: one may be in itself, or be reached in very many ways."""

    def __init__(self) -> None:
        self._ways: dict[str, int] = {}

    def enter(self, real: str, path: str, above: tuple[str, ...]) -> None:
        """The folder is really at `real`, below all that are `above`. Raises TemplateError."""
        if real in above:
            raise TemplateError(f"the link {path} leads back to a folder that it is in", where=Location(path))
        ways = self._ways[real] = self._ways.get(real, 0) + 1
        if ways > _MOST_WAYS:  # as through thirty folders with two links in each of them, to the next one
            raise TemplateError(f"links lead to {path[:200]} in more than {_MOST_WAYS} ways", where=Location(path))


class _Walk:
    """One walk.

    Args:
        top: Links may not lead out of it.
    """

    def __init__(self, top: str, leaves_out: Callable[[str, bool], bool]) -> None:
        self._top = top
        self._leaves_out = leaves_out
        self._entered = FoldersEntered()

    def items(self, folder: str, inside: str, above: tuple[str, ...]) -> Iterator[TreeItem]:
        """Yield what is in a folder.

        Args:
            above: Where it, and all that it is in, really are.
        """
        for item in sorted(listing(folder, inside), key=lambda item: item.name):
            path = f"{inside}/{item.name}" if inside else item.name
            if item.name in VERSION_CONTROL or self._leaves_out(path, is_folder(item)):
                continue
            is_link = item.is_symlink()
            source = _contained(item.path, path, self._top) if is_link else item.path
            if not is_folder(item):
                yield TreeItem(path, source, is_folder=False)
                continue
            real = source if is_link else f"{above[-1]}/{item.name}"
            self._entered.enter(real, path, above)
            yield TreeItem(path, source, is_folder=True)
            yield from self.items(source, path, (*above, real))


def listing(folder: str, path: str) -> list[os.DirEntry[str]]:
    """Return what is in a folder of a template, in its own order.

    Args:
        path: What the template calls it, "" for the outermost.

    Raises:
        TemplateError: It cannot be read, or is nested so deeply that no walk should go there.
    """
    if path.count("/") >= _DEEPEST:
        raise TemplateError(f"{path[:40]}... lies more than {_DEEPEST} folders deep", where=Location(path))
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError as error:
        raise TemplateError(
            f"the folder {path or folder} cannot be read: {error.strerror}", where=Location(path or folder)
        ) from error


def is_folder(item: os.DirEntry[str]) -> bool:
    """Return whether it is a folder, or a link to one. A link that leads to itself is none."""
    try:
        return item.is_dir()
    except OSError:
        return False


def _contained(link: str, path: str, top: str) -> str:
    real = os.path.realpath(link)
    if not belongs_to_template(real, top):
        raise UnsafePathError(f"the link {path} leads out of the template, to {real}", where=Location(path))
    if not os.path.exists(real):
        raise TemplateError(f"the link {path} leads to nothing", where=Location(path))
    return real


class PathRenderer:
    """Renders paths of one template. A part that renders to nothing leaves out the file or folder."""

    def __init__(self, render: TextRenderer, context: Mapping[str, Any]) -> None:
        self._render = render
        self._context = context
        self._folders: dict[str, str | None] = {"": ""}

    def target(self, path: str) -> str | None:
        """Return the rendered path, None if a part of it is empty."""
        folder, _, name = path.rpartition("/")
        if folder not in self._folders:
            self._folders[folder] = self.target(folder)
        parent = self._folders[folder]
        rendered = self._render.text(name, self._context, what=f"the path {path}").strip()
        if parent is None or not rendered:
            return None
        return f"{parent}/{rendered}" if parent else rendered

    def target_at_once(self, path: str) -> str | None:
        """Return the same for a path that is no file's name, and may therefore have slashes within its tags."""
        rendered = self._render.text(path, self._context, what=f"the path {path}")
        parts = [part.strip() for part in rendered.split("/")]
        # One that begins with a slash is left as it is, for planning to refuse.
        return "/".join(parts) if all(parts) or rendered.startswith("/") else None
