"""Gets templates ready: fetches and loads them, gets consent, asks the questions. Knows nothing about plans."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from mintage import formats, sources
from mintage.answers import collect
from mintage.engine import Cancellation, Stopwatch
from mintage.engine.limits import memory_bounded
from mintage.formats import CURRENT_REF, LoadRequest
from mintage.minting.without_effect import options_of_other_formats, unread_answers
from mintage.redaction import Redaction
from mintage.rendering.jinja_text import JinjaText
from mintage.sources import Source
from mintage.template.questions import GivenAnswers
from mintage.terminal import say_nothing
from mintage.trust.consent import Consent, TrustReport
from mintage.trust.trusted_sources import trusts
from mintage.user.cookiecutterrc import load_cookiecutter_settings
from mintage.user.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mintage.minting.options import Options
    from mintage.rendering.settings import Context
    from mintage.template import Template
    from mintage.template.questions import Answers, Asker
    from mintage.trust.consent import ConsentRequest, Consents
    from mintage.user.settings import Settings


class FetchedTemplate(Struct, frozen=True):
    """A template on this disk, and whether its author's code may run."""

    source: Source
    """The template's directory, and where it came from."""
    consent: Consent
    """Whether its author's code may run."""


class LoadedTemplate(Struct, frozen=True):
    """A template that was loaded without running any of its author's code."""

    template: Template
    """The template itself."""
    fetched: FetchedTemplate
    """The template on this disk."""

    def trust_report(self) -> TrustReport:
        """Return which of the author's code would run."""
        origin, consent = self.fetched.source.origin, self.fetched.consent
        agreed = () if consent.trusted else consent.consents().granted(origin.url)
        return TrustReport(origin.reference, self.template.capabilities, consent.trusted, agreed)


class AnsweredTemplate(Struct, frozen=True):
    """A template with its answers."""

    template: Template
    """The template itself."""
    context: Context
    """The names that templates see."""
    given: GivenAnswers
    """The answers that were known without asking, and the user's defaults."""
    render: JinjaText
    """Renders short texts: names, defaults, messages."""
    steps: Stopwatch
    """Records when each step of the run began."""
    redaction: Redaction
    """Hides secret answers."""
    project: Path | None = None
    """The directory of the project, if it doesn't depend on the template."""

    def destination(self, output: str | Path | None) -> Path:
        """Return the absolute path of the project's directory.

        Args:
            output: What the user gave as OUTPUT.
        """
        if self.project is not None:
            return self.project.absolute()
        place = Path(output) if output is not None else None
        return self.template.layout.destination(place, self.render, self.context).absolute()


class AskableTemplate(Struct, frozen=True):
    """A template whose questions can be asked."""

    template: Template
    """The template itself."""
    render: JinjaText
    """Renders short texts: names, defaults, messages."""
    trusted: bool
    """Whether all of the template author's code may run."""


