"""What the file system says of many files."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from mintage.files.stat import file_statuses

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("slow", [False, True])
def test_every_path_has_an_answer_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slow: bool) -> None:
    answer = os.lstat

    def answers_late(path: str) -> os.stat_result:
        time.sleep(0.001 if slow else 0)
        return answer(path)

    monkeypatch.setattr("os.lstat", answers_late)
    for number in range(100):
        (tmp_path / str(number)).write_bytes(b"x" * number)
    found = list(file_statuses([str(tmp_path / str(number)) for number in range(110)]))
    sizes = [each.st_size if isinstance(each, os.stat_result) else None for each in found]
    assert sizes == [*range(100), *[None] * 10]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    (status,) = file_statuses([str(tmp_path / "link")])
    assert isinstance(status, os.stat_result)
