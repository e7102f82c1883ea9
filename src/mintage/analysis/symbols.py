"""What a template does with names, as plain values. Knows neither how they are found nor what they are used for."""

from __future__ import annotations

from jinja2 import nodes  # noqa: TC002 - msgspec reads the annotations
from msgspec import Struct, field

EVERYTHING = "*"
"""Stands for a name where the namespace is read as a whole, so that any answer may be read."""


class Use(Struct, frozen=True):
    """A name that a template reads from outside."""

    name: str
    """The name; `EVERYTHING` where the namespace is read as a whole."""
    line: int
    """Its line in the text, from 1."""
    column: int | None = None
    """Its column in the line, from 1; None if it isn't known."""
    member: bool = False
    """Whether it is read from the namespace (`cookiecutter.name`)."""
    guarded: bool = False
    """Whether the template expects that it may be undefined (`default`, `is defined`)."""


class Called(Struct, frozen=True):
    """A filter or a test that a template uses."""

    kind: str
    """Either "filter" or "test"."""
    name: str
    line: int
    """Its line in the text, from 1."""
    column: int | None
    """Its column in the line, from 1; None if it isn't known."""


class Reference(Struct, frozen=True):
    """Another template that this one includes, imports or extends."""

    tag: str
    """One of "include", "import" and "extends"."""
    names: tuple[str, ...]
    """The names of templates, of which the first one that exists is used; empty if they aren't known."""
    line: int
    """Its line in the text, from 1."""
    column: int | None
    """Its column in the line, from 1; None if it isn't known."""
    visible: frozenset[str]
    """The names defined by this template that the other one sees."""
    sees_context: bool = True
    """Whether the other template sees the answers."""
    may_be_missing: bool = False
    """Whether the template may be missing without an error."""


class Assignment(Struct, frozen=True):
    """A name that a template sets."""

    name: str
    line: int
    """Its line in the text, from 1."""
    column: int | None
    """Its column in the line, from 1; None if it isn't known."""
    is_top: bool
    """Whether it is set at the top level, where templates that this one includes, extends or imports see it."""


class Scopes(Struct):
    """What one template does with names."""

    uses: list[Use] = field(default_factory=list)
    """The names that it reads from outside, in the order of the text."""
    called: list[Called] = field(default_factory=list)
    """The filters and tests that it uses."""
    references: list[Reference] = field(default_factory=list)
    """The templates that it includes, imports or extends."""
    assignments: list[Assignment] = field(default_factory=list)
    """The names that `set` tags define."""
    local_reads: set[str] = field(default_factory=set)
    """The names that it reads and defines itself."""
    own_names: set[str] = field(default_factory=set)
    """The names that it defines anywhere, including loops and macros."""
    assigns_members: set[str] = field(default_factory=set)
    """The names that it adds to the namespace."""
    branches: list[nodes.If] = field(default_factory=list)
    """Its `if` tags."""
    comparisons: list[nodes.Compare] = field(default_factory=list)
    """Its comparisons."""