class Preparation:
    """Gets templates ready. Holds no state between runs.

    Temporary files are removed by the `scratch` that is passed to the methods.

    Args:
        options: How to generate projects.
        asker: Asks questions at a terminal; None takes the defaults.
        ask_consent: Asks whether the template author's code may run; None refuses.
        warn: Called with each warning.
        say: Called with the messages of the template's author.
        cancellation: Ends the work from another thread.
    """

    def __init__(
        self,
        options: Options,
        asker: Asker | None = None,
        ask_consent: Callable[[ConsentRequest], bool] | None = None,
        *,
        warn: Callable[[str], None] = say_nothing,
        say: Callable[[str], None] = say_nothing,
        cancellation: Cancellation | None = None,
    ) -> None:
        self.options = options
        self.warn = warn
        self.cancellation = cancellation or Cancellation()
        self._asker = asker
        self._ask_consent = ask_consent
        self._say = say

    def warn_all(self, warnings: Iterable[str]) -> None:
        """Call `warn` with each of the warnings."""
        for warning in warnings:
            self.warn(warning)

    @contextmanager
    def loaded(self, template: str | Path) -> Iterator[Template]:
        """Yield a template before any questions are asked. None of its author's code runs."""
        with ExitStack() as scratch:
            with self.cancellation.interrupting():
                template_without_answers = self.load_only(template, scratch).template
            yield template_without_answers

    def trust_report(self, template: str | Path) -> TrustReport:
        """Return which of the author's code a run would run, hooks and tasks included. Runs and writes nothing."""
        with ExitStack() as scratch, self.cancellation.interrupting():
            return self.load_only(template, scratch).trust_report()

    def fetch(
        self, template: str | Path | Source, scratch: ExitStack, settings: Settings | None = None
    ) -> FetchedTemplate:
        """Fetch a template, unless it was fetched already.

        Args:
            template: A directory, git URL, short form, zip file or registered name, or a fetched source.
            scratch: Removes what is temporary.
            settings: The user's settings; None reads them.
        """
        settings = settings or load_settings()
        source = self._fetch(template, settings, scratch)
        trusted = self.options.trust or trusts(settings, *source.origin.names)
        return FetchedTemplate(source, Consent(trusted, self._ask_consent, source.origin.url, _consents))

    def load_only(self, template: str | Path | Source, scratch: ExitStack) -> LoadedTemplate:
        """Fetch and load a template without running any of its author's code."""
        fetched = self.fetch(template, scratch)
        return LoadedTemplate(self._load(fetched, GivenAnswers(), Path("project"), scratch, load_only=True), fetched)

    def open(self, source: Source, output: Path, given: GivenAnswers, scratch: ExitStack) -> AskableTemplate:
        """Load a fetched template before any questions are asked.

        Hooks run only if the template is trusted; extensions need consent as usual.

        Args:
            source: The fetched template.
            output: The directory of the project; for Cookiecutter templates, the one in which that directory is made.
            given: The answers that are known without asking.
            scratch: Removes what is temporary.

        Raises:
            MintageError: The template cannot be used, or its extensions may not run.
        """
        fetched = self.fetch(source, scratch)
        trusted = fetched.consent.trusted
        loaded = self._load(fetched, given, output, scratch, load_only=not trusted)
        extensions = [capability for capability in loaded.capabilities if capability.kind == "extension"]
        fetched.consent.require(extensions, loaded.origin)
        return AskableTemplate(loaded, self._renderer(loaded), trusted)

    def prepare(
        self,
        template: str | Path | Source,
        output: str | Path | None,
        given: GivenAnswers | None,
        scratch: ExitStack,
        *,
        minting: bool,
        project: Path | None = None,
        before_asking: Callable[[Template], None] | None = None,
    ) -> AnsweredTemplate:
        """Fetch and load a template, get consent, and ask its questions.

        Args:
            template: A directory, git URL, short form, zip file or registered name, or a fetched source.
            output: What the user gave as OUTPUT.
            given: The answers that are known without asking.
            scratch: Removes what is temporary.
            minting: Whether a project will be made, so that hooks and tasks need consent.
            project: The project's own directory, in place of `output`.
            before_asking: Called before the first question, if a person can be asked; what it raises ends the run.

        Raises:
            MintageError: The template cannot be used, its author's code may not run, or answers are missing or invalid.
        """
        options = self.options
        steps = Stopwatch()
        steps.begin("fetch")
        settings = load_settings()
        given = given or GivenAnswers()
        if not options.isolated:
            given = replace(given, user_defaults={**settings.defaults, **given.user_defaults})
        fetched = self.fetch(template, scratch, settings)
        asker = None if options.use_defaults else self._asker
        steps.begin("load")
        if project is not None:
            output = formats.output_for(project, fetched.source, options.format)
        place = Path(output) if output is not None else None
        loaded = self._load(fetched, given, place, scratch, asker=asker, load_only=project is not None)
        if asker is not None and before_asking is not None:
            before_asking(loaded)
        self.warn_all(options_of_other_formats(loaded, options))
        self.warn_all(unread_answers(loaded, given))
        loaded = self._with_compiled_code(loaded, output)
        # A plan renders names, and so runs extensions, but neither hooks nor tasks.
        wanted = [capability for capability in loaded.capabilities if minting or capability.kind == "extension"]
        fetched.consent.require(wanted, loaded.origin)
        render = self._renderer(loaded, seconds=options.limits.render_seconds)
        if minting and (message := loaded.messages.before) and (text := message(render)):
            self._say(text)
        steps.begin("answers")
        answers, redaction = self._collect(loaded, given, asker, render)
        return AnsweredTemplate(loaded, loaded.context(answers), given, render, steps, redaction, project)

    def _renderer(self, template: Template, *, seconds: float | None = None) -> JinjaText:
        """Return the renderer for short texts. Loads the template's extensions, if it has any."""
        render = JinjaText(template.renderer, may_be_fast=self.options.renderer == "auto", seconds=seconds)
        if any(capability.kind == "extension" for capability in template.capabilities):
            render.require_environment()
        return render

    def _collect(
        self, template: Template, given: GivenAnswers, asker: Asker | None, render: JinjaText
    ) -> tuple[Answers, Redaction]:
        """Return the answers, and what hides the secret ones."""
        options = self.options
        secrets = {*template.secrets, *(question.name for question in template.questions if question.secret)}
        given_secrets = [{**given.data, **given.flags}.get(name) for name in secrets]
        with memory_bounded(options.own_memory_bytes), Redaction(given_secrets).hiding():
            answers = collect(
                template, given, asker=asker, use_defaults=options.use_defaults, render=render, warn=self.warn
            )
        return answers, Redaction(answers.get(name) for name in secrets)

    def _fetch(self, template: str | Path | Source, settings: Settings, scratch: ExitStack) -> Source:
        if isinstance(template, Source):
            return template
        options = self.options
        return sources.fetch(
            template,
            ref=None if options.ref == CURRENT_REF else options.ref,
            directory=options.directory,
            settings=settings,
            cookiecutter=lambda: load_cookiecutter_settings(
                config_file=options.cookiecutter.config_file, default_config=options.cookiecutter.default_config
            ),
            scratch=scratch,
            offline=options.offline,
            warn=self.warn,
        )

    def _load(
        self,
        fetched: FetchedTemplate,
        given: GivenAnswers,
        output: Path | None,
        scratch: ExitStack,
        *,
        asker: Asker | None = None,
        load_only: bool = False,
    ) -> Template:
        options = self.options
        return formats.load(
            LoadRequest(
                warn=self.warn,
                source=fetched.source,
                scratch=scratch,
                output=output,
                given=given,
                asker=asker,
                consent=fetched.consent,
                run_tasks=options.run_tasks,
                load_only=load_only,
                overwrite=options.overwrite,
                isolated=options.isolated,
                cookiecutter=options.cookiecutter,
                copier=replace(options.copier, ref=options.ref),
            ),
            options.format,
        )

    def _with_compiled_code(self, template: Template, output: str | Path | None) -> Template:
        """Return the template with a recorder for its branches, if there is one, or else with a cache for its code."""
        if self.options.branches is not None:
            return replace(template, renderer=replace(template.renderer, branches=self.options.branches))
        if not self.options.code_cache:
            return template
        from mintage.user.folders import cache_folder

        folder = Path(os.path.realpath(cache_folder() / "code"))
        theirs = (template.root, template.renderer.loader_top, output)
        if any(folder.is_relative_to(os.path.realpath(each)) for each in theirs if each):
            return template  # a template must not be able to supply its own compiled code
        return replace(template, renderer=replace(template.renderer, code_cache=str(folder)))


def _consents() -> Consents:
    from mintage.trust.stored_consents import StoredConsents

    return StoredConsents()
