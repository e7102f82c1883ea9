"""The formats of templates. Each turns a directory into a `Template`; nothing outside of them knows a single one.

A format is a package: `Format` is the interface of its `__init__`, and its modules `survey` and `reasons` serve
`mintage check` and `mintage why`. `FORMATS` names the packages in the order in which they are tried; `bare` takes
whatever no other format recognizes. Nothing is imported before it is needed.
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
    """What Cookiecutter's users may ask for: replaying a saved run, another user configuration, or none at all."""

    replay: bool = False
    replay_file: Path | None = None
    config_file: Path | None = None
    default_config: bool = False


class CopierOptions(Struct, frozen=True):
    """What Copier's users may ask for."""

    ref: str | None = None
    """The revision, as it was asked for; None for the newest version."""
    prereleases: bool = False
    """Those count as versions too."""
    answers_file: str | None = None
    """Where answers of an earlier run are, and will be, relative to the project."""
    exclude: tuple[str, ...] = ()
    """Gitignore patterns of files to leave out."""
    skip: tuple[str, ...] = ()
    """Gitignore patterns of files to leave alone when they exist."""
    skip_answered: bool = False
    """Ask nothing that an earlier run has answered."""
    ask: tuple[str, ...] = ()
    """Patterns of questions to ask in any case."""


# Copier's word for the revision that the project was made from.
CURRENT_REF = ":current:"
# Stand-ins for packages of other tools, which templates' extensions and hooks import.
COMPAT_ROOT = str(Path(__file__).parents[1] / "_compat")


def _say_nothing(_text: str) -> None:
    """Where nobody listens."""


class LoadRequest(Struct, frozen=True):
    """What a format may use while it loads a template."""

    source: Source
    scratch: ExitStack
    """Closes temporary folders when the run is over."""
    output: Path | None = None
    """What the user gave as OUTPUT."""
    given: GivenAnswers = field(default_factory=GivenAnswers)
    """Answers given without asking."""
    asker: Asker | None = None
    """None when nobody can be asked."""
    consent: Consent = field(default_factory=Consent)
    run_tasks: bool = True
    """False leaves out hooks and tasks."""
    load_only: bool = False
    """Nothing runs while the template is loaded."""
    overwrite: bool = False
    isolated: bool = False
    """The user's own defaults do not count."""
    warn: Callable[[str], None] = _say_nothing
    """Told what deserves attention."""
    complain: Callable[[Problem], None] | None = None
    """Told mistakes of the configuration that loading can go on with, to find more of them; None makes errors of
    them."""
    cookiecutter: CookiecutterOptions = field(default_factory=CookiecutterOptions)
    copier: CopierOptions = field(default_factory=CopierOptions)


class NamedTemplate(Struct, frozen=True):
    """A template as the saved answers of a project name it, in the words of `mintage new`."""

    template: str
    ref: str | None = None
    """The revision that the project was generated from; None for the newest version."""
    directory: str | None = None
    """Where the template lies in its repository; None for its root."""


class Format(Protocol):
    """The interface of a format's package."""

    TAKES_ANY_FOLDER: bool
    """A directory that it does not recognize is a template of it nevertheless, if the user says so."""
    CHOOSES_VERSION: bool
    """Without a revision, a repository on this machine means its newest version, not its files."""
    MAKES_FOLDER_IN_OUTPUT: bool
    """OUTPUT is not the project's folder, but the one in which that is made."""

    def recognizes(self, root: Path) -> bool:
        """Return whether the directory holds a template of this format. Looks, but does not read much."""
        ...

    def load(self, request: LoadRequest) -> Template:
        """Turn the folder into a Template.

        Raises:
            TemplateError: With file and line.
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
    """Load the template with the first format that recognizes its directory, or with the one that is wanted.

    Raises:
        UsageError: That one does not recognize it.
    """
    module = _module_for(request.source, wanted)
    if wanted is None and module is _module(_LAST):
        _tell_of_templates_below(request)
    return module.load(request)


def recognized(root: Path) -> str:
    """Return the first format that takes the directory for a template of its own."""
    return next(name for name in FORMATS if _module(name).recognizes(root))


def output_for(project: Path, source: Source, wanted: str | None = None) -> Path:
    """Return what is to be given as OUTPUT so that a folder of that name is the project. Raises as `load` does."""
    project = project.absolute()
    return project.parent if _module_for(source, wanted).MAKES_FOLDER_IN_OUTPUT else project


def template_named_in(project: Path, answers_file: str | None = None) -> NamedTemplate | None:
    """Return the template that a directory's saved answers name; None if it is not the directory of a project.

    Args:
        project: The directory.
        answers_file: Where Copier's answers are, if not in the usual place.
    """
    found = (_module(name).template_named_in(project, answers_file) for name in FORMATS)
    return next((each for each in found if each is not None), None)


def makes_folder_in_output(template: Template) -> bool:
    """Return whether OUTPUT is not the project's folder, but the one in which that is made."""
    return _module(template.format).MAKES_FOLDER_IN_OUTPUT


def survey_of(template: Template) -> Survey:
    """Return all pieces of template text of a loaded template, as the `survey` module of its format finds them.

    Raises:
        TemplateError: Its folder cannot be walked.
        UnsafePathError: Its folder cannot be walked.
        UsageError: The format has no such module.
    """
    return cast("Survey", _part(template, "survey").survey(template))


def reasons_of(template: Template) -> Reasons:
    """Return the `reasons` module of the template's format.

    Raises:
        UsageError: The format has none.
    """
    return cast("Reasons", _part(template, "reasons"))


def _part(template: Template, name: str) -> Any:
    part = f"{FORMATS[template.format]}.{name}"
    try:
        return import_module(part)
    except ModuleNotFoundError as error:
        if error.name not in (part, FORMATS[template.format]):
            raise
        raise UsageError(f"templates of the format {template.format} cannot be looked into") from error


def chooses_version(template: Template) -> bool:
    """Return whether a repository on this machine means its newest version rather than its files as they are."""
    return _module(template.format).CHOOSES_VERSION


def _module_for(source: Source, wanted: str | None) -> Format:
    if wanted is None:
        return _module(recognized(source.root))
    module = _module(wanted)
    if not (module.TAKES_ANY_FOLDER or module.recognizes(source.root)):
        raise UsageError(f"{source.origin.reference} is not a template of the format {wanted}")
    return module


def _tell_of_templates_below(request: LoadRequest) -> None:
    """Whoever named a folder that is no template of its own may have meant one in it."""
    formats = [_module(name) for name in FORMATS if name != _LAST]
    below: list[str] = []
    with suppress(OSError), os.scandir(request.source.root) as entries:
        folders = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
        below = sorted(each.name for each in folders if any(one.recognizes(Path(each.path)) for one in formats))
    if below:
        request.warn(
            f"{request.source.origin.reference} is taken as it is, and holds templates: {', '.join(below)}"
            f" (`Options(directory='{below[0]}')` takes one)"
        )


def _module(name: str) -> Format:
    if name not in FORMATS:
        raise UsageError(f"there is no format {name!r}", hint=f"choose one of {', '.join(FORMATS)}")
    return cast("Format", import_module(FORMATS[name]))
