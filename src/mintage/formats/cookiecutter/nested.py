"""Repositories that offer several templates: chooses one of them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mintage.errors import AnswerError, Location, Problem, TemplateError, UnsafePathError
from mintage.template.questions import Choice, Question, QuestionType
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mintage.formats import LoadRequest
    from mintage.formats.cookiecutter.configuration import Configuration
    from mintage.template.questions import GivenAnswers

_PATH_IN_PARENTHESES = re.compile(r"\((.+)\)")
# The names under which the choice of a template can be answered, of both styles.
_ANSWERED_BY = ("template", "templates")


def choose(configuration: Configuration, root: Path, request: LoadRequest) -> LoadRequest:
    """Return the request for the template that the user chooses, or for the first one if no questions can be asked.

    Cookiecutter takes the whole text of an old-style entry as an answer; the name, the title or the path of a template
    are understood, too.

    Args:
        configuration: Offers the templates.
        root: The directory of the configuration: the copy that a pre_prompt hook has changed, if there is one.
        request: The request for the repository.

    Raises:
        AnswerError: The given answer matches none of the templates.
    """
    where = Location(str(configuration.file))
    choices = _choices(configuration.variables, where)
    path = choices[0].value
    given = {**request.given.data, **request.given.flags}
    if answered := [name for name in _ANSWERED_BY if name in given]:
        path = _given(answered[0], str(given[answered[0]]), configuration.variables, choices, where)
        request = replace(request, given=_without(request.given, answered))
    elif request.asker and len(choices) > 1:
        question = Question("template", QuestionType.CHOICE, choices=choices, prompt="Select a template", where=where)
        path = request.asker.ask(question, path, choices, lambda _: None)
    top = request.source.top if root == request.source.root else root
    folder = _contained(path, root, top, where)
    # Cookiecutter passes the directory on as if the user had typed it.
    origin = replace(request.source.origin, reference=str(folder))
    source = replace(request.source, root=folder, top=top, origin=origin, directory=None)
    return replace(request, source=source)


def _given(name: str, answer: str, variables: dict[str, Any], choices: Sequence[Choice], where: Location) -> str:
    """Return the path of the template that an answer means."""
    meanings: dict[str, str] = {}
    templates = variables.get("templates") or {str(key): {} for key in variables["template"]}
    for (key, details), choice in zip(templates.items(), choices, strict=True):
        title = details.get("title") or _PATH_IN_PARENTHESES.sub("", key).strip()
        for meaning in (key, str(title), choice.value, os.path.normpath(choice.value)):
            meanings.setdefault(meaning, choice.value)
    found = meanings.get(answer) or meanings.get(os.path.normpath(answer))
    if found is None:
        style = "{} ({})" if "templates" in variables else "{}"
        offered = ", ".join(style.format(key, choice.value) for key, choice in zip(templates, choices, strict=True))
        hint = suggest(answer, meanings) or "choose one of them, or name its directory with `Options(directory=...)`"
        problem = Problem(f"{name}: {answer!r} is not one of the choices: {offered}", where, hint)
        raise AnswerError("some answers are not valid", problems=[problem])
    return found


def _without(given: GivenAnswers, names: Collection[str]) -> GivenAnswers:
    """Return the answers without those that chose the template."""
    flags = {name: value for name, value in given.flags.items() if name not in names}
    data = {name: value for name, value in given.data.items() if name not in names}
    return replace(given, flags=flags, data=data)


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
        raise UnsafePathError(f"the nested template {path!r} is outside the repository", where=where)
    if not (folder / "cookiecutter.json").is_file():
        raise TemplateError(f"the nested template {path!r} has no cookiecutter.json", where=where)
    return folder
