"""What Copier's users have set up in its settings.yml: defaults for questions, and trusted sources."""

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
    """What a user of Copier has set up."""

    defaults: Mapping[str, Any] = field(default_factory=dict)
    """By question, of any template."""
    trust: tuple[str, ...] = ()
    """Exact sources, or prefixes that end in "/"."""


def load_copier_settings() -> CopierSettings:
    """Read Copier's settings: $COPIER_SETTINGS_PATH, else the file in the user's configuration folder."""
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
            "Copier's settings are wrong: `defaults` must be a table and `trust` a list", where=Location(str(file))
        )
    return CopierSettings(defaults, tuple(map(str, trust)))


def _usual_file() -> Path:
    from platformdirs import user_config_path

    return user_config_path("copier", appauthor=False) / "settings.yml"
