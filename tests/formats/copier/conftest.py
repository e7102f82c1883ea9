"""Copier templates are made from a dictionary and minted through the public API.

With `MINTAGE_TEST_COPIER=/path/to/copier` every template that is minted here is given to that Copier too, and what
comes out must be the same: what these tests expect is then proven to be what Copier does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from mintage.minting.generator import Generator, Options
from mintage.template.questions import GivenAnswers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Tree: TypeAlias = dict[str, str]
COPIER = os.environ.get("MINTAGE_TEST_COPIER")


def tree_of(folder: Path) -> Tree:
    """Every file's text, "-> TARGET" for a link, "/" for a directory with nothing in it."""
    found: Tree = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"-> {os.readlink(path)}"
        elif path.is_file():
            found[name] = path.read_bytes().decode("utf-8", "surrogateescape")
        elif not any(path.iterdir()):
            found[name] = "/"
    return found


@pytest.fixture
def write_template(tmp_path: Path) -> Callable[..., Path]:
    """Write a template {path: text, bytes, or "-> TARGET" for a link}; copier.yml is `config`."""

    def write(config: str = "", files: dict[str, str | bytes] | None = None, name: str = "template") -> Path:
        root = tmp_path / name
        root.mkdir()
        (root / "copier.yml").write_text(config)
        for path, content in (files or {}).items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str) and content.startswith("-> "):
                place.symlink_to(content.removeprefix("-> "))
            elif path.endswith("/"):
                place.mkdir()
            else:
                place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return write


@pytest.fixture
def mint(tmp_path: Path) -> Callable[..., Tree]:
    """Mint a template, and return what came out."""

    def run(
        template: Path,
        *,
        flags: dict[str, str] | None = None,
        data: dict[str, Any] | None = None,
        output: str = "out",
        into: dict[str, str] | None = None,
        **options: Any,
    ) -> Tree:
        destination = tmp_path / output
        _fill(destination, into)
        options.setdefault("trust", True)
        given = GivenAnswers(flags=flags or {}, data=data or {})
        Generator(Options(**options), task_output=2).generate(template, destination, given=given)
        made = tree_of(destination)
        if COPIER and not data and not options.keys() - {"trust", "overwrite"}:
            shutil.rmtree(destination)
            _fill(destination, into)
            _run_copier(template, destination, flags or {}, overwrite=options.get("overwrite", False))
            assert made == tree_of(destination)
        return made

    return run


def _fill(folder: Path, files: dict[str, str] | None) -> None:
    for name, text in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def _run_copier(template: Path, destination: Path, flags: dict[str, str], *, overwrite: bool) -> None:
    answers = [part for name, value in flags.items() for part in ("-d", f"{name}={value}")]
    more = ["--overwrite"] if overwrite else []
    subprocess.run(
        [str(COPIER), "copy", "--defaults", "--trust", "--quiet", *more, *answers, str(template), str(destination)],
        check=True,
        timeout=60,
    )
