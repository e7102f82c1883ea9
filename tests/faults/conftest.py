"""Builds what makes calls fail, and puts it into small worlds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.worlds import World

_HERE = Path(__file__).parent
sys.path.insert(0, str(_HERE))


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that is preloaded; tests are skipped where none can be built or preloaded."""
    if not sys.platform.startswith("linux"):
        pytest.skip("calls are made to fail on Linux only")
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("to make calls fail needs a C compiler: install gcc")
    built = tmp_path_factory.mktemp("shim") / "failing_calls.so"
    options = ["-std=gnu17", "-Wall", "-Wextra", "-Werror", "-O2", "-shared", "-fPIC", "-o", str(built)]
    done = subprocess.run(
        [compiler, *options, _HERE / "failing_calls.c", "-ldl"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{compiler} cannot build failing_calls.c:\n{done.stderr}")
    return built


@pytest.fixture
def make_world(shim: Path, tmp_path: Path) -> Callable[..., World]:
    """A world for the runs of one test."""

    def make(**options: object) -> World:
        world: World = import_module("worlds").World(tmp_path, shim, **options)
        return world

    return make
