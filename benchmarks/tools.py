"""What is measured side by side: how each is called, and whether all made the same. Takes no times."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from benchmarks.measure import MeasurementError

EXECUTORS = ("auto", "sequential", "threads", "processes")
MINTAGE = str(Path(sys.executable).with_name("mintage"))


def mintage(template: Path, output: Path, executor: str = "auto", *options: str) -> list[str]:
    """The command that mints a template into the folder `output`, with a report in JSON."""
    command = [MINTAGE, "new", str(template), str(output), "--defaults", "--executor", executor]
    return [*command, "--progress", "none", "--json", *options]


def cookiecutter(program: Path, template: Path, output: Path) -> list[str]:
    """The command that does the same with Cookiecutter."""
    return [str(program), str(template), "--no-input", "--output-dir", str(output)]


def copier(program: Path, template: Path, output: Path) -> list[str]:
    """The command that mints a Copier template with Copier."""
    return [str(program), "copy", "--defaults", "--quiet", str(template), str(output)]


def copy(tree: Path, output: Path) -> list[str]:
    """The command that copies a finished project: the least that any generator has to do."""
    return ["cp", "-r", str(tree), str(output)]


def digest(folder: Path) -> str:
    """A checksum of all paths, permissions and contents in a folder."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        total.update(f"{path.relative_to(folder)}\0{path.stat().st_mode:o}\0".encode())
        if path.is_file():
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def require_program(program: Path) -> None:
    """Raise MeasurementError if the program that we are measured against is not there."""
    if not os.access(program, os.X_OK):
        raise MeasurementError(
            f"there is no program {program}; `make bench` installs Cookiecutter and Copier, and measures"
        )


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
