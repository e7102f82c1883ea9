"""The formats of templates. Each turns a directory into a `Template`; no other code knows a particular format.

A format is a package: `Format` is the interface of its `__init__`, and its modules `survey` and `reasons` serve
`mintage check` and `mintage why`. `FORMATS` lists the packages in the order in which they are tried; `bare`
accepts any directory that no other format recognizes. A package is imported when it is first needed.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from msgspec import Struct, field

from mintage.errors import UsageError
from mintage.template.questions import GivenAnswers
from mintage.terminal import say_nothing
from mintage.trust.consent import Consent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import ExitStack

    from mintage.errors import Problem
    from mintage.formats.explanations import Reasons
    from mintage.sources import Source
    from mintage.template import Template
    from mintage.template.questions import Asker
    from mintage.template.texts import Survey

FORMATS: Mapping[str, str] = {
    "native": "mintage.formats.native",
    "cookiecutter": "mintage.formats.cookiecutter",
    "copier": "mintage.formats.copier",
    "bare": "mintage.formats.bare",
}
_LAST = "bare"


class CookiecutterOptions(Struct, frozen=True):
    """Options for Cookiecutter templates only."""

    replay: bool = False
    """Whether to take all answers from the last run of the template."""
    replay_file: Path | None = None
    """The file to take all answers from; None for that of the last run, if `replay` is set."""
    config_file: Path | None = None
    """Cookiecutter's user configuration; None for the usual one."""
    default_config: bool = False
    """Whether to ignore the user configuration."""


class CopierOptions(Struct, frozen=True):
    """Options for Copier templates only."""

    ref: str | None = None
    """The revision that the user asked for; None for the newest version."""
    prereleases: bool = False
    """Whether prereleases count as versions."""
    answers_file: str | None = None
    """The file with the answers of the last run, relative to the project, and where new ones are saved."""
    exclude: tuple[str, ...] = ()
    """Gitignore patterns of files to leave out."""
    skip: tuple[str, ...] = ()
    """Gitignore patterns of files to leave alone when they exist."""
    skip_answered: bool = False
    """Whether to skip questions that the last run has answered."""
    ask: tuple[str, ...] = ()
    """Patterns of the names of questions to ask in any case."""


CURRENT_REF = ":current:"
"""What Copier's users write for the revision that the project was generated from."""
COMPAT_ROOT = str(Path(__file__).parents[1] / "_compat")
"""The directory of stand-ins for packages of other tools, which templates' extensions and hooks import."""


class LoadRequest(Struct, frozen=True):
    """What a format may use while it loads a template."""

    source: Source
    """The directory of the template, and where it came from."""
    scratch: ExitStack
    """Removes temporary directories when the run is over."""
    output: Path | None = None
    """The OUTPUT that the user named; None for none."""
    given: GivenAnswers = field(default_factory=GivenAnswers)
    """The answers that were given without asking."""
    asker: Asker | None = None
    """Asks the user; None if no questions can be asked."""
    consent: Consent = field(default_factory=Consent)
    """Which of the author's code may run."""
    run_tasks: bool = True
    """Whether hooks and tasks run."""
    load_only: bool = False
    """Whether the template is only loaded, so that none of its code may run."""
    overwrite: bool = False
    """Whether files that exist may be replaced."""
    isolated: bool = False
    """Whether to ignore the user's own defaults."""
    warn: Callable[[str], None] = say_nothing
    """Called with each warning for the user."""
    complain: Callable[[Problem], None] | None = None
    """Called with each configuration mistake that doesn't stop loading; None to raise an error instead."""
    cookiecutter: CookiecutterOptions = field(default_factory=CookiecutterOptions)
    """Options for Cookiecutter templates only."""
    copier: CopierOptions = field(default_factory=CopierOptions)
    """Options for Copier templates only."""


class NamedTemplate(Struct, frozen=True):
    """A template that the saved answers of a project name, as arguments of `mintage new`."""

    template: str
    ref: str | None = None
    """The revision that the project was generated from; None for the newest version."""
    directory: str | None = None
    """The directory of the template in its repository; None for its root."""


