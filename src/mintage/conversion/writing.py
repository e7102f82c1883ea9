"""Writes the native template: its configuration, its files, its scripts, and everything beside them."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2.exceptions import TemplateSyntaxError
from msgspec.structs import replace

from mintage.conversion.files import FileWriter, ProjectFolder, names_in, shortest_patterns
from mintage.conversion.hooks import FOLDER, demands_of, note_on, task_table
from mintage.conversion.model import Conversion, Note
from mintage.conversion.names import INJECTED, Renaming, names_met, new_names
from mintage.conversion.questions import SETTINGS, question_tables
from mintage.conversion.tags import tokens_of
from mintage.files.contained import read_contained
from mintage.files.paths import belongs_to_template
from mintage.files.patterns import FnmatchPatterns
from mintage.formats.cookiecutter import CONFIGURATION_FILE
from mintage.formats.cookiecutter.hooks import find
from mintage.formats.shared.functions import EXTENSIONS
from mintage.formats.shared.tree import VERSION_CONTROL
from mintage.rendering.environment import make_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mintage.conversion.files import Found
    from mintage.formats.cookiecutter.configuration import Configuration
    from mintage.sources import Source
    from mintage.template import Template

_NATIVE_FILE = "mintage.toml"
_INCLUDES = "templates"
_ROOTS = ("files", "project", "template-files")
_DELIMITERS = ("variable", "block", "comment")
_SWITCHES = ("trim_blocks", "lstrip_blocks")
_NEWLINES = {"\n": "lf", "\r\n": "crlf"}
_READS_ANSWERS = re.compile(r"""["']cookiecutter["']""")
_PROVIDED = frozenset({"jinja2_time.TimeExtension"})  # the tag `now`, which every native template has


class TemplateWriter:
    """Writes one native template.

    Args:
        source: The directory of the original.
        template: The original.
        configuration: The configuration of the original.
        folder: The directory of the new template.
    """

    def __init__(self, source: Source, template: Template, configuration: Configuration, folder: Path) -> None:
        self.template = template
        self.configuration = configuration
        self.folder = folder
        self._source = source
        self._project = Path(template.renderer.loader_roots[0])
        self._variables: Mapping[str, Any] = configuration.variables
        # Without the template's own extensions, its custom tags can't be parsed, but their tokens can.
        settings = replace(template.renderer, extensions=EXTENSIONS, import_roots=(), loader_roots=(), sandboxed=True)
        self._environment = make_environment(settings)
        self._notes: list[Note] = []
        self._scripts = dict(self._read_scripts())
        self._renaming = Renaming(self._environment, {}, self._notes)

    @property
    def names(self) -> Mapping[str, str]:
        """The new name of each variable of the original."""
        return self._renaming.names

    def write(self, output: Path) -> Conversion:
        """Write the new template.

        Args:
            output: The final path of the directory.
        """
        patterns = [str(pattern) for pattern in self._variables.get("_copy_without_render", ())]
        found = list(ProjectFolder(self._project, self._source.top, FnmatchPatterns(patterns), self._notes).walk())
        included = list(self._included())
        self._renaming.names = new_names(self._answers(), self._names_met((*found, *included)))

        questions = question_tables(self.template.questions, self._renaming)
        root = next(name for name in _ROOTS if not (self._source.root / name).exists())
        newlines = str(self._variables.get("_new_lines") or "")
        files = FileWriter(self.folder / root, self._renaming, newlines)
        files.write(found)
        if included:
            FileWriter(self.folder / _INCLUDES, self._renaming, newlines, renders_names=False).write(included)
        tasks = list(self._write_scripts(questions))
        self._copy_others()

        wanted = {old for old in self.names if old not in SETTINGS or old in self._renaming.uses}
        kept = {self.names[old] for old in wanted}
        rendered = {old: new for old, new in self.names.items() if old != new and old in wanted}
        copied = shortest_patterns(files.copy_only, patterns, files.paths)
        document: dict[str, Any] = {
            "template": {"root": root, "output": self._renaming.text(self._project.name, self._project.name)},
            "render": self._render_table(has_includes=bool(included)),
            "questions": {name: table for name, table in questions.items() if name in kept},
            "files": {"copy_only": copied} if copied else {},
            "tasks": tasks,
        }
        self._write_configuration(document)
        asked = sum(table.get("ask", True) for name, table in questions.items() if name in kept)
        notes = tuple(dict.fromkeys(self._notes))
        return Conversion(self.template.origin, output, asked, files.written, len(tasks), notes, rendered)

    def _answers(self) -> list[str]:
        return [name for name in self._variables if name != "__prompts__" and name not in INJECTED]

    def _names_met(self, found: Iterable[Found]) -> set[str]:
        met = names_in(found, self._environment)
        for text in (*self._scripts.values(), *_texts(list(self._variables.values()))):
            try:
                met |= names_met(tokens_of(text, self._environment))
            except TemplateSyntaxError:
                continue  # reported when the text is rewritten
        return met

    def _included(self) -> Iterator[Found]:
        """Yield what is in `templates`, for tags such as `include`. The names there are not rendered."""
        folder = self._source.root / _INCLUDES
        if folder.is_dir():
            for each in ProjectFolder(folder, self._source.top, FnmatchPatterns(()), self._notes).walk():
                yield replace(each, name_as_it_is=True)

    def _render_table(self, *, has_includes: bool) -> dict[str, Any]:
        given = dict(self._variables.get("_jinja2_env_vars", {}))
        environment = self._environment
        table: dict[str, Any] = {}
        delimiters: dict[str, list[str]] = {}
        for kind in _DELIMITERS:
            names = [f"{kind}_start_string", f"{kind}_end_string"]
            if any(given.pop(name, None) is not None for name in names[:1]) | (given.pop(names[1], None) is not None):
                delimiters[kind] = [getattr(environment, name) for name in names]
        if delimiters:
            table["delimiters"] = delimiters
        table |= {name: bool(given.pop(name)) for name in _SWITCHES if name in given}
        for name in given:
            self._notes.append(
                Note(f"Jinja2's setting {name} is not supported", f"{CONFIGURATION_FILE}: _jinja2_env_vars")
            )
        newline = self._variables.get("_new_lines")
        if newline in _NEWLINES:
            table["newlines"] = _NEWLINES[newline]
        elif newline:
            self._notes.append(
                Note(f"the line ending {newline!r} is not supported", f"{CONFIGURATION_FILE}: _new_lines")
            )
        if extensions := [name for name in self.configuration.extensions if name not in _PROVIDED]:
            table["extensions"] = extensions
            self._note_on_extensions()
        return {**table, "includes": _INCLUDES} if has_includes else table

    def _note_on_extensions(self) -> None:
        for each in self.configuration.capabilities:
            if _READS_ANSWERS.search(each.text):
                what = "its code seems to use the name `cookiecutter`, which the answers no longer have"
                self._notes.append(Note(what, f"{CONFIGURATION_FILE}: _extensions: {each.what}"))

    def _read_scripts(self) -> Iterator[tuple[Path, str]]:
        root = self._source.root
        for script in find(root, "pre_prompt"):
            self._notes.append(
                Note(
                    "nothing can run before questions are asked",
                    f"{FOLDER}/{script.name}",
                    hint="`default`, `when` and `check` may be enough",
                )
            )
        for hook in ("pre_gen_project", "post_gen_project"):
            for script in find(root, hook):
                try:
                    yield script, read_contained(script, self._source.top).decode("utf-8")
                except UnicodeDecodeError:
                    self._notes.append(Note("the hook is not UTF-8 text", f"{FOLDER}/{script.name}"))

    def _write_scripts(self, questions: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Write the hooks that become tasks, and add what other hooks demand to the tables of questions."""
        last = ""
        for script, text in self._scripts.items():
            if script.stem == "pre_gen_project" and script.suffix == ".py" and self._fulfil(text, questions):
                continue
            where = f"{FOLDER}/{script.name}"
            place = self.folder / FOLDER / script.name
            place.parent.mkdir(exist_ok=True)
            with open(place, "w", encoding="utf-8", newline="") as file:
                file.write(self._renaming.text(text, where))
            shutil.copymode(script, place)
            self._notes.append(note_on(script, text))
            yield task_table(script, last)
            last = script.name if script.stem == "post_gen_project" else last

    def _fulfil(self, text: str, questions: dict[str, dict[str, Any]]) -> bool:
        """Add what a hook demands to the questions. Return whether that replaces the hook."""
        demands = demands_of(text) or ()
        tables = [questions.get(self.names.get(demand.variable, ""), {"ask": False}) for demand in demands]
        plain = all("type" not in table and table.get("ask", True) for table in tables)
        once = len({demand.variable for demand in demands}) == len(demands)
        if not (demands and plain and once):
            return False
        for demand, table in zip(demands, tables, strict=True):
            table.update(demand.as_keys(self.names[demand.variable]))
        return True

    def _copy_others(self) -> None:
        """Copy what is beside the project directory: the template's README, tests, extensions and so on."""
        taken = {CONFIGURATION_FILE, self._project.name, FOLDER, _INCLUDES, *VERSION_CONTROL}
        root = self._source.root
        for item in sorted(os.scandir(root), key=lambda item: item.name):
            place = self.folder / item.name
            if item.name in taken:
                continue
            if place.exists():
                self._notes.append(Note(f"it is left out: the new template has its own {item.name}", item.name))
            elif item.is_symlink() and Path(os.path.realpath(item.path)).is_relative_to(os.path.realpath(root)):
                shutil.copy2(item.path, place, follow_symlinks=False)
            elif not belongs_to_template(os.path.realpath(item.path), os.path.realpath(self._source.top)):
                self._notes.append(Note("it is left out: the link leads out of the template", item.name))
            elif item.is_file():
                shutil.copy2(item.path, place)
            elif item.is_dir():
                shutil.copytree(item.path, place, symlinks=True, ignore=shutil.ignore_patterns(*VERSION_CONTROL))

    def _write_configuration(self, document: Mapping[str, Any]) -> None:
        import tomli_w

        kept = {name: table for name, table in document.items() if table}
        (self.folder / _NATIVE_FILE).write_bytes(tomli_w.dumps(kept).encode("utf-8"))


def _texts(value: Any) -> Iterator[str]:
    """Yield all text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
