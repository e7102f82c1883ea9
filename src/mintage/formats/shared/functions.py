"""The filters and tags of Cookiecutter, which native templates have too.

Imports nothing that costs time before it is needed.
"""

from __future__ import annotations

import json
import re
from typing import Any

# They are always loaded, from where no template can replace them.
EXTENSIONS = tuple(
    f"mintage.formats.shared.extensions.{name}Extension"
    for name in ("Jsonify", "RandomString", "Slugify", "Time", "UUID")
)
DATE_FORMAT = "%Y-%m-%d"
_ONLY_A_DATE = re.compile(r"(?:[^%]|%[YmdBbyj%])*")


def jsonify(value: Any, indent: int = 4) -> str:
    """Return a value as JSON with sorted keys: the filter `jsonify`."""
    return json.dumps(value, sort_keys=True, indent=indent)


def slugify(value: str, *arguments: Any, **options: Any) -> str:
    """Return a text as a slug, with all options of python-slugify: the filter `slugify`."""
    from slugify import slugify as make_slug

    return str(make_slug(value, *arguments, **options))


def is_only_a_date(text_format: str) -> bool:
    """Return whether a format of `strftime` prints nothing that changes before midnight."""
    return _ONLY_A_DATE.fullmatch(text_format) is not None


def date_now(zone: str, text_format: str = DATE_FORMAT) -> str:
    """Return what `{% now 'utc', '%Y' %}` prints, without loading arrow.

    Raises:
        ValueError: Anything but a date in UTC or in local time, for which arrow is needed.
    """
    from datetime import UTC, datetime

    if zone not in ("utc", "local") or not is_only_a_date(text_format):
        raise ValueError(f"{zone!r} and {text_format!r} are more than a date")
    return datetime.now(UTC if zone == "utc" else None).strftime(text_format)
