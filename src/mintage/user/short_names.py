"""Registers templates under short names, in the user's settings."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mintage.errors import Location, UsageError
from mintage.terminal import suggest
from mintage.user.folders import settings_file
from mintage.user.settings import TEMPLATE_KEYS, RegisteredTemplate, parse, read_text, validated

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
    with _changing() as (file, text, content):
        templates = content.setdefault("templates", {})
        if name in templates:
            raise UsageError(
                f"a template named {name!r} already exists", where=Location(str(file)), hint=f"mintage remove {name}"
            )
        entry = {key: value for key in TEMPLATE_KEYS if (value := getattr(registered, key)) is not None}
        templates[name] = entry
        _write(file, content, _with_table(text, name, entry))
    return registered


def remove_template(name: str) -> None:
    """Forget a registered template.

    Raises:
        UsageError: There is none of this name.
    """
    with _changing() as (file, text, content):
        templates = content.get("templates", {})
        if name not in templates:
            raise UsageError(
                f"there is no template named {name!r}",
                where=Location(str(file)),
                hint=suggest(name, templates) or "`mintage list` shows all names",
            )
        del templates[name]
        if not templates:
            del content["templates"]
        _write(file, content, _without_table(text, name))


def _storable(source: str) -> str:
    """Return a source as it is kept: addresses as they are, local paths absolute."""
    from mintage.addresses import is_url

    if is_url(source):
        return source
    path = Path(os.path.abspath(os.path.expanduser(source)))
    if source and path.exists():
        return str(path)
    if re.match(r"[\w.-]+:", source):
        return source
    raise UsageError(f"there is no template at {path}", hint="use a directory, a zip file, a git URL or gh:owner/name")


@contextmanager
def _changing() -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Yield the file, its text and its content, held so that two commands at once do not lose each other's change."""
    from mintage.files.locking import exclusive

    file = settings_file()
    try:
        with exclusive(file.parent):
            text = read_text(file)
            content = parse(text, file)
            validated(content, text, file)
            yield file, text, content
    except OSError as error:
        raise UsageError(f"can't change the settings: {error.strerror}", where=Location(str(file))) from error


def _write(file: Path, content: dict[str, Any], edited: str) -> None:
    """Replace the file by `edited` if that says the same as `content`, else by the content, without its comments."""
    import tomllib

    import tomli_w

    from mintage.files.atomic import replace_text

    try:
        text = edited if tomllib.loads(edited) == content else tomli_w.dumps(content)
    except tomllib.TOMLDecodeError:
        text = tomli_w.dumps(content)
    place = Path(os.path.realpath(file))  # settings are often linked from a directory of dotfiles
    replace_text(place, text, mode=0o666)


def _with_table(text: str, name: str, entry: dict[str, str]) -> str:
    import tomli_w

    table = tomli_w.dumps({"templates": {name: entry}})
    return f"{text.rstrip()}\n\n{table}" if text.strip() else table


def _without_table(text: str, name: str) -> str:
    """Return the text without the table of this template, up to the next header."""
    kept: list[str] = []
    inside = False
    for line in text.splitlines(keepends=True):
        if line.startswith("["):
            inside = line.split("#")[0].strip().replace('"', "") == f"[templates.{name}]"
        if not inside:
            kept.append(line)
    return "".join(kept)
