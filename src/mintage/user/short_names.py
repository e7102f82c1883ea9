"""Registers templates under short names, in the user's settings."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mintage.errors import Location, UsageError
from mintage.terminal import suggest
from mintage.user.folders import settings_file
from mintage.user.settings import RegisteredTemplate, Settings, parse_settings, settings_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tomlkit import TOMLDocument


_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def add_template(name: str, source: str, *, ref: str | None = None, directory: str | None = None) -> RegisteredTemplate:
    """Register a template under a short name. A local path is stored absolute.

    Everything else in the file stays, comments too.

    Raises:
        UsageError: A name is not usable or taken, and for a local path that does not exist.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is not a valid name for a template",
            hint="use letters, digits, '.', '_' and '-', starting with a letter or a digit",
        )
    registered = RegisteredTemplate(_storable(source), ref, directory)
    with _changing() as (document, settings):
        if name in settings.templates:
            where = Location(str(settings_file()))
            raise UsageError(f"a template named {name!r} already exists", where=where, hint=f"mintage remove {name}")
        _add(document, name, {key: value for key, value in msgspec.structs.asdict(registered).items() if value})
    return registered


def remove_template(name: str) -> None:
    """Forget a registered template.

    Raises:
        UsageError: There is none of this name.
    """
    with _changing() as (document, settings):
        if name not in settings.templates:
            raise UsageError(
                f"there is no template named {name!r}",
                where=Location(str(settings_file())),
                hint=suggest(name, settings.templates) or "`mintage list` shows all names",
            )
        del document["templates"][name]
        if not document["templates"]:
            del document["templates"]


def _storable(source: str) -> str:
    """Return a source as it is stored: addresses unchanged, local paths absolute."""
    from mintage.addresses import is_url

    if is_url(source):
        return source
    path = Path(os.path.abspath(os.path.expanduser(source)))
    if source and path.exists():
        return str(path)
    if re.match(r"[\w.-]+:", source):
        return source
    raise UsageError(f"there is no template at {path}", hint="use a directory, a zip file, a git URL or gh:owner/name")


def _add(document: TOMLDocument, name: str, entry: dict[str, str]) -> None:
    import tomlkit
    from tomlkit.items import InlineTable

    templates = document.get("templates")
    if templates is None:
        templates = document["templates"] = tomlkit.table(is_super_table=True)
    table = tomlkit.inline_table() if isinstance(templates, InlineTable) else tomlkit.table()
    table.update(entry)
    templates[name] = table


@contextmanager
def _changing() -> Iterator[tuple[TOMLDocument, Settings]]:
    """Yield the settings to change, and what they say; then write them, with all comments.

    The file is held meanwhile, so that two commands at once do not lose each other's change.
    """
    import tomlkit

    from mintage.files.atomic import replace_text
    from mintage.files.locking import exclusive

    file = settings_file()
    try:
        with exclusive(file.parent):
            text = settings_text(file)
            settings = parse_settings(text, file)
            document = tomlkit.parse(text)
            yield document, settings
            place = Path(os.path.realpath(file))  # settings are often linked from a directory of dotfiles
            replace_text(place, tomlkit.dumps(document), mode=0o666)
    except OSError as error:
        raise UsageError(f"can't change the settings: {error.strerror}", where=Location(str(file))) from error
