"""Why a file of the output is what it is, or why there is none: template, answers, rules, order, and how it is made."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage.analysis.impact import ALL_ANSWERS, includers
from mintage.analysis.references import Analysis
from mintage.answers.origins import AnswerOrigin, Origins
from mintage.errors import UsageError
from mintage.formats import reasons_of, survey_of
from mintage.formats.explanations import ExplanationRequest, LeftOut, Rule
from mintage.formats.shared.survey import relative
from mintage.planning.dependencies import TASK_PREFIX
from mintage.planning.model import Action
from mintage.rendering.dispatch import DispatchingRenderer, RenderedBy
from mintage.rendering.unsupported import Obstacle, unsupported_syntax
from mintage.template.layout import LayoutRequest
from mintage.template.texts import Place
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mintage.analysis.references import Read
    from mintage.errors import Location
    from mintage.planning.model import Plan, PlannedFile
    from mintage.rendering.settings import Context, RendererSettings
    from mintage.rendering.text import JinjaText
    from mintage.template import Template
    from mintage.template.questions import GivenAnswers

_MOST_NEAR = 3


class UsedAnswer(Struct, frozen=True):
    """An answer that decides about a file."""

    name: str
    value: Any
    """None for a secret one."""
    origin: AnswerOrigin
    secret: bool = False
    places: tuple[Location, ...] = ()
    """Where it is read."""


class Explanation(Struct, frozen=True):
    """Why a file is what it is."""

    target: str
    """Its path, "" for one that does not come out and whose path is not known."""
    comes_out: bool
    """Whether it does."""
    template_file: str
    """Relative to the template's root; "" for one that Mintage writes itself."""
    action: str = ""
    """What happens to it, and why."""
    reason: str = ""
    """What happens to it, and why."""
    rules: tuple[Rule, ...] = ()
    """That decide about it."""
    answers: tuple[UsedAnswer, ...] = ()
    """That it is made of."""
    reads_all: bool = False
    """It reads all answers at once, besides these."""
    variables: dict[str, Any] = field(default_factory=dict)
    """Names that it alone sees."""
    others: tuple[str, ...] = ()
    """More files that this one of the template makes."""
    depends_on: tuple[str, ...] = ()
    """What is made before it, and what waits for it."""
    dependents: tuple[str, ...] = ()
    """What is made before it, and what waits for it."""
    rendered_by: str = ""
    """How a template is rendered, and why it needs Jinja2."""
    obstacle: Obstacle | None = None
    """How a template is rendered, and why it needs Jinja2."""


class Run(Struct, frozen=True):
    """What would be minted: everything that an explanation is made of."""

    template: Template
    context: Context
    given: GivenAnswers
    render: JinjaText
    """For short texts of the template."""
    plan: Plan


def explain(asked: str, run: Run) -> Explanation:
    """Return why a file is what it is, or is not there.

    Args:
        asked: Its path in the project, or in the template.

    Raises:
        UsageError: No file of the template can be meant.
    """
    asked = asked.strip("/")
    explainer = _Explainer(run)
    files = run.plan.files
    meant = [file for file in files if file.target == asked]
    meant = meant or [file for file in files if asked in (file.name, explainer.name_of(file)) and file.name]
    if meant:
        return explainer.made(meant[0], tuple(file.target for file in meant[1:]))
    left_out = list(reasons_of(run.template).left_out(explainer.request))
    found = next((each for each in left_out if asked in (each.target, each.name)), None)
    found = found or explainer.most_alike(asked, left_out)
    if found:
        return explainer.left_out(found)
    raise explainer.unknown(asked, left_out)


