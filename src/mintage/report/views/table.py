"""A plan as a table, in the order in which the jobs may start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.terminal import one_line, size

if TYPE_CHECKING:
    from mintage.planning.model import Plan

_HEADER = ("action", "priority", "size", "file", "after")


def show(plan: Plan) -> str:
    """Return one line for each file and task."""
    jobs = {job.name: job for job in plan.jobs}
    rows = [_HEADER]
    for file in plan.files:
        job = jobs.get(file.target)
        priority = job.priority.name.lower() if job else "-"
        after = ", ".join(job.depends_on) if job else ""
        rows.append((file.action.value, priority, size(file.size), one_line(file.target), one_line(after)))
    rows += [("task", "-", "-", one_line(task.name), one_line(", ".join(task.needs))) for task in plan.tasks]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)
