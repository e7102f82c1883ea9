"""What every format becomes: a `Template`. Past this module and `questions`, no format is known.

Plain, frozen values, so that they can be shared with worker processes, and three small protocols for what a format
decides by itself: which entries come out (`Layout`), what templates see (`Template.context`), and what is kept of a run
(`Template.remember`).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct, field

from mintage.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from mintage.errors import Location
    from mintage.questions import Answers, Asker, GivenAnswers, Question, YesNoText
    from mintage.rendering.branches import BranchRecorder
    from mintage.trust import Capability

Context = dict[str, Any]


class Newlines(Enum):
    """Which line ending a rendered file gets."""

    LF = "every line ends with LF"
    FIRST_SEEN = "the line ending that the first line of the source shows (Cookiecutter's rule)"


class BinaryRule(Enum):
    """How a binary file is told from a text file."""

    NUL_BYTE = "a NUL byte in the first 8 KiB, as git does"
    BINARYORNOT = "as binaryornot 0.6 says, which Cookiecutter 2.7 asks"
    NOT_UTF8 = "whatever is not UTF-8 (Copier's rule where every file is a template)"
    NONE = "no file is binary; what is not UTF-8 is an error (Copier's rule for files with its suffix)"


class RendererSettings(Struct, frozen=True):
    """How text is rendered. Plain data: every worker builds its own environment from it.

    options: keyword arguments of `jinja2.Environment` (delimiters, trim_blocks, keep_trailing_newline, ...).
    strict: an undefined name is an error (else it renders as nothing).
    extensions: import paths of Jinja extensions. import_roots: folders in which extensions of the template itself are
        found, imported apart from everything else; an extension may also be a file of theirs (`path/to/file.py:Name`).
    loader_roots: folders in which include, import and extends look. loader_top: links in them may not lead out of it.
    sandboxed: expressions cannot reach Python's internals. newlines: a rule, or the line ending itself.
    namespace: the name under which answers are seen while defaults are rendered; "" for the top level.
    suffix: only files with this suffix are rendered, and lose it; "" renders every text file.
    binary: how a binary file is told from text. normalises_newlines: text without tags is not simply copied either, but
        gets the line endings that rendering would give it, and must be UTF-8 (as in Cookiecutter).
    reads_outputs: `output()`, `sha256()` and `outputs()` exist.
    working_directory: where extensions shall find themselves while files are rendered; "" for anywhere. Only a worker
        process that has nothing else to do goes there.
    code_cache: the folder in which compiled templates are kept; "" for none.
    filters: what filters of the extensions do, each with one plain value. With these, a file that uses them does not
        need Jinja2 itself (see `rendering.fast`).
    text_filters: the same for filters that take a text, and perhaps more texts. Each may raise anything to leave it to
        the extension.
    statements: what tags of the extensions print that have nothing but texts in quotes, such as `{% now 'utc' %}`. Each
        may raise anything to leave it to the extension.
    branches: told which branches of files rendering takes, if somebody wants to know; then nothing may be fast.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = True
    extensions: tuple[str, ...] = ()
    import_roots: tuple[str, ...] = ()
    loader_roots: tuple[str, ...] = ()
    loader_top: str = ""
    sandboxed: bool = True
    newlines: Newlines | str = Newlines.LF
    namespace: str = ""
    suffix: str = ""
    binary: BinaryRule = BinaryRule.NUL_BYTE
    normalises_newlines: bool = False
    reads_outputs: bool = False
    working_directory: str = ""
    code_cache: str = ""
    filters: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    text_filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    statements: Mapping[str, Callable[..., str]] = field(default_factory=dict)
    branches: BranchRecorder | None = None

    @property
    def extensions_are_known(self) -> bool:
        """Whether all extensions are Jinja's or ours, so that it is known what they do to expressions and code."""
        return all(name.startswith(("jinja2.ext.", "mintage.")) for name in self.extensions)


