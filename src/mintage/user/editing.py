"""Adds templates to the text of a settings file, and removes them. Everything else in it stays as it was, to the byte.

Each change is checked: the new text must hold the same values as before, but for the one template.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mintage.data.parsing import BYTE_ORDER_MARK, DataError, parse_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class NotEditableError(ValueError):
    """No way of changing the text leaves all other values as they are."""


def with_template(text: str, name: str, entry: Mapping[str, str]) -> str:
    """Return the text of a settings file with one more template.

    Args:
        text: Valid settings that have no template of this name.
        name: The short name.
        entry: The keys of the template's table.

    Raises:
        NotEditableError: The template can't be added without changing other values.
    """
    expected = parse_toml(text)
    expected["templates"] = {**expected.get("templates", {}), name: dict(entry)}
    return _first_correct(text, expected, (_appended, _added_within), name, entry)


def without_template(text: str, name: str) -> str:
    """Return the text of a settings file without one of its templates. Comments outside of its entry stay.

    Args:
        text: Valid settings that have a template of this name.
        name: The short name.

    Raises:
        NotEditableError: The template can't be removed without changing other values.
    """
    expected = parse_toml(text)
    expected["templates"].pop(name)
    return _first_correct(text, expected, (_cut_out, _removed_within), name)


def template_snippet(name: str, entry: Mapping[str, str]) -> str:
    """Return the TOML that registers a template."""
    import tomlkit

    templates = tomlkit.table(is_super_table=True)
    templates[name] = dict(entry)
    return tomlkit.dumps({"templates": templates})


def _first_correct(text: str, expected: dict[str, Any], ways: tuple[Callable[..., str], ...], *args: Any) -> str:
    """Return what the first of several ways makes of a text, if that then has the expected values."""
    from tomlkit.exceptions import TOMLKitError

    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    for way in ways:
        try:
            changed = way(text.removeprefix(mark), *args)
            if _comparable(parse_toml(changed)) == _comparable(expected):
                return mark + changed
        # tomlkit reads fewer texts than tomllib does, and fails on some in many ways.
        except (TOMLKitError, DataError, LookupError, TypeError, ValueError, AttributeError):
            continue
    raise NotEditableError


def _comparable(content: dict[str, Any]) -> str:
    """Return a text that is equal for equal settings: unlike a float, it says that nan is nan."""
    if not content.get("templates", True):
        content = {key: value for key, value in content.items() if key != "templates"}
    return json.dumps(content, sort_keys=True, default=repr)


def _appended(text: str, name: str, entry: Mapping[str, str]) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    before = text if not text or text.endswith("\n") else text + newline
    snippet = template_snippet(name, entry).replace("\n", newline)
    return f"{before}{newline if before else ''}{snippet}"


def _added_within(text: str, name: str, entry: Mapping[str, str]) -> str:
    """Add to an inline table, behind which no `[templates.NAME]` may follow."""
    import tomlkit

    document = tomlkit.parse(text)
    table = tomlkit.inline_table()
    table.update(entry)
    document["templates"][name] = table
    return tomlkit.dumps(document)


def _cut_out(text: str, name: str) -> str:
    """Remove `[templates.NAME]` up to its last value: tomlkit would also remove the comments on what follows."""
    from mintage.data.toml_places import written_toml

    table = written_toml(text, "").at("templates", name)
    lines = text.split("\n")
    if table is None or not isinstance(table.value, dict) or lines[table.line - 1][table.column - 1] != "[":
        raise NotEditableError
    start, end = table.line - 1, max(each.last_line for each in table.value.values())
    if end < len(lines) - 1 and not lines[end].strip():
        end += 1  # the blank line that parts it from what follows
    elif end >= len(lines) - 1 and start and not lines[start - 1].strip():
        start -= 1
    return "\n".join([*lines[:start], *lines[end:]])


def _removed_within(text: str, name: str) -> str:
    """Remove a key from a table of all templates."""
    import tomlkit

    document = tomlkit.parse(text)
    del document["templates"][name]
    return tomlkit.dumps(document)
