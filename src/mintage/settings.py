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

import os
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage.data_text import DataError, toml_of
from mintage.errors import Location, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_TEMPLATE_KEYS = ("source", "ref", "directory")


class RegisteredTemplate(Struct, frozen=True):
    """A template that has a short name. ref, directory: used unless the user asks for others."""

    source: str
    ref: str | None = None
    directory: str | None = None


class Settings(Struct, frozen=True):
    """What the user has set up.

    templates: by short name. defaults: answers for questions of any template. abbreviations: prefix to address with
    `{0}` for what follows the colon. trust: exact sources, or prefixes that end in "/".
    """

    templates: Mapping[str, RegisteredTemplate] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    trust: tuple[str, ...] = ()


def settings_file() -> Path:
    """Where the settings are: in $MINTAGE_CONFIG_DIR, else in the user's configuration folder."""
    return _user_folder("MINTAGE_CONFIG_DIR", "XDG_CONFIG_HOME", ".config") / "settings.toml"


def cache_folder() -> Path:
    """Where fetched templates are kept: in $MINTAGE_CACHE_DIR, else in the user's cache folder."""
    return _user_folder("MINTAGE_CACHE_DIR", "XDG_CACHE_HOME", ".cache")


def load_settings() -> Settings:
    """Read the settings; empty ones if there is no file. Raises UsageError naming everything that is wrong in it."""
    file = settings_file()
    text = _read(file)
    return _checked(_parse(text, file), text, file) if text else Settings()


def trusts(settings: Settings, *references: str) -> bool:
    """Whether the user trusts a source known by these references: what was typed, and the address it stands for.

    An entry is an exact source, or a prefix that ends in "/" and takes what lies below it. A folder counts by where it
    really is, links followed.
    """
    if not settings.trust:
        return False
    from mintage.sources.trusted import is_trusted

    return any(
        is_trusted(entry, reference, is_name=reference in settings.templates)
        for reference in references
        for entry in settings.trust
    )


def add_template(name: str, source: str, *, ref: str | None = None, directory: str | None = None) -> RegisteredTemplate:
    """Register a template under a short name. A local path is stored absolute.

    Everything else in the file stays, comments too. Raises UsageError for a name that is not usable or taken, and for a
    local path that does not exist.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot name a template",
            hint="use letters, digits, '.', '_' and '-', and begin with a letter or a digit",
        )
    registered = RegisteredTemplate(_storable(source), ref, directory)
    with _changing() as (file, text, content):
        templates = content.setdefault("templates", {})
        if name in templates:
            raise UsageError(
                f"there is a template {name!r} already", where=Location(str(file)), hint=f"mintage remove {name}"
            )
        entry = {key: value for key in _TEMPLATE_KEYS if (value := getattr(registered, key)) is not None}
        templates[name] = entry
        _write(file, content, _with_table(text, name, entry))
    return registered


def remove_template(name: str) -> None:
    """Forget a registered template. Raises UsageError if there is none of this name."""
    with _changing() as (file, text, content):
        templates = content.get("templates", {})
        if name not in templates:
            raise UsageError(f"there is no template {name!r}", where=Location(str(file)), hint=_near(name, templates))
        del templates[name]
        if not templates:
            del content["templates"]
        _write(file, content, _without_table(text, name))


def _user_folder(variable: str, xdg_variable: str, usual: str) -> Path:
    if given := os.environ.get(variable):
        return Path(given).expanduser().absolute()
    if sys.platform == "darwin":
        import platformdirs

        cache = variable == "MINTAGE_CACHE_DIR"
        return (platformdirs.user_cache_path if cache else platformdirs.user_config_path)("mintage")
    # What platformdirs says on other systems; importing it would cost a tenth of a small run.
    base = os.environ.get(xdg_variable, "").strip() or os.path.expanduser(f"~/{usual}")
    return Path(base) / "mintage"


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("the settings cannot be read", where=Location(str(file)), why=str(error)) from error


def _parse(text: str, file: Path) -> dict[str, Any]:
    try:
        return toml_of(text)
    except DataError as error:
        where = Location(str(file), error.line, error.column)
        raise UsageError("the settings are not valid TOML", where=where, why=str(error)) from error


def _checked(content: dict[str, Any], text: str, file: Path) -> Settings:
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
        if expect(right, f"template {name!r} must have a source, and maybe a ref and a directory, all text", *at):
            templates[name] = RegisteredTemplate(**given)
    abbreviations = table_of("abbreviations")
    for name, address in abbreviations.items():
        expect(isinstance(address, str), f"abbreviation {name!r} must be text", "abbreviations", name)
    trust = content.get("trust", [])
    listed = isinstance(trust, list) and all(isinstance(entry, str) for entry in trust)
    expect(listed, "trust must be a list of texts", "", "trust")
    defaults = table_of("defaults")
    if problems:
        raise UsageError("the settings are wrong", where=Location(str(file)), problems=problems)
    return Settings(templates, defaults, abbreviations, tuple(trust))


def _is_template(given: dict[str, Any]) -> bool:
    return "source" in given and all(key in _TEMPLATE_KEYS and isinstance(text, str) for key, text in given.items())


def _line_of(text: str, table: str, key: str) -> int | None:
    """The line of a key in a table, or of the table's header when `key` is ""."""
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


def _storable(source: str) -> str:
    """A source as it is kept: addresses as they are, local paths absolute."""
    from mintage.sources.references import is_url

    if is_url(source):
        return source
    path = Path(os.path.abspath(os.path.expanduser(source)))
    if source and path.exists():
        return str(path)
    if re.match(r"[\w.-]+:", source):
        return source
    raise UsageError(f"there is no template at {path}", hint="give a folder, a zip file, a git URL or gh:owner/name")


@contextmanager
def _changing() -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """The file, its text and its content, held so that two commands at once do not lose each other's change."""
    from mintage.files.locking import exclusive

    file = settings_file()
    try:
        with exclusive(file.parent):
            text = _read(file)
            content = _parse(text, file)
            _checked(content, text, file)
            yield file, text, content
    except OSError as error:
        raise UsageError(f"the settings cannot be changed: {error.strerror}", where=Location(str(file))) from error


def _write(file: Path, content: dict[str, Any], edited: str) -> None:
    """Replace the file by `edited` if that says the same as `content`, else by the content, without its comments."""
    import tomllib

    import tomli_w

    from mintage.files.whole import replace_text

    try:
        text = edited if tomllib.loads(edited) == content else tomli_w.dumps(content)
    except tomllib.TOMLDecodeError:
        text = tomli_w.dumps(content)
    place = Path(os.path.realpath(file))  # settings are often linked from a folder of dotfiles
    replace_text(place, text, mode=0o666)


def _with_table(text: str, name: str, entry: dict[str, str]) -> str:
    import tomli_w

    table = tomli_w.dumps({"templates": {name: entry}})
    return f"{text.rstrip()}\n\n{table}" if text.strip() else table


def _without_table(text: str, name: str) -> str:
    """The text without the table of this template, up to the next header."""
    kept: list[str] = []
    inside = False
    for line in text.splitlines(keepends=True):
        if line.startswith("["):
            inside = line.split("#")[0].strip().replace('"', "") == f"[templates.{name}]"
        if not inside:
            kept.append(line)
    return "".join(kept)


def _near(name: str, names: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(names), n=3)
    return f"did you mean {' or '.join(near)}?" if near else "mintage list shows all of them"
