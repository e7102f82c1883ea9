"""How a project is to be made, as its caller says it."""

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
    """How to make a project.

    concurrent: False renders one file after the other. concurrent_threshold: so do fewer files than this.
    max_workers: None for the usable cores. executor: "auto", "sequential", "threads", "processes", or any Executor.
    processing_timeout: seconds. max_memory_mb: MiB, for the process and its workers together; None for no limit.
    buffer_size: jobs and results in flight. enable_dependencies: False ignores all order.
    fail_fast: stop at the first failure and deliver nothing.
    overwrite, skip_existing: what to do with a project that is there. retry: make only what failed in it last time.
    trust: run the template author's code.
    run_tasks: False leaves out hooks and tasks. keep_on_failure: keep the project when a hook fails.
    use_defaults: ask nothing. ref, directory: which revision and folder of the source. offline: contact nobody.
    renderer: "auto" renders what it can without compiling it; "jinja2" compiles every template.
    code_cache: keep compiled templates in the user's cache folder, for the next run.
    trace: the report tells how long reading, rendering and writing each file took.
    limits: what no project may exceed. bounds_own_memory: `max_memory_mb` holds for this process too while it renders,
    so that a template gets a MemoryError; only for programs that do nothing else meanwhile.
    isolated: the user's own defaults do not count, and nothing is kept for later runs (to replay, or to retry).
    branches: told which branches of the template's files are taken; files are rendered by Jinja2 then.
    format: "native", "cookiecutter", "copier" or "bare"; None for what the folder looks like.
    cookiecutter, copier: what only templates of that format know.
    """

    concurrent: bool = True
    concurrent_threshold: int = DEFAULT_THRESHOLD
    max_workers: int | None = None
    executor: str | Executor = "auto"
    processing_timeout: float | None = None
    max_memory_mb: int | None = 1024
    buffer_size: int = 1000
    enable_dependencies: bool = True
    fail_fast: bool = False
    overwrite: bool = False
    skip_existing: bool = False
    retry: bool = False
    trust: bool = False
    run_tasks: bool = True
    keep_on_failure: bool = False
    use_defaults: bool = True
    ref: str | None = None
    directory: str | None = None
    offline: bool = False
    format: str | None = None
    renderer: str = "auto"
    code_cache: bool = True
    trace: bool = False
    limits: Limits = field(default_factory=Limits)
    bounds_own_memory: bool = False
    isolated: bool = False
    branches: BranchRecorder | None = None
    cookiecutter: CookiecutterOptions = field(default_factory=CookiecutterOptions)
    copier: CopierOptions = field(default_factory=CopierOptions)

    @property
    def own_memory_bytes(self) -> int | None:
        """How much more memory this process may have while it renders; None for no limit."""
        return self.max_memory_mb * 1024 * 1024 if self.bounds_own_memory and self.max_memory_mb is not None else None