class EntryKind(Enum):
    """What the layout says of an entry; whether a FILE is rendered or copied is decided from its bytes."""

    FOLDER = "a folder"
    FILE = "a file, rendered if it is text with template tags"
    COPY = "a file whose bytes are copied as they are"
    LINK = "a symbolic link"
    CONTENT = "a file that Mintage itself writes"


class Entry(Struct, frozen=True):
    """One file or folder that shall come out.

    target: where, relative to the destination, with forward slashes. source: absolute path in the template.
    name: path relative to the template's root, for messages. loader_name: what the Jinja loader calls it.
    variables: extra names that this file's template sees (a repeated file's item).
    content: the bytes of a CONTENT entry, or where a LINK leads. mode: permission bits; None for the usual ones,
        which are those of the source for a file.
    size, mtime_ns: of the source file, as found by the walk.
    """

    kind: EntryKind
    target: str
    source: str = ""
    name: str = ""
    loader_name: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    content: bytes = b""
    mode: int | None = None
    size: int = 0
    mtime_ns: int = 0


class TextRenderer(Protocol):
    """Renders short texts: defaults, paths, expressions, tasks."""

    def text(self, template: str, context: Mapping[str, Any], *, what: str) -> str:
        """Render `template`. `what` names it in the error. Raises RenderError."""
        ...

    def is_plain(self, template: str) -> bool:
        """Whether there is surely nothing to render in `template`."""
        ...

    def value(self, expression: str, context: Mapping[str, Any], *, what: str) -> Any:
        """Evaluate a bare expression such as `use_docker and db != 'none'`. Raises RenderError."""
        ...


class LayoutRequest(Struct, frozen=True):
    """What a layout needs to know. destination: the project's folder. exists: it is there already, and may be used.

    limits: what the project may not exceed. Planning holds it to them; a layout that makes many files of one, or
    follows links, stops as soon as there are more than are allowed.
    """

    render: TextRenderer
    context: Context
    destination: Path
    exists: bool = False
    limits: Limits = field(default_factory=Limits)


class PathPatterns(Protocol):
    """Patterns that choose some of the output's files."""

    def matches(self, path: str) -> bool:
        """Whether a file's path, relative to the project, is one of them."""
        ...


class LaidOut(Struct, frozen=True):
    """A layout's result: entries in the order of the walk, folders before what is in them.

    skip_if_exists: files that are left alone when they exist. always_replaced: targets that nobody has to agree to.
    makes_project: False where not even the project's folder comes out.
    """

    entries: Sequence[Entry]
    warnings: Sequence[str] = ()
    skip_if_exists: PathPatterns | None = None
    always_replaced: frozenset[str] = frozenset()
    makes_project: bool = True


class TemplateFiles(Struct, frozen=True):
    """What may come out of a template, with some answers or others.

    folder: where the files are. files: from the name of each, as messages have it, to its absolute path.
    """

    folder: str
    files: Mapping[str, str]


class Layout(Protocol):
    """Which files and folders come out of a template, and where."""

    def destination(self, output: Path | None, render: TextRenderer, context: Context) -> Path:
        """The project's folder for what the user gave as OUTPUT (None: nothing was given)."""
        ...

    def lay_out(self, request: LayoutRequest) -> LaidOut:
        """Walk the template and render all paths. Reads the template, touches nothing."""
        ...

    def template_files(self, request: LayoutRequest) -> TemplateFiles:
        """Every file that could come out, whether it does with these answers or not."""
        ...


class Collisions(Enum):
    """What to do when two entries have one target, or targets that differ only by case or Unicode form."""

    REFUSED = "both are errors"
    LOOKALIKES_PASS = "only one target twice is an error"  # noqa: S105 - no password
    LATER_WINS = "neither is; of two files for one target the later one is made"


class TaskStage(Enum):
    """When a task runs, and where."""

    BEFORE = "before any file is rendered, in the empty project"
    STAGING = "among the files, as soon as what it is `after` is there, in the staged project"
    IN_PLACE = "when the project is in its final place"


