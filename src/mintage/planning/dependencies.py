"""Finds which job waits for which: by the template's rules, by what files read of others' output, and by tasks."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

from mintage.errors import PlanError, Problem
from mintage.files.patterns import GitignorePatterns
from mintage.planning.model import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mintage.planning.model import PlannedFile
    from mintage.template.tasks import OrderRule, Task

TASK_PREFIX = "task:"


def file_dependencies(
    files: Sequence[PlannedFile], rules: Sequence[OrderRule], tasks: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """Return, for each file that waits for something, the names of the jobs it waits for.

    Files that are kept as they are wait for nothing, and nothing waits for them.

    Args:
        files: All files of the plan.
        rules: The template's rules of order.
        tasks: The names of the tasks that run among the files.

    Raises:
        PlanError: A rule names an unknown task, or a template reads an output that no file makes.
    """
    readers = [file for file in files if file.reads or file.reads_matching]
    if not rules and not readers:
        return {}
    made = [file.target for file in files if file.action is not Action.SKIP]
    waits: dict[str, list[str]] = {}
    for target, earlier in chain(_waits_by_rules(rules, made, tasks), _waits_by_reading(readers, files, made)):
        waits.setdefault(target, []).extend(name for name in earlier if name != target)
    return {target: tuple(dict.fromkeys(names)) for target, names in waits.items() if names}


def _require_known_outputs(readers: Sequence[PlannedFile], files: Sequence[PlannedFile]) -> None:
    known = {file.target for file in files}
    problems = [
        Problem(f"{file.name} reads the output {path!r}, which no file of the plan makes")
        for file in readers
        for path in file.reads
        if path not in known
    ]
    if problems:
        raise PlanError("a template reads an output that does not exist", problems=problems)


def _waits_by_rules(
    rules: Sequence[OrderRule], made: Sequence[str], tasks: Iterable[str]
) -> Iterator[tuple[str, Sequence[str]]]:
    for rule in rules:
        earlier = matching(rule.after, made, tasks)
        later = GitignorePatterns(rule.files)
        yield from ((target, earlier) for target in made if later.matches(target))


def _waits_by_reading(
    readers: Sequence[PlannedFile], files: Sequence[PlannedFile], made: Sequence[str]
) -> Iterator[tuple[str, Sequence[str]]]:
    _require_known_outputs(readers, files)
    names = set(made)
    for file in readers:
        yield file.target, [*(path for path in file.reads if path in names), *_readable(file.reads_matching, made)]


def _readable(patterns: Sequence[str], targets: Sequence[str]) -> list[str]:
    """Return what `outputs()` returns for these patterns. An invalid one makes only the file that uses it fail."""
    found: list[str] = []
    for pattern in patterns:
        with suppress(PlanError):
            found += matching([pattern], targets)
    return found


def task_dependencies(tasks: Sequence[Task], files: Sequence[PlannedFile]) -> dict[str, tuple[str, ...]]:
    """Return, for each task, the names of the files and tasks that it waits for."""
    targets = [file.target for file in files]
    names = [task.name for task in tasks]
    return {task.name: tuple(matching(task.after, targets, names, itself=task.name)) for task in tasks}


def matching(
    patterns: Sequence[str], targets: Sequence[str], tasks: Iterable[str] = (), *, itself: str = ""
) -> list[str]:
    """Return the names of the jobs that patterns choose: tasks written as "task:NAME", and files, as gitignore does.

    Args:
        patterns: What chooses.
        targets: The files to choose from.
        tasks: The names of the tasks to choose from.
        itself: The task that waits, which is not chosen.

    Raises:
        PlanError: A pattern is invalid or names an unknown task.
    """
    if not patterns:
        return []
    wanted = {pattern.removeprefix(TASK_PREFIX) for pattern in patterns if pattern.startswith(TASK_PREFIX)}
    if unknown := wanted - set(tasks):
        raise PlanError(f"no task is called {min(unknown)!r}", hint="`after` must use the name that the task has")
    names = [TASK_PREFIX + task for task in tasks if task in wanted and task != itself]
    spec = GitignorePatterns([pattern for pattern in patterns if not pattern.startswith(TASK_PREFIX)])
    return names + [target for target in targets if spec.matches(target)]
