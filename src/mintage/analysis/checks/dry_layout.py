"""Answers a template's questions and lays it out, to see the paths of its files. Generates nothing."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mintage.answers import collect
from mintage.errors import CycleError, MintageError, RenderError
from mintage.rendering.jinja_text import JinjaText
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
    """Lays a template out with any answers, and generates nothing.

    Args:
        load: Loads the template with answers that are given.
        project: A directory that doesn't exist.
        may_load: Whether extensions of the template may be loaded; if not, a template that has any is not laid out.
    """

    def __init__(self, load: Callable[[GivenAnswers], Template], project: Path, *, may_load: bool) -> None:
        self._load = load
        self._project = project
        self._may_load = may_load

    def entries(self, answers: Mapping[str, Any]) -> Sequence[Entry] | None:
        """Return what is generated with some answers and the defaults of all other questions.

        Args:
            answers: The answers, by question.

        Returns:
            The entries; None if the questions can't be answered that way.

        Raises:
            MintageError: No project can be generated from these answers.
        """
        prepared = self._prepared(answers)
        if prepared is None:
            return None
        template, context, render = prepared
        return template.layout.lay_out(LayoutRequest(render, context, self._project)).entries

    @cached_property
    def default_entries(self) -> Sequence[Entry]:
        """What is generated with all defaults; nothing if that isn't known."""
        return self._defaults[0]

    @property
    def refusal(self) -> MintageError | None:
        """Why no project can be generated with all defaults, if its paths are the reason."""
        return self._defaults[1]

    @cached_property
    def _defaults(self) -> tuple[Sequence[Entry], MintageError | None]:
        try:
            return self.entries({}) or (), None
        except RenderError:
            return (), None  # other rules report paths that cannot be rendered
        except MintageError as error:
            return (), error

    def cycle(self) -> tuple[str, ...]:
        """Return files that wait for each other with all defaults, the first one again at the end."""
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
            pass  # other rules report why there is no plan
        return ()

    def _prepared(self, answers: Mapping[str, Any]) -> tuple[Template, Context, JinjaText] | None:
        try:
            template = self._load(GivenAnswers(data=answers))
            given = GivenAnswers(data={**_fillers(template), **answers})
            if not template.takes_given_answers:
                template = self._load(given)  # where they become defaults
            if not (template.renderer.extensions_are_known or self._may_load):
                return None
            render = JinjaText(template.renderer, seconds=_SECONDS)
            made: Answers = collect(template, given, asker=None, use_defaults=True, render=render)
            context = template.context(made)
        except (MintageError, ValueError, re.error):
            return None  # such as a check that refuses them, or an invalid pattern
        return replace(template, saved_answers={}), context, render


def _fillers(template: Template) -> Mapping[str, Any]:
    """Return answers to questions that have no default, or an empty one."""
    return {
        question.name: _filler(question.type, question.name, [choice.value for choice in question.choices])
        for question in template.questions
        if question.asked and question.default in (REQUIRED, "")
    }


def _filler(kind: QuestionType, name: str, choices: Sequence[Any]) -> Any:
    if choices:
        return [choices[0]] if kind is QuestionType.MULTI_CHOICE else choices[0]
    return _OF_TYPE.get(kind, name)
