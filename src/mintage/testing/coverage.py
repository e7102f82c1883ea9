"""Which parts of a template all cases together have reached: its files, and the branches in them."""

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
    """A branch that no case has taken."""

    file: str
    branch: Branch

    def __str__(self) -> str:
        return f"{self.file}:{self.branch.line} ({self.branch.unless})"


class Coverage(Struct, frozen=True):
    """Which branches of the template's files the cases took."""

    branches: int
    """How many there are."""
    unreached: tuple[Unreached, ...]
    """Those that no case has."""
    files: int
    """How many there are."""
    files_left_out: tuple[str, ...]
    """Those that no case has."""
    settings: int
    """How many values the questions offer."""
    never_chosen: tuple[Setting, ...]
    """Those that no case has."""

    @property
    def percentage(self) -> float:
        """How much of all branches, files and values was reached."""
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
    """Return what was reached.

    Args:
        files: All that may come out, with their paths; those that never did have branches too.
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
    """Return the branches of files that were never rendered. What is not a template has none."""
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
            continue  # it is left out, and so nobody has met what is wrong with it
    return recorder.branches
