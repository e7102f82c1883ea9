"""Finds what depends on an answer: files, questions, tasks, hooks; directly, and through other answers."""

from __future__ import annotations

import os
from collections import deque
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import UsageError
from mintage.formats.shared.survey import relative
from mintage.template.texts import Place
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import nodes

    from mintage.analysis.references import Analysis, Read
    from mintage.errors import Location

_OF_QUESTIONS = {
    Place.DEFAULT: "default",
    Place.CHOICES: "choices",
    Place.CONDITION: "when it is asked",
    Place.CHECK: "what it takes",
    Place.PROMPT: "how it is asked",
}


class Aspect(Enum):
    """What depends on an answer."""

    EXISTENCE = "whether it is generated"
    PATH = "its path"
    CONTENTS = "its contents"
    QUESTION = "a question"
    TASK = "a task"
    HOOK = "a hook"
    SETTING = "a setting"


class Effect(Struct, frozen=True):
    """Something that depends on the answer."""

    aspect: Aspect
    name: str
    """The path of a file or directory in the template, or the name of a question, task, hook or setting."""
    via: tuple[str, ...] = ()
    """The answers in between; the first of them reads the variable itself. Empty for a direct effect."""
    how: str = ""
    """The part of a question that depends on the answer; "" for anything else."""
    places: tuple[Location, ...] = ()
    """Where the answer is read."""
    all: bool = False
    """Whether every place reads all answers at once."""


def impact_of(variable: str, analysis: Analysis) -> tuple[Effect, ...]:
    """Return everything that depends on the answer to a question, direct effects first.

    Args:
        variable: The name of the question.
        analysis: The template.

    Raises:
        UsageError: The template neither asks for the variable nor reads it.
    """
    readers = _Readers(analysis)
    if variable not in analysis.survey.questions and not readers.of(variable):
        raise _unknown(variable, analysis)
    found: dict[tuple[Aspect, str, str], Effect] = {}
    reached: dict[str, tuple[str, ...]] = {variable: ()}
    waiting = deque([variable])
    while waiting:
        name = waiting.popleft()
        for effect in readers.effects(name, reached[name]):
            found.setdefault((effect.aspect, effect.name, effect.how), effect)
            # What a question shows or refuses doesn't change its answer.
            changes_answer = effect.aspect is Aspect.QUESTION and effect.how in (
                "default",
                "choices",
                "when it is asked",
            )
            if changes_answer and effect.name not in reached:
                reached[effect.name] = (*reached[name], effect.name)
                waiting.append(effect.name)
    return tuple(found.values())


def _unknown(variable: str, analysis: Analysis) -> UsageError:
    hint = suggest(variable, analysis.survey.questions) or "`mintage inspect` shows its questions"
    return UsageError(f"the template neither asks for {variable} nor uses it", hint=hint)


class _Readers:
    """Finds out which parts of a template read a name."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._namespace = analysis.survey.namespace
        self._trees = {id(each.text): each.parsed.tree for each in analysis.examined}
        self._outputs = {file.path for file in analysis.survey.files}
        self._includers = includers(analysis)

    def of(self, name: str) -> list[Read]:
        """Return the places that read an answer, on its own or together with all others."""
        return [read for read in self._analysis.reads if self._is_of(read, name)]

    def effects(self, name: str, via: tuple[str, ...]) -> Iterator[Effect]:
        """Yield what depends directly on an answer.

        Args:
            name: The answer.
            via: The answers through which it was reached.
        """
        grouped: dict[tuple[Aspect, str, str], list[Read]] = {}
        for read in self.of(name):
            if read.text.owner == name and read.text.place in _OF_QUESTIONS:
                continue  # a check of the answer itself
            for aspect, owner, how in self._owners(read, name):
                grouped.setdefault((aspect, owner, how), []).append(read)
        for (aspect, owner, how), reads in grouped.items():
            places = tuple(dict.fromkeys(read.where for read in reads))
            yield Effect(aspect, owner, via, how, places, all(map(self._analysis.reads_all, reads)))

    def _is_of(self, read: Read, name: str) -> bool:
        if not read.sees_answers:
            return False
        if self._analysis.reads_all(read):
            return name in self._analysis.survey.questions
        return read.name == name and read.member == bool(self._namespace)

    def _owners(self, read: Read, name: str) -> Iterator[tuple[Aspect, str, str]]:
        """Yield what depends on a text: the aspect, the name of its owner, and how."""
        text = read.text
        if text.place in _OF_QUESTIONS:
            yield Aspect.QUESTION, text.owner, _OF_QUESTIONS[text.place]
        elif text.place is Place.FILE:
            for file in self._outputs_with(text.file):
                yield Aspect.CONTENTS, file, ""
        elif text.place is Place.PATH:
            decides = _decides(self._trees[id(text)], name, self._namespace)
            yield (Aspect.EXISTENCE if decides else Aspect.PATH), text.file, ""
        elif text.place is Place.RULE:
            # The only rule with its own names is the `path` of a repeated file.
            yield (Aspect.PATH if text.names else Aspect.EXISTENCE), text.owner, ""
        elif text.place is Place.TASK:
            yield Aspect.TASK, text.owner, ""
        elif text.place is Place.HOOK:
            yield Aspect.HOOK, text.owner, ""
        else:
            yield Aspect.SETTING, text.owner, ""

    def _outputs_with(self, file: str) -> list[str]:
        """Return the files that are generated and contain this one, including itself."""
        return sorted(({file} | self._includers.get(file, set())) & self._outputs)


def includers(analysis: Analysis) -> dict[str, set[str]]:
    """Return, for each file that others include, import or extend, all files that do, directly or not."""
    directly: dict[str, set[str]] = {}
    root = analysis.survey.template.root
    for each in analysis.examined:
        for name in (name for reference in each.scopes.references for name in reference.names):
            if place := analysis.place_of(name):
                directly.setdefault(relative(os.path.realpath(place), root), set()).add(each.text.file)
    found: dict[str, set[str]] = {}
    for file in directly:
        found[file] = set()
        waiting = [file]
        while waiting:
            more = directly.get(waiting.pop(), set()) - found[file]
            found[file] |= more
            waiting += more
    return found


def _decides(tree: nodes.Node | None, name: str, namespace: str) -> bool:
    """Return whether a name is read in a condition, and so may decide whether there is anything at all."""
    from jinja2 import nodes

    if tree is None:
        return False
    conditions: Iterator[nodes.If | nodes.CondExpr] = tree.find_all((nodes.If, nodes.CondExpr))
    return any(_reads(each.test, name, namespace) for each in conditions)


def _reads(node: nodes.Node, name: str, namespace: str) -> bool:
    from jinja2 import nodes

    # `find_all` leaves out the node itself.
    for each in (node, *node.find_all((nodes.Name, nodes.Getattr, nodes.Getitem))):
        if not namespace and isinstance(each, nodes.Name) and each.name == name:
            return True
        if namespace and isinstance(each, nodes.Getattr) and each.attr == name:
            return True
        if (
            namespace
            and isinstance(each, nodes.Getitem)
            and isinstance(each.arg, nodes.Const)
            and each.arg.value == name
        ):
            return True
    return False
