"""Which files and folders come out of a template, and where: what a format decides by code."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct, field

from mintage.template.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mintage.rendering.settings import Context, TextRenderer


class EntryKind(Enum):
    """What the layout says of an entry; whether a FILE is rendered or copied is decided from its bytes."""

    FOLDER = "a folder"
    FILE = "a file, rendered if it is text with template tags"
    COPY = "a file whose bytes are copied as they are"
    LINK = "a symbolic link"
    CONTENT = "a file that Mintage itself writes"


class Entry(Struct, frozen=True):
    """One file or folder that shall come out.

    target: where, relative to the destination, with forward slashes. source: absolute path in the template.
    name: path relative to the template's root, for messages. loader_name: what the Jinja loader calls it.
    variables: extra names that this file's template sees (a repeated file's item).
    content: the bytes of a CONTENT entry, or where a LINK leads. mode: permission bits; None for the usual ones,
        which are those of the source for a file.
    size, mtime_ns: of the source file, as found by the walk.
    """

    kind: EntryKind
    target: str
    source: str = ""
    name: str = ""
    loader_name: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    content: bytes = b""
    mode: int | None = None
    size: int = 0
    mtime_ns: int = 0


class LayoutRequest(Struct, frozen=True):
    """What a layout needs to know. destination: the project's folder. exists: it is there already, and may be used.

    limits: what the project may not exceed. Planning holds it to them; a layout that makes many files of one, or
    follows links, stops as soon as there are more than are allowed.
    """

    render: TextRenderer
    context: Context
    destination: Path
    exists: bool = False
    limits: Limits = field(default_factory=Limits)


class PathPatterns(Protocol):
    """Patterns that choose some of the output's files."""

    def matches(self, path: str) -> bool:
        """Whether a file's path, relative to the project, is one of them."""
        ...


class LaidOut(Struct, frozen=True):
    """A layout's result: entries in the order of the walk, folders before what is in them.

    skip_if_exists: files that are left alone when they exist. always_replaced: targets that nobody has to agree to.
    makes_project: False where not even the project's folder comes out.
    """

    entries: Sequence[Entry]
    warnings: Sequence[str] = ()
    skip_if_exists: PathPatterns | None = None
    always_replaced: frozenset[str] = frozenset()
    makes_project: bool = True


class TemplateFiles(Struct, frozen=True):
    """What may come out of a template, with some answers or others.

    folder: where the files are. files: from the name of each, as messages have it, to its absolute path.
    """

    folder: str
    files: Mapping[str, str]


class Layout(Protocol):
    """Which files and folders come out of a template, and where."""

    def destination(self, output: Path | None, render: TextRenderer, context: Context) -> Path:
        """The project's folder for what the user gave as OUTPUT (None: nothing was given)."""
        ...

    def lay_out(self, request: LayoutRequest) -> LaidOut:
        """Walk the template and render all paths. Reads the template, touches nothing."""
        ...

    def template_files(self, request: LayoutRequest) -> TemplateFiles:
        """Every file that could come out, whether it does with these answers or not."""
        ...


class Collisions(Enum):
    """What to do when two entries have one target, or targets that differ only by case or Unicode form."""

    REFUSED = "both are errors"
    LOOKALIKES_PASS = "only one target twice is an error"  # noqa: S105 - no password
    LATER_WINS = "neither is; of two files for one target the later one is made"
