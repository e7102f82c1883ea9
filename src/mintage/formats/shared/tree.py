"""Walks a template's directory without leaving it, and renders its paths part by part."""

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
    """A file or directory of the template."""

    path: str
    """Relative to where the walk began."""
    source: str
    """Where it really is: where a link leads, unless links are kept."""
    is_folder: bool
    """Whether it is a directory, or a link to one that is followed."""
    entry: os.DirEntry[str]
    """The same as its directory lists it: a link is still one."""
    siblings: frozenset[str]
    """The names of everything in its directory."""


def _leave_nothing_out(_path: str, _is_folder: bool) -> bool:
    return False


def _enter_all(_item: TreeItem) -> bool:
    return True


class Walk:
    """Walks a template's directory: links stay within the template, and no directory is entered forever.

    Links are followed unless they are kept.

    Args:
        top: The directory that no link may lead out of.
        leaves_out: Called with each path, and with whether it is a directory. If it returns True, the path is left
            out with everything below it, even if it is a link out of the template.
        enters: Called with each directory after it is yielded; returns whether to enter it.
        passed_over: Names that are left out without calling `leaves_out`.
        by_name: Whether to yield the contents of a directory in the order of their names rather than its own order.
        keeps_links: Whether links are yielded as files that may lead anywhere, rather than followed.
        links_may_dangle: Whether a link to nothing is yielded as a file that doesn't exist, rather than an error.
        entered: The directories that other walks through the same template have entered.
    """

    def __init__(
        self,
        top: str | Path,
        *,
        leaves_out: Callable[[str, bool], bool] = _leave_nothing_out,
        enters: Callable[[TreeItem], bool] = _enter_all,
        passed_over: frozenset[str] = VERSION_CONTROL,
        by_name: bool = True,
        keeps_links: bool = False,
        links_may_dangle: bool = False,
        entered: FoldersEntered | None = None,
    ) -> None:
        self._top = os.path.realpath(top)
        self._leaves_out = leaves_out
        self._enters = enters
        self._passed_over = passed_over
        self._by_name = by_name
        self._keeps_links = keeps_links
        self._links_may_dangle = links_may_dangle
        self._entered = entered or FoldersEntered()

    def items(self, folder: str, inside: str = "", above: tuple[str, ...] = ()) -> Iterator[TreeItem]:
        """Yield everything in a directory, directories before what is in them.

        Args:
            folder: Where the directory is.
            inside: Its path, which the paths of its contents begin with; "" for the outermost.
            above: The real paths of the directories that the walk has entered, up to this one; empty at the start.

        Raises:
            UnsafePathError: A link leads out of the template.
            TemplateError: A link leads to nothing or to a directory that contains it, or a directory can't be read.
        """
        above = above or (os.path.realpath(folder),)
        found = listing(folder, inside)
        siblings = frozenset(entry.name for entry in found)
        for entry in sorted(found, key=_name) if self._by_name else found:
            path = f"{inside}/{entry.name}" if inside else entry.name
            leads_to_folder = is_folder(entry)
            if entry.name in self._passed_over or self._leaves_out(path, leads_to_folder):
                continue
            is_link = entry.is_symlink()
            is_followed = is_link and not self._keeps_links
            source = self._contained(entry.path, path) if is_followed else entry.path
            item = TreeItem(path, source, leads_to_folder and (is_followed or not is_link), entry, siblings)
            yield item
            if item.is_folder and self._enters(item):
                real = source if is_followed else f"{above[-1]}/{entry.name}"
                self._entered.enter(real, path, above)
                yield from self.items(source, path, (*above, real))

    def _contained(self, link: str, path: str) -> str:
        return within(link, path, self._top) if self._links_may_dangle else contained(link, path, self._top)


def walk(root: Path, top: Path, leaves_out: Callable[[str, bool], bool] = _leave_nothing_out) -> Iterator[TreeItem]:
    """Yield everything in `root` in the order of names, except version control, following links. See `Walk`."""
    yield from Walk(top, leaves_out=leaves_out).items(os.fspath(root))


