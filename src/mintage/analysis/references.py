"""Finds every place where a template reads an answer: files, paths, defaults, conditions, tasks, and hooks.

This is the place to start from to find out what depends on a question:

    reads = Analysis(survey_of(template)).reads
    [read.where for read in reads if read.name == "license"]
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.analysis.environment import environment_of
from mintage.analysis.scopes import scopes_of
from mintage.analysis.symbols import EVERYTHING, Scopes
from mintage.analysis.syntax import Parsed, SyntaxProblem, parse
from mintage.errors import Location
from mintage.files.paths import belongs_to_template
from mintage.formats.shared.survey import read_text, relative
from mintage.template.texts import Place, TemplateText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mintage.analysis.environment import AnalysisEnvironment
    from mintage.analysis.symbols import Use
    from mintage.template.texts import Survey

__all__ = ["EVERYTHING", "Analysis", "Examined", "Read"]


class Read(Struct, frozen=True):
    """A name that a piece of template text reads and doesn't set itself."""

    name: str
    """The name of a question or of anything else; `EVERYTHING` where all answers are read at once."""
    text: TemplateText
    """The text that reads it."""
    where: Location
    """The file, line and column."""
    member: bool = False
    """Whether it is read from the namespace (`cookiecutter.name`)."""
    guarded: bool = False
    """Whether the text expects that it may be undefined."""
    sees_answers: bool = True
    """Whether the text sees answers; a template that is imported without context doesn't."""


class Examined(Struct, frozen=True):
    """A piece of template text, parsed and walked."""

    parsed: Parsed
    """Its syntax tree."""
    scopes: Scopes
    """What it does with names."""
    included: bool = False
    """Whether it is only included by others, and generates no file itself."""
    sees_answers: bool = True
    """Whether it sees answers; a template that is imported without context doesn't."""

    @property
    def text(self) -> TemplateText:
        """The text."""
        return self.parsed.text


