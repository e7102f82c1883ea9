"""Turns what Jinja2 raises into a RenderError with file, line and source line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from jinja2.exceptions import (
    SecurityError,
    TemplateNotFound,
    TemplatesNotFound,
    TemplateSyntaxError,
    UndefinedError,
)

from mintage.errors import Location, MintageError, RenderError
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable

_QUOTED = re.compile(r"'([^']+)'")


def as_render_error(
    error: BaseException,
    what: str,
    *,
    file: str = "",
    roots: Iterable[str] = (),
    lines_before: int = 0,
    context: Mapping[str, Any] | None = None,
) -> MintageError:
    """Describe why rendering failed.

    Args:
        error: What Jinja2 raised.
        what: Names what was rendered, such as "the path a/{{ b }}".
        file: The template file; "" if the text isn't from a file.
        roots: The directories of included templates; a failure in one of these is reported there.
        lines_before: How many lines of the file come before the text that was rendered.
        context: The names that the template could use.
    """
    if isinstance(error, MintageError):
        return error
    rendered = RenderError(
        f"{what}: {_reason(error)}",
        where=_place(error, file, tuple(roots), lines_before),
        why=_raised_in(error),
        hint=_hint(error, context or {}, tuple(roots)),
    )
    rendered.kind = type(error).__name__  # type: ignore[attr-defined]
    return rendered


def _raised_in(error: BaseException) -> str:
    """Return the line of an extension or a hook's module that failed; "" if the template itself did."""
    from mintage.rendering.extension_loading import place_in_code

    if isinstance(error, UndefinedError | TemplateSyntaxError | TemplateNotFound | SecurityError):
        return ""
    place = place_in_code(error.__traceback__)
    return f"raised in {place.file}, line {place.line}" if place else ""


def _reason(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"its code tried to exit the program with status {error.code}"
    if isinstance(error, TemplateSyntaxError):
        return f"syntax error: {error.message}"
    if isinstance(error, UndefinedError):
        return str(error.message)
    if isinstance(error, SecurityError):
        return f"the expression is not allowed: {error}"
    if isinstance(error, TemplateNotFound):
        return f"there is no template {_names(error)} to include"
    if isinstance(error, RecursionError):
        return "it includes itself, or nests too deeply"
    if isinstance(error, MemoryError):
        return "there is not enough memory to render it"
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def column_in(line: str, message: str) -> int | None:
    """Return the column of the last name in a message that occurs in the line, counted from 1; None if none does."""
    for name in reversed(_QUOTED.findall(message)):
        if found := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", line):
            return found.start() + 1
    return None


def _names(error: TemplateNotFound) -> str:
    """Return the names of the templates that were searched for."""
    wanted = error.templates if isinstance(error, TemplatesNotFound) else [error.name]
    return " or ".join(repr(str(name)) for name in wanted)


def _hint(error: BaseException, context: Mapping[str, Any], roots: tuple[str, ...]) -> str:
    if isinstance(error, TemplateNotFound) and roots:
        return f"searched in {' and '.join(roots)}"
    if isinstance(error, UndefinedError):
        return (
            _suggestion(str(error.message), context) or "check the name, or give it a value with `data={'NAME': VALUE}`"
        )
    if isinstance(error, SecurityError):
        return "templates run in a sandbox; if you trust this one, run again with `Options(trust=True)`"
    if isinstance(error, TemplateSyntaxError):
        return "if this isn't a template, have it copied without rendering"
    return ""


def _suggestion(message: str, context: Mapping[str, Any]) -> str:
    """Return a hint with known names that are similar to the unknown one; "" if none is."""
    names = _QUOTED.findall(message)
    if not names:
        return ""
    known = dict.fromkeys(context)
    if len(names) > 1:  # an attribute; the message doesn't say of which mapping
        known = dict.fromkeys(str(key) for value in context.values() if isinstance(value, Mapping) for key in value)
    return suggest(names[-1], known, most=2, likeness=0.7)


def _place(error: BaseException, file: str, roots: tuple[str, ...], lines_before: int) -> Location | None:
    if isinstance(error, TemplateSyntaxError):
        if error.filename and roots and error.filename.startswith(roots):
            return Location(error.filename, error.lineno)
        return Location(file, error.lineno + lines_before) if file else None
    if not file:
        return None
    place = Location(file)
    for frame, raised_at in walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        if "__spec__" in frame.f_globals:
            continue  # a module: Jinja's, ours or an extension's
        template = frame.f_globals.get("__jinja_template__")  # not rewritten by Jinja2, as for SystemExit
        line: int = template.get_corresponding_lineno(raised_at) if template else raised_at
        if name == file:
            place = Location(name, line + lines_before)
        elif roots and name.startswith(roots):
            place = Location(name, line)
    return place
