"""Finds which job waits for which: by rules, by what a file reads of another's output, by tasks."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mintage.errors import PlanError, Problem
from mintage.files.patterns import GitignorePatterns
from mintage.planning.model import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mintage.planning.model import PlannedFile
    from mintage.template.tasks import OrderRule, Task

TASK_PREFIX = "task:"


def file_dependencies(
    files: Sequence[PlannedFile], rules: Sequence[OrderRule], tasks: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """For each file that waits for something, the names of the jobs it waits for.

    Files that are left as they are wait for nothing, and nobody has to wait for them.
    """
    readers = [file for file in files if file.reads or file.reads_matching]
    if not rules and not readers:
        return {}
    targets = [file.target for file in files if file.action is not Action.SKIP]
    waits: dict[str, list[str]] = {}
    for rule in rules:
        earlier = matching(rule.after, targets, tasks)
        later = GitignorePatterns(rule.files)
        for target in targets:
            if later.matches(target):
                waits.setdefault(target, []).extend(name for name in earlier if name != target)
    problems: list[Problem] = []
    known, made = {file.target for file in files}, set(targets)
    for file in readers:
        problems.extend(
            Problem(f"{file.name} reads the output {path!r}, which no file of the plan makes")
            for path in file.reads
            if path not in known
        )
        read = [*(path for path in file.reads if path in made), *_readable(file.reads_matching, targets)]
        if read:
            waits.setdefault(file.target, []).extend(target for target in read if target != file.target)
    if problems:
        raise PlanError("a template reads an output that does not exist", problems=problems)
    return {target: tuple(dict.fromkeys(names)) for target, names in waits.items()}


def _readable(patterns: Sequence[str], targets: Sequence[str]) -> list[str]:
    """Return what `outputs()` gives for these patterns. One that is not valid fails where it is used, and nobody
    else.
    """
    found: list[str] = []
    for pattern in patterns:
        with suppress(PlanError):
            found += matching([pattern], targets)
    return found


def task_dependencies(tasks: Sequence[Task], files: Sequence[PlannedFile]) -> dict[str, tuple[str, ...]]:
    """For each task, the names of the files and tasks that it waits for."""
    targets = [file.target for file in files]
    names = [task.name for task in tasks]
    return {task.name: tuple(matching(task.after, targets, names, itself=task.name)) for task in tasks}


def matching(
    patterns: Sequence[str], targets: Sequence[str], tasks: Iterable[str] = (), *, itself: str = ""
) -> list[str]:
    """Return names of jobs: tasks named as "task:NAME", and files that the gitignore patterns take."""
    if not patterns:
        return []
    wanted = {pattern.removeprefix(TASK_PREFIX) for pattern in patterns if pattern.startswith(TASK_PREFIX)}
    if unknown := wanted - set(tasks):
        raise PlanError(f"no task is called {min(unknown)!r}", hint="`after` must use the name that the task has")
    names = [TASK_PREFIX + task for task in tasks if task in wanted and task != itself]
    spec = GitignorePatterns([pattern for pattern in patterns if not pattern.startswith(TASK_PREFIX)])
    return names + [target for target in targets if spec.matches(target)]
