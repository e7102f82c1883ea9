"""Reads the user's Cookiecutter configuration, for hooks."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from mintage.user.cookiecutterrc import load_cookiecutter_settings

logger = logging.getLogger(__name__)  # part of Cookiecutter's module, so that hooks can import it


def get_user_config(config_file: str | None = None, default_config: bool = False) -> dict[str, Any]:
    """Return `default_context`, `cookiecutters_dir`, `replay_dir` and `abbreviations`.

    Raises:
        UsageError: The file is invalid.
    """
    settings = load_cookiecutter_settings(
        config_file=Path(config_file) if config_file else None, default_config=default_config
    )
    return {
        "cookiecutters_dir": str(settings.cookiecutters_dir),
        "replay_dir": str(settings.replay_dir),
        "default_context": dict(settings.default_context),
        "abbreviations": dict(settings.abbreviations),
    }
