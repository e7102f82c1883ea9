"""Takes Cookiecutter templates apart: cookiecutter.json, the project directory, and hooks, which are rendered too."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mintage.data.places import Written, written_json
from mintage.errors import Location
from mintage.files.patterns import FnmatchPatterns
from mintage.formats.cookiecutter import CONFIGURATION_FILE
from mintage.formats.cookiecutter.layout import CookiecutterLayout
from mintage.formats.shared.survey import Folder, leads_to_nothing, read_text, relative
from mintage.formats.shared.tree import walk
from mintage.template.possible_answers import possible_answers
from mintage.template.texts import Place, Survey, TemplateText, UnknownKey, UnmatchedPattern
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mintage.template import Template

INJECTED = frozenset({"_template", "_output_dir", "_repo_dir", "_checkout"})
"""What Cookiecutter adds to the answers."""
PROMPTS = "__prompts__"
_SETTINGS = tuple(sorted({"_copy_without_render", "_extensions", "_jinja2_env_vars", "_new_lines", PROMPTS} | INJECTED))
_SURELY_MEANT = 0.85
_COPIED = "_copy_without_render"


def survey(template: Template) -> Survey:
    """See `formats.survey_of`."""
    layout = template.layout
    assert isinstance(layout, CookiecutterLayout)
    written = written_configuration(template)
    folder = Folder(template.renderer, f"{relative(str(layout.project_folder), template.root)}/")
    folder.texts.append(_project_name(layout))
    unmatched = _add_files(folder, layout, written)
    questions = {
        question.name: written.keys.get(question.name, Location(CONFIGURATION_FILE)) for question in template.questions
    }
    return Survey(
        template,
        (*_defaults(written), *folder.texts, *_hooks(template)),
        tuple(folder.files),
        questions,
        namespace=template.renderer.namespace,
        configuration=CONFIGURATION_FILE,
        prefix=folder.prefix,
        known=frozenset({"_cookiecutter", "cookiecutter"}),
        members=INJECTED | {PROMPTS},
        possible_answers=possible_answers(template.questions),
        how_to_copy="list the file in `_copy_without_render`",
        unknown_keys=tuple(_unknown_keys(written, questions)),
        unmatched_patterns=unmatched,
    )


def written_configuration(template: Template) -> Written:
    """Return the values of cookiecutter.json with their places."""
    text = read_text(os.path.join(template.root, CONFIGURATION_FILE)) or "{}"
    return written_json(text, CONFIGURATION_FILE)


def _unknown_keys(written: Written, questions: Mapping[str, Location]) -> Iterator[UnknownKey]:
    for name, where in written.keys.items():
        if name.startswith("_") and name not in _SETTINGS:
            what = f"unknown setting {name}"
            yield UnknownKey(name, where, what, _SETTINGS, likeness=_SURELY_MEANT, may_be_read=True)
    prompts = written.get(PROMPTS)
    for name, where in prompts.keys.items() if prompts else ():
        if name not in written.value:
            what = f"{PROMPTS} has a text for {name}, which is not a variable"
            yield UnknownKey(name, where, what, tuple(questions))


def _project_name(layout: CookiecutterLayout) -> TemplateText:
    name = layout.project_folder.name
    return TemplateText(Place.PATH, name, name, name, line=None)


def _add_files(folder: Folder, layout: CookiecutterLayout, written: Written) -> tuple[UnmatchedPattern, ...]:
    """Add all files, and return the patterns of `_copy_without_render` that match none."""
    found = written.get(_COPIED)
    patterns = [each.value for each in found.texts()] if found else []
    copied = FnmatchPatterns(patterns)
    as_they_are: list[str] = []
    paths: list[str] = []

    def leaves_out(path: str, _is_folder: bool) -> bool:
        return leads_to_nothing(layout.project_folder / path)

    for item in walk(layout.project_folder, layout.top, leaves_out):
        paths.append(item.path)
        if any(item.path.startswith(path) for path in as_they_are):
            if not item.is_folder:
                folder.add_file(item.path, item.source, rendered=False)
            continue
        folder.add_name(item.path)
        as_it_is = copied.matches(item.path)
        if item.is_folder and as_it_is:
            as_they_are.append(f"{item.path}/")
        elif not item.is_folder:
            folder.add_file(item.path, item.source, rendered=not as_it_is)
    unmatched = [pattern for pattern in patterns if not any(map(FnmatchPatterns([pattern]).matches, paths))]
    return tuple(
        UnmatchedPattern(_COPIED, pattern, _meant_by(pattern, layout.project_folder.name, paths))
        for pattern in unmatched
    )


def _meant_by(pattern: str, project: str, paths: Sequence[str]) -> str:
    """Return the hint for a pattern that matches nothing: most often it begins with the project's directory."""
    first, slash, rest = pattern.partition("/")
    if slash and first.replace(" ", "") == project.replace(" ", ""):
        return f"patterns are relative to the project's directory: write {rest!r}"
    return suggest(pattern, paths)


def _defaults(written: Written) -> Iterator[TemplateText]:
    """Yield the defaults that are rendered: not those of variables with one underscore, nor prompts."""
    for name, value in written.value.items():
        if name == PROMPTS or (name.startswith("_") and not name.startswith("__")):
            continue
        place = Place.CHOICES if isinstance(value.value, list) else Place.DEFAULT
        for text in value.texts():
            yield TemplateText(
                place, name, text.value, CONFIGURATION_FILE, text.line, text.last_line, text.column, text.indent
            )


def _hooks(template: Template) -> Iterator[TemplateText]:
    for task in template.tasks:
        if task.script and (text := read_text(task.script)) is not None:
            place = f"hooks/{Path(task.script).name}"
            yield TemplateText(Place.HOOK, task.name, text, place)
