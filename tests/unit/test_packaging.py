"""What is installed, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from importlib.resources import files

import mintage


def test_the_public_names_are_there() -> None:
    assert all(getattr(mintage, name) is not None for name in mintage.__all__)


def test_the_version_is_that_of_the_distribution() -> None:
    assert mintage.__version__ == version("mintage")


def test_types_are_shipped() -> None:
    assert files("mintage").joinpath("py.typed").is_file()


def test_importing_mintage_imports_nothing_heavy() -> None:
    heavy = "jinja2, rich, questionary, psutil, yaml, msgspec, multiprocessing, asyncio"
    program = f"import sys, mintage; print([name for name in {heavy.split(', ')} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_small_run_imports_nothing_that_it_does_not_need() -> None:
    heavy = "jinja2, rich, questionary, psutil, yaml, multiprocessing, asyncio, tomllib"
    program = f"import sys, mintage.cli.new; print([n for n in {heavy.split(', ')} if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
