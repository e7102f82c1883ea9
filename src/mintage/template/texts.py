"""The pieces of template text in a template, and where each of them is. Parses nothing."""

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
    PATH = "the name of a file or directory"
    DEFAULT = "the default of a question"
    CHOICES = "the choices of a question"
    CONDITION = "whether a question is asked"
    CHECK = "whether an answer is valid"
    PROMPT = "what is shown when a question is asked"
    RULE = "a rule about files"
    TASK = "a task"
    HOOK = "a hook"
    SETTING = "a setting or a message of the template"


class TemplateText(Struct, frozen=True):
    """A piece of template text."""

    place: Place
    """What it is for."""
    owner: str
    """What it belongs to: the path of a file, or the name of a question, a task or a setting."""
    text: str
    """The text itself."""
    file: str
    """The file that has it, relative to the template's root."""
    line: int | None = 1
    """The first line in the file, from 1; None for a path."""
    last_line: int | None = None
    """The last line in the file, from 1; None for a path."""
    column: int = 1
    """The column in the first line, from 1."""
    indent: int = 0
    """The number of characters that were removed from the beginning of the other lines."""
    is_expression: bool = False
    """Whether it is written without delimiters."""
    names: frozenset[str] = frozenset()
    """Additional names that only this text sees."""
    loader_name: str = ""
    """The name under which other templates include it."""


class TemplateFile(Struct, frozen=True):
    """A file of the template."""

    path: str
    """The path relative to the template's root."""
    source: str
    """The path with links resolved."""
    verdict: Verdict | None
    """What its contents are; None for a pipe, a socket or a device."""
    rendered: bool
    """Whether it is rendered if it has tags; otherwise it is copied."""
    tag: str = ""
    """A tag in a file that counts as binary although it is text, so that it is copied; "" if there is none."""


class UnmatchedPattern(Struct, frozen=True):
    """A pattern in the configuration that matches no file."""

    setting: str
    """The setting that has the pattern."""
    pattern: str
    """The pattern, as it is written."""
    hint: str
    """What the author may have meant; "" if that is unknown."""


class UnknownKey(Struct, frozen=True):
    """A key in the configuration that has no meaning in the format."""

    name: str
    """The key, as it is written."""
    where: Location
    """Where the key is."""
    what: str
    """The message: what is wrong with it."""
    known: tuple[str, ...]
    """The keys that could be meant instead."""
    likeness: float = 0.7
    """How similar one of `known` must be to be suggested, from 0 (anything) to 1 (the same)."""
    may_be_meant: bool = False
    """Whether authors put their own keys there, so that it is only a note without a suggestion."""
    may_be_read: bool = False
    """Whether templates may read such a key, so that it is reported only with a suggestion, and only if none does."""
    lists_known: bool = False
    """Whether to list `known` if nothing can be suggested."""


class Survey(Struct, frozen=True):
    """A template with all its parts."""

    template: Template
    """The template itself."""
    texts: tuple[TemplateText, ...] = ()
    """All template texts."""
    files: tuple[TemplateFile, ...] = ()
    """All files."""
    questions: Mapping[str, Location] = field(default_factory=dict)
    """Where each question is, in the order of asking, including variables that are never asked for."""
    possible_answers: Mapping[str, Domain] = field(default_factory=dict)
    """The possible answers by question, for the questions whose answers can be listed."""
    namespace: str = ""
    """The name under which templates see the answers; "" for the top level."""
    configuration: str = ""
    """The configuration file; "" if there is none, so that the names templates read are the questions."""
    prefix: str = ""
    """What the paths of files begin with here, but not in the layout."""
    suffix: str = ""
    """The suffix of templates that the files made from them don't have."""
    known: frozenset[str] = frozenset()
    """The names that templates see at the top level, besides the answers."""
    answer_tables: frozenset[str] = frozenset()
    """What holds all answers, other than the namespace; a name, or one with attributes."""
    members: frozenset[str] = frozenset()
    """The names that templates see in the namespace, besides the answers."""
    how_to_copy: str = ""
    """What an author must do to have a file copied instead of rendered, for suggestions."""
    check_key: str = ""
    """The key of a question that restricts its answers; "" if the format has none."""
    settings: frozenset[str] = frozenset()
    """Settings whose names begin with an underscore, which authors forget."""
    unknown_keys: tuple[UnknownKey, ...] = ()
    """Keys in the configuration that have no meaning."""
    unmatched_patterns: tuple[UnmatchedPattern, ...] = ()
    """Patterns in the configuration that match no file of the template."""
    repeated_files: tuple[str, ...] = ()
    """The paths that the configuration repeats, even if the template doesn't have them."""
    keeps_one_of_two: bool = False
    """Whether the layout itself decides which of two files with the same target is generated."""
