"""The code of a template's author that would run, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Capability(Struct, frozen=True):
    """A piece of the template author's code that would run."""

    kind: str
    """One of "hook", "task" and "extension"."""
    what: str
    """The name that is shown."""
    text: str = ""
    """The complete code, as it is in the template."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


def digest(capabilities: Iterable[Capability]) -> str:
    """Return a hash of all code that would run, which changes whenever any of it does."""
    from hashlib import sha256

    parts = sorted((each.kind, each.what, each.text) for each in capabilities)
    return sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()


def changes_since(before: Sequence[Capability], now: Sequence[Capability]) -> str:
    """Return what changed as a unified diff; "" if there was nothing before."""
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
