"""The programs that are compared: how to run each, and whether their output agrees. Measures no times."""

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
    """The programs that are measured. Their commands contain `measure.OUTPUT` for the output directory."""

    mintage: Path
    cookiecutter: Path
    copier: Path

    def __post_init__(self) -> None:
        for program in (self.mintage, self.cookiecutter, self.copier):
            if not os.access(program, os.X_OK):
                raise MeasurementError(f"{program} is not a program; run `make bench`, which installs all programs")

    def mint(self, template: Path, *options: str, project: str = "", reports: bool = False) -> list[str]:
        """Return the command that generates a project with Mintage.

        Args:
            template: The template.
            options: More options.
            project: The directory of the project, if the template doesn't name it.
            reports: Whether to print the report as JSON.
        """
        output = f"{OUTPUT}/{project}" if project else OUTPUT
        command = [str(self.mintage), "new", str(template), output, "--defaults", "--progress", "none", *options]
        return [*command, "--json"] if reports else command

    def bake(self, template: Path) -> list[str]:
        """Return the same for Cookiecutter."""
        return [str(self.cookiecutter), str(template), "--no-input", "--output-dir", OUTPUT]

    def copy_template(self, template: Path, project: str) -> list[str]:
        """Return the same for Copier, for a template in its format."""
        return [str(self.copier), "copy", "--defaults", "--quiet", str(template), f"{OUTPUT}/{project}"]

    def copy(self, tree: Path) -> list[str]:
        """Return the command that copies a finished project: the least that any generator must do."""
        return ["cp", "-r", str(tree), OUTPUT]


def digest(folder: Path) -> str:
    """Return a checksum of all paths, permissions and contents in a directory."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        total.update(f"{path.relative_to(folder)}\0{path.stat().st_mode:o}\0".encode())
        if path.is_file():
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


class Agreement:
    """Checks that all programs generate the same from one template; otherwise, their times mean nothing."""

    def __init__(self) -> None:
        self._first: tuple[str, str] | None = None
        self._seen: set[str] = set()

    def check(self, name: str, output: Path) -> None:
        """Compare the output of a program with that of the first one, once for each.

        Raises:
            MeasurementError: They differ.
        """
        if name in self._seen:
            return
        self._seen.add(name)
        made = digest(output)
        if self._first is None:
            self._first = (name, made)
        elif made != self._first[1]:
            raise MeasurementError(f"the output of {name} differs from that of {self._first[0]}; see {output}")
