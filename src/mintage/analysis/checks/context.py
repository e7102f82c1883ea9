"""The analysis of a template that is checked, with the questions that several rules ask."""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import TYPE_CHECKING

from mintage.analysis.checks.possible_paths import PossiblePaths, possible_paths_of
from mintage.analysis.references import Analysis
from mintage.data.places import written
from mintage.errors import Location
from mintage.files.paths import belongs_to_template
from mintage.formats.shared.extension_sources import EXTENSION_LOADERS, NOT_SHIPPED
from mintage.formats.shared.survey import read_text, relative
from mintage.template.texts import Place

if TYPE_CHECKING:
    from mintage.analysis.checks.dry_layout import DryLayout
    from mintage.analysis.references import Read
    from mintage.data.places import Written
    from mintage.template.texts import Survey


class CheckContext(Analysis):
    """The analysis of one template that is checked.

    Args:
        survey: The template, taken apart.
        dry_layout: Lays it out with any answers, without generating anything.
        may_load: Whether its extensions may be imported, which runs their code.
    """

    def __init__(self, survey: Survey, dry_layout: DryLayout, *, may_load: bool = False) -> None:
        super().__init__(survey, may_load=may_load)
        self.dry_layout = dry_layout

    def is_answer(self, read: Read) -> bool:
        """Return whether a read is that of an answer, and not of something else with the same name."""
        return read.name in self.survey.questions and read.member == bool(self.survey.namespace)

    def is_known(self, read: Read) -> bool:
        """Return whether anything defines the name that is read."""
        if read.member:
            known = self.survey.members | self._assigned_members
            return read.name in self.survey.questions or read.name in known
        return read.name in self.survey.known or self.is_answer(read)

    def may_come_from_extension(self, name: str) -> bool:
        """Return whether an extension that is not loaded may define a name."""
        return any(text == NOT_SHIPPED or _has_word(text, name) for text in self._extension_sources)

    def may_be_used_unseen(self, question: str) -> bool:
        """Return whether an answer may be read unseen: by an extension, or in a file whose name is computed."""
        if question in self._stored_answers_read:
            return True
        if any(_has_word(text, question) for text in self._extension_sources):
            return True
        return self._has_unknown_references and any(_has_word(text, question) for text in self._all_texts)

    @cached_property
    def loader_names(self) -> list[str]:
        """The names under which templates can be included."""
        return [text.loader_name for text in self.survey.texts if text.loader_name]

    @cached_property
    def where_included(self) -> str:
        """The directories that templates include others from, as text for people."""
        roots = self.survey.template.renderer.loader_roots
        return " and ".join(os.path.relpath(root, self.survey.template.root) for root in roots)

    def inside(self, where: Location) -> Location:
        """Return a place with its file relative to the template's root, if that contains it."""
        if not os.path.isabs(where.file):
            return where
        return Location(relative(where.file, self.survey.template.root), where.line, where.column)

    @cached_property
    def possible_paths(self) -> PossiblePaths:
        """The paths that the files of the template may get."""
        return possible_paths_of(self, is_complete=self.environment.is_complete)

    def place_of_setting(self, value: str) -> Location:
        """Return where the template's configuration has a text."""
        for document in self._configuration:
            if found := document.find(value):
                return Location(self.survey.configuration, found.line, found.column)
        return Location(self.survey.configuration)

    def place_of_table(self, name: str) -> Location:
        """Return where the template's configuration has a table at the top, or the first of several."""
        places = (document.keys[name] for document in self._configuration if name in document.keys)
        return next(places, Location(self.survey.configuration))

    def place_of_default(self, question: str) -> Location:
        """Return where the default of a question is written, or else the question."""
        for text in self.survey.texts:
            if text.place is Place.DEFAULT and text.owner == question:
                return Location(text.file, text.line, text.column)
        return self.survey.questions[question]

    @cached_property
    def _configuration(self) -> list[Written]:
        """The documents of the template's configuration; none if it has no such file."""
        file = self.survey.configuration
        text = read_text(os.path.join(self.survey.template.root, file)) if file else None
        return written(text, file) if text else []

    @cached_property
    def _extension_sources(self) -> tuple[str, ...]:
        """The source of each of the author's extensions; `NOT_SHIPPED` for one that is not in the template."""
        wanted = self.survey.template.capabilities
        return tuple(each.text for each in wanted if each.kind == "extension" and each.what not in EXTENSION_LOADERS)

    @cached_property
    def _assigned_members(self) -> frozenset[str]:
        return frozenset(name for each in self.examined for name in each.scopes.assigns_members)

    @cached_property
    def _stored_answers_read(self) -> frozenset[str]:
        """The answers that are read from a table of all answers."""
        if not self.survey.answer_tables:
            return frozenset()
        tables = "|".join(map(re.escape, self.survey.answer_tables))
        member = re.compile(rf"""(?:{tables})\s*(?:\.|\[\s*['"])\s*(\w+)""")
        found = (member.findall(each.text.text) for each in self.examined)
        return frozenset(name for names in found for name in names)

    @cached_property
    def _has_unknown_references(self) -> bool:
        return any(not reference.names for each in self.examined for reference in each.scopes.references)

    @cached_property
    def _all_texts(self) -> list[str]:
        """Every text in the directories that templates include others from."""
        settings = self.survey.template.renderer
        found: list[str] = []
        for root in settings.loader_roots:
            top = os.path.realpath(settings.loader_top or root)
            for folder, _, names in os.walk(root):
                places = (os.path.join(folder, name) for name in names)
                own = (place for place in places if belongs_to_template(os.path.realpath(place), top))
                found += [text for place in own if (text := read_text(place)) is not None]
        return found


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", text) is not None
