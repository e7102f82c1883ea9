"""For all tests: nothing of the user's own settings, caches or Cookiecutter configuration takes part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("MINTAGE_CONFIG_DIR", str(home / "config"))
    monkeypatch.setenv("MINTAGE_CACHE_DIR", str(home / "cache"))
    for name in ("COOKIECUTTER_CONFIG", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "CI", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def write_tree(tmp_path: Path) -> Callable[..., Path]:
    """Write files ({path: text or bytes}) into a folder of `tmp_path` and return it."""

    def write(files: dict[str, str | bytes], name: str = "template") -> Path:
        root = tmp_path / name
        root.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return write
