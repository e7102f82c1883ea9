"""Which files and branches of a template the cases reached together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import MintageError
from mintage.rendering.branches import BranchRecorder, never_reached

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mintage.rendering.branches import Branch
    from mintage.rendering.settings import RendererSettings
    from mintage.testing.combinations import Setting
    from mintage.testing.outcome import CaseOutcome


class Unreached(Struct, frozen=True):
    """A branch that no case took."""

    file: str
    """The file that has the branch."""
    branch: Branch
    """The branch itself."""

    def __str__(self) -> str:
        return f"{self.file}:{self.branch.line} ({self.branch.unless})"


class Coverage(Struct, frozen=True):
    """How much of a template the cases reached."""

    branches: int
    """The number of branches in the template's files."""
    unreached: tuple[Unreached, ...]
    """The branches that no case took."""
    files: int
    """The number of files that may come out."""
    files_left_out: tuple[str, ...]
    """The files that came out in no case."""
    settings: int
    """The number of values that the questions offer."""
    never_chosen: tuple[Setting, ...]
    """The values that no case chose."""

    @property
    def percentage(self) -> float:
        """How much of all branches, files and values was reached, from 0 to 100."""
        total = self.branches + self.files + self.settings
        missing = len(self.unreached) + len(self.files_left_out) + len(self.never_chosen)
        return 100.0 * (total - missing) / total if total else 100.0


def coverage_of(
    outcomes: Iterable[CaseOutcome],
    files: Mapping[str, str],
    renderer: RendererSettings,
    offered: Sequence[Setting],
    never_chosen: tuple[Setting, ...],
) -> Coverage:
    """Return how much of a template the cases reached.

    Args:
        outcomes: The outcomes of the cases.
        files: The absolute paths of all files that may come out, by their names in messages.
        renderer: How template text is rendered.
        offered: The values that the questions offer.
        never_chosen: The values that no case chose.
    """
    branches: dict[str, tuple[Branch, ...]] = {}
    reached: set[tuple[str, int]] = set()
    made: set[str] = set()
    for outcome in outcomes:
        branches.update(outcome.branches)
        reached |= outcome.reached
        made.update(outcome.made_of)
    left_out = tuple(sorted(name for name in files if name not in made and name not in branches))
    branches.update(_branches_in({name: files[name] for name in left_out}, renderer))
    return Coverage(
        branches=sum(map(len, branches.values())),
        unreached=tuple(Unreached(*each) for each in never_reached(branches, frozenset(reached))),
        files=len(made | set(files)),
        files_left_out=left_out,
        settings=len(offered),
        never_chosen=never_chosen,
    )


def _branches_in(files: Mapping[str, str], renderer: RendererSettings) -> dict[str, tuple[Branch, ...]]:
    """Return the branches of files that were never rendered. Files that are not templates have none."""
    from jinja2.exceptions import TemplateError
    from msgspec.structs import replace

    from mintage.rendering.environment import make_environment
    from mintage.rendering.inspect import Inspector, Verdict

    recorder = BranchRecorder()
    environment = make_environment(replace(renderer, branches=recorder))
    inspector = Inspector(renderer, lambda: environment)
    for name, path in files.items():
        try:
            with open(path, "rb") as file:
                data = file.read()
            if inspector.verdict(data, path) is Verdict.TEXT:
                environment.compile(data.decode("utf-8"), name, name)
        except (OSError, UnicodeDecodeError, TemplateError, MintageError, RecursionError, ValueError):
            continue  # no case renders it, so no case reports what is wrong with it
    return recorder.branches
