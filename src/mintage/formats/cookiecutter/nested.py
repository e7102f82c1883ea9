"""Repositories that offer several templates: chooses one of them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mintage.errors import Location, TemplateError, UnsafePathError
from mintage.template.questions import Choice, Question, QuestionType

if TYPE_CHECKING:
    from mintage.formats import LoadRequest
    from mintage.formats.cookiecutter.configuration import Configuration

_PATH_IN_PARENTHESES = re.compile(r"\((.+)\)")


def choose(configuration: Configuration, root: Path, request: LoadRequest) -> LoadRequest:
    """Return the request for the template that the user chooses, or for the first one if nobody can be asked.

    Args:
        configuration: Offers the templates.
        root: The directory of the configuration: the copy that a pre_prompt hook has changed, if there is one.
        request: The request for the repository.
    """
    where = Location(str(configuration.file))
    choices = _choices(configuration.variables, where)
    path = choices[0].value
    if request.asker and len(choices) > 1:
        question = Question("template", QuestionType.CHOICE, choices=choices, prompt="Select a template", where=where)
        path = request.asker.ask(question, path, choices, lambda _: None)
    top = request.source.top if root == request.source.root else root
    folder = _contained(path, root, top, where)
    # Cookiecutter passes the directory on as if the user had typed it.
    origin = replace(request.source.origin, reference=str(folder))
    source = replace(request.source, root=folder, top=top, origin=origin, directory=None)
    return replace(request, source=source)


def _choices(variables: dict[str, Any], where: Location) -> tuple[Choice, ...]:
    if offered := variables.get("templates"):
        return tuple(_modern_choice(name, details, where) for name, details in offered.items())
    old_style = [str(text) for text in variables.get("template", ())]
    if not old_style:
        raise TemplateError("the repository offers no template", where=where)
    return tuple(_old_choice(text, where) for text in old_style)


def _modern_choice(name: str, details: Any, where: Location) -> Choice:
    if not isinstance(details, dict) or not isinstance(details.get("path"), str):
        raise TemplateError(f"the template {name} needs a `path`", where=where)
    title = str(details.get("title", name))
    description = str(details.get("description", name))
    return Choice(details["path"], title if title == description else f"{title} ({description})")


def _old_choice(text: str, where: Location) -> Choice:
    found = _PATH_IN_PARENTHESES.search(text)
    if not found:
        raise TemplateError(f"the template {text!r} needs a directory in parentheses", where=where)
    return Choice(found.group(1), text)


def _contained(path: str, root: Path, top: Path, where: Location) -> Path:
    folder = Path(os.path.realpath(root / path.replace("\0", "\N{REPLACEMENT CHARACTER}")))
    if Path(path).is_absolute() or not folder.is_relative_to(os.path.realpath(top)):
        raise UnsafePathError(f"the nested template {path!r} is outside of the repository", where=where)
    if not (folder / "cookiecutter.json").is_file():
        raise TemplateError(f"the nested template {path!r} has no cookiecutter.json", where=where)
    return folder
