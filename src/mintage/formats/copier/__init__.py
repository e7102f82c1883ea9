"""Copier templates, as Copier 9.19.1 understands them. Ends where the `Template` begins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.formats import LoadRequest
    from mintage.template import Template

TAKES_ANY_FOLDER = True
CHOOSES_VERSION = True
MAKES_FOLDER_IN_OUTPUT = False
_SUFFIX = re.compile(r"\.ya?ml", re.IGNORECASE)


def recognises(root: Path) -> bool:
    """Return a folder with a `copier.yml` or `copier.yaml`."""
    return bool(configuration_files(root))


def configuration_files(root: Path) -> list[Path]:
    """Return files that Copier takes for the configuration of a template in `root`, other spellings (copier.YML)
    included.
    """
    return sorted(path for path in root.glob("copier.*") if _SUFFIX.match(path.suffix) and path.is_file())


def load(request: LoadRequest) -> Template:
    """Read copier.yml, choose the version, and make the Template."""
    from mintage.formats.copier.loading import load_copier

    return load_copier(request)
