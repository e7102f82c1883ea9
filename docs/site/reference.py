"""Writes the reference from the code: commands, exit codes, limits and public names are described where they are made.

The pages are kept in the repository, so that GitHub shows them; a test says when they are out of date.
"""

from __future__ import annotations

import argparse
import inspect
import math
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mintage
from docs.site.markdown import field_docstrings, table
from docs.site.public_names import public_names
from mintage import errors
from mintage.cli.commands import COMMANDS, command_module
from mintage.engine import failures
from mintage.template.limits import Limits
from mintage.terminal import size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(__file__).parents[1] / "reference"
_MADE = "<!-- Made by `make docs` from the code; changes belong there. -->"
_EXIT_CODE = re.compile(r"(\d+) ([a-z][^,.]*)[,.]")


def pages() -> dict[str, str]:
    """The text of every page of the reference, by its file's name."""
    makers: dict[str, Callable[[], Iterator[str]]] = {
        "cli.md": _commands,
        "exit-codes.md": _exit_codes,
        "limits.md": _limits,
        "api.md": public_names,
    }
    return {name: "\n".join([_MADE, "", *maker()]).rstrip() + "\n" for name, maker in makers.items()}


def write_pages() -> None:
    """Bring the files up to date."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")


def _commands() -> Iterator[str]:
    yield from ["# Commands", ""]
    yield from ["`mintage --help` and `mintage COMMAND --help` say the same, `mintage --version` the version.", ""]
    yield from table(("command", "what it does"), ((f"[`{n}`](#mintage-{n})", text) for n, text in COMMANDS.items()))
    for name in COMMANDS:
        yield from ["", *_command(name)]
    yield from ["", "What a command ends with is in [Exit codes](exit-codes.md)."]


def _command(name: str) -> Iterator[str]:
    module, text = command_module(name), COMMANDS[name]
    parser = argparse.ArgumentParser(add_help=False)
    module.add_arguments(parser)
    yield from [f"## mintage {name}", "", "```text", f"mintage {name} {module.USAGE}", "```", ""]
    yield f"{text[0].upper()}{text[1:]}."
    for group in parser._action_groups:
        rows = [_option(action) for action in group._group_actions if action.help != argparse.SUPPRESS]
        if name_of := _group_name(group.title or "") if rows else "":
            yield from ["", *table((name_of, "what it does"), rows)]
    if module.EXAMPLES:
        yield from ["", "```text", module.EXAMPLES.rstrip(), "```"]


def _group_name(title: str) -> str:
    return {"positional arguments": "argument", "options": "option"}.get(title, title)


def _option(action: argparse.Action) -> tuple[str, str]:
    if not action.option_strings:
        return f"`{action.metavar or action.dest}`", action.help or ""
    takes = action.nargs != 0
    value = action.metavar or "{" + ",".join(map(str, action.choices or ())) + "}" if takes else ""
    return ", ".join(f"`{f'{name} {value}'.rstrip()}`" for name in action.option_strings), action.help or ""


def _exit_codes() -> Iterator[str]:
    found = {**vars(errors), **vars(failures)}
    kinds: list[type[Any]] = [kind for kind in found.values() if _is_error(kind)]
    meanings = {int(code): meaning for code, meaning in _EXIT_CODE.findall(errors.__doc__ or "")}
    yield from ["# Exit codes", "", "0 says that every file that was planned exists and is complete.", ""]
    rows = []
    for code, meaning in sorted(meanings.items()):
        names = [f"`{kind.__name__}`" for kind in kinds if code in _codes_of(kind)]
        rows.append((str(code), meaning, ", ".join(names)))
    yield from table(("code", "meaning", "errors in the library"), rows)
    yield from ["", "With 2 and 3 nothing was written.", "", "## Errors", ""]
    yield from table(("error", "when"), ((f"`{kind.__name__}`", _first_sentence(kind)) for kind in kinds))


def _is_error(kind: object) -> bool:
    """Whether a user can meet it. A run that was stopped is made again."""
    if not inspect.isclass(kind) or kind is failures.RunStoppedError:
        return False
    return issubclass(kind, (errors.MintageError, failures.GenerationFailed))


def _codes_of(kind: type[Any]) -> set[int]:
    if kind is errors.CancelledError:
        return {kind(signal_number=number).exit_code for number in (signal.SIGINT, signal.SIGTERM)}
    return {kind.exit_code}


def _first_sentence(kind: type) -> str:
    return (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")


def _limits() -> Iterator[str]:
    said = field_docstrings(Limits)
    rows = []
    for name in Limits.__struct_fields__:
        limit = getattr(Limits(), name)
        shown = size(limit) if name.endswith("_size") else f"{limit:,.0f} s" if "time" in name else f"{limit:,.0f}"
        rows.append((f"`{name.replace('_', '-')}`", shown, said[name].removesuffix(".")))
    yield from ["# Limits", ""]
    yield "What no project may exceed, so that a template that is wrong, or hostile, ends as an error that names it."
    yield from ["`--limit NAME=N` changes one (`--limit file-size=2GiB`), and `none` lifts it.", ""]
    yield from table(("limit", "usual", "of what"), rows)
    options = mintage.Options()
    yield from [
        "",
        f"`--max-memory` is {options.max_memory_mb:,} MiB unless you say otherwise, `--timeout` has no value.",
    ]
    yield "What happens beyond each limit, and which limits have no option, is in [Threats](../security.md#limits)."
    assert math.isfinite(sum(Limits.__struct_defaults__)), "a limit without a value needs a word for it above"
