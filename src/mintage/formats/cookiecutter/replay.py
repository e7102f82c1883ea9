"""Cookiecutter's replay files: the context of a run, saved so that it can be repeated."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mintage.data.parsing import parse_json
from mintage.errors import Location, UsageError
from mintage.formats.cookiecutter.configuration import check_settings

if TYPE_CHECKING:
    from mintage.formats import LoadRequest
    from mintage.rendering.settings import Context
    from mintage.sources import Source
    from mintage.template.questions import GivenAnswers


def file_in(replay_dir: Path | str, source: Source) -> Path:
    """Return where a run of a template is saved: under the name of its directory or repository."""
    name = source.root.name
    if source.root == source.top and source.origin.commit:
        name = source.origin.url.rstrip("/").rpartition("/")[2].rpartition(":")[2].removesuffix(".git")
    return named(replay_dir, name)


def named(replay_dir: Path | str, name: str) -> Path:
    """Return the file in which runs are saved under a name."""
    return Path(replay_dir) / (name if name.endswith(".json") else f"{name}.json")


def file_for(request: LoadRequest, replay_dir: Path | str) -> Path:
    """Return the file to replay: the one that the user named, or that of the last run."""
    wanted = request.cookiecutter.replay_file
    return wanted.with_suffix(".json") if wanted else file_in(replay_dir, request.source)


def refuse_given_answers(given: GivenAnswers) -> None:
    """Refuse answers that are given to a run which takes all of them from a file.

    Raises:
        UsageError: Answers were given.
    """
    if given.flags or given.data:
        raise UsageError(
            "a replayed run doesn't accept answers",
            hint="remove the answers, or run with `Options(cookiecutter=CookiecutterOptions(replay=False))`",
        )


def read(file: Path) -> Context:
    """Return a saved context.

    Raises:
        UsageError: There is none.
        TemplateError: It has invalid settings.
    """
    try:
        context = parse_json(file.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"there is no run to replay: {file} does not exist",
            hint="generate the project once with `Options(cookiecutter=CookiecutterOptions(replay=False))`",
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"can't read the replay file: {error}", where=Location(str(file))) from error
    if not isinstance(context, dict) or not isinstance(context.get("cookiecutter"), dict):
        raise UsageError("the replay file has no `cookiecutter` answers", where=Location(str(file)))
    check_settings(context["cookiecutter"], file)
    return cast("dict[str, Any]", context)


def write(file: Path, context: Context) -> None:
    """Save a context, as Cookiecutter does before it generates, readable by the user only.

    Raises:
        OSError: The file cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as opened:
        os.fchmod(descriptor, 0o600)  # it may already exist, readable by everyone
        json.dump(context, opened, indent=2)
