"""The worked example of docs/native-format.md does what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from mintage.generator import Generator, Options

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = Path(__file__).parents[3] / "docs" / "native-format.md"


def test_the_worked_example_makes_the_files_that_the_page_names(
    write_tree: Callable[..., Path], tmp_path: Path
) -> None:
    blocks = re.findall(r"```(?:toml|jinja)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    files = {}
    for block in blocks:
        first, _, rest = block.partition("\n")
        files[re.sub(r"^(# |\{# )|( #\})$", "", first)] = rest
    template = write_tree(files, "library")
    report = Generator(Options(trust=True)).generate(template, tmp_path / "demo-lib")
    made = {str(path.relative_to(report.destination)) for path in report.destination.rglob("*") if path.is_file()}
    named = re.search(r"makes the folder `demo-lib` with (.*?)\.\n", PAGE.read_text("utf-8"), re.DOTALL)
    assert named
    assert made == set(re.findall(r"`([^`]+)`", named.group(1)))
    index = (report.destination / "docs" / "index.md").read_text()
    assert re.match(r"- `src/demo_lib/cli.py`, [0-9a-f]{8}\n", index)
