"""What is installed. What it imports is in test_startup.py."""

from __future__ import annotations

from importlib.metadata import version
from importlib.resources import files

import mintage


def test_the_public_names_are_there() -> None:
    assert all(getattr(mintage, name) is not None for name in mintage.__all__)


def test_the_version_is_that_of_the_distribution() -> None:
    assert mintage.__version__ == version("mintage")


def test_types_are_shipped() -> None:
    assert files("mintage").joinpath("py.typed").is_file()
