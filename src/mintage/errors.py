"""All errors that a user can see. They only hold fields; `report` formats them.

An error says what happened, where, why, and what to do next. Its class decides the exit code:
2 the request is invalid, 3 refused for safety, 1 some files failed, 124 timed out,
130 interrupted, 143 terminated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Location(Struct, frozen=True):
    """A place in a file. Lines and columns count from 1; None means unknown."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n is not None)]
        return ":".join(parts)


class Problem(Struct, frozen=True):
    """One of several problems in the same error, such as one of three invalid answers."""

    what: str
    where: Location | None = None
    hint: str = ""
    rule: str = ""
    """The rule of `mintage check` that it violates, if there is a specific one."""


class MintageError(Exception):
    """Base class of all errors of Mintage.

    Args:
        what: One sentence saying what happened.
        where: The file and line that caused it.
        why: The cause, if `what` doesn't name it.
        hint: What the user can do next.
        problems: The individual problems, if there are several.
    """

    exit_code = 2

    def __init__(
        self,
        what: str,
        *,
        where: Location | None = None,
        why: str = "",
        hint: str = "",
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.hint = hint
        self.problems = tuple(problems)

    def __str__(self) -> str:
        """Return what happened and one line for each problem, for tracebacks and logs."""
        found = (f"{each.where}: {each.what}" if each.where else each.what for each in self.problems)
        return "\n  - ".join([self.what, *found])

    def __reduce__(self) -> tuple[Any, ...]:
        state = {"where": self.where, "why": self.why, "hint": self.hint, "problems": self.problems}
        return (type(self), (self.what,), state)


def as_mintage_error(error: Exception, *, hint: str = "this is a bug in mintage; please report it") -> MintageError:
    """Return the error itself, or one that reports it as unexpected."""
    if isinstance(error, MintageError):
        return error
    return MintageError(
        f"unexpected error in mintage: {type(error).__name__}: {error}",
        hint=hint,
    )


class UsageError(MintageError):
    """The command or the call is invalid."""


class SourceError(MintageError):
    """The template could not be found or fetched."""


class TemplateError(MintageError):
    """The template itself is wrong: its configuration, its syntax, a path in it."""


class RenderError(MintageError):
    """A template could not be rendered with these answers. `source_line` is the line at `where`, when it is known."""

    source_line = ""


class AnswerError(MintageError):
    """Answers are missing or invalid; `problems` names all of them."""


class PlanError(MintageError):
    """The template and the answers don't result in a project: a collision, a cycle, a missing directory."""


class CycleError(PlanError):
    """Jobs depend on each other. `cycle` names them in order, with the first one repeated at the end."""

    def __init__(self, cycle: Sequence[str]) -> None:
        self.cycle = tuple(cycle)
        super().__init__(
            "these depend on each other: " + " -> ".join(self.cycle),
            hint="remove one of these dependencies, or run with `Options(enable_dependencies=False)`",
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.cycle,))


class OutputExistsError(MintageError):
    """The output already exists, and no option allows overwriting or skipping."""


class UntrustedError(MintageError):
    """The template runs its author's code, and the user has not agreed."""

    exit_code = 3


class UnsafePathError(MintageError):
    """A path leads outside the directory that it must stay in."""

    exit_code = 3


class CommitError(MintageError):
    """Everything was rendered, but it can't be moved into place."""

    @classmethod
    def unwritable(
        cls,
        folder: Path,
        error: OSError,
        hint: str = "choose another OUTPUT, or make that directory writable",
    ) -> CommitError:
        """Return the error for a directory that can't be written to."""
        return cls(f"can't write to {folder}: {error.strerror}", where=Location(str(folder)), hint=hint)


class TimedOutError(MintageError):
    """The run took longer than it was allowed to."""

    exit_code = 124


class CancelledError(MintageError):
    """The user or the system stopped the run. `signal_number` is 2 for Ctrl-C, 15 for a termination."""

    def __init__(self, what: str = "interrupted", *, signal_number: int = 2) -> None:
        super().__init__(what, hint="nothing was left behind; you can run the same command again")
        self.signal_number = signal_number
        self.exit_code = 128 + signal_number

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore_cancelled, (self.what, self.signal_number))


def _restore_cancelled(what: str, signal_number: int) -> CancelledError:
    return CancelledError(what, signal_number=signal_number)