def files_below(root: Path, top: Path, leaves_out: Callable[[str, bool], bool] = _leave_nothing_out) -> TemplateFiles:
    """Return the files that a walk with these arguments finds."""
    found = walk(root, top, leaves_out)
    return TemplateFiles(str(root), {item.path: item.source for item in found if not item.is_folder})


class FoldersEntered:
    """The directories that walks through one template have entered.

    Links may lead to a directory that contains them, or to one directory in very many ways.
    """

    def __init__(self) -> None:
        self._ways: dict[str, int] = {}

    def enter(self, real: str, path: str, above: tuple[str, ...]) -> None:
        """Count an entry into a directory.

        Args:
            real: Where it really is.
            path: What the template calls it.
            above: The real paths of the directories that it was reached through.

        Raises:
            TemplateError: It contains itself, or was entered too often.
        """
        if real in above:
            raise TemplateError(f"the link {path} leads back to a directory that contains it", where=Location(path))
        ways = self._ways[real] = self._ways.get(real, 0) + 1
        if ways > _MOST_WAYS:  # as through thirty directories with two links in each of them, to the next one
            raise TemplateError(f"links lead to {path[:200]} in more than {_MOST_WAYS:,} ways", where=Location(path))


def listing(folder: str, path: str) -> list[os.DirEntry[str]]:
    """Return what is in a directory of a template, in its own order.

    Args:
        folder: Where the directory is.
        path: What the template calls it; "" for the outermost.

    Raises:
        TemplateError: It cannot be read, or is nested so deeply that no walk should go there.
    """
    if path.count("/") >= _DEEPEST:
        raise TemplateError(f"{path[:40]}... is more than {_DEEPEST} directories deep", where=Location(path))
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError as error:
        raise TemplateError(
            f"can't read the directory {path or folder}: {error.strerror}", where=Location(path or folder)
        ) from error


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether it is a directory or a link to one. A link that leads to itself is neither."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def within(place: str, path: str, top: str) -> str:
    """Return where something of a template really is, which may be nowhere.

    Args:
        place: Where it seems to be; any part of that may be a link.
        path: What the template calls it.
        top: The directory that must contain it, with links resolved.

    Raises:
        UnsafePathError: It is outside `top`.
    """
    real = os.path.realpath(place)
    if not belongs_to_template(real, top):
        raise UnsafePathError(f"the link {path} leads out of the template, to {real}", where=Location(path))
    return real


def contained(place: str, path: str, top: str) -> str:
    """Return where something of a template really is, as `within` does.

    Raises:
        UnsafePathError: It is outside `top`.
        TemplateError: It doesn't exist.
    """
    real = within(place, path, top)
    if not os.path.exists(real):
        raise TemplateError(f"the link {path} leads to nothing", where=Location(path))
    return real


class PathRenderer:
    """Renders the paths of a template. A part that renders to nothing leaves out the file or directory."""

    def __init__(self, render: TextRenderer, context: Mapping[str, Any]) -> None:
        self._render = render
        self._context = context
        self._folders: dict[str, str | None] = {"": ""}

    def target(self, path: str) -> str | None:
        """Return the rendered path; None if a part of it is empty."""
        folder, _, name = path.rpartition("/")
        if folder not in self._folders:
            self._folders[folder] = self.target(folder)
        parent = self._folders[folder]
        rendered = self._render.text(name, self._context, what=f"the path {path}").strip()
        if parent is None or not rendered:
            return None
        return f"{parent}/{rendered}" if parent else rendered

    def target_at_once(self, path: str) -> str | None:
        """Return a path that is rendered as one text, so that its tags may contain slashes; None if a part is empty."""
        rendered = self._render.text(path, self._context, what=f"the path {path}")
        parts = [part.strip() for part in rendered.split("/")]
        # A path that begins with a slash is left as it is, for planning to refuse.
        return "/".join(parts) if all(parts) or rendered.startswith("/") else None
