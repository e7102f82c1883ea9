"""Decodes the bytes of template files, and encodes rendered text. Knows no template language."""

from __future__ import annotations

import io

from mintage.errors import Location, RenderError
from mintage.rendering.settings import Newlines


def decode(data: bytes, name: str) -> str:
    """Return the text of a template file; a byte order mark is kept."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RenderError(
            f"{name} is not UTF-8 text: {error.reason} {data[error.start : error.start + 1]!r}",
            where=Location(name, line),
            hint="save it as UTF-8, or have it copied without rendering",
        ) from error


def newline_of(data: bytes, newlines: Newlines | str) -> str:
    """Return the line ending for the output of a template with these bytes."""
    if isinstance(newlines, str):
        return newlines
    if newlines is Newlines.LF or b"\r" not in data:
        return "\n"
    # Cookiecutter reads one line in text mode and uses the line ending that the decoder has seen by then; of several
    # kinds, the first one in Python's tuple. The same decoder with the same buffer size returns the same.
    with io.TextIOWrapper(io.BytesIO(data), encoding="utf-8") as text:
        text.readline()
        seen = text.newlines
    return (seen[0] if isinstance(seen, tuple) else seen) or "\n"


def encode(text: str, newline: str, name: str) -> bytes:
    """Return the bytes of rendered text, with every `\n` written as `newline`."""
    if newline not in ("\n", ""):
        text = text.replace("\n", newline)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise RenderError(
            f"{name} rendered to a character that UTF-8 can't encode: {error.object[error.start]!r}",
            where=Location(name),
            hint="look for it in the answers",
        ) from error
