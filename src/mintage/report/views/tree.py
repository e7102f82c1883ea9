"""A plan as a tree of directories and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.planning.model import Action
from mintage.template.tasks import TASK_PREFIX
from mintage.terminal import one_line, size

if TYPE_CHECKING:
    from mintage.engine.job import Job
    from mintage.planning.model import Plan, PlannedFile, PlannedTask
    from mintage.redaction import Redaction

_NAMES = 3


def show(plan: Plan) -> str:
    """Return every file with its action, size, priority and dependencies; then the tasks."""
    jobs = {job.name: job for job in plan.jobs}
    lines = [f"{one_line(str(plan.destination))}/"]
    notes: list[tuple[str, str]] = []
    _lay_out(_nested(plan), jobs, notes)
    width = min(60, max((len(name) for name, _ in notes), default=0))
    lines += [f"{name:<{width}}  {note}".rstrip() for name, note in notes]
    lines += [_task(task, plan.redaction) for task in plan.tasks]
    lines += _summary(plan)
    return "\n".join(lines)


def _nested(plan: Plan) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for folder in plan.folders:
        _at(root, folder.target)
    for file in plan.files:
        parent, _, name = file.target.rpartition("/")
        _at(root, parent)[name] = file
    return root


def _at(root: dict[str, Any], folder: str) -> dict[str, Any]:
    node = root
    for part in folder.split("/") if folder else ():
        node = node.setdefault(part, {})
    return node


def _lay_out(root: dict[str, Any], jobs: dict[str, Job], notes: list[tuple[str, str]]) -> None:
    """Add a line for each entry. Doesn't recurse, since directories can be nested deeper than Python's stack."""
    open_folders = [("", iter(_marked(root)))]
    while open_folders:
        indent, children = open_folders[-1]
        name, child, is_last = next(children, ("", None, True))
        if child is None:
            open_folders.pop()
            continue
        line = f"{indent}{'└── ' if is_last else '├── '}{one_line(name)}"
        if isinstance(child, dict):
            notes.append((f"{line}/", ""))
            open_folders.append((indent + ("    " if is_last else "│   "), iter(_marked(child))))
        else:
            notes.append((line, _note(child, jobs.get(child.target))))


def _marked(folder: dict[str, Any]) -> list[tuple[str, Any, bool]]:
    """Return what is in a directory, sorted: name, child, and whether it is the last one."""
    children = sorted(folder.items())
    return [(name, child, number == len(children)) for number, (name, child) in enumerate(children, 1)]


def _note(file: PlannedFile, job: Job | None) -> str:
    if file.action is Action.SKIP:
        return "skip   it already exists"
    replaced = ", replaces" if file.replaces else ""
    priority = job.priority.name.lower() if job else ""
    return f"{file.action.value:<6} {size(file.size):>8}  {priority}{replaced}{_after(job.depends_on if job else ())}"


def _task(task: PlannedTask, redaction: Redaction) -> str:
    command = redaction.text(task.command if isinstance(task.command, str) else " ".join(task.command))
    stage = {"BEFORE": "before the files", "STAGING": "among the files", "IN_PLACE": "at the end"}[task.stage.name]
    shown = f": {one_line(command)}" if command else ""
    return f"task {one_line(task.name)} ({stage}){shown}{_after(task.needs)}"


def _after(names: tuple[str, ...]) -> str:
    if not names:
        return ""
    shown = ", ".join(one_line(name.removeprefix(TASK_PREFIX)) for name in names[:_NAMES])
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"  after {shown}{more}"


def _summary(plan: Plan) -> list[str]:
    counts = {action: sum(file.action is action for file in plan.files) for action in Action}
    parts = [f"{count:,} to {action.value}" for action, count in counts.items() if count]
    lines = [f"{len(plan.files):,} files ({', '.join(parts)}), {size(plan.total_bytes)} to read"]
    if plan.sequential_reason:
        lines.append(f"rendered sequentially: {one_line(plan.sequential_reason)}")
    return lines
