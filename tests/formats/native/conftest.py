"""Native templates are minted through the public API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mintage.minting.generator import Generator, Options
from mintage.template.questions import GivenAnswers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def mint(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Mint a template; returns what came out, by path."""

    def run(
        template: Path, *, data: dict[str, Any] | None = None, flags: dict[str, str] | None = None, **options: Any
    ) -> dict[str, str]:
        given = GivenAnswers(data=data or {}, flags=flags or {})
        report = Generator(Options(**options), task_output=2).generate(template, tmp_path / "out", given=given)
        return {
            str(path.relative_to(report.destination)): path.read_text()
            for path in sorted(report.destination.rglob("*"))
            if path.is_file()
        }

    return run
