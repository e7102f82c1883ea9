"""Any folder as a template: files and names are rendered, and the variables that they use are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.errors import UsageError
from mintage.files.detect import has_nul_byte
from mintage.formats.shared.tree import PathRenderer, files_below, walk
from mintage.rendering.settings import Newlines, RendererSettings
from mintage.template import Template
from mintage.template.layout import Entry, EntryKind, LaidOut
from mintage.template.questions import Question

if TYPE_CHECKING:
    from mintage.formats import LoadRequest
    from mintage.rendering.settings import Context, TextRenderer
    from mintage.template.layout import LayoutRequest, TemplateFiles
    from mintage.template.questions import Answers

TAKES_ANY_FOLDER = True
CHOOSES_VERSION = False
MAKES_FOLDER_IN_OUTPUT = False
SETTINGS = RendererSettings(options={"keep_trailing_newline": True}, newlines=Newlines.FIRST_SEEN, reads_outputs=True)
_FUNCTIONS = frozenset({"output", "outputs", "sha256"})


def recognises(root: Path) -> bool:
    """Return True: every directory is a template of this format, if of no other."""
    return root.is_dir()


def load(request: LoadRequest) -> Template:
    """Find the variables that the folder's files and names use, and make the Template."""
    if request.output is None:
        raise _no_output()
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


def _no_output() -> UsageError:
    hint = "say where it shall go: mintage new TEMPLATE OUTPUT"
    return UsageError("a bare folder has no name for the project", hint=hint)


class BareLayout(Struct, frozen=True):
    """The folder becomes the project."""

    root: Path
    top: Path
    """Links may not lead out of it."""

    def destination(self, output: Path | None, render: TextRenderer, context: Context) -> Path:
        """OUTPUT is the project's folder."""
        if output is None:
            raise _no_output()
        return output

    def lay_out(self, request: LayoutRequest) -> LaidOut:
        """Return everything in the folder, but for what belongs to version control."""
        paths = PathRenderer(request.render, request.context)
        entries: list[Entry] = []
        for item in walk(self.root, self.top):
            target = paths.target(item.path)
            if target is not None:
                kind = EntryKind.FOLDER if item.is_folder else EntryKind.FILE
                entries.append(Entry(kind, target, item.source, item.path, loader_name=item.path))
        return LaidOut(entries)

    def template_files(self, request: LayoutRequest) -> TemplateFiles:
        """Return all of them."""
        return files_below(self.root, self.top)


def _variables(root: Path, top: Path) -> list[str]:
    """Return names that templates use and do not define, in the order in which they are met."""
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(**SETTINGS.options)
    known = {*environment.globals, *_FUNCTIONS}
    found: dict[str, None] = {}
    for item in walk(root, top):
        texts = [item.path.rpartition("/")[2]]
        if not item.is_folder and (text := _template_text(item.source)) is not None:
            texts.append(text)
        for each in texts:
            found.update(dict.fromkeys(sorted(_undeclared(environment, each) - known)))
    return list(found)


def _template_text(source: str) -> str | None:
    """Return the text of a file with tags in it, None for any other."""
    if not Path(source).is_file():
        return None  # planning says what is wrong with it
    try:
        with open(source, "rb") as file:
            start = file.read(8192)
            if has_nul_byte(start):
                return None
            data = start + file.read()
    except OSError:
        return None  # planning says what is wrong with it
    if not any(tag in data for tag in (b"{{", b"{%")):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None  # rendering says where


def _undeclared(environment: Any, text: str) -> set[str]:
    from jinja2.exceptions import TemplateSyntaxError
    from jinja2.meta import find_undeclared_variables

    if "{" not in text:
        return set()
    try:
        return find_undeclared_variables(environment.parse(text))
    except (TemplateSyntaxError, RecursionError, ValueError):  # the last of numbers with too many digits
        return set()  # rendering reports it, with its line
