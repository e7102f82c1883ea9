"""Finds names of the output that are too long, too deep, or invalid on other systems."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mintage.errors import Location, PlanError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.template.limits import Limits

_DEVICE = re.compile(r"[/\n](?:con|prn|aux|nul|com[1-9]|lpt[1-9]) *(?=[./\n])")
NOT_ON_WINDOWS = '<>:"\\|?*'
_TAKEN_AWAY = (".\n", " \n", "./", " /")
_NAMED = 5


def require_within_limits(target: str, limits: Limits, *, source: str) -> None:
    """Raise PlanError if a path is too deep, or a name in it is too long."""
    where = Location(source or target)
    parts = target.split("/")
    depth = len(parts) - 1
    if depth > limits.depth:
        raise PlanError(
            f"the path {target[:40]!r}... is {depth} directories deep, and {limits.depth:.0f} are allowed",
            where=where,
            hint="raise the limit with `Options(limits=Limits(depth=N))`",
        )
    for part in parts:
        if len(part.encode("utf-8", "surrogateescape")) > limits.name_length:
            raise PlanError(
                f"the name {part[:40]!r}... is longer than {limits.name_length:.0f} bytes",
                where=where,
                hint="raise the limit with `Options(limits=Limits(name_length=N))`; file systems take up to 255",
            )


def unportable(targets: Sequence[str]) -> list[str]:
    """Return warnings about names that Windows doesn't support, one for each reason."""
    text = "\n" + "\n".join(targets).lower() + "\n"
    if not (
        _DEVICE.search(text)
        or any(character in text for character in NOT_ON_WINDOWS)
        or any(ending in text for ending in _TAKEN_AWAY)
    ):
        return []
    found: dict[str, list[str]] = {}
    for target in targets:
        if reason := why_not_on_windows(target):
            found.setdefault(reason, []).append(target)
    return [_warning(reason, names) for reason, names in found.items()]


def why_not_on_windows(target: str) -> str:
    """Return why Windows doesn't support a name; "" if it does."""
    name = target.rpartition("/")[2]
    if _DEVICE.search(f"/{name.lower()}\n"):
        return "Windows reserves these names for devices"
    if name.endswith((".", " ")):
        return "Windows removes dots and spaces at the end of names"
    if any(character in name for character in NOT_ON_WINDOWS):
        return f"names can't contain any of {NOT_ON_WINDOWS} on Windows"
    return ""


def _warning(reason: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}: {reason}"
