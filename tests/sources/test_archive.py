"""Zip files: unpacked as Cookiecutter does, hostile ones refused whole, downloads cached."""

from __future__ import annotations

import io
import os
import stat
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mintage.errors import MintageError, SourceError, UnsafePathError
from mintage.sources import archive
from mintage.sources.download import _DownloadError, _Redirects
from mintage.user.folders import cache_folder

Members = Sequence[tuple[str, bytes | str]]


def zipped(members: Members, *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive with these members in this order; a name that ends in "/" is a directory."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in members:
            made.writestr(name, content)
    return file.getvalue()


TEMPLATE: Members = [("tpl/", ""), ("tpl/a.txt", "a"), ("tpl/deep/", ""), ("tpl/deep/b.txt", "b"), ("tpl/empty/", "")]


@pytest.fixture(autouse=True)
def temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where archives are unpacked."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def fetch_zip(fetch: Any, tmp_path: Path) -> Callable[[bytes], Any]:
    def run(data: bytes) -> Any:
        (tmp_path / "x.zip").write_bytes(data)
        return fetch(str(tmp_path / "x.zip"))

    return run


class TestUnpacking:
    def test_gives_the_folder_that_the_archive_holds(self, fetch_zip: Any) -> None:
        source = fetch_zip(zipped(TEMPLATE))
        assert source.root.name == "tpl"
        assert (source.root / "deep/b.txt").read_text() == "b"
        assert (source.root / "empty").is_dir()

    def test_lasts_until_the_run_is_over(self, fetch: Any, fetch_zip: Any, temporary_files: Path) -> None:
        root = fetch_zip(zipped(TEMPLATE)).root
        assert root.is_relative_to(temporary_files)
        fetch.scratch.close()
        assert list(temporary_files.iterdir()) == []

    def test_gives_what_pythons_extraction_gives(self, fetch_zip: Any, tmp_path: Path) -> None:
        executable = zipfile.ZipInfo("tpl/run.sh")
        executable.external_attr = 0o100755 << 16
        link = zipfile.ZipInfo("tpl/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file = io.BytesIO(zipped([*TEMPLATE, ("tpl/./c.txt", "c"), ("tpl//d.txt", "d"), ("tpl/ä.txt", "ä")]))
        with zipfile.ZipFile(file, "a") as made:
            made.writestr(executable, "#!/bin/sh\n")
            made.writestr(link, "/etc/passwd")
        with zipfile.ZipFile(file) as made:
            made.extractall(tmp_path / "expected")
        assert _tree(fetch_zip(file.getvalue()).root) == _tree(tmp_path / "expected" / "tpl")

    def test_takes_the_folder_of_the_first_entry_as_cookiecutter_does(self, fetch_zip: Any) -> None:
        assert fetch_zip(zipped([("one/", ""), ("one/a", ""), ("two/", "")])).root.name == "one"
        assert fetch_zip(zipped([("one/two/", ""), ("one/two/a", "")])).root.name == "two"

    def test_needs_no_entry_for_the_folder_if_all_is_in_it(self, fetch_zip: Any) -> None:
        assert fetch_zip(zipped([("one/a", ""), ("one/b/c", "")])).root.name == "one"

    def test_directory_applies_within_it(self, fetch: Any, tmp_path: Path) -> None:
        (tmp_path / "x.zip").write_bytes(zipped(TEMPLATE))
        assert fetch(str(tmp_path / "x.zip"), directory="deep").root.name == "deep"

    def test_a_revision_makes_no_sense(self, fetch: Any, tmp_path: Path) -> None:
        (tmp_path / "x.zip").write_bytes(zipped(TEMPLATE))
        with pytest.raises(SourceError, match="not a git repository"):
            fetch(str(tmp_path / "x.zip"), ref="main")


def _tree(root: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(root)): (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in root.rglob("*")
    }


class TestBadArchives:
    @pytest.mark.parametrize(
        ("data", "what"),
        [
            (b"no zip at all", "not a valid zip file"),
            (zipped([]), "is empty"),
            (zipped([("a.txt", "a"), ("b/c.txt", "c")]), "does not consist of one directory"),
            (zipped(TEMPLATE)[:-40], "not a valid zip file"),
            (zipped([("tpl/", ""), ("tpl/a", "file"), ("tpl/a/b", "x")]), "cannot be unpacked"),
        ],
    )
    def test_are_clear_errors(self, fetch: Any, fetch_zip: Any, temporary_files: Path, data: bytes, what: str) -> None:
        with pytest.raises(SourceError, match=what):
            fetch_zip(data)
        fetch.scratch.close()
        assert list(temporary_files.iterdir()) == []

    def test_damaged_content_is_found(self, fetch_zip: Any) -> None:
        data = bytearray(zipped([("tpl/", ""), ("tpl/a", "x" * 100)], compression=zipfile.ZIP_STORED))
        data[data.index(b"xxxx")] = ord("y")
        with pytest.raises(SourceError, match="not a valid zip file"):
            fetch_zip(bytes(data))

    @pytest.mark.parametrize(
        "name", ["../x", "tpl/../../x", "/etc/x", "tpl/..", "C:x", "C:/x", "\\x", "tpl\\..\\..\\x", "../../", "tpl/../"]
    )
    def test_names_that_lead_out_are_refused_before_anything_is_unpacked(
        self, fetch_zip: Any, temporary_files: Path, name: str
    ) -> None:
        with pytest.raises(UnsafePathError, match="outside"):
            fetch_zip(zipped([("tpl/", ""), ("tpl/a", "a"), (name, "x")]))
        assert [path for path in temporary_files.rglob("*") if path.is_file()] == []

    def test_a_link_never_becomes_one(self, fetch_zip: Any, tmp_path: Path) -> None:
        link = zipfile.ZipInfo("tpl/out")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file = io.BytesIO(zipped([("tpl/", "")]))
        with zipfile.ZipFile(file, "a") as made:
            made.writestr(link, str(tmp_path))
            made.writestr("tpl/out/x", "x")
        with pytest.raises(SourceError, match="cannot be unpacked"):
            fetch_zip(file.getvalue())
        assert not (tmp_path / "x").exists()

    def test_too_many_files_are_refused(self, fetch_zip: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archive, "MAX_MEMBERS", 4)
        with pytest.raises(SourceError, match="contains 5 files; at most 4 are allowed"):
            fetch_zip(zipped(TEMPLATE))

    def test_too_many_bytes_are_refused(self, fetch_zip: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 1)
        with pytest.raises(SourceError, match="unpacks to 2 bytes; at most 1 are allowed"):
            fetch_zip(zipped(TEMPLATE))

    def test_a_bomb_is_refused(self, fetch_zip: Any, temporary_files: Path) -> None:
        with pytest.raises(SourceError, match="more than 200 times"):
            fetch_zip(zipped([("tpl/", ""), ("tpl/zeros", bytes(65 * 1024**2))]))
        assert [path for path in temporary_files.rglob("*") if path.is_file()] == []

    def test_a_size_that_is_not_true_gives_no_more_than_announced(self, fetch_zip: Any) -> None:
        data = zipped([("tpl/", ""), ("tpl/a", b"x" * 5000)])
        true_size, announced = struct.pack("<L", 5000), struct.pack("<L", 50)
        with pytest.raises(SourceError):
            fetch_zip(data.replace(true_size, announced))

    @settings(deadline=None)
    @given(names=st.lists(st.text(alphabet="ab./\\:C\n é", min_size=1, max_size=12), min_size=1, max_size=4))
    @example(names=["a/", "a/../../b"])
    def test_nothing_is_ever_written_outside(self, names: list[str]) -> None:
        with tempfile.TemporaryDirectory() as top, ExitStack() as scratch:
            before = tempfile.tempdir
            tempfile.tempdir = str(Path(top) / "in" / "here")
            os.makedirs(tempfile.tempdir)
            file = Path(top) / "x.zip"
            try:
                unique = [(name, "" if name.endswith("/") else "x") for name in dict.fromkeys(names)]
                file.write_bytes(zipped(unique))
                root = archive.unpack(file, scratch=scratch, name="x.zip")
                assert root.resolve().is_relative_to(tempfile.tempdir)
            except MintageError:
                pass
            finally:
                tempfile.tempdir = before
            (place,) = (Path(top) / "in" / "here").iterdir()
            outside = {path for path in Path(top).rglob("*") if not path.is_relative_to(place)}
            assert outside == {file, Path(top) / "in", Path(top) / "in" / "here"}


class TestPasswords:
    def test_are_taken_from_the_environment(self, fetch_zip: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COOKIECUTTER_REPO_PASSWORD", "open")
        assert (fetch_zip(encrypted("open")).root / "a.txt").read_text() == "secret text"

    def test_that_are_missing_are_named(self, fetch_zip: Any) -> None:
        with pytest.raises(SourceError, match="protected with a password") as caught:
            fetch_zip(encrypted("open"))
        assert "COOKIECUTTER_REPO_PASSWORD" in caught.value.hint

    @pytest.mark.parametrize("password", ["wrong", "", "öffne"])
    def test_that_are_wrong_are_an_error(self, fetch_zip: Any, monkeypatch: pytest.MonkeyPatch, password: str) -> None:
        monkeypatch.setenv("COOKIECUTTER_REPO_PASSWORD", password)
        with pytest.raises(SourceError, match="password"):
            fetch_zip(encrypted("open"))


def encrypted(password: str) -> bytes:
    """An archive protected by the classic zip encryption, which Python reads but does not write."""
    content = b"secret text"
    plain = zipped([("tpl/", ""), ("tpl/a.txt", content)], compression=zipfile.ZIP_STORED)
    with zipfile.ZipFile(io.BytesIO(plain)) as made:
        member = made.getinfo("tpl/a.txt")
    start = plain.index(content)
    header = bytes(11) + bytes([member.CRC >> 24])
    secret = _encrypt(header + content, password.encode())
    data = bytearray(plain[:start] + secret + plain[start + len(content) :])
    local = member.header_offset
    central = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    for flags, size in ((local + 6, local + 18), (central + 8, central + 20)):
        data[flags] |= 1
        data[size : size + 4] = struct.pack("<L", len(secret))
    end = data.index(b"PK\x05\x06")
    data[end + 16 : end + 20] = struct.pack("<L", data.index(b"PK\x01\x02"))
    return bytes(data)


def _encrypt(data: bytes, password: bytes) -> bytes:
    """The traditional PKWARE encryption, section 6.1 of the zip file's specification."""
    table = [_crc_of(byte) for byte in range(256)]
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = table[(keys[0] ^ byte) & 0xFF] ^ (keys[0] >> 8)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = table[(keys[2] ^ (keys[1] >> 24)) & 0xFF] ^ (keys[2] >> 8)

    for byte in password:
        update(byte)
    secret = bytearray()
    for byte in data:
        mixed = (keys[2] | 2) & 0xFFFF
        secret.append(byte ^ ((mixed * (mixed ^ 1)) >> 8) & 0xFF)
        update(byte)
    return bytes(secret)


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ 0xEDB88320 if byte & 1 else byte >> 1
    return byte


class Server:
    """A web server in a thread that gives what `answer` says and keeps the headers it was asked with."""

    def __init__(self) -> None:
        self.status = 200
        self.body = zipped(TEMPLATE)
        self.headers: dict[str, str] = {}
        self.asked: list[dict[str, str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(dict(self.headers))
                known = server.headers.get("ETag")
                status = 304 if known and self.headers.get("If-None-Match") == known else server.status
                self.send_response(status)
                headers = {"Content-Length": str(len(server.body)), **server.headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if status != 304:
                    self.wfile.write(server.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class says so
                """Say nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/x.zip"

    def stop(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


class TestDownloads:
    def test_are_unpacked(self, fetch: Any, server: Server) -> None:
        source = fetch(server.url)
        assert (source.root / "a.txt").read_text() == "a"
        assert source.origin.url == server.url

    def test_are_asked_for_again_only_if_they_changed(self, fetch: Any, server: Server) -> None:
        server.headers = {"ETag": '"1"'}
        fetch(server.url)
        server.body = b"not sent"
        assert (fetch(server.url).root / "a.txt").read_text() == "a"
        server.headers = {"ETag": '"2"'}
        server.body = zipped([("tpl/", ""), ("tpl/a.txt", "new")])
        assert (fetch(server.url).root / "a.txt").read_text() == "new"
        assert [asked.get("If-None-Match") for asked in server.asked] == [None, '"1"', '"1"']

    def test_stand_in_for_a_server_that_is_gone(self, fetch: Any, server: Server) -> None:
        fetch(server.url)
        server.status = 500
        assert (fetch(server.url).root / "a.txt").read_text() == "a"
        (warning,) = fetch.warnings
        assert "500" in warning
        assert "cached copy" in warning

    def test_offline_come_from_the_cache(self, fetch: Any, server: Server) -> None:
        fetch(server.url)
        assert (fetch(server.url, offline=True).root / "a.txt").read_text() == "a"
        assert len(server.asked) == 1

    def test_offline_without_a_cached_copy_are_an_error(self, fetch: Any, server: Server) -> None:
        with pytest.raises(SourceError, match="not in the cache"):
            fetch(server.url, offline=True)
        assert server.asked == []

    @pytest.mark.parametrize(
        ("status", "headers", "why"),
        [
            (404, {}, "404"),
            (401, {}, "401"),
            (200, {"Content-Length": "999999"}, "connection ended after"),
            (200, {"Content-Length": str(2 * 1024**3)}, "larger than"),
            (302, {"Location": "file:///etc/passwd"}, "not allowed"),
            (302, {"Location": "/x.zip"}, "302"),
        ],
    )
    def test_that_fail_are_clear_errors_and_leave_nothing(
        self, fetch: Any, server: Server, status: int, headers: dict[str, str], why: str
    ) -> None:
        server.status, server.headers = status, headers
        with pytest.raises(SourceError, match="could not be downloaded") as caught:
            fetch(server.url)
        assert why in caught.value.why
        assert list(cache_folder().glob("zip/*/*")) == []

    def test_send_the_password_of_the_url_and_hide_it(self, fetch: Any, server: Server) -> None:
        source = fetch(server.url.replace("://", "://ada:pw@"))
        assert server.asked[0]["Authorization"] == "Basic YWRhOnB3"
        assert source.origin.url == server.url

    def test_never_go_on_without_encryption(self) -> None:
        asked = Request("https://example.org/x.zip")
        with pytest.raises(_DownloadError, match="which is not safe"):
            _Redirects().redirect_request(asked, io.BytesIO(), 302, "Found", HTTPMessage(), "http://example.org/y.zip")

    def test_from_nobody_are_an_error(self, fetch: Any) -> None:
        with pytest.raises(SourceError, match="could not be downloaded") as caught:
            fetch("http://127.0.0.1:9/x.zip")
        assert "cannot be reached" in caught.value.why
