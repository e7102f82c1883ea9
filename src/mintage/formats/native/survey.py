"""Takes native templates apart: mintage.toml, and the files that it doesn't leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.data.toml_places import written_toml
from mintage.errors import Location
from mintage.files.patterns import GitignorePatterns
from mintage.formats.native import CONFIGURATION_FILE
from mintage.formats.native.layout import OWN_FILES, NativeLayout
from mintage.formats.shared.survey import Folder, leads_to_nothing, read_text, relative
from mintage.formats.shared.tree import walk
from mintage.rendering.settings import OUTPUT_FUNCTIONS
from mintage.template.possible_answers import possible_answers
from mintage.template.texts import Place, Survey, TemplateText, UnmatchedPattern
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mintage.formats.native.configuration import Configuration
    from mintage.template import Template


def survey(template: Template) -> Survey:
    """See `formats.survey_of`."""
    layout = template.layout
    assert isinstance(layout, NativeLayout)
    configuration = layout.configuration
    inside = relative(str(layout.root), template.root)
    folder = Folder(template.renderer, "" if inside == "." else f"{inside}/")
    paths = _add_files(folder, layout)
    texts = _ConfigurationTexts(configuration, layout)
    questions = {name: Location(texts.file, configuration.question_lines[name]) for name in configuration.questions}
    return Survey(
        template,
        (*texts.all(), *folder.texts),
        tuple(folder.files),
        questions,
        configuration=CONFIGURATION_FILE,
        prefix=folder.prefix,
        suffix=template.renderer.suffix,
        known=OUTPUT_FUNCTIONS,
        possible_answers=possible_answers(template.questions),
        how_to_copy="list the file in `copy_only`",
        unmatched_patterns=tuple(_unmatched(layout, paths)),
        check_key="pattern",
        repeated_files=tuple(each.file for each in configuration.each),
    )


def _unmatched(layout: NativeLayout, paths: Sequence[str]) -> Iterator[UnmatchedPattern]:
    for pattern in layout.configuration.files.copy_only:
        if not pattern.startswith("!") and not any(map(GitignorePatterns([pattern]).matches, paths)):
            yield UnmatchedPattern("copy_only", pattern, suggest(pattern, paths))


def _add_files(folder: Folder, layout: NativeLayout) -> list[str]:
    """Add all files, and return the paths of files and directories."""
    rules = layout.configuration.files
    excluded = GitignorePatterns([rule for rule in rules.exclude if isinstance(rule, str)])
    copied = GitignorePatterns(rules.copy_only)
    suffix = layout.configuration.render.suffix
    repeated: dict[str, set[str]] = {}
    for each in layout.configuration.each:
        repeated.setdefault(each.file, set()).add(each.as_)

    def leaves_out(path: str, is_folder: bool) -> bool:
        if path in OWN_FILES or leads_to_nothing(layout.root / path):
            return True
        return excluded.matches(path, is_folder=is_folder)

    items = list(walk(layout.root, layout.top, leaves_out))
    # A rule may name a file that doesn't exist; then any file may see its item.
    homeless = [names for file, names in repeated.items() if file not in {item.path for item in items}]
    for item in items:
        names = frozenset(repeated.get(item.path, ())).union(*homeless)
        folder.add_name(item.path, names)
        if not item.is_folder:
            rendered = item.path.endswith(suffix) and not copied.matches(item.path)
            folder.add_file(item.path, item.source, rendered=rendered, names=names)
    return [item.path for item in items]


class _ConfigurationTexts:
    """Finds the template texts of a mintage.toml."""

    def __init__(self, configuration: Configuration, layout: NativeLayout) -> None:
        self.file = CONFIGURATION_FILE
        self._configuration = configuration
        self._written = written_toml(read_text(layout.file) or "", CONFIGURATION_FILE)

    def all(self) -> Iterator[TemplateText]:
        """Yield every template text."""
        found = self._configuration
        yield from self._texts(Place.SETTING, "output", found.template.output, ("template", "output"))
        for name, table in found.questions.items():
            where = ("questions", name)
            yield from self._texts(Place.DEFAULT, name, table.default, (*where, "default"))
            yield from self._texts(Place.CHOICES, name, table.choices, (*where, "choices"))
            yield from self._texts(Place.CONDITION, name, table.when, (*where, "when"), is_expression=True)
            yield from self._texts(Place.CHECK, name, table.check, (*where, "check"), is_expression=True)
        for rule in found.files.exclude:
            if not isinstance(rule, str):
                yield from self._texts(Place.RULE, "exclude", rule.when, ("files", "exclude"), is_expression=True)
        for number, each in enumerate(found.each):
            for key, expression in (("items", each.items), ("when", each.when)):
                place = ("each", number, key)
                yield from self._texts(Place.RULE, each.file, expression, place, is_expression=True)
            own = frozenset({each.as_})
            yield from self._texts(Place.RULE, each.file, each.path, ("each", number, "path"), names=own)
        for number, task in enumerate(found.tasks):
            values: tuple[tuple[str, Any], ...] = (
                ("run", task.run),
                ("directory", task.directory),
                ("environment", task.environment),
            )
            for key, value in values:
                yield from self._texts(Place.TASK, task.name, value, ("tasks", number, key))
            yield from self._texts(Place.TASK, task.name, task.when, ("tasks", number, "when"), is_expression=True)

    def _texts(
        self, place: Place, owner: str, value: Any, path: Sequence[str | int], **more: Any
    ) -> Iterator[TemplateText]:
        """Yield the texts in the value of a key, or of those that are meant among them."""
        under = self._written.at(*path)
        written = list(under.texts()) if under else []
        for text in _texts_in(value):
            found = next((each for each in written if each.value == text), None)
            if found:
                written.remove(found)
            line = found.line if found else self._written.line_of(*path)
            column = found.column if found else 1
            yield TemplateText(place, owner, text, self.file, line, line + text.count("\n"), column, **more)


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts_in(each)
