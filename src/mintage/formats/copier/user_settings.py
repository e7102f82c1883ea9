"""Reads Copier's settings.yml: the user's defaults for questions, and trusted sources."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage.errors import Location, UsageError
from mintage.formats.copier.answers import read_yaml_table

if TYPE_CHECKING:
    from collections.abc import Mapping


class CopierSettings(Struct, frozen=True):
    """The settings of a user of Copier."""

    defaults: Mapping[str, Any] = field(default_factory=dict)
    """The user's defaults for questions of any template."""
    trust: tuple[str, ...] = ()
    """Sources that are trusted, or prefixes of them that end with "/"."""


def load_copier_settings() -> CopierSettings:
    """Read Copier's settings from $COPIER_SETTINGS_PATH, or from the user's configuration directory."""
    named = os.environ.get("COPIER_SETTINGS_PATH")
    file = Path(named) if named else _usual_file()
    if not file.is_file():
        return CopierSettings()
    found = read_yaml_table(file, Path("/"))
    found = {} if found is None else found
    defaults = found.get("defaults", {}) if isinstance(found, dict) else None
    trust = found.get("trust", []) if isinstance(found, dict) else None
    if not isinstance(defaults, dict) or not isinstance(trust, list):
        raise UsageError(
            "Copier's settings are invalid: `defaults` must be a mapping and `trust` a list", where=Location(str(file))
        )
    return CopierSettings(defaults, tuple(map(str, trust)))


def _usual_file() -> Path:
    from platformdirs import user_config_path

    return user_config_path("copier", appauthor=False) / "settings.yml"
