"""The user's own settings: registered templates, defaults, abbreviations, trusted sources. Fetches and asks nothing.

They live in one TOML file, `settings_file()`:

    trust = ["https://github.com/acme/", "~/templates/"]

    [defaults]
    author = "Ada"

    [abbreviations]
    acme = "https://git.acme.example/{0}.git"

    [templates.web]
    source = "gh:acme/web"
    ref = "v2"
    directory = "service"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage.data.parsing import DataError, parse_toml
from mintage.errors import Location, Problem, UsageError
from mintage.user.folders import settings_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TEMPLATE_KEYS = ("source", "ref", "directory")


class RegisteredTemplate(Struct, frozen=True):
    """A template that has a short name."""

    source: str
    ref: str | None = None
    """Used unless the user asks for others."""
    directory: str | None = None
    """Used unless the user asks for others."""


class Settings(Struct, frozen=True):
    """What the user has set up."""

    templates: Mapping[str, RegisteredTemplate] = field(default_factory=dict)
    """By short name."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Answers for questions of any template."""
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    """Prefix to address with `{0}` for what follows the colon."""
    trust: tuple[str, ...] = ()
    """Exact sources, or prefixes that end in "/"."""


def load_settings() -> Settings:
    """Read the settings; empty ones if there is no file.

    Raises:
        UsageError: Naming everything that is wrong in it.
    """
    file = settings_file()
    text = read_text(file)
    return validated(parse(text, file), text, file) if text else Settings()


def read_text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("can't read the settings", where=Location(str(file)), why=str(error)) from error


def parse(text: str, file: Path) -> dict[str, Any]:
    try:
        return parse_toml(text)
    except DataError as error:
        where = Location(str(file), error.line, error.column)
        raise UsageError("the settings are not valid TOML", where=where, why=str(error)) from error


def validated(content: dict[str, Any], text: str, file: Path) -> Settings:
    problems: list[Problem] = []

    def expect(right: bool, what: str, table: str, key: str) -> bool:
        if not right:
            problems.append(Problem(what, Location(str(file), _line_of(text, table, key))))
        return right

    def table_of(name: str) -> dict[str, Any]:
        table = content.get(name, {})
        return table if expect(isinstance(table, dict), f"{name} must be a table", "", name) else {}

    templates: dict[str, RegisteredTemplate] = {}
    for name, entry in table_of("templates").items():
        given = {"source": entry} if isinstance(entry, str) else entry
        right = isinstance(given, dict) and _is_template(given)
        at = ("templates", name) if not isinstance(entry, dict) else (f"templates.{name}", "")
        if expect(right, f"template {name!r} must have a source and can have a ref and a directory, all text", *at):
            templates[name] = RegisteredTemplate(**given)
    abbreviations = table_of("abbreviations")
    for name, address in abbreviations.items():
        expect(isinstance(address, str), f"abbreviation {name!r} must be text", "abbreviations", name)
    trust = content.get("trust", [])
    listed = isinstance(trust, list) and all(isinstance(entry, str) for entry in trust)
    expect(listed, "trust must be a list of text", "", "trust")
    defaults = table_of("defaults")
    if problems:
        raise UsageError("the settings are invalid", where=Location(str(file)), problems=problems)
    return Settings(templates, defaults, abbreviations, tuple(trust))


def _is_template(given: dict[str, Any]) -> bool:
    return "source" in given and all(key in TEMPLATE_KEYS and isinstance(text, str) for key, text in given.items())


def _line_of(text: str, table: str, key: str) -> int | None:
    """Return the line of a key in a table, or of the table's header when `key` is ""."""
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            current = stripped.strip("[]").replace('"', "").replace(" ", "")
            if current == (table if not key else f"{table}.{key}".lstrip(".")):
                return number
        elif key and current == table and stripped.partition("=")[0].strip().strip("\"'") == key:
            return number
    return None
