"""From the tables of a mintage.toml to a `Template`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from mintage._version import __version__
from mintage.errors import Location, TemplateError, UnsafePathError
from mintage.formats.extension_sources import extension_capability
from mintage.formats.native import CONFIGURATION_FILE
from mintage.formats.native.configuration import Configuration, read_configuration
from mintage.formats.native.layout import NativeLayout
from mintage.formats.native.saved import SavedAnswers, read_saved_answers
from mintage.template import (
    REQUIRED,
    Choice,
    Newlines,
    OrderRule,
    Question,
    QuestionType,
    RendererSettings,
    Task,
    TaskStage,
    Template,
)
from mintage.trust import Capability

if TYPE_CHECKING:
    from mintage.formats import LoadRequest
    from mintage.formats.native.schema import QuestionTable, RenderTable, TaskTable

_SAFE_EXTENSIONS = "jinja2.ext."


def load_native(request: LoadRequest) -> Template:
    """Read mintage.toml and make the Template."""
    source = request.source
    file = source.root / CONFIGURATION_FILE
    configuration = read_configuration(file)
    _require_version(configuration.template.requires, file)
    root = _files_root(configuration.template.root, source.root, source.top, file)
    lines = configuration.question_lines
    questions = tuple(
        _question(name, table, Location(str(file), lines[name])) for name, table in configuration.questions.items()
    )
    secrets = frozenset(question.name for question in questions if question.secret)
    tasks = tuple(map(_task, configuration.tasks)) if request.run_tasks else ()
    saved_into = request.output if request.output is not None and request.output.is_dir() else None
    return Template(
        format="native",
        root=str(source.root),
        top=str(source.top),
        origin=source.origin.reference,
        layout=NativeLayout(
            root=root,
            top=source.top,
            configuration=configuration,
            file=str(file),
            saved=SavedAnswers(source.origin, source.directory, secrets),
        ),
        renderer=_renderer(configuration.render, root, source.top),
        questions=questions,
        saved_answers=read_saved_answers(saved_into) if saved_into else {},
        tasks=tasks,
        order=tuple(OrderRule(tuple(rule.files), tuple(rule.after)) for rule in configuration.order),
        capabilities=_capabilities(configuration, tasks, root),
        stateful_reason="its own Jinja extensions may keep state" if _foreign(configuration.render) else "",
    )


def _renderer(render: RenderTable, root: Path, top: Path) -> RendererSettings:
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
        extensions=tuple(render.extensions),
        import_roots=(str(root),) if _foreign(render) else (),
        loader_roots=(str(root),),
        loader_top=str(top),
        newlines=Newlines.LF if render.newlines == "lf" else Newlines.FIRST_SEEN,
        suffix=render.suffix,
        reads_outputs=True,
    )


def _question(name: str, table: QuestionTable, where: Location) -> Question:
    return Question(
        name=name,
        type=QuestionType(table.type),
        default=REQUIRED if table.default is UNSET else table.default,
        prompt=table.prompt,
        help=table.help,
        choices=tuple(map(_choice, table.choices)),
        when=table.when,
        pattern=table.pattern,
        check=table.check,
        message=table.message,
        where=where,
    )


def _choice(choice: Any) -> Choice:
    if isinstance(choice, dict) and "value" in choice:
        return Choice(choice["value"], str(choice.get("label", "")))
    return Choice(choice)


def _task(table: TaskTable) -> Task:
    return Task(
        name=table.name,
        command=table.run if isinstance(table.run, str) else tuple(table.run),
        stage=TaskStage.STAGING if table.where == "staging" else TaskStage.IN_PLACE,
        after=tuple(table.after),
        when=table.when,
        working_directory=table.directory,
        environment=table.environment,
    )


def _capabilities(configuration: Configuration, tasks: tuple[Task, ...], root: Path) -> tuple[Capability, ...]:
    commands = (task.command if isinstance(task.command, str) else " ".join(task.command) for task in tasks)
    named = zip(tasks, commands, strict=True)
    return (
        *(extension_capability(name, root) for name in _foreign(configuration.render)),
        *(Capability("task", f"{task.name}: {command}", command) for task, command in named),
    )


def _foreign(render: RenderTable) -> tuple[str, ...]:
    return tuple(name for name in render.extensions if not name.startswith(_SAFE_EXTENSIONS))


def _require_version(requires: str, file: Path) -> None:
    if not requires:
        return
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        fits = SpecifierSet(requires).contains(__version__, prereleases=True)
    except InvalidSpecifier as error:
        raise TemplateError(f"`requires` is no version specifier: {error}", where=Location(str(file))) from error
    if not fits:
        raise TemplateError(
            f"the template needs mintage {requires}, and this is {__version__}",
            where=Location(str(file)),
            hint="update mintage, or take another --ref of the template",
        )


def _files_root(root: str, folder: Path, top: Path, file: Path) -> Path:
    if "\0" in root:
        raise TemplateError(f"`root` is no folder of the template: {root!r}", where=Location(str(file)))
    found = folder / root
    if not Path(os.path.realpath(found)).is_relative_to(os.path.realpath(top)):
        raise UnsafePathError(f"`root` leads out of the template: {root}", where=Location(str(file)))
    if not found.is_dir():
        raise TemplateError(f"`root` is no folder of the template: {root}", where=Location(str(file)))
    return found
