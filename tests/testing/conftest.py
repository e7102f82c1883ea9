"""Templates are written by the test, and tested through the library; nothing of the user's machine takes part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mintage.minting.options import Options
from mintage.template.questions import GivenAnswers
from mintage.testing.model import TestReport, TestRequest
from mintage.testing.session import run_test

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Tester = Callable[..., TestReport]


@pytest.fixture(autouse=True)
def scratch(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where cases are minted."""
    folder = tmp_path_factory.mktemp("scratch")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder


@pytest.fixture
def tested() -> Tester:
    """Test a template in this process. data: answers for all cases. trust: hooks run. Others: of `TestRequest`."""

    def test(template: Path, *, data: dict[str, Any] | None = None, trust: bool = False, **more: Any) -> TestReport:
        given = GivenAnswers(data=data or {})
        return run_test(TestRequest(template, given, Options(trust=trust), workers=1, **more))

    return test
