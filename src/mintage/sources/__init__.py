"""Where templates come from: a reference becomes a folder on disk and its origin. Knows no format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a template came from.

    reference: exactly what the user typed. url: the expanded address or absolute path. ref: the revision asked for.
    commit: the full hash, "" when it is not a git repository.
    """

    reference: str
    url: str
    ref: str | None = None
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A template's folder on disk. root: the folder to load (with `directory` applied). top: the folder fetched."""

    root: Path
    top: Path
    origin: Origin
    directory: str | None = None