class Format(Protocol):
    """The interface of a format's package."""

    TAKES_ANY_FOLDER: bool
    """Whether the user may choose it for a directory that it doesn't recognize."""
    CHOOSES_VERSION: bool
    """Whether a local repository means its newest version rather than its files as they are."""
    MAKES_FOLDER_IN_OUTPUT: bool
    """Whether OUTPUT is the directory in which the project's directory is created."""

    def recognizes(self, root: Path) -> bool:
        """Return whether a directory is a template of this format. Every format is asked, so it should be quick."""
        ...

    def load(self, request: LoadRequest) -> Template:
        """Turn the directory into a Template.

        Raises:
            TemplateError: The template is invalid; with file and line.
        """
        ...

    def template_named_in(self, project: Path, answers_file: str | None) -> NamedTemplate | None:
        """Return the template that a project was generated from; None if it doesn't say.

        Args:
            project: The project's directory.
            answers_file: Where the user says that the answers are, relative to it; None for the usual place.
        """
        ...


def load(request: LoadRequest, wanted: str | None = None) -> Template:
    """Load a template.

    Args:
        request: The template, and what its format may use.
        wanted: The name of its format; None for the first that recognizes it.

    Raises:
        UsageError: There is no such format, or it doesn't recognize the template.
        TemplateError: The template is invalid; with file and line.
    """
    module = _module_for(request.source, wanted)
    if wanted is None and module is _module(_LAST):
        _warn_of_templates_below(request)
    return module.load(request)


def recognized(root: Path) -> str:
    """Return the name of the first format that recognizes a directory."""
    return next(name for name in FORMATS if _module(name).recognizes(root))


def output_for(project: Path, source: Source, wanted: str | None = None) -> Path:
    """Return the OUTPUT to name for a project in a certain directory.

    Args:
        project: The project's directory.
        source: The template.
        wanted: The name of its format; None for the first that recognizes it.

    Raises:
        UsageError: There is no such format, or it doesn't recognize the template.
    """
    project = project.absolute()
    return project.parent if _module_for(source, wanted).MAKES_FOLDER_IN_OUTPUT else project


def template_named_in(project: Path, answers_file: str | None = None) -> NamedTemplate | None:
    """Return the template that a directory's saved answers name; None if it isn't a project.

    Args:
        project: The directory.
        answers_file: Where Copier's answers are, if not in the usual place.
    """
    found = (_module(name).template_named_in(project, answers_file) for name in FORMATS)
    return next((each for each in found if each is not None), None)


def makes_folder_in_output(template: Template) -> bool:
    """Return whether OUTPUT is the directory in which the project's directory is created."""
    return _module(template.format).MAKES_FOLDER_IN_OUTPUT


def survey_of(template: Template) -> Survey:
    """Take a loaded template apart.

    Raises:
        TemplateError: Its directory cannot be read.
        UnsafePathError: A link leads out of it.
        UsageError: Its format has no `survey` module.
    """
    return cast("Survey", _part(template, "survey").survey(template))


def reasons_of(template: Template) -> Reasons:
    """Return the `reasons` module of the template's format.

    Raises:
        UsageError: Its format has none.
    """
    return cast("Reasons", _part(template, "reasons"))


def _part(template: Template, name: str) -> Any:
    part = f"{FORMATS[template.format]}.{name}"
    try:
        return import_module(part)
    except ModuleNotFoundError as error:
        if error.name not in (part, FORMATS[template.format]):
            raise
        raise UsageError(f"can't analyze {template.format} templates") from error


def chooses_version(template: Template) -> bool:
    """Return whether a local repository means its newest version rather than its files as they are."""
    return _module(template.format).CHOOSES_VERSION


def _module_for(source: Source, wanted: str | None) -> Format:
    if wanted is None:
        return _module(recognized(source.root))
    module = _module(wanted)
    if not (module.TAKES_ANY_FOLDER or module.recognizes(source.root)):
        raise UsageError(f"{source.origin.reference} is not a {wanted} template")
    return module


def _warn_of_templates_below(request: LoadRequest) -> None:
    """Warn if the user may have meant a template in the directory instead of the directory itself."""
    formats = [_module(name) for name in FORMATS if name != _LAST]
    below: list[str] = []
    with suppress(OSError), os.scandir(request.source.root) as entries:
        folders = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
        below = sorted(each.name for each in folders if any(one.recognizes(Path(each.path)) for one in formats))
    if below:
        request.warn(
            f"{request.source.origin.reference} is used as a bare template, but contains templates: {', '.join(below)}"
            f" (use `Options(directory='{below[0]}')` for one of them)"
        )


def _module(name: str) -> Format:
    if name not in FORMATS:
        raise UsageError(f"unknown format {name!r}", hint=f"choose one of {', '.join(FORMATS)}")
    return cast("Format", import_module(FORMATS[name]))
