"""Collects entries into one file or directory for each target, and finds entries that collide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from mintage.errors import Location, PlanError, Problem
from mintage.files.folders import ProjectFolder
from mintage.files.paths import validate_path
from mintage.planning.names import require_within_limits, unportable
from mintage.template.layout import Collisions, Entry, EntryKind
from mintage.template.limits import too_many_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mintage.template.limits import Limits


class Targets(Struct):
    """The files and directories of the output, by target. Filled once, in the order of the layout."""

    collisions: Collisions
    """What to do with two files for the same target, and with names that differ only by case."""
    limits: Limits
    """The limits for the number of targets, their depth and their names."""
    files: dict[str, Entry] = field(default_factory=dict)
    """The files, by target."""
    folders: dict[str, ProjectFolder] = field(default_factory=dict)
    """The directories, by target, parents first."""
    warnings: list[str] = field(default_factory=list)
    """What the user should know."""
    _problems: list[Problem] = field(default_factory=list)

    def fill(self, entries: Iterable[Entry]) -> None:
        """Add all entries.

        Raises:
            PlanError: Entries collide, or exceed a limit. Lists every collision.
            UnsafePathError: A path is outside the project.
        """
        depth, name_length = self.limits.depth, self.limits.name_length
        folder = EntryKind.FOLDER  # to look a member up in its enum takes 70 ns, which counts here
        for entry in entries:
            target = validate_path(entry.target, source=entry.name)
            if target == ".":
                if entry.kind is not folder:
                    raise PlanError(f"{entry.name} would be the project's directory itself", where=Location(entry.name))
                continue
            if target.count("/") > depth or len(target) > name_length:
                require_within_limits(target, self.limits, source=entry.name)
            if entry.kind is folder:
                self._add_folder(target, entry)
            else:
                self._add_file(target, entry)
        self._find_lookalikes()
        self.warnings += unportable([*self.folders, *self.files])
        if len(self.files) + len(self.folders) > self.limits.files:
            raise too_many_files(f"{len(self.files) + len(self.folders):,}", self.limits.files)
        if self._problems:
            raise PlanError("the template writes to the same place more than once", problems=self._problems)

    def _add_folder(self, target: str, entry: Entry) -> None:
        self._add_parents(target, entry)
        if target in self.files:
            self._collide(target, self.files[target], entry, "a file and a directory")
        else:
            self.folders[target] = ProjectFolder(target, entry.mode)

    def _add_file(self, target: str, entry: Entry) -> None:
        if target.rpartition("/")[0] not in self.folders:
            self._add_parents(target, entry)
        earlier = self.files.get(target)
        if target in self.folders:
            self._collide(target, None, entry, "a file and a directory")
        elif earlier is None:
            self.files[target] = entry
        elif self.collisions is not Collisions.LATER_WINS:
            self._collide(target, earlier, entry, "two files")
        else:
            self.warnings.append(f"{entry.name} and {earlier.name} both become {target}; {earlier.name} is left out")
            del self.files[target]
            self.files[target] = entry

    def _add_parents(self, target: str, entry: Entry) -> None:
        missing: list[str] = []
        parent = target.rpartition("/")[0]
        while parent and parent not in self.folders:
            if parent in self.files:
                self._collide(parent, self.files[parent], entry, "a file and a directory")
                return
            missing.append(parent)
            parent = parent.rpartition("/")[0]
        self.folders.update((folder, ProjectFolder(folder)) for folder in reversed(missing))

    def _collide(self, target: str, earlier: Entry | None, entry: Entry, what: str) -> None:
        names = f"{earlier.name or earlier.target} and {entry.name}" if earlier else entry.name or entry.target
        self._problems.append(Problem(f"{target} would be {what}: {names}", Location(entry.name or target)))

    def _find_lookalikes(self) -> None:
        """Find names that differ only by case or Unicode form, which many systems treat as one file."""
        targets = (*self.folders, *self.files)
        if all(map(str.isascii, targets)) and len(set(map(str.lower, targets))) == len(targets):
            return
        import unicodedata

        seen: dict[str, str] = {}
        for target in targets:
            folded = unicodedata.normalize("NFC", target.casefold())
            other = seen.setdefault(folded, target)
            if other == target:
                continue
            if self.collisions is not Collisions.REFUSED:
                self.warnings.append(f"{other} and {target} are the same file on systems that ignore case")
            else:
                self._problems.append(Problem(f"{other} and {target} differ only by case or Unicode form"))
