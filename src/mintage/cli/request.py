"""Turns parsed arguments into the library's options and answers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from mintage.answers.given import read_given
from mintage.cli import output
from mintage.cli.limits import parse_limits
from mintage.formats import CookiecutterOptions, CopierOptions
from mintage.minting.generator import Generator
from mintage.minting.options import Options
from mintage.minting.preparation import Preparation
from mintage.report.hints import for_command_line
from mintage.template.limits import Limits
from mintage.terminal import Style, one_line, printable, say_nothing

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from mintage.engine import Cancellation, Reporter
    from mintage.progress.events import EventStream
    from mintage.prompts.line_asker import LineAsker
    from mintage.prompts.terminal_asker import TerminalAsker
    from mintage.template.questions import GivenAnswers
    from mintage.trust.consent import ConsentRequest


def given_answers(arguments: Namespace) -> GivenAnswers:
    """Return the answers from the command line and the data files; later files win."""
    return read_given(arguments.data, arguments.data_file)


def source_options(arguments: Namespace) -> dict[str, Any]:
    """Return where the template comes from, as options of the library: what `arguments.add_source` adds."""
    return {
        "ref": arguments.ref,
        "directory": arguments.directory,
        "offline": arguments.offline,
        "format": arguments.format,
    }


def options_from(arguments: Namespace, **more: Any) -> Options:
    """Return the options that `new` and `plan` share, and more."""
    return Options(
        **source_options(arguments),
        use_defaults=arguments.defaults,
        overwrite=arguments.overwrite,
        skip_existing=arguments.skip_existing,
        retry=arguments.retry,
        trust=arguments.trust,
        run_tasks=not arguments.skip_tasks,
        enable_dependencies=not arguments.no_dependencies,
        cookiecutter=CookiecutterOptions(
            replay=arguments.replay,
            replay_file=arguments.replay_file,
            config_file=arguments.config_file,
            default_config=arguments.default_config,
        ),
        copier=CopierOptions(
            prereleases=arguments.prereleases,
            answers_file=arguments.answers_file,
            exclude=tuple(arguments.exclude),
            skip=tuple(arguments.skip),
            skip_answered=arguments.skip_answered,
            ask=tuple(arguments.ask),
        ),
        limits=parse_limits(Limits(), arguments.limit),
        **more,
    )


def make_generator(
    options: Options,
    cancellation: Cancellation,
    *,
    reporter: Reporter | None = None,
    quiet: bool = False,
    reviews: bool = False,
    events: EventStream | None = None,
    task_output: int | None = None,
) -> Generator:
    """Return a generator that can ask and warn the user at the terminal.

    Args:
        reviews: Shows all answers before the run goes on.
        events: Also receives the events.
    """
    asker = _asker(options, reviews=reviews)

    def pass_on(text: str) -> None:
        if events:
            events.warning(for_command_line(text))
        if not quiet:
            warn(text)

    return Generator(
        options,
        reporter=reporter,
        asker=asker,
        cancellation=cancellation,
        ask_consent=asker.consent if asker else None,
        warn=pass_on,
        say=say_nothing if quiet else _say,
        on_plan=events.planned if events else say_nothing,
        task_output=task_output,
    )


def make_preparation(options: Options, cancellation: Cancellation, *, quiet: bool = False) -> Preparation:
    """Return what prepares templates, and can ask and warn the user at the terminal."""
    asker = _asker(options)
    return Preparation(
        options,
        asker,
        asker.consent if asker else None,
        warn=say_nothing if quiet else warn,
        say=say_nothing if quiet else _say,
        cancellation=cancellation,
    )


def _asker(options: Options, *, reviews: bool = False) -> TerminalAsker | LineAsker | None:
    if options.use_defaults:
        return None
    from mintage.prompts.terminal_asker import person_at_terminal

    return person_at_terminal(reviews=reviews)


def consent_asker() -> Callable[[ConsentRequest], bool] | None:
    """Return a function that asks the user whether the author's code may run; None without a terminal."""
    from mintage.prompts.terminal_asker import person_at_terminal

    person = person_at_terminal()
    return person.consent if person else None


def _say(text: str) -> None:
    output.say(printable(text))


def warn(text: str) -> None:
    """Print a warning to standard error."""
    output.say(f"{Style(sys.stderr)('yellow', 'warning:')} {one_line(for_command_line(text))}")
