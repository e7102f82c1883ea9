"""The templates in examples/ do what they promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import mintage
from mintage.minting.generator import Options

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_atlas_has_over_a_thousand_files_and_right_checksums(tmp_path: Path) -> None:
    report = mintage.generate(EXAMPLES / "atlas", tmp_path / "atlas")
    assert report.files_written > 1000
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "atlas", check=True)


def test_the_atlas_is_the_same_from_every_executor(tmp_path: Path) -> None:
    for executor in ("sequential", "processes"):
        mintage.generate(EXAMPLES / "atlas", tmp_path / executor, data={"degrees": 30}, options=Options(executor=executor))
    subprocess.run(["diff", "-r", tmp_path / "sequential", tmp_path / "processes"], check=True)


def test_the_web_service_passes_its_own_tests(tmp_path: Path) -> None:
    mintage.generate(EXAMPLES / "web-service", tmp_path / "s", data={"name": "my-shop", "database": "postgres"})
    assert (tmp_path / "s" / ".env").read_text() == "DATABASE_URL=postgresql://localhost/my_shop\n"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    environment = {"PYTHONPATH": str(tmp_path / "s" / "src"), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, cwd=tmp_path / "s", env=environment, check=True, capture_output=True)


def test_the_cookiecutter_template_and_the_bare_folder_come_out(tmp_path: Path) -> None:
    assert mintage.generate(EXAMPLES / "cookiecutter-mini", tmp_path).destination == tmp_path / "tiny-tool"
    mintage.generate(EXAMPLES / "bare-notes", tmp_path / "notes", data={"author": "Zoe", "year": 2026})
    assert (tmp_path / "notes" / "2026" / "01-january.md").exists()
