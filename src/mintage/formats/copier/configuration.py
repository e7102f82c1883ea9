"""Reads copier.yml: several documents, `!include`, settings and questions. Renders nothing."""

from __future__ import annotations

import os
from collections import ChainMap
from contextlib import suppress
from functools import cached_property
from itertools import count
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml
from msgspec import Struct, field

from mintage.data.parsing import DataError, yaml_documents, yaml_loader
from mintage.data.places import written_yaml
from mintage.errors import Location, Problem, TemplateError, UnsafePathError
from mintage.files.contained import read_contained
from mintage.formats.copier import configuration_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COPIER_VERSION = "9.19.1"
DEFAULT_SUFFIX = ".jinja"
DEFAULT_EXCLUDE = ("copier.yaml", "copier.yml", "~*", "*.py[co]", "__pycache__", ".git", ".DS_Store", ".svn")

_MOST_INCLUDED = 1_000
_MOST_QUESTIONS = 5_000  # each of them sees all answers before it
_CONCATENATED = ("_exclude", "_jinja_extensions", "_secret_questions", "_skip_if_exists")
_RESERVED = frozenset({"now", "make_secret"})
_LISTS = frozenset({"exclude", "jinja_extensions", "secret_questions", "skip_if_exists", "tasks", "migrations"})
_MAPPINGS = frozenset({"envops", "external_data"})
_TEXTS = frozenset(
    {"answers_file", "message_after_copy", "message_before_copy", "min_copier_version", "subdirectory"}
    | {"message_after_update", "message_before_update", "templates_suffix"}
)
# The options of Jinja's environment that are plain data; others, such as `finalize`, would be code.
_ENVIRONMENT_OPTIONS = frozenset(
    {f"{kind}_{end}_string" for kind in ("block", "variable", "comment") for end in ("start", "end")}
    | {"line_statement_prefix", "line_comment_prefix", "trim_blocks", "lstrip_blocks", "newline_sequence"}
    | {"keep_trailing_newline", "optimized", "autoescape", "cache_size", "auto_reload", "enable_async", "undefined"}
)
_UNDEFINED = frozenset({"jinja2.Undefined", "jinja2.StrictUndefined"})


class CopierTask(Struct, frozen=True):
    """A command that runs when all files exist."""

    command: str | tuple[str, ...]
    when: Any = "true"
    """A value or template text that says whether it runs."""
    working_directory: str = "."


class Configuration(Struct, frozen=True, dict=True):
    """The contents of a copier.yml."""

    file: Path | None = None
    """The file; None if there is none."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    questions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The tables of the questions, by name, in the order of asking."""

    @property
    def suffix(self) -> str:
        """What the names of templates end with; "" if every file is one."""
        found = self.settings.get("templates_suffix")
        return DEFAULT_SUFFIX if found is None else str(found)

    @property
    def subdirectory(self) -> str:
        """The directory with the project's files; template text."""
        return str(self.settings.get("subdirectory") or "")

    @property
    def exclude(self) -> tuple[str, ...]:
        """The patterns of what is left out; template texts."""
        found = self.settings.get("exclude")
        if found is not None:
            return tuple(map(str, found))
        return DEFAULT_EXCLUDE if PurePosixPath(self.subdirectory) == PurePosixPath() else ()

    @property
    def extensions(self) -> tuple[str, ...]:
        """The Jinja extensions that the template needs."""
        return tuple(map(str, self.settings.get("jinja_extensions") or ()))

    @property
    def environment(self) -> dict[str, Any]:
        """The options of the Jinja environment."""
        return {"keep_trailing_newline": True, **(self.settings.get("envops") or {})}

    @cached_property
    def secrets(self) -> frozenset[str]:
        """The questions whose answers are not saved."""
        marked = (name for name, table in self.questions.items() if table.get("secret"))
        return frozenset({*map(str, self.settings.get("secret_questions") or ()), *marked})

    @property
    def tasks(self) -> tuple[CopierTask, ...]:
        """The commands that run when all files exist."""
        return tuple(map(_task, self.settings.get("tasks") or ()))

    def where(self, name: str) -> Location | None:
        """Return the line of a question or a setting. Reads the file again, so this is for errors only."""
        if self.file is None:
            return None
        return Location(str(self.file), self._lines.get(name))

    @cached_property
    def _lines(self) -> Mapping[str, int]:
        return _lines_of_keys(self.file) if self.file else {}


def read_configuration(root: Path) -> Configuration:
    """Read the configuration of a template; an empty one if it has none.

    Raises:
        TemplateError: The configuration is invalid; lists everything that is wrong with it.
        UnsafePathError: An `!include` leads out of the template.
    """
    files = configuration_files(root)
    if not files:
        return Configuration()
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise TemplateError(f"the template has more than one configuration: {names}", hint="keep only one of them")
    file = files[0]
    options = _merged(list(_documents(file, root)), file)
    settings = {name[1:]: value for name, value in options.items() if name.startswith("_")}
    questions = {
        name: dict(value) if isinstance(value, dict) else {"default": value}
        for name, value in options.items()
        if not name.startswith("_")
    }
    secret = settings.get("secret_questions")
    for name in map(str, secret if isinstance(secret, list) else ()):
        if name in questions:
            questions[name]["secret"] = True
    configuration = Configuration(file, settings, questions)
    _check(configuration)
    return configuration


