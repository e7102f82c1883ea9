"""Where the user's settings and caches are kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def settings_file() -> Path:
    """Return where the settings are: in $MINTAGE_CONFIG_DIR, else in the user's configuration directory."""
    return _user_folder("MINTAGE_CONFIG_DIR", "XDG_CONFIG_HOME", ".config") / "settings.toml"


def cache_folder() -> Path:
    """Return where fetched templates are kept: in $MINTAGE_CACHE_DIR, else in the user's cache directory."""
    return _user_folder("MINTAGE_CACHE_DIR", "XDG_CACHE_HOME", ".cache")


def _user_folder(variable: str, xdg_variable: str, usual: str) -> Path:
    if given := os.environ.get(variable):
        return Path(given).expanduser().absolute()
    if sys.platform == "darwin":
        import platformdirs

        cache = variable == "MINTAGE_CACHE_DIR"
        return (platformdirs.user_cache_path if cache else platformdirs.user_config_path)("mintage")
    # What platformdirs says on other systems; importing it would cost a tenth of a small run.
    base = os.environ.get(xdg_variable, "").strip() or os.path.expanduser(f"~/{usual}")
    return Path(base) / "mintage"
