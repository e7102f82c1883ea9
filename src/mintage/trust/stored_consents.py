"""Stores what the user agreed to at a prompt beside the settings: one file per template.

The complete code is stored, not only a digest, so that changes can be shown.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from mintage.files.atomic import replace_text
from mintage.trust.capabilities import Capability
from mintage.trust.consent import Consents
from mintage.user.folders import settings_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class StoredConsents(Consents):
    """Consents in the user's configuration directory."""

    def granted(self, address: str) -> tuple[Capability, ...]:
        """See `Consents`. An invalid file is ignored, so the user is asked again."""
        try:
            document = json.loads(_file_of(address).read_text("ascii"))
            return tuple(msgspec.convert(document["agreed"], list[Capability]))
        except (OSError, ValueError, KeyError, TypeError):
            return ()

    def store(self, address: str, capabilities: Iterable[Capability]) -> None:
        """See `Consents`.

        Raises:
            OSError: The file cannot be written.
        """
        file = _file_of(address)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        document = {"template": address, "agreed": [msgspec.to_builtins(each) for each in capabilities]}
        replace_text(file, json.dumps(document, indent=1))


def _file_of(address: str) -> Path:
    name = sha256(address.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return settings_file().parent / "agreements" / f"{name}.json"