def _documents(file: Path, root: Path) -> Iterator[Any]:
    """Yield all documents of a file, with those that it includes in their place."""
    top = Path(os.path.realpath(root))
    number = count(1)
    own_loader = yaml_loader()

    def include(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            raise _wrong("!include needs a path or a pattern", file, node.start_mark.line + 1)
        pattern = str(loader.construct_scalar(node))
        if PurePosixPath(pattern).is_absolute():
            raise _outside(pattern, file, node.start_mark.line + 1)
        found: list[Any] = []
        for included in sorted(top.glob(pattern)):
            real = Path(os.path.realpath(included))
            if not real.is_relative_to(top):
                raise _outside(pattern, file, node.start_mark.line + 1)
            if next(number) > _MOST_INCLUDED:  # files may include files that include files
                raise _wrong(f"more than {_MOST_INCLUDED} files are included", file, node.start_mark.line + 1)
            found.extend(_flat(_load(real, top, own_loader)))
        return found

    own_loader.add_constructor("!include", include)
    yield from _flat(_load(file, top, own_loader))


def _load(file: Path, top: Path, loader: type[yaml.SafeLoader]) -> list[Any]:
    try:
        data = read_contained(file, top)
        return [document for document in yaml_documents(data, loader) if document]
    except DataError as error:
        where = Location(str(file), error.line)
        raise TemplateError(f"{file.name} is not valid YAML: {error}", where=where, hint=error.hint) from error
    except OSError as error:
        raise _wrong(f"can't read {file.name}: {error.strerror}", file, None) from error


def _flat(documents: Any) -> Iterator[Any]:
    for document in documents:
        if isinstance(document, list):
            yield from _flat(document)
        else:
            yield document


def _merged(documents: list[Any], file: Path) -> dict[str, Any]:
    """Return one table of all documents. Later values win, except in lists, which are concatenated."""
    for document in documents:
        if not isinstance(document, dict):
            raise _wrong(f"{file.name} must contain questions and settings, not {document!r}", file, 1)
    joined: dict[str, Any] = {}
    for option in _CONCATENATED:
        parts = [document[option] for document in documents if option in document]
        if parts and all(isinstance(part, list) for part in parts):
            joined[option] = [each for part in parts for each in part]
    merged = dict(ChainMap(joined, *reversed(documents)))
    return {str(name): value for name, value in merged.items()}


def _check(configuration: Configuration) -> None:
    if len(configuration.questions) > _MOST_QUESTIONS:
        what = f"the template has {len(configuration.questions):,} questions, but only {_MOST_QUESTIONS:,} are allowed"
        raise TemplateError(what, where=Location(str(configuration.file)))
    problems: list[Problem] = []

    def refuse(name: str, what: str) -> None:
        problems.append(Problem(what, configuration.where(name)))

    for name, value in configuration.settings.items():
        if value is None:
            continue
        if name in _LISTS and not isinstance(value, list):
            refuse(f"_{name}", f"_{name} must be a list")
        if name in _MAPPINGS and not isinstance(value, dict):
            refuse(f"_{name}", f"_{name} must be a mapping")
        if name in _TEXTS and isinstance(value, dict | list):
            refuse(f"_{name}", f"_{name} must be text")
    if not problems:
        for what, name in _problems_within(configuration):
            refuse(name, what)
    if problems:
        raise TemplateError("the template's configuration is invalid", problems=problems)


def _problems_within(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """Yield what is wrong in settings and questions, each with its name."""
    environment = configuration.environment
    for option in environment.keys() - _ENVIRONMENT_OPTIONS:
        yield f"unknown option {option} in _envops", "_envops"
    undefined = environment.get("undefined")
    if undefined and str(undefined) not in _UNDEFINED:
        yield f"`undefined` of _envops must be one of {', '.join(sorted(_UNDEFINED))}, not {undefined!r}", "_envops"
    if PurePosixPath(str(configuration.settings.get("answers_file") or "")).is_absolute():
        yield "_answers_file must be a path within the project", "_answers_file"
    for task in configuration.settings.get("tasks") or ():
        if isinstance(task, dict) and "command" not in task:
            yield "a task has no `command`", "_tasks"
        elif not isinstance(task, str | list | dict):
            yield f"a task must be a command, not {task!r}", "_tasks"
    for name in configuration.settings.get("secret_questions") or ():
        if isinstance(name, list | dict):
            yield f"_secret_questions must contain names, not {name!r}", "_secret_questions"
    for name, table in configuration.questions.items():
        if name in _RESERVED:
            yield f"{name} is reserved; choose another name for the question", name
        if table.get("secret") and "default" not in table:
            yield f"the secret question {name} needs a default", name
        choices = table.get("choices", ())
        if not isinstance(choices, str | list | tuple | dict):
            yield f"`choices` of {name} must be a list, a mapping or template text", name


def _task(task: Any) -> CopierTask:
    if not isinstance(task, dict):
        return CopierTask(_command(task))
    return CopierTask(_command(task["command"]), task.get("when", "true"), str(task.get("working_directory", ".")))


def _command(command: Any) -> str | tuple[str, ...]:
    return tuple(map(str, command)) if isinstance(command, list) else str(command)


def _lines_of_keys(file: Path) -> dict[str, int]:
    """Return the first line of each question and each setting; none if the file can't be read."""
    found: dict[str, int] = {}
    with suppress(OSError, ValueError, yaml.YAMLError):
        for document in written_yaml(file.read_text("utf-8"), file.name):
            for name, place in document.keys.items():
                found.setdefault(name, place.line or document.line)
    return found


def _wrong(what: str, file: Path, line: int | None) -> TemplateError:
    return TemplateError(what, where=Location(str(file), line))


def _outside(pattern: str, file: Path, line: int) -> UnsafePathError:
    return UnsafePathError(f"!include {pattern} leads out of the template", where=Location(str(file), line))
