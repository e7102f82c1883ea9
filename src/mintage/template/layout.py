"""Which files and directories come out of a template, and where. Each format implements it."""

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
    """What an entry is. Whether a FILE is rendered or copied depends on its contents."""

    FOLDER = "a directory"
    FILE = "a file, rendered if it is text with template tags"
    COPY = "a file whose bytes are copied as they are"
    LINK = "a symbolic link"
    CONTENT = "a file that Mintage itself writes"


class Entry(Struct, frozen=True):
    """One file or directory that should come out."""

    kind: EntryKind
    """What it is."""
    target: str
    """The path in the project, with forward slashes."""
    source: str = ""
    """The absolute path in the template."""
    name: str = ""
    """The path relative to the template's root, for messages."""
    loader_name: str = ""
    """The name in Jinja's loader."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """Additional names that this file's template sees, such as the item of a repeated file."""
    content: bytes = b""
    """The bytes of a CONTENT entry, or where a LINK leads."""
    mode: int | None = None
    """The permission bits; None for the default, which is the mode of the source for a file."""
    size: int = 0
    """The size of the source file in bytes, when it was listed."""
    mtime_ns: int = 0
    """The time of the source file's last change in nanoseconds, when it was listed."""


class LayoutRequest(Struct, frozen=True):
    """What a layout needs to know."""

    render: TextRenderer
    """Renders paths and conditions."""
    context: Context
    """The names that templates see."""
    destination: Path
    """The project's directory."""
    exists: bool = False
    """Whether the project's directory exists and may be used."""
    limits: Limits = field(default_factory=Limits)
    """What the project may not exceed. Planning enforces the limits; a layout that repeats files or follows links also
    stops as soon as there are too many files."""


class PathPatterns(Protocol):
    """Patterns that choose some of the output's files."""

    def matches(self, path: str) -> bool:
        """Return whether the patterns match a file's path, relative to the project."""
        ...


class LaidOut(Struct, frozen=True):
    """The result of a layout."""

    entries: Sequence[Entry]
    """What comes out, directories before their contents."""
    warnings: Sequence[str] = ()
    """What the user should know."""
    skip_if_exists: PathPatterns | None = None
    """Matches the files that are left alone if they exist."""
    always_replaced: frozenset[str] = frozenset()
    """Targets that may be replaced without the user's consent."""
    makes_project: bool = True
    """Whether at least the project's directory comes out."""


class TemplateFiles(Struct, frozen=True):
    """The files that may come out of a template, depending on the answers."""

    folder: str
    """The directory that the files are in."""
    files: Mapping[str, str]
    """The absolute path of each file by its name in messages."""


class Layout(Protocol):
    """Which files and directories come out of a template, and where."""

    def destination(self, output: Path | None, render: TextRenderer, context: Context) -> Path:
        """Return the project's directory for what the user gave as OUTPUT; None if nothing was given."""
        ...

    def lay_out(self, request: LayoutRequest) -> LaidOut:
        """List the template's files and render all paths. Writes nothing."""
        ...

    def template_files(self, request: LayoutRequest) -> TemplateFiles:
        """Return every file that could come out, even if it doesn't with these answers."""
        ...


class Collisions(Enum):
    """What to do if two entries have the same target, or targets that differ only in case or Unicode form."""

    REFUSED = "both are errors"
    LOOKALIKES_PASS = "only the same target is an error"  # noqa: S105 - not a password
    LATER_WINS = "neither is an error; of two files with the same target, the later one wins"
