"""All code on the page docs/library.md runs, in the order in which it stands there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "library.md").read_text("utf-8"), re.DOTALL)


class _Output:
    def update(self, _view: object) -> None:
        """As IPython's."""


def test_every_example_runs_and_prints_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    notebook = ModuleType("IPython.display")
    notebook.display = lambda _view, display_id: _Output()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", notebook)
    names: dict[str, Any] = {"__name__": "__main__"}
    assert len(BLOCKS) >= 6
    for block in BLOCKS:
        exec(compile(block, "docs/library.md", "exec"), names)
        printed = capsys.readouterr().out
        promised = re.findall(r"^# prints (.*)$", block, re.MULTILINE)
        assert printed.splitlines() == promised, block
