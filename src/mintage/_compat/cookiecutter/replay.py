"""Files with the answers of earlier runs, for hooks that read or write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.formats.cookiecutter.replay import named, read, write

if TYPE_CHECKING:
    from pathlib import Path


def load(replay_dir: str | Path, template_name: str) -> dict[str, Any]:
    """Return the context of the last run of a template.

    Raises:
        MintageError: There is none.
    """
    return dict(read(named(replay_dir, template_name)))


def dump(replay_dir: str | Path, template_name: str, context: dict[str, Any]) -> None:
    """Keep a context. Raises OSError."""
    write(named(replay_dir, template_name), context)
