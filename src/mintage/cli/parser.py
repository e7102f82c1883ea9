"""What can be typed after `mintage`. Knows no meaning of it."""

from __future__ import annotations

import argparse
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = ("new", "plan", "list", "add", "remove")
_VIEWS = ("tree", "table", "json", "dot", "mermaid", "svg")

_EXAMPLES = """\
examples:
  mintage new ./my-template my-project
  mintage new gh:audreyfeldroy/cookiecutter-pypackage --trust
  mintage new service my-service -d name=payments --defaults
  mintage plan ./my-template my-project --as mermaid
  mintage add service https://example.com/templates.git --directory service
"""


class _Parser(argparse.ArgumentParser):
    """Says what was meant when a command is mistyped."""

    def error(self, message: str) -> NoReturn:
        hint = ""
        if "invalid choice" in message:
            typed = message.split("'")[1]
            near = get_close_matches(typed, COMMANDS, n=1)
            message = f"there is no command {typed!r}" if "argument COMMAND" in message else message
            hint = f"\n  hint: did you mean `mintage {near[0]}`?" if near else ""
        print(f"error: {message}{hint}\n  hint: `{self.prog} --help` lists what there is", file=sys.stderr)
        sys.exit(2)


def make_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = _Parser(
        prog="mintage",
        description="Mint projects from Cookiecutter, native or bare-folder templates: concurrently, safely, fast.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="store_true", help="show the version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    new = commands.add_parser("new", help="make a project", description="Make a project from a template.")
    _add_template(new)
    _add_answers(new)
    _add_output(new)
    _add_engine(new)
    _add_messages(new)

    plan = commands.add_parser(
        "plan", help="show what `new` would do", description="Show what `mintage new` would do. Nothing is written."
    )
    _add_template(plan)
    _add_answers(plan)
    plan.add_argument("--as", dest="view", choices=_VIEWS, default="tree", help="how to show it (default: tree)")
    plan.add_argument("--json", action="store_const", dest="view", const="json", help="the same as --as json")
    plan.add_argument("--overwrite", action="store_true", help="plan for a project that is there")
    plan.add_argument("--skip-existing", action="store_true", help="plan to add only what is missing")
    plan.add_argument("--trust", action="store_true", help="agree to the template's own Jinja extensions")
    plan.add_argument("--skip-tasks", action="store_true", help="plan without hooks and tasks")
    plan.add_argument("--debug", action="store_true", help="show where an error came from")

    listing = commands.add_parser("list", help="show registered templates")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    adding = commands.add_parser("add", help="give a template a short name")
    adding.add_argument("name", metavar="NAME")
    adding.add_argument("source", metavar="SOURCE", help="a folder, git URL, short form or zip file")
    adding.add_argument("--ref", metavar="REV", help="branch, tag or commit to use")
    adding.add_argument("--directory", metavar="SUB", help="folder of the template in the repository")
    removing = commands.add_parser("remove", help="forget a registered template")
    removing.add_argument("name", metavar="NAME")
    return parser


def _add_template(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "template", metavar="TEMPLATE", help="a folder, git URL, gh:/gl:/bb: short form, zip file or registered name"
    )
    parser.add_argument(
        "output",
        metavar="OUTPUT",
        nargs="?",
        help="the project's folder; for Cookiecutter templates the folder in which the project's folder is made",
    )
    group = parser.add_argument_group("where the template comes from")
    group.add_argument("--ref", "--vcs-ref", "--checkout", metavar="REV", help="branch, tag or commit")
    group.add_argument("--directory", metavar="SUB", help="folder of the template in the repository")
    group.add_argument("--offline", action="store_true", help="contact nobody, use what is in the cache")


def _add_answers(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("answers")
    group.add_argument("-d", "--data", metavar="KEY=VALUE", action="append", default=[], help="answer a question")
    group.add_argument(
        "--data-file", metavar="FILE", action="append", default=[], type=Path, help="answers in TOML, YAML or JSON"
    )
    group.add_argument("--defaults", "--no-input", action="store_true", help="ask nothing, take the defaults")
    cookiecutter = parser.add_argument_group("for Cookiecutter templates")
    cookiecutter.add_argument("--replay", action="store_true", help="take the answers of the last run")
    cookiecutter.add_argument("--replay-file", metavar="FILE", type=Path, help="take the answers of a saved run")
    cookiecutter.add_argument("--config-file", metavar="FILE", type=Path, help="Cookiecutter's user configuration")
    cookiecutter.add_argument("--default-config", action="store_true", help="ignore that configuration")


def _add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the project")
    existing = group.add_mutually_exclusive_group()
    existing.add_argument("--overwrite", action="store_true", help="replace files that are there")
    existing.add_argument("--skip-existing", action="store_true", help="add only files that are missing")
    group.add_argument("--dry-run", action="store_true", help="show the plan, write nothing")
    group.add_argument("--trust", action="store_true", help="run the hooks, tasks and extensions of the template")
    group.add_argument("--skip-tasks", action="store_true", help="run no hook and no task")
    group.add_argument("--keep-on-failure", action="store_true", help="keep a project whose hook failed")


def _add_engine(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how it is run")
    group.add_argument("--workers", metavar="N", type=_workers, help="most workers (default: auto, the usable cores)")
    group.add_argument(
        "--executor", choices=("auto", "sequential", "threads", "processes"), default="auto", help="(default: auto)"
    )
    group.add_argument("--threshold", metavar="N", type=int, help="fewer files are made one after the other")
    group.add_argument("--max-memory", metavar="MB", type=_or_none(int), help="limit for all processes, in MiB")
    group.add_argument("--buffer-size", metavar="N", type=int, help="jobs handed out at once (default: 100)")
    group.add_argument("--timeout", metavar="SECONDS", type=float, help="end the run after this time")
    group.add_argument("--fail-fast", action="store_true", help="stop at the first failure and deliver nothing")
    group.add_argument("--no-dependencies", action="store_true", help="ignore the order of files")


def _add_messages(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("messages")
    group.add_argument("--progress", choices=("auto", "bar", "plain", "none"), default="auto", help="(default: auto)")
    group.add_argument("--json", action="store_true", help="print one JSON document: the report, plan or error")
    volume = group.add_mutually_exclusive_group()
    volume.add_argument("-v", "--verbose", action="store_true", help="a line for each file, and why this executor")
    volume.add_argument("-q", "--quiet", action="store_true", help="nothing but errors")
    group.add_argument("--debug", action="store_true", help="show where an error came from")


def _workers(text: str) -> int | None:
    return _or_none(int)(text)


def _or_none(kind: Callable[[str], int]) -> Callable[[str], int | None]:
    def parse(text: str) -> int | None:
        return None if text == "auto" else kind(text)

    parse.__name__ = "number"
    return parse
