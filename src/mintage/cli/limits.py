"""Reads the limits of a project from the command line. Knows their names, not what they do."""

from __future__ import annotations

import math
import re

from msgspec.structs import fields, replace

from mintage.errors import UsageError
from mintage.template.limits import Limits

_KIB = 1024
_UNITS = {"": 1, "k": _KIB, "m": _KIB**2, "g": _KIB**3, "t": _KIB**4}
_SIZE = re.compile(r"(\d+)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
LIMIT_NAMES = {field.name.replace("_", "-"): field.name for field in fields(Limits)}
_SIZES = {"file_size", "total_size"}


def parse_limits(limits: Limits, texts: list[str]) -> Limits:
    """Return the limits changed by texts such as "file-size=1GiB", "files=500" or "render-time=none".

    Raises UsageError.
    """
    for text in texts:
        name, equals, value = text.partition("=")
        field = LIMIT_NAMES.get(name.strip())
        if field is None or not equals:
            raise UsageError(
                f"{text!r} is not a valid limit", hint=f"use one of {', '.join(f'{each}=N' for each in LIMIT_NAMES)}"
            )
        limits = replace(limits, **{field: _parse(text, field, value.strip().lower())})
    return limits


def _parse(text: str, field: str, value: str) -> float:
    if value == "none":
        return math.inf
    if field in _SIZES:
        if (size := _SIZE.fullmatch(value)) and int(size[1]) > 0:
            return float(int(size[1]) * _UNITS[size[2].lower()])
        raise UsageError(f"{text!r} is not a valid size", hint="write it as 500, 64KiB, 10MiB or 2GiB, or `none`")
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise UsageError(f"{text!r} is not a positive number", hint="or use `none` for no limit")
    return number