class _Explainer:
    """Knows one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._analysis = Analysis(survey_of(run.template))
        self._files = {os.path.realpath(file.source): file.path for file in self._analysis.survey.files}
        self._origins = Origins(run.template, run.given, run.context, run.render)
        plan = run.plan
        self.request = ExplanationRequest(
            run.template, LayoutRequest(run.render, run.context, plan.destination, exists=plan.exists)
        )

    def name_of(self, file: PlannedFile) -> str:
        """Return the template file, relative to the template's root."""
        if not file.source:
            return ""
        real = os.path.realpath(file.source)
        return self._files.get(real) or relative(file.source, self._run.template.root)

    def made(self, file: PlannedFile, others: tuple[str, ...]) -> Explanation:
        """Of a file that comes out."""
        plan = self._run.plan
        name = self.name_of(file)
        jobs = {job.name: job for job in plan.jobs}
        job = jobs.get(file.target)
        waiting = [each.name for each in plan.jobs if file.target in each.depends_on]
        waiting += [TASK_PREFIX + task.name for task in plan.in_place if file.target in task.needs]
        rendered_by, obstacle = self._renderer_of(file)
        reads = list(self._reads_of(name, file))
        return Explanation(
            target=file.target,
            comes_out=True,
            template_file=name,
            action=file.action.value,
            reason=file.reason,
            rules=tuple(reasons_of(self._run.template).rules(self.request, file)),
            answers=self._answers(reads),
            reads_all=any(read.name in ALL_ANSWERS for read in reads),
            variables=dict(file.variables),
            others=others,
            depends_on=job.depends_on if job else (),
            dependents=tuple(waiting),
            rendered_by=rendered_by,
            obstacle=obstacle,
        )

    def left_out(self, found: LeftOut) -> Explanation:
        """Of a file that does not come out."""
        reads = [read for read in self._analysis.reads if self._decided(read, found)]
        return Explanation(
            target=found.target,
            comes_out=False,
            template_file=found.name,
            rules=(found.why,),
            answers=self._answers(reads),
        )

    def most_alike(self, asked: str, left_out: Iterable[LeftOut]) -> LeftOut | None:
        """Return the file whose path could have been what was asked for, with other answers."""
        fitting = []
        for each in left_out:
            literal, pattern = _possible_paths(each.path, self._run.template.renderer)
            if pattern.fullmatch(asked):
                fitting.append((literal, each))
        return max(fitting, key=lambda pair: pair[0])[1] if fitting else None

    def unknown(self, asked: str, left_out: Iterable[LeftOut]) -> UsageError:
        """Return the error for what is no file of the template."""
        plan = self._run.plan
        if any(folder.target == asked for folder in plan.folders):
            return UsageError(f"{asked} is a folder", hint="name a file in it; `mintage plan` lists all")
        place = os.path.join(self._run.template.root, asked)
        if os.path.isfile(place):
            return UsageError(
                f"{asked} makes no file: it lies outside of the folder of the template that becomes the project"
            )
        known = {file.target for file in plan.files} | {each.target or each.name for each in left_out}
        hint = suggest(asked, sorted(known), most=_MOST_NEAR) or "`mintage plan` lists all files"
        return UsageError(f"the template makes no file {asked}, with these answers or others", hint=hint)

    def _reads_of(self, name: str, file: PlannedFile) -> Iterator[Read]:
        """Reads in the file, in what it includes, in its path, and in rules that repeat it."""
        if not name:
            return
        rendered = file.action in (Action.RENDER, Action.DECIDE)
        own = {name} | {each for each, users in includers(self._analysis).items() if name in users}
        for read in self._analysis.reads:
            text = read.text
            is_of_file = {
                Place.FILE: rendered and text.file in own,
                Place.PATH: f"{name}/".startswith(f"{text.file}/"),
                Place.RULE: bool(file.variables) and text.owner == file.name,
            }
            if is_of_file.get(text.place):
                yield read

    def _decided(self, read: Read, found: LeftOut) -> bool:
        """Return whether what was read left the file out."""
        where, text = found.why.where, read.text
        if where is None:
            return False
        if text.place is Place.PATH:
            return text.file == where.file
        return text.place is Place.RULE and (text.file, read.where.line) == (where.file, where.line)

    def _answers(self, reads: Iterable[Read]) -> tuple[UsedAnswer, ...]:
        """Questions among the names that are read."""
        analysis, template = self._analysis, self._run.template
        secrets = template.secrets | {question.name for question in template.questions if question.secret}
        places: dict[str, list[Location]] = {}
        for read in reads:
            is_answer = read.member == bool(analysis.survey.namespace) and read.name not in ALL_ANSWERS
            if is_answer and read.name in analysis.survey.questions:
                places.setdefault(read.name, []).append(read.where)
        return tuple(
            UsedAnswer(
                name,
                None if name in secrets else self._origins.value(name),
                self._origins.of(name),
                name in secrets,
                tuple(dict.fromkeys(found)),
            )
            for name, found in places.items()
        )

    def _renderer_of(self, file: PlannedFile) -> tuple[str, Obstacle | None]:
        """Return how a template is rendered, and why not fast."""
        run = self._run
        if file.action is not Action.RENDER:
            return "", None
        with open(file.source, "rb") as opened:
            data = opened.read()
        settings = run.template.renderer
        if reason := run.plan.sequential_reason:
            return RenderedBy.REFERENCE.value, Obstacle(f"templates of this kind are not rendered fast: {reason}")
        if (
            DispatchingRenderer(settings, run.context).render_fast(data, name=file.name, variables=file.variables)
            is not None
        ):
            return RenderedBy.FAST.value, None
        text = data.decode("utf-8", "replace")
        return RenderedBy.REFERENCE.value, unsupported_syntax(
            settings, run.context, text, file.variables, run.render.environment
        )


def _possible_paths(path: str, settings: RendererSettings) -> tuple[int, re.Pattern[str]]:
    """Return what a path of a template could become: how much of it is certain, and all of it."""
    options = settings.options
    tags = []
    for kind, start, end in (("block", "{%", "%}"), ("variable", "{{", "}}")):
        opened = re.escape(str(options.get(f"{kind}_start_string", start)))
        closed = re.escape(str(options.get(f"{kind}_end_string", end)))
        tags.append(f"{opened}(?P<{kind}>.*?){closed}")
    parts: list[str] = []
    certain = place = 0
    for found in re.finditer("|".join(tags), path):
        literal = path[place : found.start()]
        certain += len(literal.replace("/", ""))
        parts.append(re.escape(literal))
        place = found.end()
        if found["variable"] is not None:
            # Of `'a.txt' if wanted` the text is certain, of a name nothing is.
            quoted = re.match(r"""[-+]?\s*(["'])(.*?)\1\s+if\b""", found["variable"])
            certain += len(quoted[2]) if quoted else 0
            parts.append(re.escape(quoted[2]) if quoted else "[^/]*")
    parts.append(re.escape(path[place:]))
    certain += len(path[place:].replace("/", ""))
    return certain, re.compile("".join(parts) if certain else "(?!)")
