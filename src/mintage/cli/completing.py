"""Completes what was typed in a shell, from the parser itself, from the settings, and from templates.

Only templates that are already on this disk are read: nothing is fetched, none of their code runs, and no lock is
waited for.
"""

from __future__ import annotations

import gc
import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from argcomplete.finders import CompletionFinder

from mintage.cli.parser import make_parser
from mintage.errors import MintageError
from mintage.template.questions import QuestionType
from mintage.terminal import one_line

if TYPE_CHECKING:
    from argparse import Action, ArgumentParser, Namespace
    from collections.abc import Callable, Iterator

    from mintage.template import Template
    from mintage.template.questions import Question

    Completions = dict[str, str]
    Completer = Callable[..., Completions]


def complete() -> None:
    """Write what could be typed next to where the shell reads it, and end this process.

    The shell says what was typed in COMP_LINE and COMP_POINT, as the script of `mintage completion` has it do.
    """
    gc.disable()  # the process ends before there is any garbage
    typed = os.environ["COMP_LINE"][: int(os.environ["COMP_POINT"])]
    words = typed.split()[1:] if typed[-1:].isspace() else typed.split()[1:-1]
    parser, commands = make_parser(next((word for word in words if not word.startswith("-")), ""))
    for command in commands.choices.values():
        _say_how_to_complete(command)
    finder = CompletionFinder()
    finder(parser, always_complete_options=False, default_completer=_nothing)  # type: ignore[arg-type]


def _say_how_to_complete(command: ArgumentParser) -> None:
    """Set the completer of each argument according to its metavar."""
    for action in command._actions:
        if action.choices is not None:
            continue
        completer = _COMPLETERS.get(str(action.metavar))
        if action.metavar == "NAME" and command.prog.endswith(" remove"):
            completer = _registered
        if completer is not None:
            action.completer = _without_errors(completer)  # type: ignore[attr-defined]


def _without_errors(completer: Completer) -> Completer:
    """Wrap a completer so that it completes nothing on errors; the command itself will report them."""

    def complete(prefix: str, parsed_args: Namespace, action: Action, **_: Any) -> Completions:
        try:
            found = completer(prefix, parsed_args, action)
        except (MintageError, OSError, ValueError):
            return {}
        return {text: one_line(meaning) for text, meaning in found.items() if text.isprintable()}

    return complete


def _nothing(**_: Any) -> tuple[str, ...]:
    return ()


def _registered(*_: Any) -> Completions:
    from mintage.addresses import public_form
    from mintage.user.settings import load_settings

    return {name: public_form(found.source) for name, found in load_settings().templates.items()}


def _templates(prefix: str, *_: Any) -> Completions:
    try:
        names = _registered()
    except MintageError:
        names = {}
    return {**names, **dict(_paths(prefix, lambda entry: entry.name.lower().endswith(".zip")))}


def _folders(prefix: str, *_: Any) -> Completions:
    return dict(_paths(prefix, lambda _: False))


def _files(prefix: str, *_: Any) -> Completions:
    return dict(_paths(prefix, lambda _: True))


def _paths(prefix: str, is_wanted: Callable[[os.DirEntry[str]], bool]) -> Iterator[tuple[str, str]]:
    """Yield directories and wanted files as they can be typed. Hidden ones need a typed dot."""
    folder, slash, name = prefix.rpartition("/")
    with os.scandir(os.path.expanduser(folder + slash) or ".") as found:
        for entry in sorted(found, key=lambda entry: entry.name):
            if not entry.name.startswith(name) or (entry.name.startswith(".") and not name.startswith(".")):
                continue
            if entry.is_dir():
                yield f"{folder}{slash}{entry.name}/", ""
            elif is_wanted(entry):
                yield f"{folder}{slash}{entry.name}", ""


def _answers(prefix: str, parsed_args: Namespace, action: Action) -> Completions:
    """Return `NAME=` for every unanswered question of the template, or `NAME=VALUE` for one question."""
    template = _template(parsed_args)
    if template is None:
        return {}
    name, equals, _ = prefix.partition("=")
    if equals:
        question = next((each for each in template.questions if each.name == name), None)
        values = _values(question, template) if question is not None else {}
        return {f"{name}={value}": label for value, label in values.items()}
    answered = {text.partition("=")[0] for text in getattr(parsed_args, action.dest, None) or ()}
    asked = (question for question in template.questions if question.asked and question.name not in answered)
    return {f"{question.name}=": question.prompt or question.help for question in asked}


def _variables(_: str, parsed_args: Namespace, *__: Any) -> Completions:
    """Return all variables of the template, including computed ones."""
    template = _template(parsed_args)
    return {question.name: question.prompt or question.help for question in template.questions} if template else {}


def _rules(*_: Any) -> Completions:
    from mintage.analysis.checks.findings import RULES

    return {rule.id: rule.summary for rule in RULES.values()}


def _values(question: Question, template: Template) -> Completions:
    """Return the possible answers, or the default, as far as they are known before anything is rendered."""
    from mintage.rendering.jinja_text import JinjaText

    is_plain = JinjaText(template.renderer).is_plain
    if question.type is QuestionType.BOOL:
        return {"yes": "", "no": ""}
    if question.choices:
        return {str(each.value): each.label for each in question.choices if is_plain(str(each.value))}
    default = question.default
    is_known = isinstance(default, str | int | float) and not question.secret and is_plain(str(default))
    return {str(default): "the default"} if is_known else {}


def _template(parsed_args: Namespace) -> Template | None:
    """Return the template that was typed, or the project's.

    None if it isn't on this disk, or if no file lists its questions.
    """
    from mintage import formats
    from mintage.sources import at_hand
    from mintage.user.cookiecutterrc import load_cookiecutter_settings
    from mintage.user.settings import load_settings

    typed = getattr(parsed_args, "template", None)
    directory = getattr(parsed_args, "directory", None)
    if typed is None and hasattr(parsed_args, "project"):  # then it is the template that the project was generated from
        from mintage.projects.origin import origin_of

        project = Path(os.path.expanduser(parsed_args.project or "."))  # the shell passes what was typed
        made = origin_of(project, getattr(parsed_args, "answers_file", None))
        typed, directory = made.template, directory or made.directory
    source = at_hand(typed, directory, load_settings(), load_cookiecutter_settings) if typed else None
    if source is None or formats.recognized(source.root) == "bare":  # its questions are spread over all its files
        return None
    with ExitStack() as scratch:
        request = formats.LoadRequest(source, scratch, Path("project"), run_tasks=False, load_only=True)
        return formats.load(request, getattr(parsed_args, "format", None))


def _limits(*_: Any) -> Completions:
    from mintage.cli.limits import LIMIT_NAMES

    return {f"{name}=": "" for name in LIMIT_NAMES}


_COMPLETERS: dict[str, Completer] = {
    "TEMPLATE": _templates,
    "SOURCE": _folders,
    "OUTPUT": _folders,
    "PROJECT": _folders,
    "DIR": _folders,
    "FILE": _files,
    "KEY=VALUE": _answers,
    "NAME=N": _limits,
    "VARIABLE": _variables,
    "RULE": _rules,
}
