"""Takes Copier templates apart: copier.yml, what it includes, and the files of the subdirectory."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mintage.data.places import Written, written_yaml
from mintage.errors import Location, MintageError
from mintage.files.paths import belongs_to_template
from mintage.formats.copier.choices import possible_answers
from mintage.formats.copier.known_keys import SETTINGS, unknown_keys
from mintage.formats.copier.layout import CopierLayout, CopierPatterns
from mintage.formats.shared.survey import Folder, leads_to_nothing, read_text, relative
from mintage.formats.shared.tree import walk
from mintage.rendering.jinja_text import JinjaText
from mintage.template.texts import Place, Survey, TemplateText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mintage.formats.copier.configuration import Configuration
    from mintage.template import Template

KNOWN = frozenset(
    {"_copier_answers", "_copier_conf", "_copier_operation", "_copier_phase", "_copier_python", "_external_data"}
    | {"_folder_name", "_src_path", "_commit", "make_secret", "now"}
)
_IN_TASKS = frozenset({"_stage", "_version_from", "_version_to", "_version_pep440_from", "_version_pep440_to"})
_PLACES = {
    "choices": Place.CHOICES,
    "when": Place.CONDITION,
    "validator": Place.CHECK,
    "default": Place.DEFAULT,
}
_SETTINGS = {
    "_answers_file": Place.SETTING,
    "_exclude": Place.RULE,
    "_external_data": Place.SETTING,
    "_message_after_copy": Place.SETTING,
    "_message_after_update": Place.SETTING,
    "_message_before_copy": Place.SETTING,
    "_message_before_update": Place.SETTING,
    "_migrations": Place.TASK,
    "_skip_if_exists": Place.RULE,
    "_subdirectory": Place.SETTING,
    "_tasks": Place.TASK,
}
_YIELD = re.compile(r"\byield\s+([A-Za-z_]\w*)\s+from\b")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\[\[.*?\]\]|\[%.*?%\]", re.DOTALL)


def survey(template: Template) -> Survey:
    """See `formats.survey_of`."""
    layout = template.layout
    assert isinstance(layout, CopierLayout)
    configuration = layout.configuration
    documents = written_configuration(template)
    folders = [_folder(place, template, layout) for place in _roots(template, layout)]
    keys = {name: where for _, document in documents for name, where in document.keys.items()}
    name = configuration.file.name if configuration.file else ""
    questions = {question: keys.get(question, Location(name)) for question in configuration.questions}
    return Survey(
        template,
        (*_configuration_texts(configuration, documents), *(text for each in folders for text in each.texts)),
        tuple(file for each in folders for file in each.files),
        questions,
        configuration=name,
        possible_answers=possible_answers(configuration),
        suffix=configuration.suffix,
        known=KNOWN,
        answer_tables=frozenset({"_copier_answers", "_copier_conf.data"}),
        how_to_copy="remove the suffix from the file's name",
        check_key="validator",
        settings=frozenset(SETTINGS),
        unknown_keys=tuple(unknown_keys([document for _, document in documents], questions, name)),
        keeps_one_of_two=True,
    )


def written_configuration(template: Template) -> list[tuple[str, Written]]:
    """Return the documents of copier.yml and of the files that it includes, each with its file."""
    assert isinstance(template.layout, CopierLayout)
    file = template.layout.configuration.file
    return list(_documents(file, Path(template.root))) if file else []


def _documents(file: Path, root: Path) -> Iterator[tuple[str, Written]]:
    name = relative(str(file), str(root))
    for document in written_yaml(read_text(str(file)) or "", name):
        if isinstance(document.value, dict):
            yield name, document
        elif document.tag == "!include":  # loading has made sure that it can be read
            for included in sorted(root.glob(document.value)):
                yield from _documents(included, root)


def _configuration_texts(
    configuration: Configuration, documents: Sequence[tuple[str, Written]]
) -> Iterator[TemplateText]:
    for file, document in documents:
        for name, value in document.value.items():
            if name in configuration.questions:
                yield from _question_texts(name, value, file)
            elif name in _SETTINGS:
                place = _SETTINGS[name]
                names = _IN_TASKS if place is Place.TASK else frozenset()
                for text in value.texts():
                    yield _text(place, name, text, file, names)


def _question_texts(name: str, value: Written, file: str) -> Iterator[TemplateText]:
    if not isinstance(value.value, dict):
        for text in value.texts():
            yield _text(Place.DEFAULT, name, text, file)
        return
    for key, inner in value.value.items():
        place = _PLACES.get(key, Place.PROMPT)
        # A validator sees the answer itself, and a default may say `UNSET` for having none.
        names = {Place.CHECK: frozenset({name}), Place.DEFAULT: frozenset({"UNSET"})}.get(place, frozenset())
        for text in inner.texts():
            yield _text(place, name, text, file, names)


def _text(place: Place, owner: str, text: Written, file: str, names: frozenset[str] = frozenset()) -> TemplateText:
    return TemplateText(
        place, owner, text.value, file, text.line, text.last_line, text.column, text.indent, names=names
    )


def _roots(template: Template, layout: CopierLayout) -> list[Path]:
    """Return the directories that may be walked: several where the name of the subdirectory depends on answers.

    Directories outside the template are left out; laying it out reports those.
    """
    named = layout.configuration.subdirectory
    without_answers = _rendered_alone(template, named)
    place = layout.root / without_answers
    if place.is_dir() and (without_answers or not named):
        found = [place]
    else:
        wanted = re.compile("[^/]*".join(re.escape(part) for part in _TAG.split(named)).rstrip("/"))
        folders = (path for path in sorted(layout.root.rglob("*")) if path.is_dir() and ".git" not in path.parts)
        found = [path for path in folders if wanted.fullmatch(path.relative_to(layout.root).as_posix())]
    top = os.path.realpath(layout.root)
    return [path for path in found if belongs_to_template(os.path.realpath(path), top)]


def _rendered_alone(template: Template, text: str) -> str:
    """Return what a text renders to without any answers and extensions; "" if that fails."""
    settings = replace(template.renderer, extensions=(), import_roots=())
    try:
        return JinjaText(settings).text(text, {}, what="_subdirectory")
    except MintageError:
        return ""


def _folder(place: Path, template: Template, layout: CopierLayout) -> Folder:
    inside = relative(str(place), template.root)
    prefix = "" if inside == "." else f"{inside}/"
    folder = Folder(template.renderer, prefix, prefix)
    suffix = layout.configuration.suffix
    # Patterns with tags may leave out anything or nothing; the latter is assumed.
    excluded = CopierPatterns([each for each in layout.configuration.exclude if not _TAG.search(each)])

    keeps_links = bool(layout.configuration.settings.get("preserve_symlinks"))

    def leaves_out(path: str, is_folder: bool) -> bool:
        if keeps_links and os.path.islink(place / path):
            folder.add_name(path)
            return True
        if leads_to_nothing(place / path):
            return True
        return excluded.matches(path if is_folder or not suffix else path.removesuffix(suffix))

    for item in walk(place, layout.root, leaves_out):
        names = frozenset(_YIELD.findall(item.path))
        folder.add_name(item.path, names)
        if not item.is_folder:
            folder.add_file(item.path, item.source, rendered=item.path.endswith(suffix), names=names)
    return folder
