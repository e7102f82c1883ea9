"""Describes why jobs fail, and what a run with failed jobs raises. Knows nothing of templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.errors import Location, MintageError

if TYPE_CHECKING:
    from collections.abc import Sequence


class JobFailedError(MintageError):
    """One job failed. `failure` holds the details that its worker reported."""

    exit_code = 1

    def __init__(self, job_name: str, failure: JobFailure) -> None:
        super().__init__(failure.what, where=failure.where, why=failure.why, hint=failure.hint)
        self.job_name = job_name
        self.failure = failure

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.job_name, self.failure))


class RunStoppedError(MintageError):
    """Raised by runners to end the run, because all of it must be done in another way."""


class GenerationFailed(ExceptionGroup[JobFailedError]):
    """Some jobs failed; one `JobFailedError` for each. `report` says what was generated anyway."""

    exit_code = 1
    report: Any = None

    def derive(self, excs: Sequence[JobFailedError]) -> GenerationFailed:  # type: ignore[override]
        """Keep the type and the report when the group is split."""
        group = GenerationFailed(self.message, list(excs))
        group.report = self.report
        return group


class JobFailure(Struct, frozen=True):
    """Why a job failed, in fields that can be sent from a worker process."""

    what: str
    """What happened, in one sentence."""
    kind: str = "MintageError"
    """The class of the cause, such as "UndefinedError"."""
    where: Location | None = None
    """The file and line that caused it."""
    why: str = ""
    """The cause, when `what` doesn't say it."""
    hint: str = ""
    """What the user can do next."""
    source_line: str = ""
    """The line of the template at `where`."""

    @property
    def reason(self) -> str:
        """`what` without the file name that it may begin with, so that files with the same failure share it."""
        return self.what.removeprefix(f"{self.where.file}: ") if self.where else self.what

    @classmethod
    def of(cls, error: BaseException) -> JobFailure:
        """Describe any exception that a runner raised."""
        if isinstance(error, MintageError):
            kind = getattr(error, "kind", type(error).__name__)
            return cls(error.what, kind, error.where, error.why, error.hint, getattr(error, "source_line", ""))
        if isinstance(error, OSError):
            what = error.strerror or str(error) or type(error).__name__
            where = Location(str(error.filename)) if error.filename else None
            return cls(what, type(error).__name__, where)
        text = str(error)
        return cls(f"{type(error).__name__}: {text}" if text else type(error).__name__, type(error).__name__)
