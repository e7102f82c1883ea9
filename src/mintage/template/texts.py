"""The pieces of template text that a template consists of, and where each of them is written. Parses nothing."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - msgspec reads the annotations
from enum import Enum

from msgspec import Struct, field

from mintage.errors import Location  # noqa: TC001 - msgspec reads the annotations
from mintage.rendering.inspect import Verdict  # noqa: TC001 - msgspec reads the annotations
from mintage.template import Template  # noqa: TC001 - msgspec reads the annotations
from mintage.template.possible_answers import Domain  # noqa: TC001 - msgspec reads the annotations


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
    """A piece of template text."""

    place: Place
    owner: str
    """Whose it is: the path of a file, the name of a question, a task or a setting."""
    text: str
    file: str
    """Where it is written, relative to the template's root."""
    line: int | None = 1
    """The lines of the file that it takes; None for a path."""
    last_line: int | None = None
    """The lines of the file that it takes; None for a path."""
    column: int = 1
    """Where it begins in its first line."""
    indent: int = 0
    """What was taken off the beginning of its other lines."""
    is_expression: bool = False
    """It is written without delimiters."""
    names: frozenset[str] = frozenset()
    """That it sees, and others do not."""
    loader_name: str = ""
    """Under which other templates include it."""


class TemplateFile(Struct, frozen=True):
    """A file of the template."""

    path: str
    """Relative to its root."""
    source: str
    """Where it really is."""
    verdict: Verdict | None
    """What its bytes say; None for a pipe, a socket or a device."""
    rendered: bool
    """Whether it would be rendered if it has tags; else it is copied."""


class UnknownKey(Struct, frozen=True):
    """A key of the configuration that means nothing to the tool whose format it is."""

    name: str
    """The key, as it is written."""
    where: Location
    """The place of the key."""
    what: str
    """The message: what is wrong with it."""
    known: tuple[str, ...]
    """What could be meant instead."""
    likeness: float = 0.7
    """How near one of `known` must be to be suggested, from 0 (anything) to 1 (the same)."""
    may_be_meant: bool = False
    """Whether authors keep keys of their own there: without a suggestion it is only a note."""
    may_be_read: bool = False
    """Whether templates may read such a key: it is reported only with a suggestion, and only if none does."""
    lists_known: bool = False
    """Whether `known` is short enough to be listed where nothing can be suggested."""


class Survey(Struct, frozen=True):
    """A template, taken apart."""

    template: Template
    """The template that was taken apart."""
    texts: tuple[TemplateText, ...] = ()
    """All its template texts."""
    files: tuple[TemplateFile, ...] = ()
    """All its files."""
    questions: Mapping[str, Location] = field(default_factory=dict)
    """Where each question is asked, in the order of asking, variables that no questions are asked for included."""
    possible_answers: Mapping[str, Domain] = field(default_factory=dict)
    """The answers of the questions whose answers can be listed, by name."""
    namespace: str = ""
    """The name under which templates see answers; "" for the top level."""
    configuration: str = ""
    """The configuration file; "" if there is none, and questions are what templates read."""
    prefix: str = ""
    """What paths of files begin with here, and do not where the template is laid out."""
    suffix: str = ""
    """What the names of templates end in, and the files made of them do not."""
    known: frozenset[str] = frozenset()
    """Names besides the answers that templates see at the top level."""
    members: frozenset[str] = frozenset()
    """Names besides the answers that templates see in the namespace."""
    how_to_copy: str = ""
    """What an author does to have a file copied as it is, for suggestions."""
    check_key: str = ""
    """The key of a question that says what its answer must look like; "" if the format has none."""
    settings: frozenset[str] = frozenset()
    """Settings whose names begin with an underscore, which authors forget."""
    unknown_keys: tuple[UnknownKey, ...] = ()
    """Keys of the configuration that mean nothing."""
    repeated_files: tuple[str, ...] = ()
    """Paths that the configuration says are made several times, whether the template has them or not."""
    keeps_one_of_two: bool = False
    """Whether the layout itself decides which of two files with one target is made."""
