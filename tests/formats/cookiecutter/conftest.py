"""Cookiecutter templates are made from a dictionary and minted through the public API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from mintage.minting.generator import Generator, Options
from mintage.template.questions import GivenAnswers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Files: TypeAlias = dict[str, str | bytes]
PROJECT = "{{cookiecutter.name}}"


@pytest.fixture
def make_template(tmp_path: Path) -> Callable[..., Path]:
    """Write a template: `variables` become cookiecutter.json, `files` lie in the project directory, `others` beside
    it.
    """

    def make(variables: dict[str, Any], files: Files | None = None, others: Files | None = None) -> Path:
        root = tmp_path / "template"
        placed = {f"{PROJECT}/{name}": content for name, content in (files or {}).items()}
        for name, content in {**placed, **(others or {})}.items():
            place = root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        (root / PROJECT).mkdir(parents=True, exist_ok=True)
        (root / "cookiecutter.json").write_text(json.dumps({"name": "project", **variables}))
        return root

    return make


@pytest.fixture
def mint(tmp_path: Path) -> Callable[..., dict[str, bytes]]:
    """Mint a template and return what came out, by path."""

    def run(
        template: Path,
        *,
        data: dict[str, Any] | None = None,
        flags: dict[str, str] | None = None,
        output: Path | None = None,
        **options: Any,
    ) -> dict[str, bytes]:
        generator = Generator(Options(**options), task_output=2)
        given = GivenAnswers(data=data or {}, flags=flags or {})
        destination = generator.generate(template, output or tmp_path / "out", given=given).destination
        return {
            str(path.relative_to(destination)): path.read_bytes()
            for path in sorted(destination.rglob("*"))
            if path.is_file()
        }

    return run
