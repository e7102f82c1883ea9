"""The options of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from mintage.engine.options import DEFAULT_THRESHOLD
from mintage.formats import CookiecutterOptions, CopierOptions
from mintage.template.limits import Limits

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from mintage.rendering.branches import BranchRecorder


class Options(Struct, frozen=True):
    """How to generate a project."""

    concurrent: bool = True
    """Whether files are made concurrently; False makes one after the other."""
    concurrent_threshold: int = DEFAULT_THRESHOLD
    """The number of files below which the executor "auto" makes them sequentially."""
    max_workers: int | None = None
    """The maximum number of workers; None for the number of usable cores."""
    executor: str | Executor = "auto"
    """One of "auto", "sequential", "threads" and "processes", or any `concurrent.futures.Executor`."""
    processing_timeout: float | None = None
    """The time in seconds after which the run is ended; None for no limit."""
    max_memory_mb: int | None = 1024
    """The memory in MiB that this process and its workers may use together; None for no limit."""
    buffer_size: int = 1000
    """The maximum number of jobs and results in flight."""
    enable_dependencies: bool = True
    """Whether files wait for those that they depend on; False ignores the order."""
    fail_fast: bool = False
    """Whether the first failure ends the run, so that nothing is delivered."""
    keep_going: bool = False
    """Whether an existing project gets what was made although some files failed; otherwise it stays as it was."""
    overwrite: bool = False
    """Whether files of an existing project may be replaced."""
    skip_existing: bool = False
    """Whether files of an existing project are left alone, and only missing ones are added."""
    retry: bool = False
    """Whether to make only what failed in this project last time."""
    trust: bool = False
    """Whether the template author's code may run."""
    run_tasks: bool = True
    """Whether hooks and tasks run."""
    keep_on_failure: bool = False
    """Whether a new project is kept when a hook fails."""
    use_defaults: bool = True
    """Whether questions are answered with their defaults rather than asked."""
    ref: str | None = None
    """The branch, tag or commit of the source; None for its default."""
    directory: str | None = None
    """The directory of the source that holds the template; None for its root."""
    offline: bool = False
    """Whether no other machine may be contacted."""
    format: str | None = None
    """One of "native", "cookiecutter", "copier" and "bare"; None detects the format."""
    renderer: str = "auto"
    """With "auto", files are rendered without compiling them where possible; "jinja2" compiles every file."""
    code_cache: bool = True
    """Whether compiled templates are kept in the user's cache directory for the next run."""
    trace: bool = False
    """Whether the report says how long reading, rendering and writing each file took."""
    limits: Limits = field(default_factory=Limits)
    """What no project may exceed."""
    bounds_own_memory: bool = False
    """Whether `max_memory_mb` also holds for this process while it renders, so that a template gets a MemoryError; only
    for programs that do nothing else meanwhile."""
    isolated: bool = False
    """Whether to ignore the user's own defaults, and to keep nothing for later runs (to replay or retry)."""
    branches: BranchRecorder | None = None
    """Records which branches of the template's files are taken; Jinja2 renders all files then."""
    cookiecutter: CookiecutterOptions = field(default_factory=CookiecutterOptions)
    """Options for Cookiecutter templates."""
    copier: CopierOptions = field(default_factory=CopierOptions)
    """Options for Copier templates."""

    @property
    def own_memory_bytes(self) -> int | None:
        """How much more memory this process may have while it renders; None for no limit."""
        return self.max_memory_mb * 1024 * 1024 if self.bounds_own_memory and self.max_memory_mb is not None else None
