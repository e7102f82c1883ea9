"""A file that vanishes between the listing of its directory and the first look at it is a failure in every format."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from mintage.errors import MintageError
from mintage.formats.shared import tree
from mintage.minting.generator import Generator, Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FORMATS = {
    "native": {"mintage.toml": "", "a.txt": "", "gone.txt": ""},
    "copier": {"copier.yml": "a: 1\n", "a.txt": "", "gone.txt": ""},
    "bare": {"a.txt": "", "gone.txt": ""},
    "cookiecutter": {
        "cookiecutter.json": '{"n": "p"}',
        "{{cookiecutter.n}}/a.txt": "",
        "{{cookiecutter.n}}/gone.txt": "",
    },
}


@pytest.mark.parametrize("form", FORMATS)
def test_it_is_named_and_nothing_is_written(
    write_tree: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    template = write_tree(FORMATS[form])
    listing = tree.listing

    def listed_before_it_vanishes(folder: str, path: str) -> list[os.DirEntry[str]]:
        found = listing(folder, path)
        if os.path.exists(os.path.join(folder, "gone.txt")):
            os.unlink(os.path.join(folder, "gone.txt"))
        return found

    for name, module in list(sys.modules.items()):
        if name.startswith("mintage.") and getattr(module, "listing", None) is listing:
            monkeypatch.setattr(module, "listing", listed_before_it_vanishes)
    with pytest.raises(MintageError) as caught:
        Generator(Options()).generate(template, tmp_path / "out")
    assert "gone.txt" in str(caught.value)
    assert not (tmp_path / "out").exists()
