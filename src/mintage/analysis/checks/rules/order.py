"""Rules about files that match nothing, and files that wait for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import nodes

from mintage.analysis.checks.findings import Severity, finding
from mintage.analysis.syntax import column_of
from mintage.files.patterns import GitignorePatterns
from mintage.rendering.settings import OUTPUT_FUNCTIONS
from mintage.template.tasks import TASK_PREFIX
from mintage.template.texts import Place
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mintage.analysis.checks.context import CheckContext
    from mintage.analysis.checks.findings import Finding
    from mintage.errors import Location


def find(check: CheckContext) -> Iterator[Finding]:
    """Yield a finding for each rule that matches nothing, and for a dependency cycle."""
    yield from _unmatched(check)
    if check.survey.template.renderer.reads_outputs:
        yield from _cycle(check)
        yield from _unknown_outputs(check)


def unmatched_repetitions(check: CheckContext) -> list[str]:
    """Return the files that an [[each]] names and that don't exist in the template."""
    paths = set(_paths(check))
    return [file for file in check.survey.repeated_files if file not in paths]


def _paths(check: CheckContext) -> list[str]:
    return [text.owner for text in check.survey.texts if text.place is Place.PATH]


def _unmatched(check: CheckContext) -> Iterator[Finding]:
    for file in unmatched_repetitions(check):
        yield finding(
            "unmatched-rule",
            check.place_of_setting(file),
            f"[[each]] names the file {file}, which doesn't exist in the template",
            suggest(file, _paths(check)) or "`file` must be a path in the template, exactly as it is written there",
            severity=Severity.ERROR,
        )
    for each in check.survey.unmatched_patterns:
        yield finding(
            "unmatched-rule",
            check.place_of_setting(each.pattern),
            f"{each.setting} has the pattern {each.pattern}, which matches no file of the template",
            each.hint or "correct it, or remove it",
            severity=Severity.WARNING,
        )
    template = check.survey.template
    patterns = [(pattern, "[[order]]") for rule in template.order for pattern in (*rule.files, *rule.after)]
    patterns += [(pattern, f"the task {task.name}") for task in template.tasks for pattern in task.after]
    if not patterns or not check.dry_layout.default_entries:
        return  # where it could not be laid out, repeated files are not among the targets
    targets = {outcome.target for outcome in check.possible_paths.all}
    targets |= {entry.target for entry in check.dry_layout.default_entries}
    tasks = {task.name for task in template.tasks}
    for pattern, who in patterns:
        if pattern.startswith("!") or _matches(pattern, targets, tasks):
            continue
        yield finding(
            "unmatched-rule",
            check.place_of_setting(pattern),
            f"{who} names {pattern}, which matches nothing that the template generates",
            suggest(pattern, sorted(targets) + [TASK_PREFIX + task for task in tasks]) or "correct it, or remove it",
            severity=Severity.ERROR if pattern.startswith(TASK_PREFIX) else Severity.WARNING,
        )


def _matches(pattern: str, targets: set[str], tasks: set[str]) -> bool:
    if pattern.startswith(TASK_PREFIX):
        return pattern.removeprefix(TASK_PREFIX) in tasks
    patterns = GitignorePatterns([pattern])
    return any(map(patterns.matches, targets))


def _cycle(check: CheckContext) -> Iterator[Finding]:
    cycle = check.dry_layout.cycle()
    if not cycle:
        return
    sources = {entry.target: entry.name for entry in check.dry_layout.default_entries}
    names = {sources[target] for target in cycle if target in sources}
    for each in check.examined:
        if each.text.loader_name in names and each.parsed.tree is not None:
            for call, _ in _output_calls(each.parsed.tree):
                yield _waits(check.where(each.text, call.lineno, column_of(call.node)), cycle)
                return
    yield _waits(check.place_of_table("order"), cycle)


def _unknown_outputs(check: CheckContext) -> Iterator[Finding]:
    """Yield a finding for each output that is chosen while the file is rendered: nothing makes the file wait for it."""
    targets = {entry.name: entry.target for entry in check.dry_layout.default_entries or ()}
    ordered = [GitignorePatterns(rule.files) for rule in check.survey.template.order]
    for each in check.examined:
        target = targets.get(each.text.file)
        tree = each.parsed.tree
        if tree is None or target is None or any(rule.matches(target) for rule in ordered):
            continue
        own = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
        for call, function in _output_calls(tree):
            used = {name.name for argument in call.args[:1] for name in _names_in(argument)}
            if local := sorted(used & own):
                yield finding(
                    "unknown-output",
                    check.where(each.text, call.lineno, column_of(call.node)),
                    f"{function}() reads an output that depends on {local[0]}, which is only known during rendering",
                    "use outputs() with a pattern, write the path as text, or add an [[order]] rule with `after`",
                )


def _output_calls(tree: nodes.Node) -> Iterator[tuple[nodes.Call, str]]:
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in OUTPUT_FUNCTIONS:
            yield call, call.node.name


def _names_in(expression: nodes.Expr) -> Iterator[nodes.Name]:
    if isinstance(expression, nodes.Name):
        yield expression
    yield from expression.find_all(nodes.Name)


def _waits(where: Location, cycle: tuple[str, ...]) -> Finding:
    message = f"these depend on each other: {' -> '.join(cycle)}"
    return finding("dependency-cycle", where, message, "remove one of these dependencies")
