"""Turns the tables of a mintage.toml into a `Template`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from mintage._version import __version__
from mintage.errors import Location, TemplateError, UnsafePathError
from mintage.files.paths import belongs_to_template
from mintage.formats import COMPAT_ROOT
from mintage.formats.native import CONFIGURATION_FILE, SAVED_ANSWERS_FILE
from mintage.formats.native.configuration import Configuration, read_configuration
from mintage.formats.native.layout import NativeLayout
from mintage.formats.native.saved import SavedAnswers, read_saved_answers, read_saved_template
from mintage.formats.shared.extension_sources import extension_capability, text_to_read
from mintage.formats.shared.functions import EXTENSIONS, date_now, jsonify, slugify
from mintage.rendering.settings import Newlines, RendererSettings
from mintage.template import Template
from mintage.template.questions import REQUIRED, Choice, Question, QuestionType
from mintage.template.tasks import OrderRule, Task, TaskStage
from mintage.trust.capabilities import Capability

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mintage.formats import LoadRequest
    from mintage.formats.native.schema import QuestionTable, RenderTable, TaskTable

_SAFE_EXTENSIONS = "jinja2.ext."
_NEWLINES: dict[str, Newlines | str] = {"keep": Newlines.FIRST_SEEN, "lf": Newlines.LF, "crlf": "\r\n"}
_STAGES = {"project": TaskStage.IN_PLACE, "staging": TaskStage.STAGING, "before": TaskStage.BEFORE}


def load_native(request: LoadRequest) -> Template:
    """Read mintage.toml and make the Template."""
    source = request.source
    file = source.root / CONFIGURATION_FILE
    configuration = read_configuration(file, source.top, request.complain)
    _require_version(configuration.template.requires, file)
    root = _folder_of("root", configuration.template.root, source.root, source.top, file)
    included = _included(configuration.render.includes, source.root, source.top, file)
    scripts = {
        task.script: _script(task.script, source.root, source.top, file) for task in configuration.tasks if task.script
    }
    lines = configuration.question_lines
    questions = tuple(
        _question(name, table, Location(str(file), lines[name])) for name, table in configuration.questions.items()
    )
    secrets = frozenset(question.name for question in questions if question.secret)
    tasks = tuple(_task(task, scripts.get(task.script)) for task in configuration.tasks) if request.run_tasks else ()
    saved_into = request.output if request.output is not None and request.output.is_dir() else None
    return Template(
        format="native",
        root=str(source.root),
        top=str(source.top),
        origin=source.origin.reference,
        version=source.origin.version,
        layout=NativeLayout(
            root=root,
            top=source.top,
            configuration=configuration,
            file=str(file),
            saved=SavedAnswers(
                source.origin, source.directory, secrets, read_saved_template(saved_into) if saved_into else {}
            ),
            not_of_the_project=frozenset(_relative_to(root, (*included, *scripts.values()))),
        ),
        renderer=_renderer(configuration.render, source.root, (root, *included), source.top),
        questions=questions,
        answers_file=lambda _: SAVED_ANSWERS_FILE,
        saved_answers=read_saved_answers(saved_into) if saved_into else {},
        tasks=tasks,
        tasks_left_out=() if request.run_tasks else tuple(task.name for task in configuration.tasks),
        order=tuple(OrderRule(tuple(rule.files), tuple(rule.after)) for rule in configuration.order),
        capabilities=_capabilities(configuration, tasks, source.root),
        stateful_reason="its Jinja extensions may keep state" if _foreign(configuration.render) else "",
    )


def _renderer(render: RenderTable, folder: Path, loader_roots: tuple[Path, ...], top: Path) -> RendererSettings:
    delimiters = render.delimiters
    options: dict[str, Any] = {
        "trim_blocks": render.trim_blocks,
        "lstrip_blocks": render.lstrip_blocks,
        "keep_trailing_newline": render.keep_trailing_newline,
    }
    for kind in ("variable", "block", "comment"):
        options[f"{kind}_start_string"], options[f"{kind}_end_string"] = getattr(delimiters, kind)
    return RendererSettings(
        options=options,
        strict=render.undefined == "strict",
        extensions=(*EXTENSIONS, *render.extensions),
        import_roots=(str(folder), COMPAT_ROOT) if _foreign(render) else (),
        loader_roots=tuple(map(str, loader_roots)),
        loader_top=str(top),
        newlines=_NEWLINES[render.newlines],
        suffix=render.suffix,
        reads_outputs=True,
        filters={"jsonify": jsonify, "slugify": slugify},
        statements={"now": date_now},
    )


def _question(name: str, table: QuestionTable, where: Location) -> Question:
    return Question(
        name=name,
        type=QuestionType(table.type),
        default=REQUIRED if table.default is UNSET else table.default,
        prompt=table.prompt,
        help=table.help,
        group=table.group,
        choices=tuple(map(_choice, table.choices)),
        when=table.when,
        pattern=table.pattern,
        check=table.check,
        message=table.message,
        asked=table.ask,
        where=where,
    )


def _choice(choice: Any) -> Choice:
    if isinstance(choice, dict) and "value" in choice:
        return Choice(choice["value"], str(choice.get("label", "")))
    return Choice(choice)


def _task(table: TaskTable, script: Path | None) -> Task:
    return Task(
        name=table.name,
        command=table.run if isinstance(table.run, str) else tuple(table.run or ()),
        script=str(script) if script is not None else None,
        stage=_STAGES[table.where],
        after=tuple(table.after),
        when=table.when,
        working_directory=table.directory,
        environment=table.environment,
    )


def _capabilities(configuration: Configuration, tasks: tuple[Task, ...], root: Path) -> tuple[Capability, ...]:
    return (
        *(extension_capability(name, root) for name in _foreign(configuration.render)),
        *(_task_capability(task, root) for task in tasks),
    )


def _task_capability(task: Task, root: Path) -> Capability:
    if task.script is not None:
        return Capability("task", f"{task.name}: {os.path.relpath(task.script, root)}", text_to_read(Path(task.script)))
    command = task.command if isinstance(task.command, str) else " ".join(task.command)
    return Capability("task", f"{task.name}: {command}", command)


def _foreign(render: RenderTable) -> tuple[str, ...]:
    return tuple(name for name in render.extensions if not name.startswith(_SAFE_EXTENSIONS))


def _require_version(requires: str, file: Path) -> None:
    if not requires:
        return
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        fits = SpecifierSet(requires).contains(__version__, prereleases=True)
    except InvalidSpecifier as error:
        raise TemplateError(f"`requires` is not a version specifier: {error}", where=Location(str(file))) from error
    if not fits:
        raise TemplateError(
            f"the template needs mintage {requires}, but this is {__version__}",
            where=Location(str(file)),
            hint="update mintage, or use another revision of the template with `Options(ref=...)`",
        )


def _folder_of(key: str, path: str, folder: Path, top: Path, file: Path) -> Path:
    """Return the directory in the template that a key of its configuration names."""
    if "\0" in path:
        raise TemplateError(f"`{key}` is not a directory in the template: {path!r}", where=Location(str(file)))
    found = folder / path
    if not Path(os.path.realpath(found)).is_relative_to(os.path.realpath(top)):
        raise UnsafePathError(f"`{key}` leads out of the template: {path}", where=Location(str(file)))
    if not found.is_dir():
        raise TemplateError(f"`{key}` is not a directory in the template: {path}", where=Location(str(file)))
    return found


def _included(path: str, folder: Path, top: Path, file: Path) -> tuple[Path, ...]:
    return (_folder_of("includes", path, folder, top, file),) if path else ()


def _script(path: str, folder: Path, top: Path, file: Path) -> Path:
    found = folder / path
    real = os.path.realpath(found) if "\0" not in path else ""
    if not belongs_to_template(real, os.path.realpath(top)):
        raise UnsafePathError(f"the script {path!r} is outside the template", where=Location(str(file)))
    if not os.path.isfile(real):
        raise TemplateError(f"the script {path} doesn't exist in the template", where=Location(str(file)))
    return found


def _relative_to(root: Path, places: Iterable[Path]) -> Iterator[str]:
    for place in places:
        path = os.path.normpath(os.path.relpath(place, root))
        if path != "." and not path.startswith(".."):
            yield path.replace(os.sep, "/")
