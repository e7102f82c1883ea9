"""Binary or text: exactly what binaryornot 0.6 says, which Cookiecutter asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from binaryornot.check import is_binary
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mintage.files.detect import has_nul_byte, is_binary_name, is_binary_start

if TYPE_CHECKING:
    from pathlib import Path

STARTS = st.one_of(
    st.binary(max_size=600),
    st.text(max_size=400).map(str.encode),
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"%PDF-1.4", b"\x7fELF", b"GIF89a", b"PK\x03\x04", b"\xff\xfeh\x00i\x00"]),
    st.text("abc\n\t é\x07", max_size=600).map(lambda text: text.encode("latin-1")),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(STARTS)
def test_the_verdict_on_a_files_start_is_binaryornots(tmp_path: Path, start: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(start)
    assert is_binary_start(start) is is_binary(str(file))


@pytest.mark.parametrize(
    "name",
    ["a.png", "a.PNG", "a.txt", "png", ".png", "a.png.", "a.tar.gz", "a.py", "a.b.woff2", "dir.png/file", "a.npy"],
)
def test_the_verdict_on_a_name_is_binaryornots(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("plain text\n")
    assert is_binary_name(name) is is_binary(str(file))


def test_a_nul_byte_counts_only_near_the_start() -> None:
    assert has_nul_byte(b"a\0")
    assert not has_nul_byte(b"a" * 8192 + b"\0")
