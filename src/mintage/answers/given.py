"""Reads answers from files and from `KEY=VALUE` arguments. Knows no question."""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING, Any

from mintage.data.parsing import DataError, parse_json, parse_toml, parse_yaml
from mintage.errors import Location, UsageError
from mintage.template.questions import GivenAnswers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

_LANGUAGES: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    ".json": ("JSON", parse_json),
    ".toml": ("TOML", parse_toml),
    ".yaml": ("YAML", parse_yaml),
    ".yml": ("YAML", parse_yaml),
}


def parse_flag(text: str) -> tuple[str, str]:
    """Split `KEY=VALUE` at the first `=`.

    Raises:
        UsageError: The text is not in that form.
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"{text!r} is not in the form KEY=VALUE", hint="write an answer as -d name=value")
    return name.strip(), value


def read_given(flags: Iterable[str], files: Iterable[Path]) -> GivenAnswers:
    """Return the answers from the command line and from data files, of which later ones take precedence.

    Args:
        flags: Arguments in the form `KEY=VALUE`.
        files: Paths of data files.

    Raises:
        UsageError: An argument or a file is invalid.
    """
    data: dict[str, Any] = {}
    for file in files:
        data.update(read_data_file(file))
    return GivenAnswers(flags=dict(map(parse_flag, flags)), data=data)


def read_data_file(path: Path) -> dict[str, Any]:
    """Return the answers in a TOML, YAML or JSON file; the suffix determines the language, which is YAML otherwise.

    The file may also be a `.mintage.toml` that Mintage wrote, with the answers in the table `answers`.

    Raises:
        UsageError: The file cannot be read, or is invalid; the error says where.
    """
    try:
        text = _decoded(path.read_bytes())
    except FileNotFoundError:
        raise UsageError(f"the data file {path} does not exist") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the data file cannot be read: {error}", where=Location(str(path))) from error
    suffix = path.suffix.lower()
    language, read = _LANGUAGES.get(suffix, _LANGUAGES[".yaml"])
    try:
        data = read(text)
    except DataError as error:
        hint = error.hint
        if suffix not in _LANGUAGES:
            hint = hint or "data files that don't end in .toml or .json are read as YAML"
        where = Location(str(path), error.line, error.column)
        raise UsageError(f"the data file is not valid {language}: {error}", where=where, hint=hint) from error
    if path.name == ".mintage.toml" and isinstance(data, dict):
        data = data.get("answers", {})
    if data is None:
        return {}
    if not isinstance(data, dict) or not all(isinstance(name, str) for name in data):
        raise UsageError("a data file must contain names and their values", where=Location(str(path), 1))
    return data


def _decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 if its byte order mark says so, as PyYAML reads it."""
    return data.decode("utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8")
