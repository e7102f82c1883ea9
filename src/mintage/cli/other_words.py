"""Words of Cookiecutter, Copier and other tools: understood where they mean the same, else answered."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from mintage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_GENERATING = frozenset({"new", "plan"})
_OPTIONS: Mapping[str, str] = {
    "--force": "--overwrite",
    "-f": "--overwrite",
    "--overwrite-if-exists": "--overwrite",
    "--skip-if-file-exists": "--skip-existing",
    "--pretend": "--dry-run",
    "-n": "--dry-run",
    "--no-cleanup": "--keep-on-failure",
    "--keep-project-on-failure": "--keep-on-failure",
    "--UNSAFE": "--trust",
}
# What to type for options of other tools that have no counterpart of the same kind.
_ANSWERS: Mapping[str, str] = {
    "-o": "name the directory after the template: `mintage new TEMPLATE DIR`",
    "--output-dir": "name the directory after the template: `mintage new TEMPLATE DIR`",
    "--accept-hooks": "use --trust to run hooks, or --skip-tasks to skip them",
    "-l": "`mintage list` shows the templates with a short name",
    "--list-installed": "`mintage list` shows the templates with a short name",
    "--debug-file": "-v shows how a project is generated, and --json prints all of it",
    "-c": "use --ref for a branch, tag or commit",
    "-r": "use --ref for a branch, tag or commit",
    "-w": "use --overwrite to replace existing files",
    "-T": "use --skip-tasks to skip hooks and tasks",
    "-C": "use --keep-on-failure to keep a project whose hook failed",
}
_UPDATING = "projects of Copier templates are updated with Copier; `mintage diff` shows what would change"


def understood(command: str, arguments: Sequence[str]) -> list[str]:
    """Return the arguments in the words of Mintage.

    Args:
        command: The first argument that is not an option.
        arguments: What was typed.

    Raises:
        UsageError: It is a word of another tool for which there is something else to type here.
    """
    at = next((number for number, each in enumerate(arguments) if each == command), 0)
    rest = [*arguments[:at], *arguments[at + 1 :]]
    if command == "help":
        return [*rest, "--help"]
    if command == "version":
        return [*rest, "--version"]
    if command == "copy":
        raise UsageError(f"unknown command {command!r}", hint=f"did you mean `mintage new {shlex.join(rest)}`?")
    if command in ("update", "recopy", "check-update"):
        raise UsageError(f"unknown command {command!r}", hint=_UPDATING)
    if command not in _GENERATING:
        return [*arguments]
    options = [*arguments[: arguments.index("--")]] if "--" in arguments else [*arguments]
    for typed in options:
        if hint := _ANSWERS.get(typed.partition("=")[0]):
            raise UsageError(f"unknown option {typed}", hint=hint)
    return [*(_OPTIONS.get(typed, typed) for typed in options), *arguments[len(options) :]]
