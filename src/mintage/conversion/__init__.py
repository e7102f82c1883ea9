"""Converts a Cookiecutter template to a native one, and checks whether both generate the same projects.

Builds on everything that generates a project, and uses it as any program would.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mintage import formats
from mintage.conversion.comparing import Comparing, sets_of_answers
from mintage.conversion.writing import TemplateWriter
from mintage.engine import Cancellation
from mintage.errors import CommitError, Location, OutputExistsError, SourceError, UsageError
from mintage.files.trees import remove_tree
from mintage.formats.cookiecutter import CONFIGURATION_FILE
from mintage.formats.cookiecutter.configuration import read_configuration
from mintage.minting.preparation import Preparation
from mintage.rendering.jinja_text import JinjaText
from mintage.terminal import say_nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mintage.conversion.model import Conversion
    from mintage.minting.options import Options
    from mintage.sources import Source
    from mintage.template import Template


def convert(
    template: str | Path,
    output: Path,
    options: Options,
    *,
    given: Mapping[str, str] | None = None,
    cancellation: Cancellation | None = None,
    warn: Callable[[str], None] = say_nothing,
) -> Conversion:
    """Convert a Cookiecutter template to a native one, and compare what both generate.

    Args:
        template: A directory, git URL, short form, zip file or registered name.
        output: The directory of the new template; it must be new or empty.
        options: Where the template comes from, and whether its extensions are trusted. A template with untrusted
            extensions is converted, but not compared.
        given: The answers for all comparisons, as typed.
        cancellation: Ends the conversion from another thread.
        warn: Called with each warning.

    Raises:
        UsageError: The template is not a Cookiecutter template, or offers several, or the output is inside of it.
        OutputExistsError: The output exists and is not empty.
        CommitError: The output cannot be written.
    """
    cancellation = cancellation or Cancellation()
    _require_free(output)
    with ExitStack() as scratch, cancellation.interrupting():
        source = Preparation(options, warn=warn).fetch(template, scratch).source
        _require_outside(output, source)
        writer = _writer(source, output, scratch)
        try:
            conversion = writer.write(output)
            if writer.configuration.foreign_extensions and not options.trust:
                why = "its extensions are its author's code, which runs only with `Options(trust=True)`"
                conversion = replace(conversion, not_compared=why)
            else:
                place = writer.folder.parent
                comparing = Comparing(
                    source, writer.folder, writer.names, given or {}, options.trust, place, cancellation
                )
                conversion = _compared(conversion, comparing, writer.template)
            writer.folder.rename(output)
        except OSError as error:
            raise SourceError(f"the template cannot be copied: {error}") from error
        return conversion


def _compared(conversion: Conversion, comparing: Comparing, original: Template) -> Conversion:
    sets, has_all_pairs = sets_of_answers(original.questions, JinjaText(original.renderer).is_plain)
    return replace(conversion, comparisons=tuple(map(comparing.compare, sets)), has_all_pairs=has_all_pairs)


def _require_free(output: Path) -> None:
    try:
        is_free = not output.is_symlink() and (not output.exists() or (output.is_dir() and not any(output.iterdir())))
    except OSError as error:
        raise CommitError(f"{output} cannot be read: {error.strerror}", where=Location(str(output))) from error
    if not is_free:
        raise OutputExistsError(f"{output} already exists", hint="name a directory that does not exist yet")


def _require_outside(output: Path, source: Source) -> None:
    if output.resolve().is_relative_to(source.root.resolve()):
        raise UsageError(
            f"{output} is inside the template, and would become part of it",
            hint="name a directory outside of the template",
        )


def _writer(source: Source, output: Path, scratch: ExitStack) -> TemplateWriter:
    name = source.origin.reference
    if not (source.root / CONFIGURATION_FILE).is_file():
        raise UsageError(f"{name} is not a Cookiecutter template", why=f"it has no {CONFIGURATION_FILE}")
    configuration = read_configuration(source.root / CONFIGURATION_FILE, source.top)
    if configuration.is_nested:
        raise UsageError(
            f"{name} offers several templates",
            hint="convert each one separately: use its directory, or name it with `Options(directory=...)`",
        )
    request = formats.LoadRequest(source, scratch, run_tasks=False, load_only=True, isolated=True)
    template = formats.load(request, "cookiecutter")
    return TemplateWriter(source, template, configuration, _work_folder(output, scratch))


def _work_folder(output: Path, scratch: ExitStack) -> Path:
    """Return a directory beside the output, in which the template is completed before it is renamed."""
    parent = output.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=".mintage-convert-", dir=parent))
    except OSError as error:
        raise CommitError.unwritable(parent, error) from error
    scratch.callback(remove_tree, place)
    (place / "template").mkdir()
    return place / "template"
