"""What is measured side by side: how each is called, and whether all made the same. Takes no times."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.measure import OUTPUT, MeasurementError

if TYPE_CHECKING:
    from pathlib import Path

EXECUTORS = ("auto", "sequential", "threads", "processes")


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs that are measured. Commands have `measure.OUTPUT` where the directory belongs that they fill."""

    mintage: Path
    cookiecutter: Path
    copier: Path

    def __post_init__(self) -> None:
        for program in (self.mintage, self.cookiecutter, self.copier):
            if not os.access(program, os.X_OK):
                raise MeasurementError(f"there is no program {program}; `make bench` installs all, and measures")

    def mint(self, template: Path, *options: str, project: str = "", reports: bool = False) -> list[str]:
        """Mint a template with Mintage. project: its directory, where that is ours to say. reports: in JSON, all of
        it.
        """
        output = f"{OUTPUT}/{project}" if project else OUTPUT
        command = [str(self.mintage), "new", str(template), output, "--defaults", "--progress", "none", *options]
        return [*command, "--json"] if reports else command

    def bake(self, template: Path) -> list[str]:
        """The same with Cookiecutter."""
        return [str(self.cookiecutter), str(template), "--no-input", "--output-dir", OUTPUT]

    def copy_template(self, template: Path, project: str) -> list[str]:
        """The same with Copier, for a template in its format."""
        return [str(self.copier), "copy", "--defaults", "--quiet", str(template), f"{OUTPUT}/{project}"]

    def copy(self, tree: Path) -> list[str]:
        """Copy a finished project: the least that any generator has to do."""
        return ["cp", "-r", str(tree), OUTPUT]


def digest(folder: Path) -> str:
    """A checksum of all paths, permissions and contents in a directory."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        total.update(f"{path.relative_to(folder)}\0{path.stat().st_mode:o}\0".encode())
        if path.is_file():
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


class Agreement:
    """Makes sure that all tools make the same of one template; otherwise their times say nothing."""

    def __init__(self) -> None:
        self._first: tuple[str, str] | None = None
        self._seen: set[str] = set()

    def check(self, name: str, output: Path) -> None:
        """Compare what `name` made with what the first one made, once. Raises MeasurementError if it differs."""
        if name in self._seen:
            return
        self._seen.add(name)
        made = digest(output)
        if self._first is None:
            self._first = (name, made)
        elif made != self._first[1]:
            raise MeasurementError(f"{name} made something else than {self._first[0]}; see {output}")
