"""Ansible's filters for texts, as Copier's templates use them. Imports nothing slow.

They behave like those of jinja2-ansible-filters 1.3, which render anything that these don't accept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mintage.formats.shared.functions import is_only_a_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _regex_search(text: str, pattern: str) -> str | None:
    found = re.search(pattern, text)
    return found.group() if found else None


def _regex_replace(text: str, pattern: str, replacement: str) -> str:
    return re.sub(pattern, replacement, text)


def _strftime(text_format: str) -> str:
    from time import localtime, strftime

    if not is_only_a_date(text_format):  # the time may differ in the next file
        raise ValueError(f"{text_format!r} needs a time, not only a date")
    return strftime(text_format, localtime())


TEXT_FILTERS: Mapping[str, Callable[..., Any]] = {
    "regex_search": _regex_search,
    "regex_replace": _regex_replace,
    "strftime": _strftime,
}
"""For `RendererSettings.text_filters`."""