class Task(Struct, frozen=True):
    """A command of the template's author. Runs only with the user's consent.

    command: a shell line, or a program and its arguments; template text. script: a script file of the template that is
    rendered and run in place of a command (Cookiecutter's hooks). after: patterns of files and "task:NAME"s.
    working_directory: relative to the project. environment: additional variables; template text.
    when: an expression, or a text that says yes or no; None for always. variables: names for this task's
    templates alone. roams: its working directory may lie outside of the project.
    removes_project: a new project is removed when the task fails (Cookiecutter's hooks).
    """

    name: str
    command: str | tuple[str, ...] = ()
    script: str | None = None
    stage: TaskStage = TaskStage.IN_PLACE
    after: tuple[str, ...] = ()
    when: str | YesNoText | None = None
    working_directory: str = "."
    environment: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    roams: bool = False
    removes_project: bool = False


class OrderRule(Struct, frozen=True):
    """Files that match `files` start only when all that match `after` are there. Gitignore patterns on targets."""

    files: tuple[str, ...]
    after: tuple[str, ...]
    where: Location | None = None


class Questionnaire(Protocol):
    """Gets the answers in a way that is the format's own, where a `Question` cannot say how (Copier's)."""

    def answers(self, given: GivenAnswers, asker: Asker | None, render: TextRenderer) -> Answers:
        """The answers to all questions. asker: None when nobody is asked. Raises AnswerError naming all bad ones.

        Called anew, and to begin from nothing, each time that somebody goes back to an earlier question.
        """
        ...


class Messages(Struct, frozen=True):
    """What the template's author wants to say: before anything is asked, and when the project is there."""

    before: Callable[[TextRenderer], str] | None = None
    after: Callable[[TextRenderer, Context], str] | None = None


def _answers_are_the_context(answers: Answers) -> Context:
    return dict(answers)


def _nowhere(_context: Context) -> str:
    return ""


class Template(Struct, frozen=True):
    """A template of any format, ready to be asked, planned and rendered.

    format: its name, for people. root: its folder. top: the folder that no file of it may lie outside of; "" for root.
    origin: what the user called it. version: its revision, for people. answers_file: where the project keeps the
        answers, relative to it, or absolute if the user keeps them; "" for nowhere.
    questions: in the order in which they are asked. takes_given_answers: False when the format has worked the given
        answers into the defaults already (Cookiecutter renders them like defaults).
    allows_extra_answers: names that no question asks for are handed to templates (else they are an error).
    context: makes what templates see of the answers. remember: called with the context before anything is rendered.
    secrets: questions whose answers are never shown, besides those of the type for it. saved_answers: answers of an
    earlier run. user_defaults: the user's own, from settings of the format's tool. questionnaire: gets the answers
    instead of `answers.collect`.
    adds_to_existing: a project's folder that is there is no obstacle, only files of it that would be replaced are.
    compared_modes: permissions in which a file that is there, and has the same contents, must agree to stay as it is.
    capabilities: what of the author's code would run; needs consent.
    stateful_reason: why files must be rendered one after the other; "" when they need not.
    warnings: what the user should know about this template.
    """

    format: str
    root: str
    origin: str
    layout: Layout
    renderer: RendererSettings
    questions: tuple[Question, ...] = ()
    answers_have_types: bool = True
    takes_given_answers: bool = True
    allows_extra_answers: bool = False
    context: Callable[[Answers], Context] = _answers_are_the_context
    remember: Callable[[Context], None] | None = None
    top: str = ""
    secrets: frozenset[str] = frozenset()
    saved_answers: Mapping[str, Any] = field(default_factory=dict)
    user_defaults: Mapping[str, Any] = field(default_factory=dict)
    questionnaire: Questionnaire | None = None
    messages: Messages = field(default_factory=Messages)
    collisions: Collisions = Collisions.REFUSED
    adds_to_existing: bool = False
    compared_modes: int = 0o777
    tasks: tuple[Task, ...] = ()
    order: tuple[OrderRule, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    stateful_reason: str = ""
    warnings: tuple[str, ...] = ()
    version: str = ""
    answers_file: Callable[[Context], str] = _nowhere
