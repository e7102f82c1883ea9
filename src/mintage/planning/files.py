"""Decides what to do with each file of the template, by its bytes. Writes nothing."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.engine.job import Job
from mintage.errors import Location, MintageError, PlanError, Problem, TemplateError
from mintage.files.detect import is_binary_name
from mintage.files.stat import file_statuses
from mintage.planning import estimates
from mintage.planning.model import Action, PlannedFile
from mintage.rendering.inspect import Inspection, Inspector, Verdict
from mintage.template.layout import EntryKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mintage.rendering.jinja_text import JinjaText
    from mintage.rendering.settings import Context
    from mintage.template import Template
    from mintage.template.layout import Entry, PathPatterns
    from mintage.template.limits import Limits

_PERMISSIONS = 0o777
_BINARY = Verdict.BINARY.value
# Larger files are read during planning, because the time and memory of their jobs matter.
READ_BY_THE_JOB = 64 * 1024
# To look a member up in its enum takes 70 ns, which counts where it is done for every file.
_COPY, _CONTENT, _LINK = EntryKind.COPY, EntryKind.CONTENT, EntryKind.LINK
_DECIDE, _RENDER = Action.DECIDE, Action.RENDER
_NOT_INSPECTED = Inspection(Verdict.PLAIN)


class ExistingFiles(Struct, frozen=True):
    """The files that already exist, and what to do with them."""

    destination: Path | None
    """The directory of the project; None for a new project."""
    overwrite: bool = False
    """Whether they may be replaced."""
    skip_existing: bool = False
    """Whether all of them are kept."""
    always_skip: PathPatterns | None = None
    """The files that the template itself always keeps."""

    def skips(self, target: str) -> bool:
        """Return whether there is a file at `target` to keep."""
        if not self.has(target):
            return False
        return self.skip_existing or (self.always_skip is not None and self.always_skip.matches(target))

    def has(self, target: str) -> bool:
        """Return whether anything is at `target`, even a broken link."""
        return self.destination is not None and os.path.lexists(self.destination / target)


class Decision(Struct, frozen=True):
    """What to do with one file."""

    file: PlannedFile
    """The planned file."""
    job: Job | None
    """Its job, still without dependencies; None for a file that is kept."""
    changes_context: bool = False
    """Whether rendering it may change objects that later files see."""


class FilePlanner:
    """Decides what to do with every file. Collects all errors, to report them together.

    Args:
        template: The template that the files are in.
        context: The names that they can use.
        render: Renders expressions in them.
        existing: The files that already exist.
        inspect_all: Whether to read every file now. Otherwise, small files are read only once, by their jobs.
        limits: The limits for the total size, and the time that each file may take.
        only: The targets to generate; None for all.
    """

    def __init__(
        self,
        template: Template,
        context: Context,
        render: JinjaText,
        existing: ExistingFiles,
        *,
        inspect_all: bool = True,
        limits: Limits,
        only: frozenset[str] | None = None,
    ) -> None:
        self._only = only
        self._limits = limits
        self._render_seconds = limits.render_seconds
        self._reads_outputs = template.renderer.reads_outputs
        # The outputs that templates read must be known before the first job starts.
        self._looks_into_all = inspect_all or self._reads_outputs
        self._context = context
        self._render = render
        self._existing = existing
        self._may_skip = existing.destination is not None or only is not None
        self._inspector = Inspector(template.renderer, lambda: render.environment)
        self._problems: list[Problem] = []

    def decide_all(self, entries: dict[str, Entry]) -> list[Decision]:
        """Return one decision for each target.

        Raises:
            PlanError: Files can't be used, or are too large together. Lists every file that can't be used.
        """
        decisions: list[Decision] = []
        statuses = file_statuses([entry.source for entry in entries.values()])
        for (target, entry), status in zip(entries.items(), statuses, strict=True):
            try:
                decisions.append(self._decide(target, entry, status))
            except MintageError as error:
                self._problems.append(Problem(error.what, error.where, error.hint))
            except OSError as error:
                self._problems.append(Problem(f"can't read it: {error.strerror}", Location(entry.name)))
        if self._problems:
            raise PlanError("some files of the template can't be used", problems=self._problems)
        total = sum(decision.file.size for decision in decisions)
        if total > self._limits.total_size:
            raise PlanError(
                f"the template's files have {total:,} bytes, and {self._limits.total_size:,.0f} are allowed",
                hint="raise the limit with `Options(limits=Limits(total_size=SIZE))`",
            )
        return decisions

    def _decide(self, target: str, entry: Entry, status: os.stat_result | OSError) -> Decision:
        if self._may_skip and self._skips(target):
            return self._skip(target, entry)
        kind = entry.kind
        if kind is _CONTENT or kind is _LINK:
            return self._write(target, entry)
        if isinstance(status, OSError):
            raise status
        _require_regular(status, entry)
        if kind is _COPY:
            return self._take(Action.COPY, target, entry, status, "copied by a rule")
        if not self._looks_into_all and status.st_size <= READ_BY_THE_JOB:
            return self._take(_DECIDE, target, entry, status, "")
        with open(os.open(entry.source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb", buffering=0) as file:
            status = os.fstat(file.fileno())  # the file that is read, even if its name was replaced meanwhile
            _require_regular(status, entry)
            found = self._inspector.inspect(file, entry.name, status.st_size)
        if found.verdict in (Verdict.BINARY, Verdict.PLAIN):
            return self._take(Action.COPY, target, entry, status, found.verdict.value)
        return self._render_file(target, entry, status, found)

    def _skips(self, target: str) -> bool:
        return self._existing.skips(target) or (self._only is not None and target not in self._only)

    def _take(self, action: Action, target: str, entry: Entry, status: os.stat_result, reason: str) -> Decision:
        """Return the decision to copy a file, or to let its job decide."""
        file = PlannedFile(
            target,
            action,
            entry.source,
            entry.name,
            entry.loader_name,
            reason,
            _mode(entry, status),
            status.st_size,
            status.st_mtime_ns,
            entry.variables,
            replaces=self._existing.has(target),
        )
        return self._decision(file, binary=reason == _BINARY or is_binary_name(target))

    def _render_file(self, target: str, entry: Entry, status: os.stat_result, found: Inspection) -> Decision:
        reads: tuple[str, ...] = ()
        patterns: tuple[str, ...] = ()
        changes_context = False
        if found.maybe_mutates or (found.maybe_reads and self._reads_outputs):
            source = _read_text(entry.source)
            changes_context = found.maybe_mutates and self._inspector.changes_context(source, self._context)
            if found.maybe_reads and self._reads_outputs:
                context = {**self._context, **entry.variables}
                reads, patterns = self._inspector.outputs_read(
                    source, lambda text: self._render.value(text, context, what=f"the argument {text} in {entry.name}")
                )
        file = PlannedFile(
            target=target,
            action=Action.RENDER,
            source=entry.source,
            name=entry.name,
            loader_name=entry.loader_name,
            reason="template",
            mode=_mode(entry, status),
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
            variables=entry.variables,
            reads=reads,
            reads_matching=patterns,
            replaces=self._existing.has(target),
        )
        return self._decision(file, found, changes_context=changes_context)

    def _write(self, target: str, entry: Entry) -> Decision:
        is_link = entry.kind is _LINK
        file = PlannedFile(
            target=target,
            action=Action.LINK if is_link else Action.WRITE,
            name=entry.name,
            reason="symbolic link" if is_link else "made by Mintage",
            mode=entry.mode or 0o644,
            size=len(entry.content),
            content=entry.content,
            replaces=self._existing.has(target),
        )
        return self._decision(file)

    def _skip(self, target: str, entry: Entry) -> Decision:
        file = PlannedFile(target, Action.SKIP, entry.source, entry.name, reason="exists", size=entry.size)
        return Decision(file, None)

    def _decision(
        self,
        file: PlannedFile,
        found: Inspection = _NOT_INSPECTED,
        *,
        binary: bool = False,
        changes_context: bool = False,
    ) -> Decision:
        size, action = file.size, file.action
        job = Job(
            file.target,
            file,
            size,
            estimates.priority(file.target, size, binary=binary),
            (),
            estimates.cost_seconds(action, size, found.tags, needs_jinja=found.needs_jinja),
            estimates.memory_bytes(action, size, found.tags, cuttable=found.cuttable),
            self._render_seconds if action is _DECIDE or action is _RENDER else None,
        )
        return Decision(file, job, changes_context)


def _mode(entry: Entry, status: os.stat_result) -> int:
    return status.st_mode & _PERMISSIONS if entry.mode is None else entry.mode


def _require_regular(status: os.stat_result, entry: Entry) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise TemplateError(
            f"{entry.name} is not a regular file",
            where=Location(entry.name),
            hint="templates may only contain files, directories, and links within themselves; remove or exclude it",
        )


def _read_text(path: str) -> str:
    with open(path, "rb") as file:
        return file.read().decode("utf-8", "replace")


def context_changers(decisions: Sequence[Decision]) -> list[str]:
    """Return the names of the templates that may change objects that other templates see."""
    return [decision.file.name for decision in decisions if decision.changes_context]
