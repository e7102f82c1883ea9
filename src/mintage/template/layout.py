"""Which files and directories come out of a template, and where: what a format decides by code."""

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
    """One file or directory that should come out."""

    kind: EntryKind
    target: str
    """Where, relative to the destination, with forward slashes."""
    source: str = ""
    """Absolute path in the template."""
    name: str = ""
    """Path relative to the template's root, for messages."""
    loader_name: str = ""
    """What the Jinja loader calls it."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """Extra names that this file's template sees (a repeated file's item)."""
    content: bytes = b""
    """The bytes of a CONTENT entry, or where a LINK leads."""
    mode: int | None = None
    """Permission bits; None for the usual ones, which are those of the source for a file."""
    size: int = 0
    """Of the source file, as found by the walk."""
    mtime_ns: int = 0
    """Of the source file, as found by the walk."""


class LayoutRequest(Struct, frozen=True):
    """What a layout needs to know."""

    render: TextRenderer
    context: Context
    destination: Path
    """The project's directory."""
    exists: bool = False
    """It already exists, and may be used."""
    limits: Limits = field(default_factory=Limits)
    """What the project may not exceed. Planning holds it to them; a layout that makes many files of one, or follows
    links, stops as soon as there are more than are allowed."""


class PathPatterns(Protocol):
    """Patterns that choose some of the output's files."""

    def matches(self, path: str) -> bool:
        """Return whether a file's path, relative to the project, is one of them."""
        ...


class LaidOut(Struct, frozen=True):
    """A layout's result: entries in the order of the walk, directories before what is in them."""

    entries: Sequence[Entry]
    warnings: Sequence[str] = ()
    skip_if_exists: PathPatterns | None = None
    """Files that are left alone when they exist."""
    always_replaced: frozenset[str] = frozenset()
    """Targets that nobody has to agree to."""
    makes_project: bool = True
    """False where not even the project's directory comes out."""


class TemplateFiles(Struct, frozen=True):
    """What may come out of a template, with some answers or others."""

    folder: str
    """Where the files are."""
    files: Mapping[str, str]
    """From the name of each, as messages have it, to its absolute path."""


class Layout(Protocol):
    """Which files and directories come out of a template, and where."""

    def destination(self, output: Path | None, render: TextRenderer, context: Context) -> Path:
        """Return the project's directory for what the user gave as OUTPUT (None: nothing was given)."""
        ...

    def lay_out(self, request: LayoutRequest) -> LaidOut:
        """Walk the template and render all paths. Reads the template, touches nothing."""
        ...

    def template_files(self, request: LayoutRequest) -> TemplateFiles:
        """Return every file that could come out, whether it does with these answers or not."""
        ...


class Collisions(Enum):
    """What to do when two entries have one target, or targets that differ only by case or Unicode form."""

    REFUSED = "both are errors"
    LOOKALIKES_PASS = "only one target twice is an error"  # noqa: S105 - no password
    LATER_WINS = "neither is; of two files for one target the later one is made"
