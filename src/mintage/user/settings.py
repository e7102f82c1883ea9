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

import msgspec
from msgspec import Struct, field

from mintage.data.parsing import DataError, parse_toml
from mintage.errors import Location, Problem, UsageError
from mintage.user.folders import settings_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class RegisteredTemplate(Struct, frozen=True, forbid_unknown_fields=True):
    """A template that has a short name."""

    source: str
    ref: str | None = None
    """The branch, tag or commit to use unless the user asks for another."""
    directory: str | None = None
    """The directory of the source to use unless the user asks for another."""


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
    text = settings_text(file)
    return parse_settings(text, file) if text else Settings()


def settings_text(file: Path) -> str:
    """Return the text of a settings file; "" if there is none.

    Raises:
        UsageError: It can't be read.
    """
    try:
        return file.read_bytes().decode("utf-8")  # with its line endings
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("can't read the settings", where=Location(str(file)), why=str(error)) from error


def parse_settings(text: str, file: Path) -> Settings:
    """Return the settings that a text holds.

    Args:
        text: TOML.
        file: Where it is from, for errors.

    Raises:
        UsageError: Naming everything that is wrong in it.
    """
    try:
        content = parse_toml(text)
    except DataError as error:
        where = Location(str(file), error.line, error.column)
        raise UsageError("the settings are not valid TOML", where=where, why=str(error)) from error
    return _Reader(text, content, file).settings()


class _Reader:
    """Validates the parts of a settings file, each by itself, so that all mistakes are found."""

    def __init__(self, text: str, content: dict[str, Any], file: Path) -> None:
        self._text = text
        self._content = content
        self._file = file
        self._problems: list[Problem] = []

    def settings(self) -> Settings:
        """Return all settings. Raises UsageError."""
        templates = {
            name: self._converted(
                {"source": entry} if isinstance(entry, str) else entry,
                RegisteredTemplate,
                f"template {name!r} must have a source and can have a ref and a directory, all text",
                "templates",
                name,
            )
            for name, entry in self._table("templates").items()
        }
        abbreviations = {
            name: self._converted(address, str, f"abbreviation {name!r} must be text", "abbreviations", name)
            for name, address in self._table("abbreviations").items()
        }
        trust = self._converted(
            self._content.get("trust", ()), tuple[str, ...], "trust must be a list of text", "trust"
        )
        defaults = self._table("defaults")
        if self._problems:
            raise UsageError("the settings are invalid", where=Location(str(self._file)), problems=self._problems)
        return Settings(templates, defaults, abbreviations, trust)

    def _table(self, name: str) -> dict[str, Any]:
        found = self._converted(self._content.get(name, {}), dict[str, Any], f"{name} must be a table", name)
        return found if isinstance(found, dict) else {}

    def _converted(self, value: Any, kind: Any, what: str, *path: str) -> Any:
        """Return a value if it is of a kind; else note what is wrong with it."""
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError:
            from mintage.data.toml_places import written_toml

            line = written_toml(self._text, self._file.name).line_of(*path)
            self._problems.append(Problem(what, Location(str(self._file), line)))
            return None
