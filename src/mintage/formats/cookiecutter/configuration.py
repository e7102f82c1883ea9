"""Reads cookiecutter.json, and applies the user's defaults and answers to it. Asks and renders nothing."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage.data.parsing import DataError, parse_json
from mintage.errors import AnswerError, Location, Problem, TemplateError
from mintage.files.contained import read_contained
from mintage.formats.shared.extension_sources import extension_capability
from mintage.template.questions import parse_yes_no, unknown_answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mintage.trust.capabilities import Capability

_JINJAS = "jinja2.ext."
# Cookiecutter's own extensions, which every template has, whatever packages the template brings.
_COOKIECUTTERS = frozenset(
    f"cookiecutter.extensions.{name}Extension" for name in ("Jsonify", "RandomString", "Slugify", "Time", "UUID")
)
# Arguments that Cookiecutter itself passes to the environment, where a second value is a TypeError.
_RESERVED_OPTIONS = frozenset({"keep_trailing_newline", "undefined", "extensions", "context", "loader"})


class Configuration(Struct):
    """The variables of a cookiecutter.json in their order, with the user's values as defaults."""

    file: Path
    variables: OrderedDict[str, Any]
    warnings: list[str] = field(default_factory=list)

    @property
    def is_nested(self) -> bool:
        """Whether the file only offers other templates of the repository."""
        return "template" in self.variables or "templates" in self.variables

    @property
    def extensions(self) -> tuple[str, ...]:
        """The Jinja extensions that the template needs, besides those that every template has."""
        names = (str(name) for name in self.variables.get("_extensions", ()))
        return tuple(name for name in names if name not in _COOKIECUTTERS)

    @property
    def foreign_extensions(self) -> tuple[str, ...]:
        """The Jinja extensions that belong to neither Jinja2 nor Cookiecutter."""
        return tuple(name for name in self.extensions if not name.startswith(_JINJAS))

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """The code that rendering the template would run."""
        return tuple(extension_capability(name, self.file.parent) for name in self.foreign_extensions)

    def apply_defaults(self, defaults: Mapping[str, Any]) -> None:
        """Apply the user's default_context. As in Cookiecutter, the first invalid entry stops this with a warning."""
        try:
            for name, value in defaults.items():
                _override(self.variables, name, value)
        except ValueError as error:
            self.warnings.append(f"ignoring the defaults in the user configuration: {error}")

    def apply_given(self, given: Mapping[str, Any]) -> None:
        """Take answers from the command line or a file as new defaults.

        Names that the template doesn't have are ignored, as in Cookiecutter, with a warning.

        Raises:
            AnswerError: Answers are invalid; lists all of them.
        """
        problems: list[Problem] = []
        names = [name for name in self.variables if not name.startswith("_")]
        for name, value in given.items():
            if name not in self.variables:
                self.warnings.append(unknown_answer(name, names))
            try:
                _override(self.variables, name, _object(value) if self._is_object(name) else value)
            except ValueError as error:
                problems.append(Problem(f"{name}: {error}", Location(str(self.file))))
        if problems:
            raise AnswerError("some answers are not valid", problems=problems)

    def _is_object(self, name: str) -> bool:
        return isinstance(self.variables.get(name), dict)


def read_configuration(file: Path, top: Path) -> Configuration:
    """Parse a cookiecutter.json, which must be inside `top`.

    Raises:
        TemplateError: The file is invalid; with the line, if it is known.
    """
    try:
        variables = parse_json(read_contained(file, top).decode("utf-8"), object_pairs_hook=OrderedDict)
    except DataError as error:
        raise TemplateError(
            f"{file.name} is not valid JSON: {error}", where=Location(str(file), error.line, error.column)
        ) from error
    except (UnicodeDecodeError, OSError) as error:
        raise TemplateError(f"can't read {file.name}: {error}", where=Location(str(file))) from error
    if not isinstance(variables, OrderedDict):
        raise TemplateError(f"{file.name} must contain one JSON object", where=Location(str(file), 1))
    check_settings(variables, file)
    return Configuration(file, variables)


def check_settings(variables: Mapping[str, Any], file: Path) -> None:
    """Check the variables that Cookiecutter itself uses.

    Raises:
        TemplateError: Some of them have a wrong type.
    """
    expected = {
        "_extensions": list,
        "_copy_without_render": list,
        "_jinja2_env_vars": dict,
        "__prompts__": dict,
        "templates": dict,
        "template": list,
    }
    where = Location(str(file))
    problems = [
        Problem(f"{name} must be {'an object' if kind is dict else 'a list'}", where)
        for name, kind in expected.items()
        if name in variables and not isinstance(variables[name], kind)
    ]
    if variables.get("_new_lines") not in (None, "", "\n", "\r", "\r\n", False):
        problems.append(Problem(f"_new_lines must be a line ending, not {variables['_new_lines']!r}", where))
    options = variables.get("_jinja2_env_vars")
    if isinstance(options, dict) and (reserved := _RESERVED_OPTIONS & set(options)):
        problems.append(Problem(f"_jinja2_env_vars must not set {', '.join(sorted(reserved))}", where))
    if problems:
        raise TemplateError(f"{file.name} has invalid settings", problems=problems)


def _override(variables: OrderedDict[str, Any], name: str, value: Any) -> None:
    """Replace the default of a variable, as Cookiecutter does. Unknown names are ignored."""
    if name not in variables:
        return
    current = variables[name]
    if isinstance(current, list):
        variables[name] = _chosen(current, value)
    elif isinstance(current, dict) and isinstance(value, dict):
        _merge(current, value)
    elif isinstance(current, bool) and isinstance(value, str):
        variables[name] = parse_yes_no(value)
    else:
        variables[name] = value


def _object(value: Any) -> dict[str, Any]:
    """Return an answer to a variable that is an object, which may be given as JSON.

    Raises:
        ValueError: It isn't one.
    """
    with suppress(DataError):
        found = parse_json(value) if isinstance(value, str) else value
        if isinstance(found, dict):
            return found
    raise ValueError(f"expected an object, got {value!r}; write it as JSON, or in a data file")


def _chosen(choices: list[Any], value: Any) -> list[Any]:
    if isinstance(value, list):
        if all(item in choices for item in value):
            return value
        raise ValueError(f"{value} is not a subset of the choices {choices}")
    if value not in choices:
        raise ValueError(f"{value!r} is not one of the choices: {', '.join(map(str, choices))}")
    return [value, *(choice for choice in choices if choice != value)]


def _merge(current: dict[str, Any], value: Mapping[str, Any]) -> None:
    for name, inner in value.items():
        if isinstance(current.get(name), dict) and isinstance(inner, dict):
            _merge(current[name], inner)
        elif isinstance(current.get(name), bool) and isinstance(inner, str):
            current[name] = parse_yes_no(inner)
        else:
            current[name] = inner
