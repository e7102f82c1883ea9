"""Cookiecutter's hooks: finds them, runs pre_prompt, and turns the other two into tasks."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from mintage.errors import Location, TemplateError
from mintage.formats import COMPAT_ROOT
from mintage.formats.shared.extension_sources import text_to_read
from mintage.template.tasks import Task, TaskStage
from mintage.trust.capabilities import Capability

if TYPE_CHECKING:
    from contextlib import ExitStack

_HOOKS = ("pre_prompt", "pre_gen_project", "post_gen_project")


def find(root: Path, hook: str) -> list[Path]:
    """Return all scripts of a hook, with any extension, in the directory's own order as Cookiecutter does."""
    try:
        names = os.listdir(root / "hooks")
    except (FileNotFoundError, NotADirectoryError):
        return []
    scripts = [root / "hooks" / name for name in names if Path(name).stem == hook and not name.endswith("~")]
    return [script for script in scripts if script.is_file()]


def capabilities(root: Path) -> tuple[Capability, ...]:
    """Return every hook of the template as something to consent to."""
    return tuple(
        Capability("hook", f"hooks/{script.name}", text_to_read(script))
        for hook in _HOOKS
        for script in find(root, hook)
    )


def has_pre_prompt(root: Path) -> bool:
    """Return whether the template has a script that runs before any question is asked."""
    return bool(find(root, "pre_prompt"))


def run_pre_prompt(root: Path, scratch: ExitStack) -> Path:
    """Copy the template, run the pre_prompt scripts in the copy, and return it. `scratch` removes it later."""
    import shutil
    import subprocess
    import tempfile

    parent = tempfile.mkdtemp(prefix="mintage-")
    scratch.callback(shutil.rmtree, parent, ignore_errors=True)
    copy = Path(parent) / root.resolve().name
    shutil.copytree(root, copy, symlinks=True)
    for script in find(copy, "pre_prompt"):
        script.chmod(script.stat().st_mode | 0o100)
        command = [sys.executable, str(script)] if script.suffix == ".py" else [str(script)]
        try:
            status = subprocess.run(command, cwd=copy, check=False, env={**os.environ, **environment()}).returncode
        except OSError as error:
            raise TemplateError(
                f"the hook {script.name} can't be started: {error.strerror}",
                where=Location(str(script)),
                hint="start the script with a line such as #!/bin/sh",
            ) from error
        if status:
            raise TemplateError(
                f"the hook {script.name} exited with status {status}, so nothing is generated",
                where=Location(str(root / "hooks" / script.name)),
            )
    return copy


def tasks(root: Path) -> tuple[Task, ...]:
    """Return the hooks that run before and after generation as tasks. Scripts of one hook run in order."""
    before = [_task(script, TaskStage.BEFORE, ()) for script in find(root, "pre_gen_project")]
    after: list[Task] = []
    for script in find(root, "post_gen_project"):
        waits_for = (f"task:{after[-1].name}",) if after else ("*",)
        after.append(_task(script, TaskStage.IN_PLACE, waits_for))
    return (*before, *after)


def environment() -> dict[str, str]:
    """Return the environment variables that let a hook import Mintage's stand-in for cookiecutter."""
    if find_spec("cookiecutter") is not None:
        return {}
    paths = [path for path in (os.environ.get("PYTHONPATH"), COMPAT_ROOT) if path]
    return {"PYTHONPATH": os.pathsep.join(paths)}


def _task(script: Path, stage: TaskStage, after: tuple[str, ...]) -> Task:
    return Task(
        name=script.name,
        script=str(script),
        stage=stage,
        after=after,
        environment=environment(),
        removes_project=True,
    )
