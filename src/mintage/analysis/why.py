"""Explains why a file of the project is what it is, or why there is none: template, answers, rules, and order."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mintage.analysis.impact import includers
from mintage.analysis.references import Analysis
from mintage.answers.origins import AnswerOrigin, Origins
from mintage.errors import UsageError
from mintage.formats import reasons_of, survey_of
from mintage.formats.explanations import ExplanationRequest, LeftOut, Rule
from mintage.formats.shared.survey import relative
from mintage.planning.model import Action
from mintage.rendering.dispatch import DispatchingRenderer, RenderedBy
from mintage.rendering.unsupported import Obstacle, unsupported_syntax
from mintage.template.layout import LayoutRequest
from mintage.template.tasks import TASK_PREFIX
from mintage.template.texts import Place
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mintage.analysis.references import Read
    from mintage.errors import Location
    from mintage.planning.model import Plan, PlannedFile
    from mintage.rendering.jinja_text import JinjaText
    from mintage.rendering.settings import Context, RendererSettings
    from mintage.template import Template
    from mintage.template.questions import GivenAnswers

_MOST_NEAR = 3


class UsedAnswer(Struct, frozen=True):
    """An answer that a file depends on."""

    name: str
    """The question that it answers."""
    value: Any
    """The answer; None for a secret one."""
    origin: AnswerOrigin
    """Who gave it."""
    secret: bool = False
    """Whether it must not be shown."""
    places: tuple[Location, ...] = ()
    """Where the template reads it."""


class Explanation(Struct, frozen=True):
    """Why a file is what it is."""

    target: str
    """Its path in the project; "" for a file that isn't generated and whose path is unknown."""
    comes_out: bool
    """Whether it is generated."""
    template_file: str
    """The path of its template, relative to the template's root; "" for a file that Mintage itself writes."""
    action: str = ""
    """What happens to it: a value of `Action`; "" for a file that isn't generated."""
    reason: str = ""
    """Why that happens to it; "" where there is nothing to say."""
    rules: tuple[Rule, ...] = ()
    """The rules of the template that decide about it."""
    answers: tuple[UsedAnswer, ...] = ()
    """The answers that it depends on."""
    reads_all: bool = False
    """Whether it also reads all answers at once."""
    variables: dict[str, Any] = field(default_factory=dict)
    """The variables that only this file sees."""
    others: tuple[str, ...] = ()
    """The paths of other files that are generated from the same template file."""
    depends_on: tuple[str, ...] = ()
    """The jobs that must be done before it."""
    dependents: tuple[str, ...] = ()
    """The jobs and tasks that wait for it."""
    rendered_by: str = ""
    """What renders it: a value of `RenderedBy`; "" if it is not rendered."""
    obstacle: Obstacle | None = None
    """Why it needs Jinja2; None if it doesn't."""


class Run(Struct, frozen=True):
    """A run as it was planned: everything that an explanation needs."""

    template: Template
    context: Context
    """What its files see of the answers."""
    given: GivenAnswers
    """The answers that were given without asking."""
    render: JinjaText
    """Renders short texts of the template."""
    plan: Plan


def explain(asked: str, run: Run) -> Explanation:
    """Return why a file is what it is, or why it isn't generated.

    Args:
        asked: The path of the file in the project, or that of its template.
        run: The run that would generate it.

    Raises:
        UsageError: No file of the template matches the path.
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
    """Explains the files of one run."""

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
        """Return the explanation of a file that is generated.

        Args:
            file: The file.
            others: The paths of other files that are generated from the same template file.
        """
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
            reads_all=any(map(self._analysis.reads_all, reads)),
            variables=dict(file.variables),
            others=others,
            depends_on=job.depends_on if job else (),
            dependents=tuple(waiting),
            rendered_by=rendered_by,
            obstacle=obstacle,
        )

    def left_out(self, found: LeftOut) -> Explanation:
        """Return the explanation of a file that isn't generated."""
        reads = [read for read in self._analysis.reads if self._decided(read, found)]
        return Explanation(
            target=found.target,
            comes_out=False,
            template_file=found.name,
            rules=(found.why,),
            answers=self._answers(reads),
        )

    def most_alike(self, asked: str, left_out: Iterable[LeftOut]) -> LeftOut | None:
        """Return the file that would have the requested path if the answers were different."""
        fitting = []
        for each in left_out:
            literal, pattern = _possible_paths(each.path, self._run.template.renderer)
            if pattern.fullmatch(asked):
                fitting.append((literal, each))
        return max(fitting, key=lambda pair: pair[0])[1] if fitting else None

    def unknown(self, asked: str, left_out: Iterable[LeftOut]) -> UsageError:
        """Return the error for a path that no file of the template has."""
        plan = self._run.plan
        if any(folder.target == asked for folder in plan.folders):
            return UsageError(f"{asked} is a directory", hint="name a file in it; `mintage plan` lists them")
        place = os.path.join(self._run.template.root, asked)
        if os.path.isfile(place):
            return UsageError(
                f"{asked} generates no file: it is outside the part of the template that becomes the project"
            )
        known = {file.target for file in plan.files} | {each.target or each.name for each in left_out}
        hint = suggest(asked, sorted(known), most=_MOST_NEAR) or "`mintage plan` lists all files"
        return UsageError(f"the template generates no file {asked}, whatever the answers are", hint=hint)

    def _reads_of(self, name: str, file: PlannedFile) -> Iterator[Read]:
        """Yield the reads in the file, in what it includes, in its path, and in rules that repeat it."""
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
        """Return whether the rule that left the file out reads this."""
        where, text = found.why.where, read.text
        if where is None:
            return False
        if text.place is Place.PATH:
            return text.file == where.file
        return text.place is Place.RULE and (text.file, read.where.line) == (where.file, where.line)

    def _answers(self, reads: Iterable[Read]) -> tuple[UsedAnswer, ...]:
        """Return the answers among the names that are read."""
        analysis, template = self._analysis, self._run.template
        secrets = template.secrets | {question.name for question in template.questions if question.secret}
        places: dict[str, list[Location]] = {}
        for read in reads:
            is_answer = read.member == bool(analysis.survey.namespace) and not analysis.reads_all(read)
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
        """Return what renders a file, and why that is Jinja2 rather than the interpreter."""
        run = self._run
        if file.action is not Action.RENDER:
            return "", None
        with open(file.source, "rb") as opened:
            data = opened.read()
        settings = run.template.renderer
        if reason := run.plan.sequential_reason:
            return RenderedBy.REFERENCE.value, Obstacle(f"this template is always compiled: {reason}")
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
    """Return how many characters of a template's path are certain, and a pattern of what it may become."""
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
            # In `'a.txt' if wanted` the text is certain; in a name, nothing is.
            quoted = re.match(r"""[-+]?\s*(["'])(.*?)\1\s+if\b""", found["variable"])
            certain += len(quoted[2]) if quoted else 0
            parts.append(re.escape(quoted[2]) if quoted else "[^/]*")
    parts.append(re.escape(path[place:]))
    certain += len(path[place:].replace("/", ""))
    return certain, re.compile("".join(parts) if certain else "(?!)")
