"""For all tests: nothing of the user's own settings, caches or Cookiecutter configuration takes part."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable

# How long something takes is not a property of it: a busy machine is not a mistake. The examples are the same each
# time, so
# that a change is not held up by what was there before; new ones are tried by `make test-long` and `make fuzz`.
settings.register_profile("usual", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.load_profile("usual")

SCHEMAS = Path(__file__).parents[1] / "docs" / "schemas"


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
    """Write files ({path: text or bytes}) into a directory of `tmp_path` and return it."""

    def write(files: dict[str, str | bytes], name: str = "template") -> Path:
        root = tmp_path / name
        root.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return write


@pytest.fixture
def mintage(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the real command line with arguments, in a process of its own, in the test's directory."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mintage", *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    return run


@pytest.fixture
def require_described() -> Callable[..., None]:
    """Require that a document is what the published schema of its kind says, and has nothing that it does not say."""

    def require(document: dict[str, Any], schema: str = "") -> None:
        strict = _strict_validator(schema or document["kind"])
        problems = [f"{error.json_path}: {error.message}" for error in strict.iter_errors(document)]
        assert not problems

    return require


@cache
def _strict_validator(name: str) -> Any:
    """Of a schema, with every object closed: programs should accept fields that are new, the schemas should have
    them.
    """
    from jsonschema import Draft202012Validator

    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(_closed(schema))


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return list(map(_closed, schema))
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(inner) for name, inner in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        closed.setdefault("additionalProperties", False)
    return closed
