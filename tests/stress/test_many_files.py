"""Large templates through the real program: many files, much memory, any executor."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

import mintage
from mintage.minting.generator import Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]

MIB = 1024 * 1024


def digest(folder: Path) -> str:
    """One checksum over all paths, modes and bytes of a directory."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        found.update(f"{path.relative_to(folder)} {path.stat().st_mode}".encode())
        if path.is_file():
            found.update(path.read_bytes())
    return found.hexdigest()


def peak_memory(command: list[str], folder: Path) -> tuple[int, str]:
    """Run a command; the largest memory (PSS) that its process tree was seen to use, and what it printed."""
    peak = 0
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            used = 0
            for member in [root, *root.children(recursive=True)]:
                try:
                    used += member.memory_full_info().pss
                except psutil.Error:
                    continue
            peak = max(peak, used)
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        printed = process.stdout.read() if process.stdout else ""
    assert process.returncode == 0
    return peak, printed


def test_ten_thousand_small_files_all_come_out(write_tree: Write, tmp_path: Path) -> None:
    files = {f"{n // 100}/{n}.txt": f"{n}" if n % 3 else f"{n} {{{{ name }}}}" for n in range(10_000)}
    template = write_tree({"mintage.toml": '[questions.name]\ndefault = "x"\n', **files})
    report = mintage.generate(template, tmp_path / "out")
    assert report.files_written == 10_001
    assert (tmp_path / "out" / "99" / "9999.txt").read_text() == "9999 x"
    assert sum(path.is_file() for path in (tmp_path / "out").rglob("*")) == 10_001


def test_any_executor_and_any_number_of_workers_give_the_same_bytes(write_tree: Write, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"d{n % 7}/{n}.txt": f"{{% for i in range({n}) %}}{{{{ i }}}}{{{{ name }}}}\n{{% endfor %}}" for n in range(120)
    }
    files |= {f"b{n}.bin": bytes(range(256)) * n for n in range(20)}
    files["index.md"] = "{% for f in outputs('d*/*.txt') %}{{ f }} {{ f.sha256 }}\n{% endfor %}"
    template = write_tree({"mintage.toml": '[questions.name]\ndefault = "x"\n', **files})
    digests = set()
    for executor in ("sequential", "threads", "processes"):
        for workers in (1, 2, 5):
            output = tmp_path / f"{executor}{workers}"
            options = Options(executor=executor, max_workers=workers, buffer_size=workers * 3)
            assert mintage.generate(template, output, options=options).ok
            digests.add(digest(output))
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("files", "inside"),
    [
        ({"mintage.toml": ""}, ""),
        ({"small.txt": ""}, ""),
        ({"copier.yml": "_templates_suffix: ''\n"}, ""),
        ({"cookiecutter.json": '{"name": "p"}', "{{cookiecutter.name}}/small.txt": ""}, "{{cookiecutter.name}}"),
    ],
    ids=["native", "bare", "copier", "cookiecutter"],
)
def test_large_files_are_copied_in_constant_memory(
    write_tree: Write, tmp_path: Path, files: dict[str, str], inside: str
) -> None:
    template = write_tree(files)
    with (template / inside / "disk.img").open("wb") as file:
        file.write(b"\0" * 100)
        file.truncate((2048 if "mintage.toml" in files else 200) * MIB)
    with (template / inside / "log.txt").open("wb") as file:
        for _ in range(200):
            file.write(b"a plain line of text\n" * (MIB // 21))
    command = [sys.executable, "-m", "mintage", "new", str(template), "out", "--defaults", "--json"]
    peak, printed = peak_memory(command, tmp_path)
    assert json.loads(printed)["files_written"] in (2, 3)
    assert peak < 100 * MIB


@pytest.mark.parametrize("executor", ["sequential", "processes"])
def test_the_memory_limit_holds_while_large_templates_are_rendered(
    write_tree: Write, tmp_path: Path, executor: str
) -> None:
    text = ("a line of text that is the same as the others\n" * 20 + "made for {{ name }}\n") * (5 * MIB // 940)
    toml = '[questions.name]\ndefault = "x"\n'
    template = write_tree({"mintage.toml": toml, **{f"large{n}.txt": text for n in range(12)}})
    command = [sys.executable, "-m", "mintage", "new", str(template), "out", "--defaults", "--json"]
    peak, printed = peak_memory([*command, "--max-memory", "256", "--executor", executor], tmp_path)
    assert json.loads(printed)["files_written"] == 13
    assert peak < 256 * MIB


def test_a_file_that_alone_needs_more_than_the_limit_fails_and_the_others_come_out(
    write_tree: Write, tmp_path: Path
) -> None:
    huge = "{% set a = 1 %}" + "{{ a }} and text\n" * (3 * MIB // 17)
    template = write_tree({"mintage.toml": "", "huge.txt": huge, "small.txt": "{{ 1 }}"})
    with pytest.raises(mintage.GenerationFailed) as caught:
        mintage.generate(template, tmp_path / "out", options=Options(max_memory_mb=200))
    (error,) = caught.value.exceptions
    assert isinstance(error, mintage.JobFailedError)
    assert error.job_name == "huge.txt"
    assert "`Options(max_memory_mb=MIB)`" in error.hint
    assert (tmp_path / "out" / "small.txt").read_text() == "1"
