"""Copier templates, as Copier 9.19.1 understands them. Ends where the `Template` begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.formats import LoadRequest
    from mintage.template import Template

TAKES_ANY_FOLDER = True


def recognises(root: Path) -> bool:
    """A folder with a `copier.yml` or `copier.yaml`."""
    names = ("copier.yml", "copier.yaml")
    if any((root / name).is_file() for name in names):
        return True
    # Copier takes other spellings too (copier.YML); looking for them costs a listing, so only where one may be.
    return any(path.suffix.lower().startswith((".yml", ".yaml")) for path in root.glob("copier.*"))


def load(request: LoadRequest) -> Template:
    """Read copier.yml, choose the version, and make the Template."""
    from mintage.formats.copier.loading import load_copier

    return load_copier(request)
