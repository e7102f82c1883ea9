"""Registers templates under short names, in the user's settings."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from mintage.errors import Location, UsageError
from mintage.terminal import suggest
from mintage.user.editing import NotEditableError, template_snippet, with_template, without_template
from mintage.user.folders import settings_file
from mintage.user.settings import RegisteredTemplate, Settings, parse_settings, settings_text

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    with _edited() as edit:
        if name in edit.settings.templates:
            where = Location(str(settings_file()))
            raise UsageError(f"a template named {name!r} already exists", where=where, hint=f"mintage remove {name}")
        entry = {key: value for key, value in msgspec.structs.asdict(registered).items() if value}
        try:
            edit.text = with_template(edit.text, name, entry)
        except NotEditableError:
            snippet = template_snippet(name, entry)
            raise _not_editable(f"add {name!r}", f"add it yourself:\n\n{snippet}") from None
    return registered


def remove_template(name: str) -> None:
    """Forget a registered template.

    Raises:
        UsageError: There is none of this name.
    """
    with _edited() as edit:
        if name not in edit.settings.templates:
            raise UsageError(
                f"there is no template named {name!r}",
                where=Location(str(settings_file())),
                hint=suggest(name, edit.settings.templates) or "`mintage list` shows all names",
            )
        try:
            edit.text = without_template(edit.text, name)
        except NotEditableError:
            raise _not_editable(f"remove {name!r}", "remove its entry yourself") from None


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


class _Edit(Struct):
    """The settings while they are changed."""

    text: str
    """To be replaced by the new text."""
    settings: Settings
    """What the old text says."""


@contextmanager
def _edited() -> Iterator[_Edit]:
    """Yield the settings, and write their text once it is changed.

    The file is locked meanwhile, so that two commands at once do not lose each other's change.
    """
    from mintage.files.atomic import replace_text
    from mintage.files.locking import exclusive

    file = settings_file()
    try:
        with exclusive(file.parent):
            text = settings_text(file)
            edit = _Edit(text, parse_settings(text, file))
            yield edit
            place = Path(os.path.realpath(file))  # settings are often linked from a directory of dotfiles
            replace_text(place, edit.text, mode=0o666)
    except OSError as error:
        raise UsageError(f"can't change the settings: {error.strerror}", where=Location(str(file))) from error


def _not_editable(what: str, hint: str) -> UsageError:
    return UsageError(
        f"can't {what} without changing other entries of the settings", where=Location(str(settings_file())), hint=hint
    )
