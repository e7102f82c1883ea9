"""How the text of a template is rendered, as plain values. Knows no format."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mintage.rendering.branches import BranchRecorder


Context = dict[str, Any]
OUTPUT_FUNCTIONS = frozenset({"output", "outputs", "sha256"})
"""The functions that read the outputs of other files, where `RendererSettings.reads_outputs` says so."""


class Newlines(Enum):
    """Which line ending a rendered file gets."""

    LF = "every line ends with LF"
    FIRST_SEEN = "the line ending that the first line of the source shows (Cookiecutter's rule)"


class BinaryRule(Enum):
    """How binary files are recognized."""

    NUL_BYTE = "a NUL byte in the first 8 KiB, as git does"
    BINARYORNOT = "as binaryornot 0.6 says, which Cookiecutter 2.7 asks"
    NOT_UTF8 = "whatever is not UTF-8 (Copier's rule where every file is a template)"
    NONE = "no file is binary; what is not UTF-8 is an error (Copier's rule for files with its suffix)"


class RendererSettings(Struct, frozen=True):
    """How text is rendered. Plain data: every worker builds its own environment from it."""

    options: Mapping[str, Any] = field(default_factory=dict)
    """Keyword arguments of `jinja2.Environment` (delimiters, trim_blocks, keep_trailing_newline, ...)."""
    strict: bool = True
    """An undefined name is an error (else it renders as nothing)."""
    extensions: tuple[str, ...] = ()
    """Import paths of Jinja extensions."""
    import_roots: tuple[str, ...] = ()
    """Folders in which extensions of the template itself are found, imported apart from everything else; an extension
    may also be a file of theirs (`path/to/file.py:Name`)."""
    loader_roots: tuple[str, ...] = ()
    """Folders in which include, import and extends look."""
    loader_top: str = ""
    """Links in them may not lead out of it."""
    sandboxed: bool = True
    """Expressions cannot reach Python's internals."""
    newlines: Newlines | str = Newlines.LF
    """A rule, or the line ending itself."""
    namespace: str = ""
    """The name under which answers are seen while defaults are rendered; "" for the top level."""
    suffix: str = ""
    """Only files with this suffix are rendered, and lose it; "" renders every text file."""
    binary: BinaryRule = BinaryRule.NUL_BYTE
    """How binary files are recognized."""
    normalises_newlines: bool = False
    """Text without tags is not simply copied either, but gets the line endings that rendering would give it, and must
    be UTF-8 (as in Cookiecutter)."""
    reads_outputs: bool = False
    """`output()`, `sha256()` and `outputs()` exist."""
    working_directory: str = ""
    """Where extensions should find themselves while files are rendered; "" for anywhere. Only a worker process that has
    nothing else to do goes there."""
    code_cache: str = ""
    """The directory in which compiled templates are kept; "" for none."""
    filters: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    """What filters of the extensions do, each with one plain value. With these, a file that uses them does not need
    Jinja2 itself (see `rendering.fast`)."""
    text_filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """The same for filters that take a text, and perhaps more texts. Each may raise anything to leave it to the
    extension."""
    statements: Mapping[str, Callable[..., str]] = field(default_factory=dict)
    """What tags of the extensions print that have nothing but texts in quotes, such as `{% now 'utc' %}`. Each may
    raise anything to leave it to the extension."""
    branches: BranchRecorder | None = None
    """Told which branches of files rendering takes, if somebody wants to know; then nothing may be fast."""

    @property
    def extensions_are_known(self) -> bool:
        """Whether all extensions are Jinja's or ours, so that it is known what they do to expressions and code."""
        return all(name.startswith(("jinja2.ext.", "mintage.")) for name in self.extensions)


class TextRenderer(Protocol):
    """Renders short texts: defaults, paths, expressions, tasks."""

    def text(self, template: str, context: Mapping[str, Any], *, what: str) -> str:
        """Render `template`. `what` names it in the error. Raises RenderError."""
        ...

    def is_plain(self, template: str) -> bool:
        """Return whether there is surely nothing to render in `template`."""
        ...

    def value(self, expression: str, context: Mapping[str, Any], *, what: str) -> Any:
        """Evaluate a bare expression such as `use_docker and db != 'none'`. Raises RenderError."""
        ...
