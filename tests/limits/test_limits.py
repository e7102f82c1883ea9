"""A template that never ends, or never ends growing, fails by itself and costs nobody else anything."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import mintage
from mintage import Options
from mintage.cli.limits import parse_limits
from mintage.errors import MintageError, PlanError, RenderError, UsageError
from mintage.template.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]

ENDLESS = "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}{{ undefined_later }}"
QUICK = {f"{number}.txt": "{{ 1 + 1 }}" for number in range(40)}


def failures(failed: mintage.GenerationFailed) -> dict[str, str]:
    return {
        error.job_name: error.failure.what for error in failed.exceptions if isinstance(error, mintage.JobFailedError)
    }


@pytest.mark.parametrize("executor", ["sequential", "threads", "processes", "auto"])
def test_a_loop_without_end_is_that_files_failure(write_tree: Write, tmp_path: Path, executor: str) -> None:
    template = write_tree({"mintage.toml": "", "endless.txt": ENDLESS, **QUICK})
    options = Options(executor=executor, limits=Limits(render_time=0.5), max_workers=2)
    with pytest.raises(mintage.GenerationFailed) as caught:
        mintage.generate(template, tmp_path / "out", options=options)
    assert failures(caught.value) == {"endless.txt": "it took longer than 0.5 seconds"}
    assert all((tmp_path / "out" / name).read_text() == "2" for name in QUICK)


def test_a_loop_without_end_in_a_default_or_a_path_is_an_error(write_tree: Write, tmp_path: Path) -> None:
    options = Options(limits=Limits(render_time=0.3))
    endless = ENDLESS.replace("100000", "90000")
    for number, tree in enumerate(
        (
            {"mintage.toml": f"[questions.name]\ndefault = '''{endless}'''", "f.txt": ""},
            {"mintage.toml": "", f"{endless.replace('{{ undefined_later }}', '')}.txt": ""},
        )
    ):
        template = write_tree(tree, f"template{number}")
        with pytest.raises(RenderError, match="took longer than"):
            mintage.generate(template, tmp_path / "out", options=options)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("renderer", ["auto", "jinja2"])
def test_a_file_that_grows_without_end_is_that_files_failure(write_tree: Write, tmp_path: Path, renderer: str) -> None:
    words = "".join(f"'{number}', " for number in range(100))
    loops = "".join(f"{{% for {name} in [{words}] %}}" for name in "abcde") + "x" + "{% endfor %}" * 5
    template = write_tree({"mintage.toml": "", "grows.txt": loops, "small.txt": "{{ 1 }}"})
    with pytest.raises(mintage.GenerationFailed) as caught:
        mintage.generate(template, tmp_path / "out", options=Options(limits=Limits(file_size=1000), renderer=renderer))
    assert failures(caught.value) == {"grows.txt": "grows.txt renders to more than 1,000 bytes"}
    assert (tmp_path / "out" / "small.txt").read_text() == "1"


@pytest.mark.parametrize("executor", ["sequential", "processes"])
def test_a_project_that_is_too_large_is_not_delivered(write_tree: Write, tmp_path: Path, executor: str) -> None:
    template = write_tree({"mintage.toml": "", **{f"{n}.txt": "{{ 'x' * 1000 }}" for n in range(40)}})
    options = Options(executor=executor, limits=Limits(total_size=5000))
    with pytest.raises(MintageError, match="more than 5,000 bytes"):
        mintage.generate(template, tmp_path / "out", options=options)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(files=3), "would have 6 files and directories, and 3 are allowed"),
        (Limits(depth=2), "is 3 directories deep, and 2 are allowed"),
        (Limits(name_length=9), "is longer than 9 bytes"),
        (Limits(total_size=10), "bytes, and 10 are allowed"),
    ],
)
def test_what_a_plan_exceeds_is_an_error_before_anything_is_written(
    write_tree: Write, tmp_path: Path, limits: Limits, message: str
) -> None:
    template = write_tree({"mintage.toml": "", "a/b/c/deep.txt": "0123456789", "a_name_.txt": "0123456789"})
    with pytest.raises(PlanError, match=message) as caught:
        mintage.generate(template, tmp_path / "out", options=Options(limits=limits))
    assert "`Options(limits=Limits(" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_memory_that_is_used_up_is_that_files_failure(write_tree: Write, tmp_path: Path) -> None:
    doubling = "{% set x = 'xxxxxxxxxxxxxxxx' %}" + "{% set x = x ~ x %}" * 40
    for executor in ("sequential", "processes"):
        template = write_tree({"mintage.toml": "", "bomb.txt": doubling, **QUICK}, f"template-{executor}")
        done = subprocess.run(
            [sys.executable, "-m", "mintage", "new", str(template), f"out-{executor}"]
            + ["--executor", executor, "--max-memory", "200"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 1
        assert "memory" in done.stderr
        assert len(list((tmp_path / f"out-{executor}").glob("*.txt"))) == len(QUICK)


def test_a_power_that_would_take_hours_is_refused(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "", "power.txt": "{{ 9 ** 99999999 }}", "small.txt": "{{ 2 ** 10 }}"})
    with pytest.raises(mintage.GenerationFailed) as caught:
        mintage.generate(template, tmp_path / "out")
    assert list(failures(caught.value)) == ["power.txt"]
    assert (tmp_path / "out" / "small.txt").read_text() == "1024"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["file-size=2GiB"], Limits(file_size=2 * 1024**3)),
        (["file-size=10k", "files=5"], Limits(file_size=10 * 1024, files=5)),
        (["render-time=none", "total-size=7"], Limits(render_time=float("inf"), total_size=7)),
    ],
)
def test_limits_are_read_from_texts(texts: list[str], expected: Limits) -> None:
    assert parse_limits(Limits(), texts) == expected


@pytest.mark.parametrize(
    "text", ["file-size", "sizes=3", "file-size=-1", "file-size=0", "files=x", "render-time=-3", "files=inf"]
)
def test_what_is_no_limit_is_an_error_with_a_hint(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_limits(Limits(), [text])
    assert caught.value.hint


def test_names_that_windows_does_not_take_are_a_warning(write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "", "aux.txt": "", "d/com1": "", "what?": "", "dot.": "", "console": ""})
    warnings = mintage.plan(template, tmp_path / "out").warnings
    assert sorted(warning.partition(":")[0] for warning in warnings) == ["aux.txt, d/com1", "dot.", "what?"]
