"""Turns a cookiecutter.json into a `Template`."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mintage.errors import Location, TemplateError
from mintage.formats import COMPAT_ROOT
from mintage.formats.cookiecutter import CONFIGURATION_FILE, hooks, nested, replay
from mintage.formats.cookiecutter.configuration import Configuration, check_settings, read_configuration
from mintage.formats.cookiecutter.layout import CookiecutterLayout, find_project_folder
from mintage.formats.cookiecutter.questions import questions_of
from mintage.formats.shared.functions import EXTENSIONS, date_now, jsonify, slugify
from mintage.rendering.settings import BinaryRule, Newlines, RendererSettings
from mintage.template import Template
from mintage.template.layout import Collisions
from mintage.user.cookiecutterrc import load_cookiecutter_settings

if TYPE_CHECKING:
    from typing import Any

    from mintage.formats import LoadRequest
    from mintage.rendering.settings import Context
    from mintage.template.questions import Answers, Question


def load_cookiecutter(request: LoadRequest, above: tuple[Path, ...] = ()) -> Template:
    """Read cookiecutter.json, run the pre_prompt hook, choose a nested template, and make the Template.

    Args:
        request: The template, and what may be used while it is loaded.
        above: The directories of the templates that this one was chosen from.
    """
    root = request.source.root
    settings = load_cookiecutter_settings(
        config_file=request.cookiecutter.config_file,
        default_config=request.cookiecutter.default_config or request.isolated,
    )
    if request.run_tasks and hooks.has_pre_prompt(root) and not request.load_only:
        wanted = (
            *hooks.capabilities(root),
            *read_configuration(root / CONFIGURATION_FILE, request.source.top).capabilities,
        )
        request.consent.require(wanted, request.source.origin.reference)
        root = hooks.run_pre_prompt(root, request.scratch)

    configuration = read_configuration(root / CONFIGURATION_FILE, _top(request, root))
    configuration.apply_defaults(settings.default_context)
    replays = request.cookiecutter.replay or request.cookiecutter.replay_file is not None
    is_nested = configuration.is_nested and not request.cookiecutter.replay_file
    if not replays and not is_nested:
        configuration.apply_given({**request.given.data, **request.given.flags})
    check_settings(configuration.variables, configuration.file)
    if is_nested:
        chosen = nested.choose(configuration, root, request)
        if chosen.source.root in above:
            raise TemplateError("the template offers itself again", where=Location(str(configuration.file)))
        return load_cookiecutter(chosen, (*above, chosen.source.root))

    saved: Context | None = None
    if replays:
        replay.refuse_given_answers(request.given)
        saved = replay.read(replay.file_for(request, settings.replay_dir))
    template = _template(request, root, configuration, saved, replay.file_in(settings.replay_dir, request.source))
    return replace(template, user_defaults=settings.default_context)


def _top(request: LoadRequest, root: Path) -> Path:
    """Return the directory that the template must stay in: its source, or the copy that its pre_prompt hook changed."""
    return request.source.top if root == request.source.root else root


def _template(
    request: LoadRequest, root: Path, configuration: Configuration, saved: Context | None, replay_file: Path
) -> Template:
    variables = configuration.variables
    answered = saved["cookiecutter"] if saved else {}
    questions: tuple[Question, ...] = questions_of(
        {name: value for name, value in variables.items() if name not in answered}, configuration.file
    )
    base = answered or OrderedDict((name, value) for name, value in variables.items() if name != "__prompts__")
    settings = _renderer(root, configuration, base, trusted=request.consent.trusted)
    top = _top(request, root)
    project_folder = find_project_folder(root, settings, top)
    settings = replace(
        settings,
        loader_roots=(str(project_folder), str(root / "templates")),
        working_directory=str(project_folder) if configuration.foreign_extensions else "",
        loader_top=str(top),
    )
    capabilities = configuration.capabilities
    if request.run_tasks:
        capabilities = (*hooks.capabilities(root), *capabilities)
    return Template(
        format="cookiecutter",
        root=str(root),
        top=str(top),
        origin=request.source.origin.reference,
        version=request.source.origin.version,
        layout=CookiecutterLayout(project_folder, top),
        renderer=settings,
        questions=questions,
        takes_given_answers=False,
        saved_answers=answered,
        allows_extra_answers=True,
        context=partial(_context, base, _injected(request, root)),
        remember=lambda made: replay.write(replay_file, made),
        answers_file=lambda _: str(replay_file),
        collisions=Collisions.LATER_WINS,
        tasks=hooks.tasks(root) if request.run_tasks else (),
        capabilities=capabilities,
        stateful_reason="its Jinja extensions may keep state" if configuration.foreign_extensions else "",
        warnings=tuple(configuration.warnings),
    )


def _context(base: dict[str, Any], injected: Answers, answers: Answers) -> Context:
    """Return what templates see.

    Args:
        base: All variables of the template, with their defaults or saved values.
        injected: What Cookiecutter adds.
        answers: The answers.
    """
    merged = base.copy()
    merged.update(answers)
    merged.update(injected)
    offered = {name: value for name, value in base.items() if not name.startswith("_")}
    return {"cookiecutter": merged, "_cookiecutter": offered}


def _injected(request: LoadRequest, root: Path) -> Answers:
    """Return what Cookiecutter adds to the answers, for files and hooks but not for defaults."""
    source = request.source
    typed = source.origin.reference
    repository = typed if Path(typed).is_dir() else str(source.top)
    if source.directory:
        repository = str(Path(repository) / source.directory)
    return {
        "_template": typed,
        "_output_dir": str((request.output or Path()).absolute()),
        "_repo_dir": repository if root == source.root else str(root),
        "_checkout": source.origin.ref,
    }


def _renderer(root: Path, configuration: Configuration, values: dict[str, Any], *, trusted: bool) -> RendererSettings:
    extensions = configuration.extensions
    newline = values.get("_new_lines")
    return RendererSettings(
        options={"keep_trailing_newline": True, **values.get("_jinja2_env_vars", {})},
        extensions=(*EXTENSIONS, *extensions),
        import_roots=(str(root), COMPAT_ROOT) if configuration.foreign_extensions else (),
        sandboxed=not trusted,
        newlines=newline or Newlines.FIRST_SEEN,
        namespace="cookiecutter",
        binary=BinaryRule.BINARYORNOT,
        normalizes_newlines=True,
        filters={"jsonify": jsonify, "slugify": slugify},
        statements={"now": date_now},
    )
