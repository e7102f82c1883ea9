"""Loads a template in order to check it: without the user's settings, without asking or running anything.

Knows neither the rules nor how findings are shown.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from mintage import formats
from mintage.analysis.checks.findings import Checked, Finding
from mintage.analysis.checks.run import CheckRequest, check, in_order
from mintage.formats import CookiecutterOptions, LoadRequest
from mintage.minting.options import Options
from mintage.minting.preparation import Preparation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mintage.engine import Cancellation
    from mintage.errors import Problem
    from mintage.sources import Source
    from mintage.template import Template
    from mintage.template.questions import Choice, GivenAnswers, Question
    from mintage.trust.consent import Consent

_AS_IT_IS_NOW = "HEAD"


def check_template(
    template: str | Path,
    options: Options | None = None,
    *,
    ignored: frozenset[str] = frozenset(),
    cancellation: Cancellation | None = None,
) -> Checked:
    """Return everything that is wrong with a template.

    Writes nothing, and runs none of the author's code without consent.

    Args:
        template: The template, as `mintage new` takes it.
        options: Where it comes from and whether it is trusted; None for the defaults.
        ignored: The ids of rules to leave out.
        cancellation: Ends the check when it is canceled.

    Raises:
        SourceError: The template cannot be fetched.
        UsageError: There is no such template, or it is not of the format that was asked for.
    """
    options = options or Options()
    preparation = Preparation(options, cancellation=cancellation)
    with ExitStack() as scratch, preparation.cancellation.interrupting():
        fetched = preparation.fetch(template, scratch)
        checked = _check_source(fetched.source, fetched.consent, options, scratch)
    return checked.without(ignored)


def _check_source(source: Source, consent: Consent, options: Options, scratch: ExitStack) -> Checked:
    """Check a template, or each of those that a repository offers."""
    project = Path(scratch.enter_context(TemporaryDirectory(prefix="mintage-"))) / "project"
    offer = _Offer()
    found: set[Finding] = set()
    for _ in offer.each():
        request = LoadRequest(
            source,
            scratch,
            output=project,
            asker=offer,
            consent=consent,
            load_only=True,
            cookiecutter=CookiecutterOptions(default_config=True),
            copier=replace(options.copier, ref=_copier_ref(source, options)),
        )
        found |= check(
            CheckRequest(
                load=partial(_load, request, options.format),
                root=source.top,
                project=project,
                may_load=partial(_may_load, consent),
                directory=source.directory or "",
            )
        )
    return Checked(source.origin.reference, in_order(found))


def _load(
    request: LoadRequest, wanted: str | None, given: GivenAnswers, complain: Callable[[Problem], None]
) -> Template:
    return formats.load(replace(request, given=given, complain=complain), wanted)


def _copier_ref(source: Source, options: Options) -> str | None:
    """Return the revision to check: of a local repository the files as they are now, not the newest version."""
    if options.ref is None and source.repository is not None and source.repository.is_local:
        return _AS_IT_IS_NOW
    return options.ref


def _may_load(consent: Consent, template: Template) -> bool:
    extensions = {each for each in template.capabilities if each.kind == "extension"}
    return consent.trusted or extensions <= set(consent.consents().granted(consent.address))


class _Offer(Struct):
    """Chooses the templates that a repository offers, one after the other."""

    number: int = 0
    """The index of the one that is chosen now."""
    total: int = 1
    """How many there are, as far as it is known."""

    def each(self) -> Iterator[int]:
        """Yield the index of each; how many there are is known when the first one is loaded."""
        while self.number < self.total:
            yield self.number
            self.number += 1

    def ask(self, question: Question, default: Any, choices: Sequence[Choice], check: Callable[[Any], Any]) -> Any:
        """Choose the one whose turn it is."""
        self.total = max(self.total, len(choices))
        return choices[min(self.number, len(choices) - 1)].value
