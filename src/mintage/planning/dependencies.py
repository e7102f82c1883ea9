"""Finds the dependencies of jobs: by rules of the template, by the outputs that files read, and by tasks."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

from mintage.errors import PlanError, Problem
from mintage.files.patterns import GitignorePatterns
from mintage.planning.model import Action
from mintage.template.tasks import TASK_PREFIX, TaskStage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from mintage.planning.model import PlannedFile
    from mintage.template.tasks import OrderRule, Task

_STAGES_WITH_JOBS = (TaskStage.STAGING, TaskStage.IN_PLACE)


def file_dependencies(
    files: Sequence[PlannedFile], rules: Sequence[OrderRule], tasks: Collection[str], declared: Iterable[str] = ()
) -> dict[str, tuple[str, ...]]:
    """Return, for each file that waits for something, the names of the jobs it waits for.

    Files that are kept as they are wait for nothing, and nothing waits for them.

    Args:
        files: All files of the plan.
        rules: The template's rules of order.
        tasks: The names of the tasks that run among the files.
        declared: The names of all tasks of the template; files don't wait for those that don't run.

    Raises:
        PlanError: A rule names an unknown task, or a template reads an output that no file makes.
    """
    readers = [file for file in files if file.reads or file.reads_matching]
    if not rules and not readers:
        return {}
    made = [file.target for file in files if file.action is not Action.SKIP]
    waits: dict[str, list[str]] = {}
    for target, earlier in chain(
        _waits_by_rules(rules, made, tasks, declared), _waits_by_reading(readers, files, made)
    ):
        waits.setdefault(target, []).extend(name for name in earlier if name != target)
    return {target: tuple(dict.fromkeys(names)) for target, names in waits.items() if names}


def _require_known_outputs(readers: Sequence[PlannedFile], files: Sequence[PlannedFile]) -> None:
    known = {file.target for file in files}
    problems = [
        Problem(f"{file.name} reads the output {path!r}, which no file generates")
        for file in readers
        for path in file.reads
        if path not in known
    ]
    if problems:
        raise PlanError("a template reads an output that does not exist", problems=problems)


def _waits_by_rules(
    rules: Sequence[OrderRule], made: Sequence[str], tasks: Collection[str], declared: Iterable[str]
) -> Iterator[tuple[str, Sequence[str]]]:
    for rule in rules:
        earlier = matching(rule.after, made, tasks, declared)
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


def task_dependencies(
    tasks: Sequence[Task], files: Sequence[PlannedFile], declared: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """Return, for each task that runs, the names of the jobs that it waits for.

    Args:
        tasks: The tasks that run.
        files: All files of the plan; nothing waits for those that are kept as they are.
        declared: The names of all tasks of the template; nothing waits for those that don't run.
    """
    made = [file.target for file in files if file.action is not Action.SKIP]
    return {task.name: tuple(matching(task.after, made, _jobs_before(task, tasks), declared)) for task in tasks}


def _jobs_before(task: Task, tasks: Sequence[Task]) -> list[str]:
    """Return the names of the tasks that a task can wait for: in its own stage, or in an earlier one with jobs."""
    stages = {TaskStage.BEFORE: (), TaskStage.STAGING: (TaskStage.STAGING,)}.get(task.stage, _STAGES_WITH_JOBS)
    return [each.name for each in tasks if each.stage in stages and each.name != task.name]


def matching(
    patterns: Sequence[str], targets: Sequence[str], tasks: Collection[str] = (), declared: Iterable[str] = ()
) -> list[str]:
    """Return the names of the jobs that patterns choose: tasks written as "task:NAME", and files, as gitignore does.

    Args:
        patterns: What chooses.
        targets: The files to choose from.
        tasks: The names of the tasks to choose from.
        declared: The names that a pattern may use, although no such task can be chosen.

    Raises:
        PlanError: A pattern is invalid or names an unknown task.
    """
    if not patterns:
        return []
    wanted = {pattern.removeprefix(TASK_PREFIX) for pattern in patterns if pattern.startswith(TASK_PREFIX)}
    if unknown := wanted.difference(tasks, declared):
        raise PlanError(f"there is no task named {min(unknown)!r}", hint="`after` must use the name that the task has")
    names = [TASK_PREFIX + task for task in tasks if task in wanted]
    spec = GitignorePatterns([pattern for pattern in patterns if not pattern.startswith(TASK_PREFIX)])
    return names + [target for target in targets if spec.matches(target)]
