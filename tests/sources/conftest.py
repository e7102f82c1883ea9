"""Sources are made in temporary directories; the user's own settings, cache and git identity are never touched."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from mintage import sources
from mintage.user.cookiecutterrc import load_cookiecutter_settings
from mintage.user.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mintage.sources import Source


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who has set up nothing."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "MINTAGE_CONFIG_DIR", "MINTAGE_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name in ("COOKIECUTTER_CONFIG", "COOKIECUTTER_REPO_PASSWORD", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@example.org")
    return home


@dataclass
class Repository:
    """A git repository that templates are fetched from."""

    path: Path

    @property
    def url(self) -> str:
        return self.path.as_uri()

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(self.path), *arguments], check=True, capture_output=True, text=True
        ).stdout.strip()

    def commit(self, files: dict[str, str], message: str = "change") -> str:
        for name, content in files.items():
            place = self.path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def make_repository(tmp_path: Path) -> Callable[..., Repository]:
    def make(name: str = "template", files: dict[str, str] | None = None) -> Repository:
        path = tmp_path / "upstream" / name
        path.mkdir(parents=True)
        repository = Repository(path)
        repository.git("init", "--quiet", "--initial-branch=main")
        repository.commit({"a.txt": "one"} if files is None else files, "first")
        return repository

    return make


@pytest.fixture
def repository(make_repository: Callable[..., Repository]) -> Repository:
    return make_repository()


@dataclass
class Fetch:
    """Calls `fetch` as the generator does, with the user's settings."""

    scratch: ExitStack
    warnings: list[str] = field(default_factory=list)

    def __call__(self, reference: str | Path, **options: Any) -> Source:
        return sources.fetch(
            reference,
            **{"ref": None, "directory": None, "offline": False, **options},
            settings=load_settings(),
            cookiecutter=load_cookiecutter_settings,
            scratch=self.scratch,
            warn=self.warnings.append,
        )


@pytest.fixture
def fetch() -> Iterator[Fetch]:
    with ExitStack() as scratch:
        yield Fetch(scratch)
