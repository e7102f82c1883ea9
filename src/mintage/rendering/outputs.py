"""The functions with which a template reads the outputs of other files: `output()`, `sha256()`, `outputs()`."""

from __future__ import annotations

import os
import stat
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.errors import RenderError
from mintage.files.folders import Folders
from mintage.files.patterns import GitignorePatterns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class OutputFile(Struct, frozen=True, dict=True):
    """A file that already exists, as templates see it: `path`, `text`, `sha256`."""

    path: str
    _folders: Folders

    @cached_property
    def text(self) -> str:
        """The text, with its line endings."""
        return self._bytes().decode("utf-8")

    @cached_property
    def sha256(self) -> str:
        """The digest of its bytes, in hexadecimal."""
        import hashlib

        return hashlib.sha256(self._bytes()).hexdigest()

    def _bytes(self) -> bytes:
        with open(self._folders.open(self.path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise RenderError(f"the output {self.path!r} is not a regular file")
            return file.read()

    def __str__(self) -> str:
        return self.path


class Outputs:
    """The outputs that the file being rendered can read: the files of the project that its job waited for.

    Args:
        project: The directories that the files are generated in.
        destination: The directory that the project will be in.
        existing: Files in `destination` that are left as they are, which every file can read.
    """

    def __init__(self, project: Folders, destination: Path, existing: frozenset[str] = frozenset()) -> None:
        self._project = project
        self._destination = destination
        self._existing = existing
        self._readable: frozenset[str] = frozenset()

    def let_read(self, targets: frozenset[str]) -> None:
        """Set which outputs the file that is rendered next can read."""
        self._readable = targets

    def functions(self) -> Mapping[str, Any]:
        """Return the functions, by their names in templates."""
        return {"output": self.output, "sha256": self.sha256, "outputs": self.outputs}

    def output(self, path: str) -> str:
        """Return the text of an output."""
        return self._file(path).text

    def sha256(self, path: str) -> str:
        """Return the SHA-256 digest of an output, in hexadecimal."""
        return self._file(path).sha256

    def outputs(self, pattern: str) -> list[OutputFile]:
        """Return the outputs that match a gitignore-style pattern, sorted by path."""
        patterns = GitignorePatterns((pattern,))
        patterns.require_valid()
        return [self._file(path) for path in sorted(self._readable | self._existing) if patterns.matches(path)]

    def _file(self, path: str) -> OutputFile:
        if path in self._existing:
            return OutputFile(path, self._existing_folders)
        if path not in self._readable:
            raise RenderError(
                f"the output {path!r} can't be read here: this file doesn't depend on it",
                hint="write the path as plain text, or add an [[order]] rule with `after`",
            )
        return OutputFile(path, self._project)

    @cached_property
    def _existing_folders(self) -> Folders:
        return Folders(self._destination)
