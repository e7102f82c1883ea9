"""Runs one job, a planned file or a task, in the calling process and thread. Knows no order and no progress."""

from __future__ import annotations

import math
import os
import threading
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.engine.failures import RunStoppedError
from mintage.engine.job import Outcome
from mintage.engine.spans import Stopwatch
from mintage.errors import Location, MintageError, RenderError
from mintage.minting.project_files import ProjectFiles
from mintage.planning.model import Action, PlannedFile, PlannedTask
from mintage.redaction import Redaction
from mintage.rendering.bounds import too_large
from mintage.rendering.dispatch import DispatchingRenderer
from mintage.rendering.inspect import Inspector, Verdict
from mintage.rendering.outputs import Outputs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jinja2 import Environment

    from mintage.engine.job import Job
    from mintage.files.folders import Identity
    from mintage.rendering.settings import Context, RendererSettings

_AS_IT_IS = (Verdict.BINARY, Verdict.PLAIN)
# Looking up an enum member takes 70 ns, which matters for every file.
_RENDER, _COPY, _DECIDE, _LINK = Action.RENDER, Action.COPY, Action.DECIDE, Action.LINK
_SHOWN_CHARACTERS_OF_A_LINE = 200


class ProjectRunner:
    """A `JobRunner` for the files and tasks of one plan.

    Each thread makes its own tools when it first needs them; a pickled runner has none.

    Args:
        project: The directory that is written to.
        context: The names that templates see.
        settings: How templates are rendered.
        identity: Identifies the project's directory, so that no other can take its place.
        source_top: The directory that all template files are in.
        destination: The project's final directory.
        existing: Files at the destination that are kept, as paths relative to it.
        most_bytes: The maximum size of a rendered file, in bytes.
        task_output: The file descriptor that hooks print to; None for the terminal.
        redaction: Hides secret answers in errors.
        may_be_fast: Whether templates may be rendered without Jinja2.
        traces: Whether to measure how long reading, rendering, writing and copying take.
    """

    def __init__(
        self,
        project: Path,
        context: Context,
        settings: RendererSettings,
        *,
        identity: Identity | None = None,
        source_top: str = "/",
        destination: Path | None = None,
        existing: frozenset[str] = frozenset(),
        most_bytes: float = math.inf,
        task_output: int | None = None,
        redaction: Redaction | None = None,
        may_be_fast: bool = True,
        traces: bool = False,
    ) -> None:
        self._project = project
        self._identity = identity
        self._source_top = source_top
        self._context = context
        self._settings = settings
        self._destination = destination or project
        self._existing = existing
        self._most_bytes = most_bytes
        self._task_output = task_output
        self._redaction = redaction or Redaction()
        self._may_be_fast = may_be_fast
        self._traces = traces
        self._made_by = os.getpid()
        self._mine = threading.local()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_mine"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._mine = threading.local()

    def run(self, job: Job) -> Outcome:
        """Run one job.

        Raises:
            MintageError: The job failed.
            OSError: The job failed.
            RunStoppedError: The run must end.
        """
        try:
            return self._timed(job) if self._traces else self._do(job)
        except MintageError as error:
            self._redaction.hide_in(error)
            raise

    def _timed(self, job: Job) -> Outcome:
        watch = self._mine.watch = Stopwatch()
        outcome = self._do(job)
        return Outcome(outcome.bytes_written, outcome.detail, watch.take())

    def _begin(self, part: str) -> None:
        """Start to measure a part of a job, if the run is traced."""
        if self._traces:
            self._mine.watch.begin(part)

    def _do(self, job: Job) -> Outcome:
        work: PlannedFile | PlannedTask = job.payload
        if isinstance(work, PlannedTask):
            from mintage.minting.tasks import run_task

            self._begin("running")
            return Outcome(detail=run_task(work, self._project, output=self._task_output))
        action = work.action
        tools = self._tools()
        if action is _DECIDE:
            return self._decide(work, job, tools)
        if action is _COPY:
            self._begin("copying")
            return Outcome(tools.files.copy(work))
        if action is _RENDER:
            self._begin("reading")
            return self._render(work, job, tools, tools.files.read(work), tools.renderer.render)
        if action is _LINK:
            return Outcome(tools.files.link(work))
        self._begin("writing")
        return Outcome(tools.files.write(work, work.content))

    def _decide(self, file: PlannedFile, job: Job, tools: _Tools) -> Outcome:
        """Render the file if it is a template, otherwise write what was read."""
        self._begin("reading")
        data = tools.files.read(file)
        self._begin("rendering")
        rendered_by = None
        if tools.inspector.verdict(data, file.name) not in _AS_IT_IS:
            rendered = tools.renderer.render_fast(data, name=file.name, variables=file.variables)
            if rendered is None:
                self._require_harmless(file, data, tools)
                return self._render(file, job, tools, data, tools.renderer.render_by_jinja)
            data, rendered_by = self._bounded(file, rendered), tools.renderer.rendered_by.value
        self._begin("writing")
        return Outcome(tools.files.write(file, data), rendered_by)

    def _require_harmless(self, file: PlannedFile, data: bytes, tools: _Tools) -> None:
        """Raise RunStoppedError if the template may change what others see, so that the order matters."""
        if tools.inspector.may_change_context(data) and tools.inspector.changes_context(
            data.decode("utf-8", "replace"), self._context
        ):
            raise RunStoppedError(f"{file.name} changes answers that other files may use")

    def _render(self, file: PlannedFile, job: Job, tools: _Tools, data: bytes, render: Callable[..., bytes]) -> Outcome:
        self._begin("rendering")
        tools.outputs.let_read(frozenset(job.depends_on))
        try:
            rendered = render(data, name=file.name, loader_name=file.loader_name, variables=file.variables)
        except RenderError as error:
            _point_at_line(error, data, file.name)
            raise
        rendered = self._bounded(file, rendered)
        self._begin("writing")
        return Outcome(tools.files.write(file, rendered), tools.renderer.rendered_by.value)

    def _bounded(self, file: PlannedFile, rendered: bytes) -> bytes:
        if len(rendered) > self._most_bytes:
            raise too_large(file.name, self._most_bytes)
        return rendered

    def _tools(self) -> _Tools:
        mine = self._mine
        try:
            tools: _Tools = mine.tools
        except AttributeError:
            if self._settings.working_directory and os.getpid() != self._made_by:
                os.chdir(self._settings.working_directory)  # allowed, because this is a worker process
            files = ProjectFiles(self._project, self._source_top, self._identity)
            outputs = Outputs(files.targets, self._destination, self._existing)
            functions = outputs.functions() if self._settings.reads_outputs else None
            tools = mine.tools = _Tools(
                DispatchingRenderer(
                    self._settings,
                    self._context,
                    functions,
                    may_be_fast=self._may_be_fast,
                    most_bytes=self._most_bytes,
                ),
                outputs,
                Inspector(self._settings, self._make_environment),
                files,
            )
        return tools

    def _make_environment(self) -> Environment:
        from mintage.rendering.environment import make_environment

        return make_environment(self._settings)


class _Tools(Struct):
    """The tools of one thread."""

    renderer: DispatchingRenderer
    outputs: Outputs
    inspector: Inspector
    files: ProjectFiles


def _point_at_line(error: RenderError, data: bytes, name: str) -> None:
    """Add the template's line and column to the error, unless it is in a file that the template includes."""
    where = error.where
    if where is None or where.line is None or where.file != name:
        return
    lines = data.split(b"\n", where.line)
    line = lines[where.line - 1] if where.line <= len(lines) else b""
    text = line.decode("utf-8", "replace").rstrip()
    error.source_line = text[:_SHOWN_CHARACTERS_OF_A_LINE]
    if text:
        from mintage.rendering.failures import column_in

        error.where = Location(name, where.line, column_in(text, error.what))
