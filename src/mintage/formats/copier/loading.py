"""Turns a copier.yml into a `Template`."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mintage.errors import TemplateError
from mintage.formats import COMPAT_ROOT
from mintage.formats.copier.answers import (
    ContextMaker,
    CopierAnswers,
    ExternalData,
    nice_yaml,
    operating_system,
    read_last_answers,
)
from mintage.formats.copier.configuration import COPIER_VERSION, Configuration, read_configuration
from mintage.formats.copier.filters import TEXT_FILTERS
from mintage.formats.copier.layout import CopierLayout, no_output
from mintage.formats.copier.questionnaire import CopierQuestionnaire
from mintage.formats.copier.static_questions import static_questions
from mintage.formats.copier.user_settings import CopierSettings, load_copier_settings
from mintage.formats.copier.versions import chosen_version, source_for_answers
from mintage.formats.shared.extension_sources import EXTENSION_LOADERS, extension_capability
from mintage.rendering.settings import BinaryRule, Newlines, RendererSettings
from mintage.template import Messages, Template
from mintage.template.layout import Collisions
from mintage.template.questions import YesNoText
from mintage.template.tasks import Task, TaskStage
from mintage.trust.capabilities import Capability

if TYPE_CHECKING:
    from mintage.formats import LoadRequest
    from mintage.rendering.settings import Context, TextRenderer
    from mintage.sources import Source

_OWN_EXTENSIONS = ("CopierExtension", "YieldExtension")
_TRUSTED_EXTENSIONS = ("TrustedCopierExtension", "YieldExtension")


def load_copier(request: LoadRequest) -> Template:
    """Read copier.yml, choose the version, and make the Template."""
    if request.output is None:
        raise no_output()
    project = Path(os.path.abspath(request.output))
    last = read_last_answers(project, request.copier.answers_file)
    source = chosen_version(request, last)
    settings = load_copier_settings()
    if request.isolated:
        settings = replace(settings, defaults={})
    request.consent.trust_listed(settings.trust, *source.origin.names)
    configuration = read_configuration(source.root)
    warnings = _require_version(configuration)

    state = CopierAnswers(
        given={**request.given.data, **request.given.flags},
        metadata=source_for_answers(source),
        last=last,
        external=_external_data(configuration, project, request),
    )
    conf = _copier_conf(request, source, settings, project)
    maker = ContextMaker(configuration, project, conf, request.copier.answers_file)
    tasks = _tasks(configuration) if request.run_tasks else ()
    return Template(
        format="copier",
        root=str(source.root),
        origin=source.origin.reference,
        version=source.origin.version,
        layout=_layout(request, source, configuration),
        renderer=_renderer(configuration, source, trusted=request.consent.trusted),
        questions=static_questions(configuration),
        allows_extra_answers=True,
        secrets=configuration.secrets,
        saved_answers=dict(last),
        user_defaults=settings.defaults,
        questionnaire=_questionnaire(request, state, maker, settings),
        messages=_messages(configuration, state, maker),
        collisions=Collisions.LOOKALIKES_PASS,
        merges_into_existing=True,
        significant_modes=0o111,  # Copier keeps a file with equal contents and execute bits
        tasks=tasks,
        capabilities=_capabilities(configuration, tasks, source.root),
        stateful_reason="its Jinja extensions may keep state" if configuration.extensions else "",
        warnings=warnings,
        answers_file=lambda context: str(context["_copier_conf"]["answers_file"]),
    )


def _layout(request: LoadRequest, source: Source, configuration: Configuration) -> CopierLayout:
    return CopierLayout(
        source.root,
        configuration,
        request.copier.exclude,
        request.copier.skip,
        from_git=bool(source.origin.commit),
        links_may_lead_out=request.consent.trusted,
    )


def _questionnaire(
    request: LoadRequest, state: CopierAnswers, maker: ContextMaker, settings: CopierSettings
) -> CopierQuestionnaire:
    return CopierQuestionnaire(
        maker.configuration,
        state,
        maker,
        defaults={**settings.defaults, **request.given.user_defaults},
        skip_answered=request.copier.skip_answered,
        ask=request.copier.ask,
    )


def _renderer(configuration: Configuration, source: Source, *, trusted: bool) -> RendererSettings:
    options = dict(configuration.environment)
    undefined = options.pop("undefined", None)
    theirs = tuple(name for name in configuration.extensions if name not in EXTENSION_LOADERS)
    own = _TRUSTED_EXTENSIONS if trusted else _OWN_EXTENSIONS
    return RendererSettings(
        options=options,
        strict=undefined == "jinja2.StrictUndefined",
        extensions=(*(f"mintage.formats.copier.extensions.{name}" for name in own), *theirs),
        import_roots=(str(source.root), COMPAT_ROOT) if theirs else (),
        loader_roots=(str(source.root),),
        loader_top=str(source.root),
        newlines=Newlines.LF,
        binary=BinaryRule.NONE if configuration.suffix else BinaryRule.NOT_UTF8,
        normalizes_newlines=True,
        filters={"to_nice_yaml": nice_yaml},
        text_filters=TEXT_FILTERS,
    )


def _copier_conf(request: LoadRequest, source: Source, settings: CopierSettings, project: Path) -> dict[str, Any]:
    """Return the contents of `_copier_conf`, in Copier's order, without `answers_file` and `data`."""
    options = request.copier
    return {
        "src_path": PurePath(source.root),
        "dst_path": PurePath(request.output or project),
        "answers_file": "",
        "vcs_ref": options.ref,
        "vcs_ref_hash": source.origin.commit or None,
        "data": {},
        "settings": settings,
        "exclude": list(options.exclude),
        "use_prereleases": options.prereleases,
        "skip_if_exists": list(options.skip),
        "cleanup_on_error": True,
        "defaults": request.asker is None,
        "user_defaults": {},
        "overwrite": request.overwrite,
        "pretend": False,
        "quiet": False,
        "conflict": "inline",
        "context_lines": 3,
        "unsafe": request.consent.trusted,
        "skip_answered": options.skip_answered,
        "skip_tasks": not request.run_tasks,
        "sep": os.sep,
        "os": operating_system(),
    }


