"""Names options in hints for their reader: as the engine, the library or the command line calls them.

Hints contain options in backticks as a caller of the library would write them: `Options(trust=True)`,
`Options(limits=Limits(files=N))`, `data={"name": ...}`. The command line shows its flags in their place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# The engine's own options as its hints name them, and the library's options for them.
ENGINE_OPTIONS: Mapping[str, str] = {
    "`ConcurrentOptions(timeout_seconds=SECONDS)`": "`Options(processing_timeout=SECONDS)`",
    "`ConcurrentOptions(most_bytes=BYTES)`": "`Options(limits=Limits(total_size=SIZE))`",
    "`ConcurrentOptions(max_memory_mb=MIB)`": "`Options(max_memory_mb=MIB)`",
    "`ConcurrentOptions(executor='threads')`": "`Options(executor='threads')`",
    "`Job(timeout_seconds=SECONDS)`": "`Options(limits=Limits(render_time=SECONDS))`",
}

UNEXPECTED = "this is a bug in mintage; run it again with --debug to see where, and report it"

# Options with a value, and their flags.
VALUE_FLAGS: Mapping[str, str] = {
    "answers_file": "--answers-file",
    "ask": "--ask",
    "config_file": "--config-file",
    "directory": "--directory",
    "exclude": "--exclude",
    "executor": "--executor",
    "format": "--format",
    "golden": "--golden",
    "max_memory_mb": "--max-memory",
    "max_workers": "--workers",
    "most_cases": "--max-cases",
    "command_seconds": "--run-timeout",
    "processing_timeout": "--timeout",
    "ref": "--ref",
    "replay_file": "--replay-file",
    "skip": "--skip",
}
# Options that are on or off: the value that the flag sets, and the flag.
SWITCHES: Mapping[str, tuple[str, str]] = {
    "default_config": ("True", "--default-config"),
    "enable_dependencies": ("False", "--no-dependencies"),
    "full": ("True", "--full"),
    "keep_going": ("True", "--keep-going"),
    "offline": ("True", "--offline"),
    "overwrite": ("True", "--overwrite"),
    "prereleases": ("True", "--prereleases"),
    "replay": ("True", "--replay"),
    "retry": ("True", "--retry"),
    "run_tasks": ("False", "--skip-tasks"),
    "skip_answered": ("True", "--skip-answered"),
    "skip_existing": ("True", "--skip-existing"),
    "trust": ("True", "--trust"),
    "use_defaults": ("True", "--defaults"),
}

# Compiled on use, since most runs have no hints.
_OPTION = (
    r"(?P<with>\bwith )?`(?:Options\((?:\w+=\w+\()?|TestRequest\()(?P<name>\w+)=(?P<value>[^`]*?)\){1,2}`"
    r"|`data=\{(?P<answers>[^`]*)\}`"
)
_ANSWER = r"""(['"])(?P<name>.*?)\1: (?P<value>.+?)(?=, ['"]|$)"""
_LIMIT = "limits=Limits("


def for_library(hint: str) -> str:
    """Return a hint of the engine with the library's options in place of the engine's own."""
    for own, name in ENGINE_OPTIONS.items():
        hint = hint.replace(own, name)
    return hint


def for_command_line(hint: str) -> str:
    """Return a hint or another text for people with flags in place of the library's options."""
    return re.sub(_OPTION, _flag, hint) if "`" in hint else hint


def _flag(option: re.Match[str]) -> str:
    if option["answers"] is not None:
        return " ".join(f"-d {each['name']}={each['value']}" for each in re.finditer(_ANSWER, option["answers"]))
    name, value, joined = option["name"], option["value"].strip("'\""), option["with"] or ""
    if name in SWITCHES:
        on, flag = SWITCHES[name]
        return f"{joined}{flag}" if value == on else f"without {flag}"
    if _LIMIT in option[0]:
        return f"{joined}--limit {name.replace('_', '-')}={value}"
    if name not in VALUE_FLAGS:
        return option[0]  # text from a template's author
    return f"{joined}{VALUE_FLAGS[name]} {value}" if value != "..." else f"{joined}{VALUE_FLAGS[name]}"
