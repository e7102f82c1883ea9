"""Reads a mintage.toml into its tables, and reports everything that is wrong with it, line by line."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct, field

from mintage.data.parsing import DataError, parse_toml
from mintage.data.toml_places import written_toml
from mintage.errors import Location, PlanError, Problem, TemplateError
from mintage.files.contained import read_contained
from mintage.files.patterns import GitignorePatterns
from mintage.formats.native.schema import (
    EachTable,
    FilesTable,
    OrderTable,
    QuestionTable,
    RenderTable,
    TaskTable,
    TemplateTable,
)
from mintage.template.tasks import TASK_PREFIX
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mintage.data.places import Written

_TABLES = ("template", "render", "questions", "files", "each", "order", "tasks")
_UNKNOWN = re.compile(r"unknown field `(.+?)`")
_KEY_IN_MESSAGE = re.compile(r"at `\$\.([\w-]+)")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")

T = TypeVar("T", bound=msgspec.Struct)


class Configuration(Struct):
    """The contents of a mintage.toml."""

    template: TemplateTable
    render: RenderTable
    files: FilesTable
    questions: dict[str, QuestionTable] = field(default_factory=dict)
    each: list[EachTable] = field(default_factory=list)
    order: list[OrderTable] = field(default_factory=list)
    tasks: list[TaskTable] = field(default_factory=list)
    question_lines: dict[str, int] = field(default_factory=dict)
    """The line on which each question begins."""


def read_configuration(file: Path, top: Path, complain: Callable[[Problem], None] | None = None) -> Configuration:
    """Parse and validate a mintage.toml.

    Args:
        file: The file.
        top: The directory that must contain it.
        complain: Called with every mistake, which is then left out; None to raise an error instead.

    Raises:
        TemplateError: The file is not TOML, or has mistakes; with all of them and their lines.
    """
    try:
        text = read_contained(file, top).decode("utf-8")
        content = parse_toml(text)
    except DataError as error:
        where = Location(str(file), error.line, error.column)
        raise TemplateError(f"{file.name} is not valid TOML: {error}", where=where) from error
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"can't read {file.name}: {error}", where=Location(str(file))) from error
    return Reader(file, text, content).configuration(complain)


class Reader:
    """Reads the tables of a file and collects what is wrong with them."""

    def __init__(self, file: Path, text: str, content: dict[str, Any]) -> None:
        self._file = file
        self._text = text
        self._content = content
        self._problems: list[Problem] = []

    def configuration(self, complain: Callable[[Problem], None] | None = None) -> Configuration:
        """Return all tables.

        Args:
            complain: Called with every mistake; None to raise an error instead.

        Raises:
            TemplateError: The file has mistakes.
        """
        for name in self._content:
            if name not in _TABLES:
                what = f"unknown table [{name}]{_nearest(name, _TABLES)}"
                self._complain(what, self.line_of(name), "unknown-key")
        found = Configuration(
            template=self._table("template", TemplateTable),
            render=self._table("render", RenderTable),
            files=self._table("files", FilesTable),
            questions=self._questions(),
            each=self._list("each", EachTable),
            order=self._list("order", OrderTable),
            tasks=self._list("tasks", TaskTable),
        )
        found.question_lines = {name: self.line_of("questions", name) for name in found.questions}
        self._check_meaning(found)
        if complain:
            for problem in self._problems:
                complain(problem)
        elif self._problems:
            first = self._problems[0]
            if len(self._problems) == 1:
                raise TemplateError(first.what, where=first.where, hint=first.hint)
            raise TemplateError(f"{self._file.name} has {len(self._problems)} mistakes", problems=self._problems)
        return found

    def line_of(self, *path: str | int) -> int:
        """Return the line of a key, by the names of its tables and the indexes of repeated ones; or of its table."""
        return self.written.line_of(*path)

    @cached_property
    def written(self) -> Written:
        """The contents with their places."""
        return written_toml(self._text, self._file.name)

    def _table(self, name: str, kind: type[T]) -> T:
        return self._converted(self._content.get(name, {}), kind, (name,)) or kind()

    def _list(self, name: str, kind: type[T]) -> list[T]:
        tables = self._content.get(name, [])
        if not isinstance(tables, list):
            self._complain(f"write it as [[{name}]], with two brackets", self.line_of(name))
            return []
        converted = (self._converted(table, kind, (name, number)) for number, table in enumerate(tables))
        return [table for table in converted if table is not None]

    def _questions(self) -> dict[str, QuestionTable]:
        tables = self._content.get("questions", {})
        if not isinstance(tables, dict):
            self._complain("write each question as [questions.NAME]", self.line_of("questions"))
            return {}
        found: dict[str, QuestionTable] = {}
        for name, table in tables.items():
            if not _IDENTIFIER.fullmatch(name):
                self._complain(f"{name!r} is not a valid name for a question", self.line_of("questions", name))
            found[name] = self._converted(table, QuestionTable, ("questions", name)) or QuestionTable()
        return found

    def _converted(self, content: Any, kind: type[T], path: tuple[str | int, ...]) -> T | None:
        content = self._without_unknown(content, kind, path)
        try:
            return msgspec.convert(content, kind)
        except msgspec.ValidationError as error:
            message = str(error)
        unknown = _UNKNOWN.search(message)
        key = unknown or _KEY_IN_MESSAGE.search(message)
        line = self.line_of(*path, *([key[1]] if key else []))
        table = _header(path)
        if unknown:  # of a table within the table
            self._complain(f"unknown key {unknown.group(1)!r} in [{table}]", line, "unknown-key")
        else:
            self._complain(f"[{table}]: {message.replace('`$.', '`').replace(' - at `$`', '')}", line)
        return None

    def _without_unknown(self, content: Any, kind: type[T], path: tuple[str | int, ...]) -> Any:
        """Return a table without its unknown keys, each of which is a mistake."""
        if not isinstance(content, dict):
            return content
        known = kind.__struct_encode_fields__
        for key in [key for key in content if key not in known]:
            what = f"unknown key {key!r} in [{_header(path)}]{_nearest(key, known)}"
            self._complain(what, self.line_of(*path, key), "unknown-key")
        return {key: value for key, value in content.items() if key in known}

    def _check_meaning(self, found: Configuration) -> None:
        for name, question in found.questions.items():
            place = ("questions", name)
            if question.type in ("choice", "multi-choice") and not question.choices:
                self._complain(f"the question {name} has no choices", self.line_of(*place))
            if question.choices and question.type not in ("choice", "multi-choice"):
                what = f"the question {name} has choices, but its type is neither choice nor multi-choice"
                self._complain(what, self.line_of(*place, "choices"))
            if question.pattern is not None:
                try:
                    re.compile(question.pattern)
                except re.error as error:
                    self._complain(f"the pattern of {name} is not valid: {error}", self.line_of(*place, "pattern"))
        self._check_patterns(found)
        self._check_order(found)
        seen: set[str] = set()
        for number, task in enumerate(found.tasks):
            if task.name in seen:
                self._complain(f"two tasks are named {task.name}", self.line_of("tasks", number, "name"))
            if (task.run is None) == (not task.script):
                what = f"the task {task.name} needs either `run` or `script`"
                self._complain(what, self.line_of("tasks", number, "name"))
            seen.add(task.name)

    def _check_patterns(self, found: Configuration) -> None:
        rules = found.files
        excluded = [rule if isinstance(rule, str) else rule.match for rule in rules.exclude]
        lists: list[tuple[tuple[str | int, ...], Sequence[str | list[str]]]] = [(("files", "exclude"), excluded)]
        lists += [(("files", key), getattr(rules, key)) for key in ("copy_only", "skip_if_exists")]
        for number, rule in enumerate(found.order):
            lists += [(("order", number, key), getattr(rule, key)) for key in ("files", "after")]
        for path, patterns in lists:
            flat = [each for pattern in patterns for each in ([pattern] if isinstance(pattern, str) else pattern)]
            try:
                GitignorePatterns(flat).require_valid()
            except PlanError as error:
                self._complain(f"`{path[-1]}` of [{path[0]}]: {error.what}", self.line_of(*path))

    def _check_order(self, found: Configuration) -> None:
        stages = {f"{TASK_PREFIX}{task.name}": task.where for task in found.tasks}
        waiting = [("order", number, "files", rule.after) for number, rule in enumerate(found.order)]
        earlier: list[str] = []
        for number, task in enumerate(found.tasks):
            if task.where == "staging":
                waiting.append(("tasks", number, f"the task {task.name}", task.after))
            if task.where == "before":
                if late := [name for name in task.after if name not in earlier]:
                    what = f"the task {task.name} runs before all files, so it can't wait for {late[0]}"
                    self._complain(what, self.line_of("tasks", number, "after"))
                earlier.append(f"{TASK_PREFIX}{task.name}")
        for table, number, who, after in waiting:
            for name in [name for name in after if stages.get(name) == "project"]:
                what = f'{who} can\'t wait for {name}, which runs when all files exist; give it `where = "staging"`'
                self._complain(what, self.line_of(table, number, "after"))

    def _complain(self, what: str, line: int | None, rule: str = "") -> None:
        self._problems.append(Problem(what, Location(str(self._file), line), rule=rule))


def _header(path: tuple[str | int, ...]) -> str:
    return ".".join(each for each in path if isinstance(each, str))


def _nearest(name: str, known: tuple[str, ...] | list[str]) -> str:
    meant = suggest(name, known, most=1)
    return f"; {meant}" if meant else f"; it can have {', '.join(known)}"
