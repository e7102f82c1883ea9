"""What a user of Cookiecutter has set up in `~/.cookiecutterrc`, as Cookiecutter 2.7.1 reads it. Knows no template."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage.data.parsing import DataError, parse_yaml
from mintage.errors import Location, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

BUILT_IN_ABBREVIATIONS = {
    "gh": "https://github.com/{0}.git",
    "gl": "https://gitlab.com/{0}.git",
    "bb": "https://bitbucket.org/{0}",
}


def _home(name: str) -> Path:
    return Path(os.path.expanduser("~")) / name


class CookiecutterSettings(Struct, frozen=True):
    """Cookiecutter's user configuration."""

    default_context: Mapping[str, Any] = field(default_factory=dict)
    """The user's own defaults."""
    cookiecutters_dir: Path = field(default_factory=lambda: _home(".cookiecutters"))
    """Where Cookiecutter keeps clones."""
    replay_dir: Path = field(default_factory=lambda: _home(".cookiecutter_replay"))
    """Where runs are kept to be replayed."""
    abbreviations: Mapping[str, str] = field(default_factory=lambda: dict(BUILT_IN_ABBREVIATIONS))
    """Short form to address, the built-in ones included."""


def load_cookiecutter_settings(
    *, config_file: Path | None = None, default_config: bool = False
) -> CookiecutterSettings:
    """Read the user's Cookiecutter configuration.

    Args:
        config_file: Read this one, which must exist.
        default_config: Read none. Otherwise $COOKIECUTTER_CONFIG, which must exist, or `~/.cookiecutterrc` if there is
            one.

    Raises:
        UsageError: With file and line.
    """
    if default_config:
        return CookiecutterSettings()
    if config_file is not None:
        return _load(config_file, "`Options(cookiecutter=CookiecutterOptions(config_file=...))` names it")
    if "COOKIECUTTER_CONFIG" in os.environ:
        return _load(Path(os.environ["COOKIECUTTER_CONFIG"]), "the environment variable COOKIECUTTER_CONFIG names it")
    usual = _home(".cookiecutterrc")
    return _load(usual, "") if usual.exists() else CookiecutterSettings()


def _load(file: Path, named_by: str) -> CookiecutterSettings:
    content = _parse(file, named_by)
    problems: list[Problem] = []

    def given(name: str, kind: type, described: str) -> Any:
        value = content.get(name)
        if value is not None and not isinstance(value, kind):
            problems.append(Problem(f"{name} must be {described}", Location(str(file), _line_of(file, name))))
            return None
        return value

    context = given("default_context", dict, "a mapping")
    abbreviations = given("abbreviations", dict, "a mapping")
    clones = given("cookiecutters_dir", str, "a path")
    replays = given("replay_dir", str, "a path")
    if problems:
        raise UsageError("Cookiecutter's user configuration is invalid", where=Location(str(file)), problems=problems)
    usual = CookiecutterSettings()
    return CookiecutterSettings(
        default_context=context or {},
        cookiecutters_dir=_expanded(clones) if clones else usual.cookiecutters_dir,
        replay_dir=_expanded(replays) if replays else usual.replay_dir,
        abbreviations={**BUILT_IN_ABBREVIATIONS, **{str(key): str(to) for key, to in (abbreviations or {}).items()}},
    )


def _expanded(path: str) -> Path:
    return Path(os.path.expanduser(os.path.expandvars(path)))


def _parse(file: Path, named_by: str) -> dict[str, Any]:
    try:
        content = parse_yaml(file.read_text("utf-8")) or {}
    except FileNotFoundError:
        raise UsageError(
            f"there is no Cookiecutter configuration {file}",
            why=named_by,
            hint="correct the path, or use `Options(cookiecutter=CookiecutterOptions(default_config=True))`",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "can't read Cookiecutter's user configuration", where=Location(str(file)), why=str(error)
        ) from error
    except DataError as error:
        raise UsageError(
            "Cookiecutter's user configuration is not valid YAML",
            where=Location(str(file), error.line, error.column),
            why=str(error),
            hint=error.hint,
        ) from error
    if not isinstance(content, dict):
        raise UsageError("Cookiecutter's user configuration must be a mapping", where=Location(str(file), 1))
    return content


def _line_of(file: Path, key: str) -> int:
    from mintage.data.places import written_yaml

    (document,) = written_yaml(file.read_text("utf-8"), file.name)
    return document.line_of(key)  # of the mapping if the key is merged into it by `<<`
