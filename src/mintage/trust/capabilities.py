"""What of a template author's code would run, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Capability(Struct, frozen=True):
    """Something of the template's author that would run."""

    kind: str
    """"hook", "task", "extension"."""
    what: str
    """Its name, shown to people."""
    text: str = ""
    """All of it, as it is in the template."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


def digest(capabilities: Iterable[Capability]) -> str:
    """Return one number for all that would run: another one whenever any of it changes."""
    from hashlib import sha256

    parts = sorted((each.kind, each.what, each.text) for each in capabilities)
    return sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()


def changes_since(before: Sequence[Capability], now: Sequence[Capability]) -> str:
    """Return the difference as a unified diff; "" if there was nothing before."""
    if not before:
        return ""
    from difflib import unified_diff

    old = {(each.kind, each.what): each.text for each in before}
    lines: list[str] = []
    for each in now:
        text = old.get((each.kind, each.what), "")
        if text != each.text:
            lines += unified_diff(text.splitlines(), each.text.splitlines(), "agreed", str(each), lineterm="")
    return "\n".join(lines)
