"""Which paths a template's paths may become, depending on the answers that can be listed."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.analysis.domains import Domain, domains_of
from mintage.analysis.texts import Place
from mintage.errors import MintageError
from mintage.rendering.text import JinjaText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mintage.analysis.checking import Checking
    from mintage.analysis.texts import TemplateText

_MOST_COMBINATIONS = 64
_SECONDS = 2.0


class Outcome(Struct, frozen=True):
    """A path that a file may become. file: its path in the template. answers: with which it does.

    is_certain: no other answer takes part in it.
    """

    file: str
    target: str
    answers: Mapping[str, Any]
    is_certain: bool


def outcomes_of(checking: Checking) -> tuple[Outcome, ...]:
    """All of them, files that would be left out not among them."""
    return tuple(_Outcomes(checking).all())


class _Outcomes:
    """Renders paths part by part, with each combination of the answers that a path reads."""

    def __init__(self, checking: Checking) -> None:
        self._checking = checking
        self._domains = domains_of(checking.survey.template)
        self._render = JinjaText(checking.survey.template.renderer, seconds=_SECONDS)
        self._parts = {text.file: text for text in checking.survey.texts if text.place is Place.PATH}
        self._reads: dict[str, set[str]] = {}
        for read in checking.reads:
            if read.text.place is Place.PATH:
                self._reads.setdefault(read.text.file, set()).add(read.name)

    def all(self) -> Iterator[Outcome]:
        """Every outcome of every file."""
        if not self._checking.looked_at_in.is_complete:
            return
        for file in self._checking.survey.files:
            yield from self._of(file.path)

    def _of(self, path: str) -> Iterator[Outcome]:
        texts = [text for folder in _folders_of(path) if (text := self._parts.get(folder)) is not None]
        names = {name for text in texts for name in self._reads.get(text.file, ())}
        listed = {name: self._domains[name] for name in sorted(names) if name in self._domains}
        for answers in _combinations(listed):
            context = self._context({**{name: name for name in names}, **answers})
            target = self._target(texts, context)
            if target:
                yield Outcome(path, target, answers, is_certain=len(listed) == len(names))

    def _target(self, texts: list[TemplateText], context: Mapping[str, Any]) -> str:
        parts: list[str] = []
        for text in texts:
            try:
                rendered = self._render.text(text.text, context, what=text.file).strip()
            except MintageError:
                return ""
            if not rendered:
                return ""
            parts.append(rendered)
        suffix = self._checking.survey.template.renderer.suffix
        return "/".join(parts).removesuffix(suffix)

    def _context(self, answers: Mapping[str, Any]) -> Mapping[str, Any]:
        namespace = self._checking.survey.namespace
        return {namespace: answers} if namespace else answers


def _folders_of(path: str) -> Iterator[str]:
    """`a`, `a/b` and `a/b/c` of `a/b/c`."""
    place = path.find("/")
    while place >= 0:
        yield path[:place]
        place = path.find("/", place + 1)
    yield path


def _combinations(domains: Mapping[str, Domain]) -> Iterator[Mapping[str, Any]]:
    values = [domain.values if not domain.several else (list(domain.values), []) for domain in domains.values()]
    number = 1
    for each in values:
        number *= len(each)
    if number <= _MOST_COMBINATIONS:
        for combination in product(*values):
            yield dict(zip(domains, combination, strict=True))
