"""Reads and writes the answers of earlier runs, for hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.formats.cookiecutter.replay import named, read, write

if TYPE_CHECKING:
    from pathlib import Path


def load(replay_dir: str | Path, template_name: str) -> dict[str, Any]:
    """Return the context of the last run of a template.

    Raises:
        MintageError: There was none, or its file is invalid.
    """
    return dict(read(named(replay_dir, template_name)))


def dump(replay_dir: str | Path, template_name: str, context: dict[str, Any]) -> None:
    """Save a context.

    Raises:
        OSError: The file can't be written.
    """
    write(named(replay_dir, template_name), context)
