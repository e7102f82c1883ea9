"""`mintage init`: write a small working template to start from."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.cli.arguments import add_debug
from mintage.data.documents import VERSION
from mintage.engine.failures import GenerationFailed
from mintage.errors import OutputExistsError, Problem
from mintage.terminal import Style, one_line

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from mintage.minting.generator import Generator
    from mintage.report import Report

USAGE = "[DIR] [options]"
EXAMPLES = """\
examples:
  mintage init my-template
  mintage init . --defaults
"""
_CONFIGURATIONS = ("mintage.toml", "cookiecutter.json", "copier.yml", "copier.yaml")


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage init`."""
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", default=".", help="where to write the template (default: .)"
    )
    parser.add_argument("--name", metavar="TEXT", help="the template's name (default: the name of its directory)")
    parser.add_argument("--defaults", "--no-input", action="store_true", help="don't ask questions")
    parser.add_argument("--json", action="store_true", help="print what was written as one JSON document")
    add_debug(parser)


def run(arguments: Namespace) -> int:
    """Write a small working template, and say what to do next. Changes no existing file."""
    from mintage.cli.request import make_generator
    from mintage.engine import Cancellation, cancel_on_signals
    from mintage.minting.options import Options
    from mintage.report.text import failed_lines

    folder = Path(arguments.folder)
    _refuse_templates(folder)
    cancellation = Cancellation()
    generator = make_generator(Options(use_defaults=arguments.defaults, skip_existing=True), cancellation)
    with cancel_on_signals(cancellation):
        try:
            report = _begin(generator, folder, arguments.name)
        except GenerationFailed as failed:  # such as a full disk
            output.say("\n".join(failed_lines(failed, Style(sys.stderr))))
            return failed.exit_code
    if arguments.json:
        output.put_document(_document(report))
    else:
        output.put("\n".join(_lines(report, arguments.folder)))
    return 0


def _refuse_templates(folder: Path) -> None:
    for name in _CONFIGURATIONS:
        if (folder / name).exists():
            raise OutputExistsError(f"{folder} is already a template: it has a {name}", hint="choose another directory")


def _begin(generator: Generator, folder: Path, name: str | None) -> Report:
    import mintage
    from mintage.minting.generator import Generator
    from mintage.minting.options import Options
    from mintage.template.questions import GivenAnswers

    starter = Path(mintage.__file__).parent / "starter"
    data = {} if name is None else {"name": name}
    given = GivenAnswers(data=data, user_defaults={"name": folder.absolute().name or "my-template"})
    # The set of files doesn't depend on the name, so there is no need to ask for it twice.
    files = [file.target for file in Generator(Options(skip_existing=True)).plan(starter, folder, given=given).files]
    there = [target for target in files if (folder / target).exists()]
    if there:
        raise OutputExistsError(
            f"{folder} has files that would be replaced",
            hint="choose another directory, or move the files",
            problems=[Problem(target) for target in there],
        )
    return generator.generate(starter, folder, given=given)


def _document(report: Report) -> dict[str, object]:
    files = sorted(result.job.name for result in report.files)
    return {"kind": "init", "version": VERSION, "folder": str(report.destination), "files": files}


def _lines(report: Report, typed: str) -> list[str]:
    here = one_line(shlex.quote(typed))
    return [
        f"{one_line(str(report.destination))} is now a template of {report.files_written} files",
        "next:",
        f"  mintage new {here} my-project --defaults    generate a project from it",
        f"  mintage check {here}                        find mistakes in it",
        f"  mintage test {here}                         test it with many answers",
        f"  mintage add NAME {here}                     give it a short name",
        "mintage.toml and README.md explain its parts",
    ]
