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
    FIRST_SEEN = "the line ending of the first line of the source (Cookiecutter's rule)"


class BinaryRule(Enum):
    """How binary files are recognized."""

    NUL_BYTE = "a NUL byte in the first 8 KiB, as git does"
    BINARYORNOT = "as binaryornot 0.6 decides, which Cookiecutter 2.7 uses"
    NOT_UTF8 = "everything that isn't UTF-8 (Copier's rule where every file is a template)"
    NONE = "no file is binary; a file that isn't UTF-8 is an error (Copier's rule for files with its suffix)"


class RendererSettings(Struct, frozen=True):
    """How text is rendered. Plain data: every worker builds its own environment from it."""

    options: Mapping[str, Any] = field(default_factory=dict)
    """Keyword arguments of `jinja2.Environment`, such as delimiters, `trim_blocks` or `keep_trailing_newline`."""
    strict: bool = True
    """Whether undefined names are errors; otherwise, they render as nothing."""
    extensions: tuple[str, ...] = ()
    """The import paths of Jinja extensions."""
    import_roots: tuple[str, ...] = ()
    """The directories with the template's own extensions, which are imported in isolation. An extension can also be a
    file in one of them (`path/to/file.py:Name`)."""
    loader_roots: tuple[str, ...] = ()
    """The directories in which `include`, `import` and `extends` find templates."""
    loader_top: str = ""
    """The directory that links in `loader_roots` may not lead out of; "" for no such limit."""
    sandboxed: bool = True
    """Whether expressions are kept from Python's internals."""
    newlines: Newlines | str = Newlines.LF
    """The line ending of rendered files, or a rule that selects it."""
    namespace: str = ""
    """The name that holds the answers while defaults are rendered; "" for the top level."""
    suffix: str = ""
    """The suffix of the files that are rendered, which is removed; "" renders every text file."""
    binary: BinaryRule = BinaryRule.NUL_BYTE
    """How binary files are recognized."""
    normalizes_newlines: bool = False
    """Whether text without tags also gets the line endings that rendering would write, and must be UTF-8, as in
    Cookiecutter. Otherwise, it is copied."""
    reads_outputs: bool = False
    """Whether templates can call `output()`, `sha256()` and `outputs()`."""
    working_directory: str = ""
    """The working directory that extensions expect while files are rendered; "" for any. Only worker processes change
    to it."""
    code_cache: str = ""
    """The directory with the cache of compiled templates; "" for no cache."""
    filters: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    """Functions that do what filters of the extensions do with one plain value. They let the interpreter
    (`rendering.fast`) render files that use these filters."""
    text_filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """The same for filters whose arguments are all strings. A function can raise any exception to leave it to the
    extension."""
    statements: Mapping[str, Callable[..., str]] = field(default_factory=dict)
    """The same for tags whose arguments are string literals, such as `{% now 'utc' %}`: functions that return what the
    tag prints."""
    branches: BranchRecorder | None = None
    """Records which branches of files rendering takes; then only Jinja2 renders. None records nothing."""

    @property
    def extensions_are_known(self) -> bool:
        """Whether all extensions are Jinja's or ours, so that their effect on expressions and code is known."""
        return all(name.startswith(("jinja2.ext.", "mintage.")) for name in self.extensions)


class TextRenderer(Protocol):
    """Renders short texts: defaults, paths, expressions, tasks."""

    def text(self, template: str, context: Mapping[str, Any], *, what: str) -> str:
        """Render `template`. `what` names it in the error. Raises RenderError."""
        ...

    def is_plain(self, template: str) -> bool:
        """Return whether `template` certainly has nothing to render."""
        ...

    def value(self, expression: str, context: Mapping[str, Any], *, what: str) -> Any:
        """Evaluate a bare expression such as `use_docker and db != 'none'`. Raises RenderError."""
        ...
