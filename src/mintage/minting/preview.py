"""Shows what minting would change in a project. Nothing is committed, and no hooks or tasks run."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mintage.errors import Problem, TemplateError
from mintage.files.trees import remove_tree
from mintage.minting.plans import plan_for
from mintage.minting.run import Run
from mintage.projects.differences import Change, differences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mintage.engine import JobResult, Reporter
    from mintage.minting.preparation import AnsweredTemplate, Preparation
    from mintage.planning import Plan
    from mintage.template.questions import GivenAnswers


@contextmanager
def planned(
    preparation: Preparation, template: str | Path, project: Path, *, given: GivenAnswers | None = None
) -> Iterator[tuple[AnsweredTemplate, Plan]]:
    """Prepare a template, plan it for a given project directory, and yield both.

    Args:
        preparation: Gets the template ready.
        template: A directory, git URL, short form, zip file or registered name.
        project: The project's directory, whatever the template would call it; it need not exist.
        given: The answers that are known without asking.
    """
    with ExitStack() as scratch:
        with preparation.cancellation.interrupting():
            answered = preparation.prepare(template, None, given, scratch, minting=False, project=project)
            plan = plan_for(answered, None, preparation.options)
        preparation.warn_all(plan.warnings)
        yield answered, plan


def project_changes(
    preparation: Preparation,
    template: str | Path,
    project: Path,
    *,
    given: GivenAnswers | None = None,
    reporter: Reporter | None = None,
) -> tuple[Plan, tuple[Change, ...]]:
    """Return the plan for a project, and what minting would change in its directory.

    All files are rendered into a temporary directory; the project is not touched.

    Args:
        preparation: Gets the template ready.
        template: A directory, git URL, short form, zip file or registered name.
        project: The project's directory, whatever the template would call it; it need not exist.
        given: The answers that are known without asking.
        reporter: Receives the events of the rendering.

    Raises:
        TemplateError: A file cannot be rendered.
        MintageError: The request cannot be carried out, as with `mintage.plan`.
    """
    with planned(preparation, template, project, given=given) as (answered, plan):
        run = Run(plan, preparation.options, reporter, preparation.cancellation, None, answered.steps)
        return plan, _changes_of(run)


def _changes_of(run: Run) -> tuple[Change, ...]:
    destination = run.plan.destination
    with _scratch_directory(destination.name) as directory:
        results = run.render_into(directory)
        if failed := [result for result in results if result.failure]:
            raise _not_rendered(failed)
        return differences(destination, directory, sorted(result.job.name for result in results))


@contextmanager
def _scratch_directory(name: str) -> Iterator[Path]:
    """Yield a directory with a given name in a temporary directory."""
    top = Path(tempfile.mkdtemp(prefix="mintage-"))
    try:
        directory = top / (name or "project")
        directory.mkdir()
        yield directory
    finally:
        remove_tree(top)


def _not_rendered(failed: Sequence[JobResult]) -> TemplateError:
    failures = [result.failure for result in failed if result.failure]
    return TemplateError(
        "some files cannot be rendered, so the changes to the project are unknown",
        problems=[Problem(failure.what, failure.where, failure.hint) for failure in failures],
    )
