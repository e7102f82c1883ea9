"""What all surveys need: the files of a template, as texts. Knows no format."""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING

from mintage.rendering.inspect import Inspector, Verdict
from mintage.template.texts import Place, TemplateFile, TemplateText

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment

    from mintage.rendering.settings import RendererSettings

_LARGEST = 1024 * 1024  # hardly anyone writes a larger file by hand, and it takes seconds to parse
_READ = os.O_RDONLY | os.O_NONBLOCK  # not to wait for a writer if it is a pipe


class Folder:
    """Collects the files of a template's directory.

    Args:
        prefix: The path of the directory within the template's root, with a slash at its end; "" for the root itself.
        loader_prefix: The same within the directory in which templates look for what they include.
    """

    def __init__(self, settings: RendererSettings, prefix: str = "", loader_prefix: str = "") -> None:
        self.prefix = prefix
        self._loader_prefix = loader_prefix
        self.texts: list[TemplateText] = []
        self.files: list[TemplateFile] = []
        self._inspector = Inspector(settings, _no_environment)
        start = re.escape(str(settings.options.get("variable_start_string", "{{")))
        end = re.escape(str(settings.options.get("variable_end_string", "}}")))
        name = rf"{settings.namespace}\." if settings.namespace else "[A-Za-z_]"
        self._answer = re.compile(rf"{start}-?\s*{name}.*?{end}")

    def add_name(self, path: str, names: frozenset[str] = frozenset()) -> None:
        """Add a file or directory whose name is template text.

        Args:
            path: Its path in the directory.
            names: The names that only this text sees.
        """
        name = path.rpartition("/")[2]
        self.texts.append(TemplateText(Place.PATH, path, name, self.prefix + path, line=None, names=names))

    def add_file(self, path: str, source: str, *, rendered: bool, names: frozenset[str] = frozenset()) -> None:
        """Add a file.

        Args:
            path: Its path in the directory.
            source: The path with links resolved.
            rendered: Whether it is rendered if it has tags.
            names: The names that only this file sees.
        """
        try:
            data = _start_of(source)
        except OSError:
            return  # planning reports it
        if data is None:
            self.files.append(TemplateFile(self.prefix + path, source, None, rendered))
            return
        verdict: Verdict | None = self._inspector.verdict(data, path)
        text = _decoded(data) if rendered and verdict is Verdict.TEXT and len(data) <= _LARGEST else ""
        if text is None:
            verdict = Verdict.NOT_UTF8
        tag = self._tag_in(data) if rendered and verdict is Verdict.BINARY else ""
        self.files.append(TemplateFile(self.prefix + path, source, verdict, rendered, tag))
        if text:
            place = self.prefix + path
            loader_name = self._loader_prefix + path
            self.texts.append(TemplateText(Place.FILE, place, text, place, names=names, loader_name=loader_name))

    def _tag_in(self, data: bytes) -> str:
        """Return a tag that reads an answer, if the data is text; "" if there is none."""
        text = None if b"\0" in data else _decoded(data)
        found = self._answer.search(text) if text else None
        return found[0] if found else ""


def _no_environment() -> Environment:
    raise AssertionError("verdicts need no environment")


def _start_of(path: str) -> bytes | None:
    """Return the beginning of a regular file, one byte more than is analyzed; None for anything else."""
    with open(os.open(path, _READ), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        return file.read(_LARGEST + 1)


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def read_text(path: str) -> str | None:
    """Return the text of a file; None if it cannot be read or is not UTF-8."""
    try:
        data = _start_of(path)
    except OSError:
        return None
    return None if data is None else _decoded(data[:_LARGEST])


def relative(path: str, root: str) -> str:
    """Return a path relative to the template's root, with forward slashes; unchanged if it is elsewhere."""
    found = os.path.relpath(os.path.realpath(path), os.path.realpath(root))
    return path if found.startswith("..") else found.replace(os.sep, "/")


def leads_to_nothing(path: Path) -> bool:
    """Return whether a path is a link to nothing. Laying the template out reports it, if it matters."""
    return path.is_symlink() and not path.exists()
