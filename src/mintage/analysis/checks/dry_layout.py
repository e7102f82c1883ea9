"""Answers a template's questions and lays it out on paper, to see what becomes of its paths. Renders no file."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mintage.answers import collect
from mintage.errors import CycleError, MintageError, RenderError
from mintage.rendering.text import JinjaText
from mintage.template.layout import LayoutRequest
from mintage.template.questions import REQUIRED, GivenAnswers, QuestionType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from mintage.rendering.settings import Context
    from mintage.template import Template
    from mintage.template.layout import Entry
    from mintage.template.questions import Answers

_SECONDS = 2.0
_OF_TYPE: Mapping[QuestionType, Any] = {
    QuestionType.BOOL: True,
    QuestionType.FLOAT: 1.0,
    QuestionType.INT: 1,
    QuestionType.LIST: [],
}


class DryLayout:
    """DryLayout.

    Args:
        load: Makes the template with these answers given.
        project: A folder that is not there.
        may_load: Extensions of the template may be loaded; without them, a template that has any is not tried.
    """

    def __init__(self, load: Callable[[GivenAnswers], Template], project: Path, *, may_load: bool) -> None:
        self._load = load
        self._project = project
        self._may_load = may_load

    def entries(self, answers: Mapping[str, Any]) -> Sequence[Entry] | None:
        """Return what comes out with these answers and the defaults of all other questions; None if that cannot be
        told.

        Raises:
            MintageError: These answers give no project.
        """
        prepared = self._prepared(answers)
        if prepared is None:
            return None
        template, context, render = prepared
        return template.layout.lay_out(LayoutRequest(render, context, self._project)).entries

    @cached_property
    def default_entries(self) -> Sequence[Entry]:
        """What comes out with all defaults, as far as that can be told."""
        return self._defaults[0]

    @property
    def refusal(self) -> MintageError | None:
        """Why there is no project with all defaults, if that is for its paths."""
        return self._defaults[1]

    @cached_property
    def _defaults(self) -> tuple[Sequence[Entry], MintageError | None]:
        try:
            return self.entries({}) or (), None
        except RenderError:
            return (), None  # other rules say why a path cannot be rendered
        except MintageError as error:
            return (), error

    def cycle(self) -> tuple[str, ...]:
        """Return files that wait for each other with all defaults, the first one again at the end; none if none do."""
        from mintage.engine import JobScheduler
        from mintage.planning import PlanOptions, make_plan

        prepared = self._prepared({})
        if prepared is None:
            return ()
        template, context, render = prepared
        try:
            plan = make_plan(template, context, self._project, PlanOptions(run_tasks=False), render)
            JobScheduler(plan.jobs)
        except CycleError as error:
            return error.cycle
        except MintageError:
            pass  # other rules say why there is no plan
        return ()

    def _prepared(self, answers: Mapping[str, Any]) -> tuple[Template, Context, JinjaText] | None:
        try:
            template = self._load(GivenAnswers(data=answers))
            given = GivenAnswers(data={**_fillers(template), **answers})
            if not template.takes_given_answers:
                template = self._load(given)  # which works them into the defaults
            if not (template.renderer.extensions_are_known or self._may_load):
                return None
            render = JinjaText(template.renderer, seconds=_SECONDS)
            made: Answers = collect(template, given, asker=None, use_defaults=True, render=render)
            context = template.context(made)
        except (MintageError, ValueError, re.error):
            return None  # a check that refuses them, say, or a pattern that is none
        return replace(template, saved_answers={}), context, render


def _fillers(template: Template) -> Mapping[str, Any]:
    """Return answers to questions that have no default, or none that says anything."""
    return {
        question.name: _filler(question.type, question.name, [choice.value for choice in question.choices])
        for question in template.questions
        if question.asked and question.default in (REQUIRED, "")
    }


def _filler(kind: QuestionType, name: str, choices: Sequence[Any]) -> Any:
    if choices:
        return [choices[0]] if kind is QuestionType.MULTI_CHOICE else choices[0]
    return _OF_TYPE.get(kind, name)