class Analysis:
    """Parses all texts of one template, each once, when they are first needed.

    Args:
        survey: The template, taken apart.
        may_load: Whether its extensions may be imported, which runs their code.
    """

    def __init__(self, survey: Survey, *, may_load: bool = False) -> None:
        self.survey = survey
        self._may_load = may_load
        self._lines: dict[str, list[str]] = {}

    @cached_property
    def environment(self) -> AnalysisEnvironment:
        """The Jinja environment, and what could not be loaded into it."""
        return environment_of(self.survey.template, may_load=self._may_load)

    @cached_property
    def reads(self) -> tuple[Read, ...]:
        """Every read, in the order of the texts."""
        return tuple(self._read(each, use) for each in self.examined for use in each.scopes.uses if self._counts(use))

    @cached_property
    def examined(self) -> tuple[Examined, ...]:
        """Every text of the template, and then those that they include."""
        return (*self._own, *self._included)

    def where(self, text: TemplateText, line: int, column: int | None = None, name: str = "") -> Location:
        """Return the place in a file of a place in a text, which may be indented, quoted or folded there.

        Args:
            text: The text.
            line: The line in the text, from 1.
            column: The column in that line, from 1; None if it isn't known.
            name: What is there. In a folded text, it is searched for.
        """
        if text.line is None:
            return Location(text.file)
        number = text.line + int(line) - 1
        if column is not None:
            column += text.column - 1 if line == 1 else text.indent
        if text.place in (Place.FILE, Place.HOOK) or not name:
            return Location(text.file, number, column)
        return self._corrected(text, number, column, name)

    def place_of(self, loader_name: str) -> str:
        """Return the path of the file that templates include under a name; "" if there is none."""
        settings = self.survey.template.renderer
        for root in settings.loader_roots:
            place = os.path.join(root, loader_name)
            top = os.path.realpath(settings.loader_top or root)
            if os.path.isfile(place) and belongs_to_template(os.path.realpath(place), top):
                return place
        return ""

    def reads_all(self, read: Read) -> bool:
        """Return whether a read is that of all answers at once."""
        return read.name == EVERYTHING or read.name in self.survey.answer_tables

    def _counts(self, use: Use) -> bool:
        return use.member or use.name not in self.environment.jinja.globals

    @cached_property
    def _own(self) -> tuple[Examined, ...]:
        return tuple(self._examine(text, text.names) for text in self.survey.texts)

    @cached_property
    def _included(self) -> tuple[Examined, ...]:
        """Texts that others include. What one sees depends on what includes it: repeat until nothing changes."""
        visible: dict[str, frozenset[str]] = {}
        sees_context: dict[str, bool] = {}
        found: dict[str, Examined] = {}
        waiting = list(self._own)
        while waiting:
            for reference in waiting.pop().scopes.references:
                for name in filter(self.place_of, reference.names):
                    names = visible.get(name, frozenset()) | reference.visible
                    context = sees_context.get(name, False) or reference.sees_context
                    if name in found and names == visible[name] and context == sees_context[name]:
                        continue
                    visible[name], sees_context[name] = names, context
                    text = self._included_text(name)
                    if text is not None:
                        found[name] = self._examine(text, names, included=True, sees_answers=context)
                        waiting.append(found[name])
        outputs = {text.file for text in self.survey.texts if text.place is Place.FILE}
        return tuple(each for each in found.values() if each.text.file not in outputs)

    def _included_text(self, name: str) -> TemplateText | None:
        place = self.place_of(name)
        text = read_text(place)
        if text is None:
            return None
        file = relative(place, self.survey.template.root)
        return TemplateText(Place.FILE, file, text, file, loader_name=name)

    def _examine(
        self, text: TemplateText, outer: frozenset[str], *, included: bool = False, sees_answers: bool = True
    ) -> Examined:
        parsed = parse(self.environment.jinja, text)
        scopes = Scopes()
        try:
            if parsed.tree is not None:
                scopes = scopes_of(parsed.tree, self.survey.namespace, outer)
        except RecursionError:
            parsed = Parsed(text, None, SyntaxProblem("it is nested too deeply", 1))
        return Examined(parsed, scopes, included, sees_answers)

    def _read(self, each: Examined, use: Use) -> Read:
        name = self.survey.namespace if use.name == EVERYTHING else use.name
        where = self.where(each.text, use.line, use.column, name)
        return Read(use.name, each.text, where, use.member, use.guarded, each.sees_answers)

    def _corrected(self, text: TemplateText, line: int, column: int | None, name: str) -> Location:
        """Return the place if the name is there, else where the lines of the text have it."""
        lines = self.lines_of(text.file)
        if column is not None and line <= len(lines) and lines[line - 1].startswith(name, column - 1):
            return Location(text.file, line, column)
        assert text.line is not None
        last = max(text.last_line or text.line, line)
        for number in (line, *range(text.line, last + 1)):
            if number <= len(lines) and (found := lines[number - 1].find(name)) >= 0:
                return Location(text.file, number, found + 1)
        return Location(text.file, line)

    def lines_of(self, file: str) -> list[str]:
        """Return the lines of a file of the template; none if it cannot be read.

        Args:
            file: Its path, relative to the template's root.
        """
        if file not in self._lines:
            self._lines[file] = (read_text(os.path.join(self.survey.template.root, file)) or "").splitlines()
        return self._lines[file]


def reads_by_name(analysis: Analysis) -> Mapping[str, tuple[Read, ...]]:
    """Return the reads of each question. A read of everything counts for none of them."""
    found: dict[str, list[Read]] = {name: [] for name in analysis.survey.questions}
    for read in analysis.reads:
        if read.name in found and read.member == bool(analysis.survey.namespace):
            found[read.name].append(read)
    return {name: tuple(reads) for name, reads in found.items()}


def reads_everything(analysis: Analysis) -> Iterator[Read]:
    """Return the reads of all answers at once, such as `cookiecutter.items()`."""
    return (read for read in analysis.reads if read.name == EVERYTHING)
