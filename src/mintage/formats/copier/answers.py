"""The answers of a run, where they come from, and what templates see of them. Asks nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import yaml
from msgspec import Struct, field

from mintage.data.parsing import DataError, parse_yaml
from mintage.errors import Location, MintageError, RenderError, TemplateError, UnsafePathError
from mintage.files.contained import read_contained
from mintage.formats.copier import DEFAULT_ANSWERS_FILE

if TYPE_CHECKING:
    from mintage.formats.copier.configuration import Configuration
    from mintage.rendering.settings import Context, TextRenderer
    from mintage.template.questions import Answers

_BEFORE_ALL_IS_ANSWERED = frozenset({"prompt", "undefined"})
_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}
_STORABLE = (dict, list, str, int, float, bool, type(None))


def now() -> datetime:
    """Return the time, for old templates with `{{ now() }}`."""
    return datetime.now(tz=UTC)


def make_secret() -> str:
    """Return a random text, for old templates with `{{ make_secret() }}`."""
    from hashlib import sha512  # which takes a millisecond to import, and few templates need it

    return sha512(os.urandom(48)).hexdigest()


def nice_yaml(value: Any) -> str:
    """Return a value as the filter `to_nice_yaml` of jinja2-ansible-filters 1.3 does, for templates' answers files."""
    text: str = yaml.dump(value, indent=4, allow_unicode=True, default_flow_style=False)
    return text


class CopierAnswers(Struct, dict=True):
    """The answers so far. Each run has one, which its questionnaire fills."""

    given: dict[str, Any]
    """The answers from `-d` and data files."""
    metadata: dict[str, str]
    """`_src_path` and `_commit`, with which Copier finds the template again."""
    last: dict[str, Any]
    """The answers in the project's answers file."""
    external: ExternalData
    """The project's data files that templates may read."""
    final: dict[str, Any] = field(default_factory=dict)
    """The answers that were asked for or computed."""
    hidden: set[str] = field(default_factory=set)
    """The questions whose `when` is false; their answers are not saved."""

    def __post_init__(self) -> None:
        self._last_found = dict(self.last)

    def start_over(self) -> None:
        """Forget all answers that were asked for or computed, so that they can be again."""
        self.final.clear()
        self.hidden.clear()
        self.last = dict(self._last_found)

    def combined(self) -> Answers:
        """Return all answers in one table.

        If several sources have a name, Copier's order of precedence applies.
        """
        functions = {"now": now, "make_secret": make_secret, "_external_data": self.external}
        return {**functions, **self.last, **self.metadata, **self.given, **self.final}

    def has(self, name: str) -> bool:
        """Return whether a question has an answer so far."""
        return any(name in answers for answers in (self.final, self.given, self.metadata, self.last))

    def to_store(self, configuration: Configuration) -> Answers:
        """Return the answers to save (`_copier_answers`)."""
        secrets = configuration.secrets
        stored: Answers = {name: self.metadata[name] for name in ("_commit", "_src_path") if name in self.metadata}
        stored.update(
            (name, value)
            for name, value in self.combined().items()
            if name in configuration.questions
            and name not in self.hidden
            and name not in secrets
            and isinstance(value, _STORABLE)
        )
        return stored


class ExternalData(Mapping[str, Any]):
    """`_external_data`: YAML files of the project, each of which is read when it is first used.

    Args:
        paths: The paths of the files by name, as template text, relative to the project.
        project: The project's directory.
        anywhere: Whether the files may be outside the project.
    """

    def __init__(self, paths: Mapping[str, str], project: Path, *, anywhere: bool) -> None:
        self._paths = dict(paths)
        self._project = project
        self._anywhere = anywhere
        self._loaded: dict[str, Any] = {}

    def rendered(self, render: TextRenderer, context: Context) -> ExternalData:
        """Return the data with rendered paths. A path that cannot be rendered stays as it is."""
        paths: dict[str, str] = {}
        for name, path in self._paths.items():
            try:
                paths[name] = render.text(path, context, what=f"the path of _external_data.{name}")
            except MintageError:
                paths[name] = path
        return ExternalData(paths, self._project, anywhere=self._anywhere)

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = self._load(self._paths[name])
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def _load(self, path: str) -> Any:
        place = self._project / path
        if not self._anywhere and not _lies_within(place, self._project):
            raise UnsafePathError(
                f"the template reads {path}, which is outside the project",
                hint="read the template, then run again with `Options(trust=True)`",
            )
        return read_yaml_table(place, Path("/") if self._anywhere else self._project)


def _lies_within(place: Path, folder: Path) -> bool:
    try:
        return Path(os.path.realpath(place)).is_relative_to(os.path.realpath(folder))
    except ValueError:  # for a name that no file can have
        return False


def read_yaml_table(file: Path, top: Path) -> Any:
    """Return the contents of a YAML file within `top`; an empty table if it doesn't exist.

    Raises:
        TemplateError: The file isn't valid YAML, or can't be read; with the line of a mistake.
    """
    try:
        return parse_yaml(read_contained(file, top))
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return {}
    except DataError as error:
        where = Location(str(file), error.line)
        raise TemplateError(f"{file.name} is not valid YAML: {error}", where=where, hint=error.hint) from error
    except (OSError, ValueError) as error:  # the latter for a name that no file can have
        raise TemplateError(f"can't read {file.name}: {error}", where=Location(str(file))) from error


def read_last_answers(project: Path, answers_file: str | None) -> dict[str, Any]:
    """Return the answers of the last run, without private names except those for the template itself."""
    found = read_yaml_table(project / (answers_file or DEFAULT_ANSWERS_FILE), project)
    if not isinstance(found, dict):
        return {}
    kept = {"_src_path", "_commit"}
    return {str(name): value for name, value in found.items() if name in kept or not str(name).startswith("_")}


class ContextMaker(Struct, frozen=True):
    """Makes the context of templates."""

    configuration: Configuration
    project: Path
    conf: Mapping[str, Any]
    """`_copier_conf`, without `answers_file` and `data`."""
    asked_answers_file: str | None = None
    """The answers file that the user wants; None for the template's choice."""

    def context(self, answers: CopierAnswers, render: TextRenderer, phase: str) -> Context:
        """Return everything that templates see.

        Args:
            phase: "prompt", "render", "tasks" or "undefined".

        Raises:
            RenderError: `_answers_file` can't be rendered, although all questions are answered.
        """
        conf = {**self.conf, "data": answers.given}
        context: Context = {
            **answers.combined(),
            "_copier_answers": answers.to_store(self.configuration),
            "_copier_conf": conf,
            "_folder_name": self.project.name,
            "_copier_python": sys.executable,
            "_copier_phase": phase,
        }
        if len(answers.external):
            context["_external_data"] = answers.external.rendered(render, context)
        try:
            conf["answers_file"] = self._answers_file(context, render)
        except RenderError as error:
            if phase not in _BEFORE_ALL_IS_ANSWERED:
                raise
            conf["answers_file"] = _not_known_yet(error)
        return context

    def _answers_file(self, context: Context, render: TextRenderer) -> PurePath:
        named = self.asked_answers_file or str(self.configuration.settings.get("answers_file") or DEFAULT_ANSWERS_FILE)
        return PurePath(render.text(named, context, what="_answers_file"))


def _not_known_yet(error: RenderError) -> object:
    """Return a value that fails when it is used: a name may depend on answers that are still missing."""
    from jinja2 import StrictUndefined

    return StrictUndefined(hint=error.what)


def operating_system() -> str | None:
    """Return the value of `_copier_conf.os`."""
    return _SYSTEMS.get(sys.platform)
