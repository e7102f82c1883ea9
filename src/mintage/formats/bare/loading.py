"""Turns any directory into a `Template`, with the variables that its files and names use as questions."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from mintage.errors import Location, TemplateError
from mintage.files.detect import has_nul_byte
from mintage.formats.bare.layout import BareLayout, no_output
from mintage.formats.shared.tree import walk
from mintage.rendering.settings import OUTPUT_FUNCTIONS, Newlines, RendererSettings
from mintage.template import Template
from mintage.template.questions import Question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from jinja2.sandbox import SandboxedEnvironment

    from mintage.formats import LoadRequest
    from mintage.formats.shared.tree import TreeItem
    from mintage.rendering.settings import Context
    from mintage.template.questions import Answers

_BLOCK = 1024 * 1024
SETTINGS = RendererSettings(options={"keep_trailing_newline": True}, newlines=Newlines.FIRST_SEEN, reads_outputs=True)


def load_bare(request: LoadRequest) -> Template:
    """Find the variables that the directory's files and names use, and make the Template."""
    if request.output is None:
        raise no_output()
    source = request.source
    known = dict(request.given.data)
    names = _variables(source.root, source.top)
    questions = tuple(Question(name) for name in names if name not in known or name in request.given.flags)

    def context(answers: Answers) -> Context:
        return {**known, **answers}

    return Template(
        format="bare",
        root=str(source.root),
        top=str(source.top),
        origin=source.origin.reference,
        version=source.origin.version,
        layout=BareLayout(source.root, source.top),
        renderer=SETTINGS,
        questions=questions,
        answers_have_types=False,
        allows_extra_answers=True,
        context=context,
    )


def _variables(root: Path, top: Path) -> list[str]:
    """Return the names that the templates use without defining them, in the order in which they occur."""
    environment: SandboxedEnvironment | None = None
    known: set[str] = set()
    found: dict[str, None] = {}
    for text in _template_texts(root, top):
        if environment is None:
            from jinja2.sandbox import SandboxedEnvironment  # slow to import, and not needed without any tags

            environment = SandboxedEnvironment(**SETTINGS.options)
            known = {*environment.globals, *OUTPUT_FUNCTIONS}
        found.update(dict.fromkeys(sorted(_undeclared(environment, text) - known)))
    return list(found)


def _template_texts(root: Path, top: Path) -> Iterator[str]:
    """Yield the names and contents that have tags."""
    for item in walk(root, top):
        name = item.path.rpartition("/")[2]
        if "{{" in name or "{%" in name:
            yield name
        if not item.is_folder and (text := _template_text(item)) is not None:
            yield text


def _template_text(item: TreeItem) -> str | None:
    """Return the text of a file that has tags; None for any other, in constant memory.

    Raises:
        TemplateError: The file has vanished: a later listing would leave it out.
    """
    try:
        if not stat.S_ISREG(os.stat(item.source).st_mode):
            return None  # planning reports it
        with open(item.source, "rb") as file:
            if has_nul_byte(file.read(8192)) or not _has_tags(file):
                return None
            file.seek(0)
            data = file.read()
    except FileNotFoundError as error:
        raise TemplateError(
            f"{item.path} has vanished while the template was read",
            where=Location(item.path),
            hint="run again when nothing else writes to the template",
        ) from error
    except OSError:
        return None  # planning reports it
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None  # rendering reports it


def _has_tags(file: BinaryIO) -> bool:
    file.seek(0)
    end = b""
    while block := file.read(_BLOCK):
        if any(tag in end + block for tag in (b"{{", b"{%")):
            return True
        end = block[-1:]
    return False


def _undeclared(environment: SandboxedEnvironment, text: str) -> set[str]:
    from jinja2.exceptions import TemplateSyntaxError
    from jinja2.meta import find_undeclared_variables

    try:
        return find_undeclared_variables(environment.parse(text))
    except (TemplateSyntaxError, RecursionError, ValueError):  # the last for numbers with too many digits
        return set()  # rendering reports it, with its line