def _external_data(configuration: Configuration, project: Path, request: LoadRequest) -> ExternalData:
    paths = configuration.settings.get("external_data") or {}
    return ExternalData(
        {str(name): str(path) for name, path in paths.items()}, project, anywhere=request.consent.trusted
    )


def _messages(configuration: Configuration, state: CopierAnswers, maker: ContextMaker) -> Messages:
    def said(setting: str, context: Context, render: TextRenderer) -> str:
        return render.text(str(configuration.settings.get(setting) or ""), context, what=f"_{setting}")

    def before(render: TextRenderer) -> str:
        return said("message_before_copy", maker.context(state, render, "undefined"), render)

    def after(render: TextRenderer, context: Context) -> str:
        return said("message_after_copy", {**context, "_copier_phase": "undefined"}, render)

    return Messages(before, after)


def _tasks(configuration: Configuration) -> tuple[Task, ...]:
    """Return the tasks, which run one by one when all files exist."""
    tasks: list[Task] = []
    for number, task in enumerate(configuration.tasks, 1):
        tasks.append(
            Task(
                name=f"task {number}",
                command=task.command,
                stage=TaskStage.IN_PLACE,
                after=("*", *(f"task:{earlier.name}" for earlier in tasks)),
                when=YesNoText(str(task.when)),
                working_directory=task.working_directory,
                environment={"STAGE": "task", "COPIER_OPERATION": "copy"},
                variables={"_stage": "task", "_copier_operation": "copy", "_copier_phase": "tasks"},
                roams=True,
                removes_project=True,
            )
        )
    return tuple(tasks)


def _capabilities(configuration: Configuration, tasks: tuple[Task, ...], root: Path) -> tuple[Capability, ...]:
    commands = (task.command if isinstance(task.command, str) else " ".join(task.command) for task in tasks)
    return (
        *(extension_capability(name, root) for name in configuration.extensions),
        *(Capability("task", command, command) for command in commands),
    )


def _require_version(configuration: Configuration) -> tuple[str, ...]:
    """Refuse a template that needs a newer Copier, and return a warning for one that needs a much older one."""
    wanted = configuration.settings.get("min_copier_version")
    if wanted is None:
        return ()
    from packaging.version import InvalidVersion, Version

    where = configuration.where("_min_copier_version")
    try:
        least, ours = Version(str(wanted)), Version(COPIER_VERSION)
    except InvalidVersion as error:
        raise TemplateError(f"_min_copier_version is not a version: {wanted}", where=where) from error
    if ours < least:
        raise TemplateError(
            f"the template needs Copier {wanted}, but mintage supports Copier {COPIER_VERSION}",
            where=where,
            hint="update mintage, or use an older revision of the template with `Options(ref=...)`",
        )
    if ours.major > least.major:
        return (f"the template was written for Copier {wanted}; some of it may work differently with {COPIER_VERSION}",)
    return ()
