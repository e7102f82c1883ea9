"""Cookiecutter templates are made from dictionaries, converted, and looked at."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from mintage.conversion import convert
from mintage.minting.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mintage.conversion.model import Conversion

PROJECT = "{{cookiecutter.name}}"


@pytest.fixture
def cookiecutter(write_tree: Callable[..., Path]) -> Callable[..., Path]:
    """Write a template: `variables` become cookiecutter.json, `files` lie in the project directory, `others` beside
    it.
    """

    def make(variables: dict[str, Any], files: dict[str, str | bytes] | None = None, **others: str | bytes) -> Path:
        placed = {f"{PROJECT}/{name}": content for name, content in (files or {"a.txt": "a"}).items()}
        configuration = json.dumps({"name": "project", **variables})
        return write_tree({"cookiecutter.json": configuration, **placed, **others}, "original")

    return make


@pytest.fixture
def converted(tmp_path: Path) -> Callable[..., tuple[Conversion, dict[str, bytes], dict[str, Any]]]:
    """Convert a template; what came of it, the files of the project's directory, and what mintage.toml says."""

    def run(template: Path, **options: Any) -> tuple[Conversion, dict[str, bytes], dict[str, Any]]:
        output = tmp_path / "native"
        conversion = convert(template, output, Options(**options))
        files = {
            str(path.relative_to(output / "files")): path.read_bytes()
            for path in sorted((output / "files").rglob("*"))
            if path.is_file()
        }
        return conversion, files, tomllib.loads((output / "mintage.toml").read_text())

    return run
