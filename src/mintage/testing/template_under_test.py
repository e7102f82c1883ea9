"""The template that a test is about: how it is loaded, what it can generate, where its golden trees are."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from mintage import formats
from mintage.errors import AnswerError, Location, MintageError, UnsafePathError, UsageError
from mintage.minting.generator import Generator
from mintage.minting.preparation import Preparation
from mintage.template.layout import LayoutRequest
from mintage.terminal import say_nothing
from mintage.testing.interview import TemplateInterview
from mintage.testing.running import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import ExitStack

    from mintage.minting.options import Options
    from mintage.sources import Source
    from mintage.template.layout import TemplateFiles
    from mintage.template.questions import GivenAnswers
    from mintage.testing.combinations import Row
    from mintage.testing.model import TestRequest
    from mintage.trust.consent import ConsentRequest

_GOLDEN = "tests/golden"
_HEAD = "HEAD"


class TemplateUnderTest(Struct, frozen=True):
    """A template whose questions can be asked."""

    source: Source
    """The directory of the template."""
    interview: TemplateInterview
    """Answers the questions of the template."""
    options: Options
    """How to mint the template; hooks and tasks run only if they may."""
    left_to_trust: tuple[str, ...]
    """The hooks and tasks that don't run because the template is not trusted."""

    def require_answers(self, given: GivenAnswers) -> None:
        """Raise AnswerError if questions without a default are not answered."""
        try:
            Generator(self.options).plan(self.source, Path(PROJECT), given=given)
        except AnswerError:
            raise
        except MintageError:
            return  # each case reports it

    def files(self, rows: Iterable[Row]) -> Iterator[TemplateFiles]:
        """Yield the files that may come out with the answers of each row; nothing for rows that fail."""
        template = self.interview.template
        for row in rows:
            answers = self.interview.held(row).answers
            if answers is None:
                continue
            context = template.context(answers)
            with suppress(MintageError):
                yield template.layout.template_files(LayoutRequest(self.interview.render, context, Path(PROJECT)))

    def golden_folder(self, request: TestRequest) -> Path | None:
        """Return the directory of the golden trees.

        That is the one that the request names, or else `tests/golden` in the template's directory, if files there
        don't become part of the projects.

        Raises:
            UsageError: Golden trees are to be written, and there is no place for them.
            UnsafePathError: The usual place leads out of the template.
        """
        if request.golden is not None:
            return request.golden.absolute()
        origin, root = self.source.origin, self.source.root
        usual = Path(origin.url) / (self.source.directory or "") / _GOLDEN
        is_ours = self.source.repository is None or self.source.repository.is_local
        if is_ours and Path(origin.url).is_dir() and not self._comes_out(root / _GOLDEN):
            _require_within(Path(origin.url), usual)
            return usual if usual.is_dir() or request.updates_golden else None
        if request.updates_golden:
            raise UsageError(
                "there is no usual place for the golden trees of this template",
                why="its directory isn't on this machine, or files in it would become part of the projects",
                hint="name a directory for them with `TestRequest(golden=DIR)`",
            )
        return None

    def _comes_out(self, place: Path) -> bool:
        """Return whether files in a place of the template's directory would be part of its projects."""
        folders = {files.folder for files in self.files([self.interview.hold({})])}
        return any(place.is_relative_to(folder) for folder in folders)

    def command(self, request: TestRequest) -> tuple[str, ...]:
        """Return the `mintage new` command that generates a project as the cases do, without the answers."""
        asked = request.options
        words = ["mintage", "new", self.source.origin.reference, "OUTPUT", "--defaults"]
        # Formats that choose no version use the directory as it is; with `--ref` they would use what is committed.
        ref = self.options.ref if formats.chooses_version(self.interview.template) else asked.ref
        for option, value in (("--ref", ref), ("--directory", asked.directory), ("--format", asked.format)):
            words += [option, value] if value else []
        if asked.trust:
            words.append("--trust")
        if self.left_to_trust:
            words.append("--skip-tasks")
        return tuple(words)


def fetch_as_it_is(
    template: str | Path, options: Options, scratch: ExitStack, warn: Callable[[str], None] = say_nothing
) -> tuple[Source, Options]:
    """Return a template, and options for minting it as a test does.

    A test mints one file at a time, ignores the user's settings, and uses what the author is working on: of a
    repository on this machine, Copier would use the newest version instead.
    """
    options = replace(options, isolated=True, use_defaults=True, concurrent=False, max_memory_mb=None)
    source = Preparation(options, warn=warn).fetch(template, scratch).source
    if options.ref is None and source.repository is not None and source.repository.is_local:
        options = replace(options, ref=_HEAD)
    return source, options


def load_template(
    request: TestRequest,
    scratch: ExitStack,
    ask_consent: Callable[[ConsentRequest], bool] | None,
    warn: Callable[[str], None],
) -> TemplateUnderTest:
    """Fetch and load the template of a test.

    Raises:
        MintageError: The template cannot be used, or its extensions may not run.
    """
    source, options = fetch_as_it_is(request.template, request.options, scratch, warn)
    preparation = Preparation(options, None, ask_consent, warn=warn)
    opened = preparation.open(source, Path(PROJECT), request.given, scratch)
    tasks = [str(each) for each in opened.template.capabilities if each.kind != "extension"]
    options = replace(options, run_tasks=opened.trusted and bool(tasks), processing_timeout=None, fail_fast=False)
    interview = TemplateInterview(opened.template, request.given, opened.render)
    return TemplateUnderTest(source, interview, options, () if opened.trusted else tuple(tasks))


def _require_within(template: Path, golden: Path) -> None:
    """Raise UnsafePathError if links lead out of the template: comparing with a file would show its contents."""
    if not golden.resolve().is_relative_to(template.resolve()):
        raise UnsafePathError(
            f"{_GOLDEN} leads out of the template, to {golden.resolve()}",
            where=Location(str(golden)),
            hint="if that is what you want, name it with `TestRequest(golden=DIR)`",
        )
