"""What a template does with names: values that a walk through its tree gives. Looks at nothing."""

from __future__ import annotations

from jinja2 import nodes  # noqa: TC002 - msgspec reads the annotations
from msgspec import Struct, field

# In place of a name: the namespace as a whole is read, so that nobody can tell which answers count.
EVERYTHING = "*"


class Use(Struct, frozen=True):
    """A name that a template reads from outside.

    line, column: in the text. member: it is read from the namespace (`cookiecutter.name`). guarded: the template is
    ready for its absence (`default`, `is defined`).
    """

    name: str
    line: int
    column: int | None = None
    member: bool = False
    guarded: bool = False


class Called(Struct, frozen=True):
    """A filter or a test that a template uses. kind: "filter" or "test"."""

    kind: str
    name: str
    line: int
    column: int | None


class Reference(Struct, frozen=True):
    """Another template that this one includes, imports or extends.

    names: the templates of which the first that is there is taken; empty when that cannot be known. visible: names of
    this template's own that the other one sees. sees_context: whether it sees answers.
    """

    tag: str
    names: tuple[str, ...]
    line: int
    column: int | None
    visible: frozenset[str]
    sees_context: bool = True
    may_be_missing: bool = False


class Assignment(Struct, frozen=True):
    """A name that a template sets. is_top: where everybody may see it who includes, extends or imports."""

    name: str
    line: int
    column: int | None
    is_top: bool


class Scopes(Struct):
    """What one template does with names.

    own_names: all that it gives a value anywhere. assigns_members: names that it adds to the namespace. branches,
    comparisons: its `if`s, and what it compares.
    """

    uses: list[Use] = field(default_factory=list)
    called: list[Called] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    local_reads: set[str] = field(default_factory=set)
    own_names: set[str] = field(default_factory=set)
    assigns_members: set[str] = field(default_factory=set)
    branches: list[nodes.If] = field(default_factory=list)
    comparisons: list[nodes.Compare] = field(default_factory=list)
