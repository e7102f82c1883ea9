"""The same properties with many more examples."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz.examples import VARIABLE

HERE = Path(__file__).parent
_OTHERS = (Path(__file__).name, "test_findings.py")
NAMES = sorted(path.name for path in HERE.glob("test_*.py") if path.name not in _OTHERS)
_TIMES_AS_MANY = 50


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", sorted(path.name for path in HERE.glob("test_*.py") if path.name != Path(__file__).name)
)
def test_they_hold_for_many_examples(name: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE / name)]
    run = subprocess.run(
        command,
        env={**os.environ, VARIABLE: str(_TIMES_AS_MANY)},
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
