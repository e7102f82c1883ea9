"""Answers that come in files or as `KEY=VALUE`. Knows no question."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mintage.errors import Location, UsageError

if TYPE_CHECKING:
    from pathlib import Path

_YAML_SUFFIXES = frozenset({".yaml", ".yml"})


def parse_flag(text: str) -> tuple[str, str]:
    """Split `KEY=VALUE` at the first `=`. Raises UsageError if there is none."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"{text!r} is not KEY=VALUE", hint="write an answer as -d name=value")
    return name.strip(), value


def read_data_file(path: Path) -> dict[str, Any]:
    """The answers in a TOML, YAML or JSON file, told apart by the suffix.

    A `.mintage.toml` that Mintage wrote is taken too: its answers are in the table `answers`. Raises UsageError with
    the line of a mistake.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise UsageError(f"the data file {path} is not there") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the data file cannot be read: {error}", where=Location(str(path))) from error
    suffix = path.suffix.lower()
    if suffix in _YAML_SUFFIXES:
        data = _yaml(text, path)
    elif suffix == ".json":
        data = _json(text, path)
    elif suffix == ".toml":
        data = _toml(text, path)
    else:
        raise UsageError(
            f"a data file must end in .toml, .yaml, .yml or .json, not {suffix!r}", where=Location(str(path))
        )
    if path.name == ".mintage.toml" and isinstance(data, dict):
        data = data.get("answers", {})
    if data is None:
        return {}
    if not isinstance(data, dict) or not all(isinstance(name, str) for name in data):
        raise UsageError("a data file must hold names and their values", where=Location(str(path), 1))
    return data


def _yaml(text: str, path: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = Location(str(path), mark.line + 1, mark.column + 1) if mark else Location(str(path))
        raise UsageError(f"the data file is not valid YAML: {error.problem}", where=where) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"the data file is not valid YAML: {error}", where=Location(str(path))) from error


def _json(text: str, path: Path) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = Location(str(path), error.lineno, error.colno)
        raise UsageError(f"the data file is not valid JSON: {error.msg}", where=where) from error


def _toml(text: str, path: Path) -> Any:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"the data file is not valid TOML: {error}", where=Location(str(path))) from error
