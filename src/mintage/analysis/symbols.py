"""What a template does with names: values that a walk through its tree gives. Looks at nothing."""

from __future__ import annotations

from jinja2 import nodes  # noqa: TC002 - msgspec reads the annotations
from msgspec import Struct, field

# In place of a name: the namespace as a whole is read, so that nobody can tell which answers count.
EVERYTHING = "*"


class Use(Struct, frozen=True):
    """A name that a template reads from outside."""

    name: str
    line: int
    """In the text."""
    column: int | None = None
    """In the text."""
    member: bool = False
    """It is read from the namespace (`cookiecutter.name`)."""
    guarded: bool = False
    """The template is ready for its absence (`default`, `is defined`)."""


class Called(Struct, frozen=True):
    """A filter or a test that a template uses."""

    kind: str
    """"filter" or "test"."""
    name: str
    line: int
    column: int | None


class Reference(Struct, frozen=True):
    """Another template that this one includes, imports or extends."""

    tag: str
    names: tuple[str, ...]
    """The templates of which the first that is there is taken; empty when that cannot be known."""
    line: int
    column: int | None
    visible: frozenset[str]
    """Names of this template's own that the other one sees."""
    sees_context: bool = True
    """Whether it sees answers."""
    may_be_missing: bool = False


class Assignment(Struct, frozen=True):
    """A name that a template sets."""

    name: str
    line: int
    column: int | None
    is_top: bool
    """Where everybody may see it who includes, extends or imports."""


class Scopes(Struct):
    """What one template does with names."""

    uses: list[Use] = field(default_factory=list)
    called: list[Called] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    local_reads: set[str] = field(default_factory=set)
    own_names: set[str] = field(default_factory=set)
    """All that it gives a value anywhere."""
    assigns_members: set[str] = field(default_factory=set)
    """Names that it adds to the namespace."""
    branches: list[nodes.If] = field(default_factory=list)
    """Its `if`s, and what it compares."""
    comparisons: list[nodes.Compare] = field(default_factory=list)
    """Its `if`s, and what it compares."""
