"""`.mintage.toml`: the answers of a run, saved in the project so that it can be generated again."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage._version import __version__
from mintage.data.parsing import parse_toml
from mintage.errors import AnswerError, Location
from mintage.files.contained import read_contained
from mintage.formats.native import SAVED_ANSWERS_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mintage.sources import Origin

_OF_TOML = (str, int, float, bool, date, time)


class SavedAnswers(Struct, frozen=True):
    """Makes the file of saved answers."""

    origin: Origin
    """Where the template came from."""
    directory: str | None
    """Its directory in its repository; None for the root."""
    secrets: frozenset[str]
    """The names of answers that are never saved."""
    earlier: Mapping[str, str] = field(default_factory=dict)
    """What the last run saved about the template. If that is the same one, it keeps the name that the user gave it."""

    def content(self, answers: Mapping[str, Any]) -> bytes:
        """Return the contents of the file.

        Args:
            answers: All answers, by question.

        Raises:
            AnswerError: An answer can't be written as UTF-8.
        """
        import tomli_w

        is_the_same = self.earlier.get("url") == self.origin.url
        template = {
            "source": self.earlier.get("source") if is_the_same else self.origin.reference,
            "url": self.origin.url,
            "ref": self.origin.ref,
            "commit": self.origin.commit,
            "directory": self.directory,
        }
        kept = {
            name: _storable(value) for name, value in answers.items() if name not in self.secrets and value is not None
        }
        document = {
            "mintage": __version__,
            "template": {name: value for name, value in template.items() if value},
            "answers": kept,
        }
        try:
            return tomli_w.dumps(document).encode("utf-8")
        except UnicodeEncodeError as error:
            character = error.object[error.start]
            raise AnswerError(f"an answer contains {character!r}, which can't be encoded as UTF-8") from error


def read_saved_answers(project: Path) -> Mapping[str, Any]:
    """Return the answers that a project was generated with; none if there is no such file."""
    return _read_table(project, "answers")


def read_saved_template(project: Path) -> Mapping[str, str]:
    """Return where the template of a project came from: `source`, `url`, `ref`, `commit` and `directory`, if known."""
    return {name: value for name, value in _read_table(project, "template").items() if isinstance(value, str)}


def _read_table(project: Path, table: str) -> Mapping[str, Any]:
    file = project / SAVED_ANSWERS_FILE
    try:
        content = parse_toml(read_contained(file, project).decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise AnswerError(
            f"can't read the saved answers: {error}",
            where=Location(str(file)),
            hint="fix or remove this file; it only stores your answers",
        ) from error
    found = content.get(table, {})
    return found if isinstance(found, dict) else {}


def _storable(value: Any) -> Any:
    """Return a value without what TOML cannot represent."""
    if isinstance(value, dict):
        return {str(name): _storable(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [_storable(inner) for inner in value if inner is not None]
    return value if isinstance(value, _OF_TOML) else str(value)
