"""The pieces of template text that a template consists of, and where each of them is written. Parses nothing."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - msgspec reads the annotations
from enum import Enum

from msgspec import Struct, field

from mintage.errors import Location  # noqa: TC001 - msgspec reads the annotations
from mintage.rendering.inspect import Verdict  # noqa: TC001 - msgspec reads the annotations
from mintage.template import Template  # noqa: TC001 - msgspec reads the annotations


class Place(Enum):
    """What a piece of template text is for."""

    FILE = "the contents of a file"
    PATH = "the name of a file or folder"
    DEFAULT = "the default of a question"
    CHOICES = "the choices of a question"
    CONDITION = "whether a question is asked"
    CHECK = "whether an answer is taken"
    PROMPT = "what is shown when a question is asked"
    RULE = "a rule about files"
    TASK = "a task"
    HOOK = "a hook"
    SETTING = "a setting or a message of the template"


class TemplateText(Struct, frozen=True):
    """A piece of template text.

    owner: whose it is: the path of a file, the name of a question, a task or a setting. file: where it is written,
    relative to the template's root. line, last_line: the lines of the file that it takes; None for a path.
    column: where it begins in its first line. indent: what was taken off the beginning of its other lines.
    is_expression: it is written without delimiters. names: that it sees, and others do not. loader_name: under which
    other templates include it.
    """

    place: Place
    owner: str
    text: str
    file: str
    line: int | None = 1
    last_line: int | None = None
    column: int = 1
    indent: int = 0
    is_expression: bool = False
    names: frozenset[str] = frozenset()
    loader_name: str = ""


class TemplateFile(Struct, frozen=True):
    """A file of the template. path: relative to its root. source: where it really is. verdict: what its bytes say;
    None for a pipe, a socket or a device.

    rendered: whether it would be rendered if it has tags; else it is copied.
    """

    path: str
    source: str
    verdict: Verdict | None
    rendered: bool


class Survey(Struct, frozen=True):
    """A template, taken apart.

    texts: all its template texts. files: all its files. questions: where each is asked, in the order of asking,
    variables that nobody is asked for included. namespace: under which templates see answers; "" for the top level.
    configuration: the file that says so, "" if there is none. prefix: what paths of files begin with here, and do not
    where the template is laid out.
    known: names besides the answers that templates see at the top level; members: those in the namespace.
    """

    template: Template
    texts: tuple[TemplateText, ...] = ()
    files: tuple[TemplateFile, ...] = ()
    questions: Mapping[str, Location] = field(default_factory=dict)
    namespace: str = ""
    configuration: str = ""
    prefix: str = ""
    known: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
